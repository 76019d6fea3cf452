"""The invariants of orders (IN1), recomputed, and what can be derived again from the rest."""

from collections.abc import Sequence
from functools import partial

from entrepot.base.transactions import repeated
from entrepot.base.verify import Check
from entrepot.orders import shortages
from entrepot.orders.models import SalesOrder
from entrepot.orders.updates import close_if_done

PACKAGE = "entrepot.orders"


def repair_lines(lines: Sequence[int]) -> None:
    """What a line wants and nobody has is short; what it holds and does not want goes back to stock."""
    for line in lines:
        repeated(partial(shortages.settle, line))


def repair_closed(orders: Sequence[int]) -> None:
    for order in orders:
        repeated(partial(_close, order))


def _close(order: int) -> None:
    row = SalesOrder.objects.select_for_update().get(pk=order)
    close_if_done(row)
    row.save(update_fields=["closed"])


CHECKS = (
    Check("a line is canceled, fulfilled, short or reserved, unit by unit", PACKAGE, "verify_lines", repair_lines),
    Check("an order is closed when nothing is left to ship", PACKAGE, "verify_closed", repair_closed),
)
