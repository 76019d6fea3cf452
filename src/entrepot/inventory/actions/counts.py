"""Counting and correcting what is there: adjustments by hand and reports from locations (DOMAIN 2, ST5)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext

from entrepot.base import clock
from entrepot.base.errors import UserError
from entrepot.base.ids import LocationId, VariantId
from entrepot.catalog import queries as catalog
from entrepot.inventory import moves
from entrepot.inventory.allocation import Shelf
from entrepot.inventory.models import Discrepancy, Location, Reservation, StockLevel, StockMove, StockReport, VariantStock
from entrepot.inventory.types import Reason
from entrepot.people.audit import record

MOST_REPORT_ID = 80


def adjust(
    variant: VariantId,
    location: LocationId,
    delta: int,
    *,
    reason: Reason,
    source_key: str,
    actor: str,
    note: str = "",
    source: str = "",
) -> int:
    """Change on hand by ``delta`` with a reason; the new on hand. The same source key again changes nothing.

    ``source``: the door it came by, for the audit trail.

    Units below zero are refused; units below what is reserved make the newest reservations short (ST9).
    """
    _refuse_kits([variant])
    now = clock.now()
    moves.lock([variant])
    if StockMove.objects.filter(variant_id=variant, source_key=source_key).exists():
        return _shelf(variant, location).on_hand
    shelf, sku = _shelf(variant, location), catalog.sku_of(variant)
    if shelf.on_hand + delta < 0:
        raise UserError(
            gettext("{sku}: {on_hand} on hand, so at most {on_hand} can be taken away; {asked} was asked.").format(
                sku=sku, on_hand=shelf.on_hand, asked=-delta
            )
        )
    after = {"location": _code(location), "delta": delta, "reason": reason.value}
    record("stock.adjusted", f"variant:{sku}", actor=actor, source=source, after=after)
    return _set_on_hand(
        variant, location, shelf, shelf.on_hand + delta, reason=reason, source_key=source_key, occurred_at=now, actor=actor, note=note
    )


def report(
    location: LocationId,
    report_id: str,
    counted: Mapping[VariantId, int],
    *,
    kind: str,
    counted_at: datetime,
    actor: str,
) -> bool:
    """A location's report: ``absolute`` counts at ``counted_at`` or ``delta`` changes (till sales). False: nothing was applied.

    An absolute count replaces on hand, then the movements that happened after it are applied again. A report older than the
    last absolute one applied for that variant is kept and ignored: that count has seen it. The same report id twice is one
    effect (ST5).
    """
    _check(report_id, counted, kind)
    _refuse_kits(counted)
    row, new = StockReport.objects.get_or_create(
        location_id=location,
        report_id=report_id,
        defaults={
            "kind": kind,
            "counted_at": counted_at,
            "received_at": clock.now(),
            "lines": {str(variant): units for variant, units in counted.items()},
            "applied": False,
        },
    )
    if not new:
        return False
    moves.lock(counted)
    applied = False
    for variant in sorted(counted):
        newest = StockLevel.objects.filter(variant_id=variant, location_id=location).values_list("reported_at", flat=True).first()
        if newest is not None and newest >= counted_at:
            continue
        shelf = _shelf(variant, location)
        target = shelf.on_hand + counted[variant] if kind == "delta" else counted[variant] + _moved_since(variant, location, counted_at)
        _set_on_hand(
            variant,
            location,
            shelf,
            target,
            reason=Reason.TILL_SALE if kind == "delta" else Reason.COUNT,
            source_key=f"report:{location}:{report_id}",
            occurred_at=counted_at,
            actor=actor,
            note="" if target >= 0 else f"reported {target}",
        )
        if kind == "absolute":
            StockLevel.objects.filter(variant_id=variant, location_id=location).update(reported_at=counted_at)
        applied = True
    StockReport.objects.filter(pk=row.pk).update(applied=applied)
    return applied


def set_safety_stock(variant: VariantId, location: LocationId, units: int, *, actor: str, source: str = "") -> None:
    """Units at this location that are never promised; what is already promised stays promised."""
    if units < 0:
        raise UserError(gettext("Safety stock cannot be negative. Use 0 to promise everything."))
    _refuse_kits([variant])
    now = clock.now()
    header = moves.lock([variant])[variant]
    level, _ = StockLevel.objects.get_or_create(variant_id=variant, location_id=location)
    shelf = Shelf(location, level.on_hand, level.reserved, level.safety_stock)
    before = shelf.atp
    shelf.safety_stock = units
    StockLevel.objects.filter(variant_id=variant, location_id=location).update(safety_stock=units)
    VariantStock.objects.filter(variant_id=variant).update(version=header.version + 1, atp=header.atp + shelf.atp - before, changed_at=now)
    moves.announce(variant, header.version + 1)
    subject, place = f"variant:{catalog.sku_of(variant)}", _code(location)
    was, now_is = {"location": place, "units": level.safety_stock}, {"location": place, "units": units}
    record("safety_stock.set", subject, actor=actor, source=source, before=was, after=now_is)


def _code(location: LocationId) -> str:
    return Location.objects.values_list("code", flat=True).get(pk=location)


def _refuse_kits(variants: Iterable[VariantId]) -> None:
    """A kit has no level: its parts lie on shelves."""
    for kit in catalog.components_of(variants):
        raise UserError(gettext("%(sku)s is a kit and lies nowhere: its parts do.") % {"sku": catalog.sku_of(kit)})


def _check(report_id: str, counted: Mapping[VariantId, int], kind: str) -> None:
    if kind not in ("absolute", "delta"):
        raise UserError(gettext("A stock report is “absolute” or “delta”, not “{kind}”.").format(kind=kind))
    if not 0 < len(report_id) <= MOST_REPORT_ID:
        raise UserError(
            gettext("A stock report needs an id of 1 to {most} characters, so that a repeat is known.").format(most=MOST_REPORT_ID)
        )
    if kind == "absolute" and any(units < 0 for units in counted.values()):
        raise UserError(gettext("A count cannot be below 0. Send changes as a “delta” report."))


def _set_on_hand(
    variant: VariantId,
    location: LocationId,
    shelf: Shelf,
    target: int,
    *,
    reason: Reason,
    source_key: str,
    occurred_at: datetime,
    actor: str,
    note: str,
) -> int:
    """On hand becomes ``target``; where that is below what is reserved, the newest reservations that are not firm become
    short first; where all are firm, on hand stops at reserved and a discrepancy asks for a person; so it does below 0."""
    short = _make_short(variant, location, max(0, shelf.reserved - target))
    kept = max(0, target, shelf.reserved - short)
    if kept > target:
        Discrepancy.objects.get_or_create(
            variant_id=variant,
            location_id=location,
            source_key=source_key,
            defaults={"reported": target, "kept": kept, "at": clock.now()},
        )
    lowered = (
        [] if not short else [moves.Move(variant, location, f"{source_key}:short", occurred_at, Reason.REPORTED_SHORT, reserved=-short)]
    )
    changed = moves.Move(variant, location, source_key, occurred_at, reason, on_hand=kept - shelf.on_hand, note=note)
    moves.apply([*lowered, changed], actor=actor)
    return kept


def _make_short(variant: VariantId, location: LocationId, units: int) -> int:
    """Turn up to ``units`` of the newest reservations that are not firm into short ones; how many."""
    if units <= 0:
        return 0
    left = units
    lowered: list[moves.Lowered] = []
    open_here = Reservation.objects.filter(variant_id=variant, location_id=location, firm=False, quantity__gt=0)
    for row in open_here.order_by("-created_at", "-demand_ref"):
        part = min(left, row.quantity)
        lowered.append(moves.Lowered(variant, row.demand_ref, location, part, short=-part))
        left -= part
        if not left:
            break
    moves.lower(lowered)
    return units - left


def _moved_since(variant: VariantId, location: LocationId, instant: datetime) -> int:
    """What left or came after an instant. Of till sales what was reported, also where less was on hand and less was booked:
    the count shows that the units were there."""
    moved = StockMove.objects.filter(variant_id=variant, location_id=location, occurred_at__gt=instant)
    booked = sum(moved.exclude(reason=Reason.TILL_SALE.value).values_list("on_hand_delta", flat=True))
    tills = moved.filter(reason=Reason.TILL_SALE.value).values_list("source_key", flat=True)
    ids = [key.removeprefix(f"report:{location}:") for key in tills]
    reported = StockReport.objects.filter(location_id=location, report_id__in=ids).values_list("lines", flat=True)
    return booked + sum(int(lines.get(str(variant), 0)) for lines in reported)


def _shelf(variant: VariantId, location: LocationId) -> Shelf:
    row = StockLevel.objects.filter(variant_id=variant, location_id=location).first()
    return Shelf(location, row.on_hand, row.reserved, row.safety_stock) if row else Shelf(location, 0, 0, 0)


def receive_many(lines: Sequence[tuple[VariantId, LocationId, int]], *, reason: Reason, source: str, actor: str) -> int:
    """Many receipts or opening balances at once; how many were new. ``source`` names the document, once a line."""
    _refuse_kits([variant for variant, _, _ in lines])
    now = clock.now()
    moves.lock(variant for variant, _, _ in lines)
    keys = {(variant, location): f"{source}:{location}" for variant, location, _ in lines}
    known = set(
        StockMove.objects.filter(variant_id__in={variant for variant, _, _ in lines}, source_key__in=set(keys.values())).values_list(
            "variant_id", "source_key"
        )
    )
    fresh = [
        moves.Move(variant, location, keys[variant, location], now, reason, on_hand=units)
        for variant, location, units in lines
        if units > 0 and (variant, keys[variant, location]) not in known
    ]
    moves.apply(fresh, actor=actor)
    return len(fresh)
