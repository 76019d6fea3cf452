"""What people and floors above do to orders."""

from uuid import UUID

from django.utils.translation import gettext

from entrepot.base import clock
from entrepot.base.errors import NotFound, UserError, WrongState
from entrepot.catalog import queries as catalog
from entrepot.orders import shortages
from entrepot.orders.models import OrderEvent, OrderLine, OrderNote, SalesOrder
from entrepot.orders.updates import cancel_units, close_if_done, lock_stock, opened_buyer
from entrepot.people.audit import record


def cancel(order_id: UUID, *, reason: str, actor: str, line_id: int | None = None, units: int | None = None) -> int:
    """Units are not delivered: the whole order, one line, or some of a line's units; how many were canceled here.

    What is shipped stays shipped. Telling the channel and refunding the buyer is done where the order was sold.
    Raises: NotFound; WrongState when nothing is left to cancel; UserError for units without a line.
    """
    row = _locked(order_id)
    lines = [line for line in row.lines.select_for_update().order_by("id") if line_id is None or line.pk == line_id]
    if not lines:
        raise NotFound(gettext("There is no such line in this order."))
    if units is not None and (units < 1 or line_id is None):
        raise UserError(gettext("Say of which line how many units are canceled, at least 1."))
    lock_stock(lines)
    canceled = 0
    for line in lines:
        left = line.quantity - line.canceled - line.fulfilled
        part = min(left, units if units is not None else left)
        if part > 0:
            total = line.canceled + part
            cancel_units(line, part, source_key=f"cancel:{line.pk}:{total}", at=clock.now(), actor=actor)
            line.save()
            canceled += part
    if not canceled:
        raise WrongState(gettext("Nothing is left to cancel: it was shipped or canceled before."))
    close_if_done(row)
    row.save(update_fields=["closed"])
    _event(row, "order.canceled", actor, units=canceled, reason=reason)
    record("order.canceled", f"order:{row.public_id}", actor=actor, after={"units": canceled, "reason": reason})
    return canceled


def set_hold(order_id: UUID, on: bool, *, actor: str, reason: str = "") -> None:
    """An order on hold is asked of no location until the hold is taken off; its units stay reserved."""
    row = _locked(order_id)
    if row.on_hold == on:
        return
    row.on_hold = on
    row.save(update_fields=["on_hold"])
    _event(row, "order.held" if on else "order.hold_ended", actor, reason=reason)


def add_note(order_id: UUID, text: str, *, actor: str) -> None:
    if not text.strip():
        raise UserError(gettext("The note is empty."))
    OrderNote.objects.create(order=_locked(order_id), at=clock.now(), author=actor[:80], text=text.strip())


def assign_variant(line_id: int, sku: str, *, actor: str) -> int:
    """A line with a SKU that nobody knew means this variant; its units are reserved now. How many could be (F10).

    Raises: NotFound for the SKU; WrongState when the line has a variant already.
    """
    order = SalesOrder.objects.select_for_update().filter(lines__pk=line_id).first()  # orders before lines, as everybody locks them
    if order is None:
        raise NotFound(gettext("There is no such line."))
    line = OrderLine.objects.select_for_update().get(pk=line_id)
    if line.variant_id is not None:
        raise WrongState(gettext("This line already sells {sku}.").format(sku=line.sku))
    variant = catalog.variant_of(sku)
    line.variant_id = variant
    line.save(update_fields=["variant"])
    _event(order, "order.sku_assigned", actor, sku=line.sku, variant=sku.strip())
    return shortages.cover_line(line.pk)


def open_buyer(order_id: UUID, *, actor: str, source: str) -> dict[str, dict[str, object]]:
    """The buyer's name and address, and an audit row that says who looked."""
    row = SalesOrder.objects.filter(public_id=order_id).first()
    if row is None:
        raise NotFound(gettext("There is no such order."))
    record("buyer.opened", f"order:{row.public_id}", actor=actor, source=source)
    return opened_buyer(row)


def _locked(order_id: UUID) -> SalesOrder:
    row = SalesOrder.objects.select_for_update().filter(public_id=order_id).first()
    if row is None:
        raise NotFound(gettext("There is no such order."))
    return row


def _event(row: SalesOrder, kind: str, actor: str, **data: object) -> None:
    OrderEvent.objects.create(order=row, at=clock.now(), kind=kind, actor=actor[:80], data=data)
