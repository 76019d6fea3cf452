"""Units that were sold and that nobody has: found again when stock comes, or taken to a person by an alert."""

from django.db import transaction

from entrepot.base import clock, sql
from entrepot.base.ids import AccountId, LocationId, VariantId
from entrepot.inventory import actions as inventory
from entrepot.inventory import moves
from entrepot.orders.models import OrderEvent, OrderLine
from entrepot.orders.prepare import components, demand_ref, short_units
from entrepot.orders.updates import known_of

ACTOR = "shortage desk"


def take_over_reported(*, limit: int = 200) -> int:
    """Reservations that a report made short (a count, a till sale) are units the order line lacks: note them on the line,
    so that they are covered elsewhere or shown to a person; how many reservations were taken over."""
    taken = 0
    for row in sql.rows(__package__, "reported_short", {"limit": limit}):
        with transaction.atomic():
            moves.lock([VariantId(row.variant_id)])
            line = OrderLine.objects.select_for_update().filter(pk=row.line_id).first()
            left = [r for r in sql.rows("entrepot.inventory", "reservations_of", {"demand_refs": [row.demand_ref]}) if _same(r, row)]
            if line is None or not left or left[0].short == 0:
                continue
            short = left[0].short
            moves.lower([moves.Lowered(VariantId(row.variant_id), row.demand_ref, LocationId(row.location_id), 0, short)])
            units = min(-(-short // _each(line, VariantId(row.variant_id))), line.quantity - line.canceled - line.fulfilled - line.short)
            if units > 0:
                line.short += units
                line.save(update_fields=["short"])
                _event(line, "order.short", units)
            taken += 1
    return taken


def cover(*, limit: int = 200) -> int:
    """Lines that lack units take what has come in since, oldest promise first; how many units were covered."""
    covered = 0
    for row in sql.rows(__package__, "coverable", {"limit": limit}):
        with transaction.atomic():
            covered += cover_line(row.line_id)
    return covered


def cover_line(line_id: int) -> int:
    """Reserve what a line lacks, where there is stock now; how many of its units are covered by this."""
    line = OrderLine.objects.select_related("order").get(pk=line_id)
    if line.variant_id is None or not line.short:
        return 0
    known = known_of(line)
    headers = moves.lock(component for component, _ in known.parts)
    line = OrderLine.objects.select_related("order").select_for_update(of=("self",)).get(pk=line_id)
    free = min(max(0, headers[component].atp - headers[component].exposed) // each for component, each in known.parts)
    units = min(line.short, free)
    if units <= 0:
        return 0
    version = max(header.version for header in headers.values())
    asked = components(line.pk, known, units)
    missing = inventory.reserve_sold(
        asked,
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


def _same(reservation: object, row: object) -> bool:
    return all(getattr(reservation, name) == getattr(row, name) for name in ("variant_id", "location_id", "demand_ref"))


def _each(line: OrderLine, variant: VariantId) -> int:
    return next((each for component, each in known_of(line).parts if component == variant), 1)


def _event(line: OrderLine, kind: str, units: int) -> None:
    OrderEvent.objects.create(order_id=line.order_id, at=clock.now(), kind=kind, actor=ACTOR, data={"sku": line.sku, "units": units})
