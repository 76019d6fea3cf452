"""Units that were sold and that nobody has: found again when stock comes, or taken to a person by an alert."""

from collections.abc import Mapping
from functools import partial

from entrepot.base import clock, sql
from entrepot.base.ids import AccountId, LocationId, VariantId
from entrepot.base.transactions import repeated
from entrepot.inventory import actions as inventory
from entrepot.inventory import moves
from entrepot.inventory import queries as stock
from entrepot.inventory.types import Reason
from entrepot.orders import updates
from entrepot.orders.models import OrderEvent, OrderLine, SalesOrder
from entrepot.orders.prepare import Known, components, demand_ref, short_units

ACTOR = "shortage desk"


def take_over_reported(*, limit: int = 200) -> int:
    """Reservations that a report made short (a count, a till sale) are units the order line lacks: note them on the line,
    so that they are covered elsewhere or shown to a person; how many reservations were looked at."""
    rows = sql.rows(__package__, "reported_short", {"limit": limit})
    for line_id in dict.fromkeys(row.line_id for row in rows):
        repeated(partial(settle, line_id))
    return len(rows)


def settle(line_id: int) -> int:
    """Each unit of a line is canceled, fulfilled, short or reserved, and no unit twice (IN1); the units that became short.

    What a report took away is short; parts that are left over of a kit, or that the line does not want, go back to stock.
    """
    ref = demand_ref(line_id)
    line = _locked(line_id)
    if line is None:
        _forget(ref)
        return 0
    updates.lock_stock([line])
    found = sql.rows("entrepot.inventory", "reservations_of", {"demand_refs": [ref]})
    moves.lower([moves.Lowered(VariantId(r.variant_id), ref, LocationId(r.location_id), 0, r.short) for r in found if r.short])
    known = updates.known_of_all([line]).get(line_id)
    wanted = line.quantity - line.canceled - line.fulfilled - line.short
    whole = 0
    if known is not None:
        for (_, location), units in stock.reserved_for([ref]).items():
            whole += _leave_whole(ref, known, location, units, most=wanted - whole)
    if wanted == whole:
        return 0
    line.short += wanted - whole
    line.save(update_fields=["short"])
    _event(line, "order.short", wanted - whole)
    return wanted - whole


def cover(*, limit: int = 200) -> int:
    """Lines that lack units take what has come in since, oldest promise first; how many units were covered."""
    return sum(repeated(partial(cover_line, row.line_id)) for row in sql.rows(__package__, "coverable", {"limit": limit}))


def cover_line(line_id: int) -> int:
    """Reserve what a line lacks, where there is stock now; how many of its units are covered by this.

    As at the sale itself all that is on hand may be used (PROMISE 10), but not what a channel may still sell.
    """
    line = _locked(line_id)
    if line is None or line.variant_id is None or not line.short:
        return 0
    known = updates.known_of(line)
    headers = updates.lock_stock([line])
    units = min(line.short, *(headers[component].unexposed // each for component, each in known.parts))
    if units <= 0:
        return 0
    version = max(header.version for header in headers.values())
    missing = inventory.reserve_sold(
        components(line.pk, known, units),
        account=AccountId(line.order.account_id),
        sold_at={demand_ref(line.pk): clock.now()},
        actor=ACTOR,
        cause=f"/v{version}",
    )
    covered = units - short_units(line.pk, known, units, missing)
    line.short -= covered
    line.save(update_fields=["short"])
    if covered:
        _event(line, "order.covered", covered)
    return covered


def _locked(line_id: int) -> OrderLine | None:
    """The line, held with its order: orders are locked before lines, lines before stock."""
    order = SalesOrder.objects.select_for_update().filter(lines__pk=line_id).first()
    if order is None:
        return None
    line = OrderLine.objects.select_for_update().get(pk=line_id)
    line.order = order
    return line


def _leave_whole(ref: str, known: Known, location: LocationId, reserved: Mapping[VariantId, int], *, most: int) -> int:
    """How many whole units stay reserved at a place, at most ``most``; what is over there goes back."""
    each = dict(known.parts)
    whole = min(most, *(reserved.get(component, 0) // units for component, units in each.items()))
    over = {component: rest for component, units in reserved.items() if (rest := units - whole * each.get(component, 0))}
    if over:
        key, now = f"{ref}:rest", clock.now()
        inventory.release(ref, reason=Reason.RELEASED, source_key=key, occurred_at=now, actor=ACTOR, units=over, location=location)
    return whole


def _forget(ref: str) -> None:
    """A reservation whose line is gone owes nothing."""
    inventory.release(ref, reason=Reason.RELEASED, source_key=f"{ref}:gone", occurred_at=clock.now(), actor=ACTOR)


def _event(line: OrderLine, kind: str, units: int) -> None:
    OrderEvent.objects.create(order_id=line.order_id, at=clock.now(), kind=kind, actor=ACTOR, data={"sku": line.sku, "units": units})
