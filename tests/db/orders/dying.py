# ruff: noqa: E402  (Django is set up before its models are imported)
"""A process of its own that takes orders, follows hints, polls or confirms shipments, and may be armed to die on the way.

python -m tests.db.orders.dying WHAT ACCOUNT        (ENTREPOT_CRASH_AT names the place)
"""

import sys
from datetime import timedelta

import django

django.setup()

from entrepot.base.ids import AccountId
from entrepot.channels.contract import Limits, Page
from entrepot.fulfillment.loops import confirm_shipments
from entrepot.orders import intake
from entrepot.orders.loops import follow_hints, poll_orders
from tests.db.orders.shop import line, order

ORDERS = [order(f"A{n}", line("RED", 1)) for n in range(3)]


class Channel:
    def read_order(self, remote_id):
        return next(one for one in ORDERS if one.remote_id == remote_id)

    def read_orders(self, *, since, until, cursor=None):
        at = int(cursor or 0)
        return Page([ORDERS[at]], cursor=str(at + 1) if at + 1 < len(ORDERS) else None)

    def confirm_shipment(self, shipment):
        print("told", shipment.reference, shipment.tracking, flush=True)


def main(what: str, account: AccountId) -> None:
    channel = Channel()
    if what == "take":
        intake.take(account, ORDERS)
    elif what == "hints":
        follow_hints(account, channel)
    elif what == "poll":
        poll_orders(account, channel, Limits(operations={}, items_a_call=1, poll_every=timedelta(0)))
    else:
        confirm_shipments(account, channel)


if __name__ == "__main__":
    main(sys.argv[1], AccountId(int(sys.argv[2])))
