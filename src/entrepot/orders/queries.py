"""Reading orders."""

from entrepot.orders.models import OrderLine, SalesOrder
from entrepot.orders.types import OrderState


def any_orders() -> bool:
    """Whether anything was ever sold here."""
    return SalesOrder.objects.exists()


def state(order: SalesOrder, lines: list[OrderLine], *, in_work: bool) -> OrderState:
    """Computed from line quantities, never set by hand (HO13). ``in_work``: a location was asked for some of it."""
    wanted = sum(line.quantity - line.canceled for line in lines)
    done = sum(line.fulfilled for line in lines)
    if wanted == 0:
        return OrderState.CANCELED
    if done >= wanted:
        return OrderState.FULFILLED
    if order.on_hold:
        return OrderState.ON_HOLD
    if done:
        return OrderState.PARTLY_FULFILLED
    return OrderState.IN_PROGRESS if in_work else OrderState.NEW
