"""Killed at every named place, nothing acknowledged is lost and the repeat is one effect (P9, F40, F33)."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from entrepot.channels.actions import store_hints
from entrepot.channels.contract import Hint, HintKind
from entrepot.channels.models import AccountHint, AccountProgress
from entrepot.fulfillment import actions as fulfillment
from entrepot.fulfillment.models import FulfillmentOrder, ShippedPackage
from entrepot.orders.models import SalesOrder
from tests.db.orders.shop import open_shop, units

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[3]
NUMBERS = ("A0", "A1", "A2")


def run(what: str, account: int, *, dies_at: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.db.orders.dying", what, str(account)],
        cwd=ROOT, env={**os.environ, "ENTREPOT_CRASH_AT": dies_at}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def all_in_once(shop) -> None:
    assert sorted(SalesOrder.objects.values_list("channel_order_id", flat=True)) == list(NUMBERS)
    assert [units(number) for number in NUMBERS] == [[(1, 0, 0, 0)]] * 3
    assert shop.stock("RED") == (9, 3)


@pytest.mark.parametrize(
    ("what", "dies_at", "orders_then"),
    [
        ("take", "intake.before_commit", 0),
        ("take", "intake.after_commit", 3),
        ("hints", "hints.before_forget", 3),
        ("poll", "poll.after_page", 1),
    ],
)
def test_killed_while_orders_come_in_the_repeat_is_one_effect_p9_f40(what, dies_at, orders_then):
    shop = open_shop()
    shop.has("RED", 9)
    store_hints(shop.account, [Hint(f"m{n}", HintKind.ORDER, n) for n in NUMBERS])
    until = AccountProgress.objects.get().orders_complete_until
    dead = run(what, shop.account, dies_at=dies_at)
    assert dead.returncode == -signal.SIGKILL, dead.stderr
    assert SalesOrder.objects.count() == orders_then
    assert AccountHint.objects.count() == 3
    assert AccountProgress.objects.get().orders_complete_until == until
    again = run(what, shop.account)
    assert again.returncode == 0, again.stderr
    all_in_once(shop)
    assert AccountHint.objects.count() == (0 if what == "hints" else 3)
    assert (AccountProgress.objects.get().orders_complete_until > until) == (what == "poll")


def test_killed_after_the_channel_was_told_it_is_told_the_same_again_f3_f40():
    shop = open_shop()
    shop.has("RED", 9)
    assert run("take", shop.account).returncode == 0
    fulfillment.plan_orders()
    with transaction.atomic():
        fulfillment.ship(FulfillmentOrder.objects.first().public_id, carrier="u", tracking="T1", key="k", actor="t")
    dead = run("confirm", shop.account, dies_at="shipment.after_call")
    assert (dead.returncode, dead.stdout) == (-signal.SIGKILL, "told 1 T1\n")
    assert ShippedPackage.objects.get().told_at is None
    again = run("confirm", shop.account)
    assert (again.returncode, again.stdout) == (0, "told 1 T1\n")
    assert ShippedPackage.objects.get().told_at is not None
    assert run("confirm", shop.account).stdout == ""
