"""Asking locations for work, and shipping it."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext

from entrepot.base import clock, sql
from entrepot.base.errors import NotFound, UserError, WrongState
from entrepot.base.ids import LocationId, new_public_id
from entrepot.base.transactions import repeated
from entrepot.channels.actions import notify
from entrepot.fulfillment.models import FulfillmentLine, FulfillmentOrder, ShippedPackage
from entrepot.fulfillment.states import command_result, move, note_command
from entrepot.fulfillment.types import WorkState
from entrepot.inventory import actions as inventory
from entrepot.orders import work as orders
from entrepot.people.audit import record

OPEN = (WorkState.REQUESTED, WorkState.ACCEPTED, WorkState.PICKING, WorkState.PACKED, WorkState.READY)


def plan_orders(*, limit: int = 100) -> int:
    """Every reserved unit of a paid order is asked of the location that holds it: one fulfillment order an order and place.

    How many fulfillment orders were made or grew, of at most ``limit`` orders, in one transaction. Fewer orders at once, shorter
    waits of intake for the stock that they hold.
    """
    return repeated(partial(_plan, limit))


def ship(work_id: UUID, *, carrier: str, tracking: str, key: str, actor: str, units: Mapping[int, int] | None = None) -> ShippedPackage:
    """A package has left: goods off the shelf, the channel told within a minute (HO11). The same command (``key``) or the same
    parcel again is the same package (HO2).

    ``units``: order line id -> units in this package; None: all that is left. A tracking number holds only letters and
    digits after spaces and hyphens are taken out (eBay accepts no others).
    Raises: NotFound; WrongState when the work was withdrawn meanwhile; UserError naming the line that asks for too much.
    """
    order_id = FulfillmentOrder.objects.filter(public_id=work_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound(gettext("There is no such fulfillment order."))
    order = orders.lock(order_id)
    work = FulfillmentOrder.objects.select_for_update().get(public_id=work_id)
    number = _tracking(tracking)
    same = _shipped_before(work, carrier=carrier, number=number, key=key)
    if same is not None:
        return same
    parts = {part.order_line_id: part for part in work.lines.select_for_update()}
    wanted = dict(units) if units is not None else {line: part.quantity - part.shipped for line, part in parts.items()}
    wanted = {line: count for line, count in wanted.items() if count > 0}
    _check(parts, wanted)
    _check_reserved(orders.reserved_units(order).get(LocationId(work.location_id), {}), wanted)
    for state in (WorkState.PICKING, WorkState.PACKED):
        if _before(work, state):
            move(work, state, key=f"{key}:{state.value}", actor=actor)
    now = clock.now()
    reference = 1 + (ShippedPackage.objects.filter(order_id=order.id).aggregate(last=Max("reference"))["last"] or 0)
    source = f"shipped:{work.pk}:{reference}"
    orders.ship_units(order, wanted, location=LocationId(work.location_id), source_key=source, at=now, actor=actor)
    for line, count in wanted.items():
        parts[line].shipped += count
        parts[line].save(update_fields=["shipped"])
    note_command(work, key=f"{key}:package", actor=actor, reason=str(reference))
    if all(part.shipped == part.quantity for part in parts.values()):
        move(work, WorkState.SHIPPED, key=f"{key}:shipped", actor=actor)
    contents = [{"line": order.lines[line][0], "quantity": count} for line, count in sorted(wanted.items())]
    record("package.shipped", f"order:{order.public_id}", actor=actor, after={"carrier": carrier, "tracking": number, "lines": contents})
    package = ShippedPackage.objects.create(
        fulfillment_order=work,
        reference=reference,
        order_id=order.id,
        carrier=carrier,
        tracking=number,
        lines=contents,
        shipped_at=now,
        next_try_at=now,
    )
    notify("orders", str(order.account))
    return package


def follow_cancels(*, limit: int = 200) -> int:
    """Work that asks for units which were canceled or went missing asks for less, or is withdrawn; how many demands were looked at."""
    lowered = inventory.lowered(limit=limit)
    for row in sql.rows(__package__, "too_much_asked", {"demand_refs": sorted(set(lowered.values()))}):
        repeated(partial(_follow, row.order_id, row.fulfillment_order_id, row.fulfillment_line_id))
    inventory.followed(lowered)
    return len(lowered)


def _follow(order_id: int, work_id: int, part_id: int) -> None:
    order = orders.lock(order_id)
    work = FulfillmentOrder.objects.select_for_update().get(pk=work_id)
    part = work.lines.select_for_update().filter(pk=part_id).first()
    if part is None or WorkState(work.state) not in OPEN:
        return
    asked = part.quantity - part.shipped
    left = min(asked, orders.reserved_units(order).get(LocationId(work.location_id), {}).get(part.order_line_id, 0))
    if left < asked:
        _ask_less(work, part, left, key=f"follow:{part.pk}:{part.quantity}:{left}")


def _plan(limit: int) -> int:
    found = sql.rows(__package__, "lock_unasked", {"limit": limit})
    if not found:
        return 0
    parts = sql.rows(__package__, "reserved_units", {"orders": [row.order_id for row in found]})
    works = sorted({(part.order_id, part.location_id) for part in parts})
    orders_of, locations = sql.columns(works, 2)
    line_orders, line_locations, lines, units = sql.columns(parts, 4)
    sql.run(
        __package__,
        "ask",
        {
            "now": clock.now(),
            "state": WorkState.ACCEPTED.value,
            "public_ids": [str(new_public_id()) for _ in works],
            "orders": orders_of,
            "locations": locations,
            "line_orders": line_orders,
            "line_locations": line_locations,
            "lines": lines,
            "units": units,
        },
    )
    inventory.to_work([ref for row in found for ref in row.demand_refs])
    return len(works)


def _shipped_before(work: FulfillmentOrder, *, carrier: str, number: str, key: str) -> ShippedPackage | None:
    packages = ShippedPackage.objects.filter(fulfillment_order=work)
    reference = command_result(work, key=f"{key}:package")
    if reference is not None:
        return packages.get(reference=int(reference))
    return packages.filter(carrier=carrier, tracking=number).first() if number else None


def _ask_less(work: FulfillmentOrder, part: FulfillmentLine, left: int, *, key: str) -> None:
    if part.shipped + left > 0:
        FulfillmentLine.objects.filter(pk=part.pk).update(quantity=part.shipped + left)
    else:
        part.delete()
    lines = list(work.lines.all())
    if any(line.quantity > line.shipped for line in lines):
        return
    if not lines:
        move(work, WorkState.WITHDRAWN, key=key, actor="system", reason="nothing left to ship")
        return
    for state in (WorkState.PICKING, WorkState.PACKED, WorkState.SHIPPED):
        if _before(work, state):
            move(work, state, key=f"{key}:{state.value}", actor="system", reason="the rest was canceled")


def _before(work: FulfillmentOrder, state: WorkState) -> bool:
    way = (WorkState.REQUESTED, WorkState.ACCEPTED, WorkState.PICKING, WorkState.PACKED, WorkState.SHIPPED)
    return work.state in way and way.index(WorkState(work.state)) < way.index(state)


def _check(parts: Mapping[int, FulfillmentLine], wanted: Mapping[int, int]) -> None:
    if not wanted:
        raise UserError(gettext("Nothing is left to ship here. Open the order again to see what happened meanwhile."))
    for line_id, count in wanted.items():
        part = parts.get(line_id)
        if part is None or count > part.quantity - part.shipped:
            left = part.quantity - part.shipped if part else 0
            raise UserError(
                gettext("Line {line}: {left} left to ship here, {count} asked. Ship {left} or fewer.").format(
                    line=line_id, left=left, count=count
                )
            )


def _check_reserved(here: Mapping[int, int], wanted: Mapping[int, int]) -> None:
    """A count may have taken units away that the work still asks for; they are short, and found elsewhere (F15)."""
    for line, count in wanted.items():
        if count > here.get(line, 0):
            text = gettext("Line {line}: {left} reserved here after a count, {count} asked. Correct the count, or ship {left}.")
            raise WrongState(text.format(line=line, left=here.get(line, 0), count=count))


def _tracking(text: str) -> str:
    number = "".join(text.split()).replace("-", "")
    if number and not number.isalnum():
        raise UserError(
            gettext("The tracking number “{text}” may hold only letters and digits. Type it as the carrier printed it.").format(text=text)
        )
    return number
