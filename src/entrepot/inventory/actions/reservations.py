"""Promising units to demands, and taking promises back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from entrepot.base import clock, sql
from entrepot.base.errors import UserError, WrongState
from entrepot.base.ids import AccountId, LocationId, VariantId
from entrepot.catalog import queries as catalog
from entrepot.inventory import moves
from entrepot.inventory.allocation import Asked, Taken, take
from entrepot.inventory.errors import NotEnoughStock
from entrepot.inventory.models import LoweredReservation, Reservation
from entrepot.inventory.types import DemandLine, Reason, ReservationKind


def reserve_sold(
    asked: Sequence[Asked], *, account: AccountId, sold_at: Mapping[str, datetime], actor: str, cause: str = ""
) -> dict[tuple[str, VariantId], int]:
    """Reserve what a channel has already sold: all that is on hand may be used, safety stock last (PROMISE 10).

    ``asked`` names components, not kits; their headers are locked by the caller (moves.lock). ``sold_at``: demand ->
    the channel's time, which the ledger keeps. ``cause`` tells a later reservation of the same demand from its first.
    Returns: (demand, variant) -> units that nobody has: a shortage, which the caller records.
    """
    taken, missing = take(asked, moves.shelves((one.variant for one in asked), account=account), safety_stock_too=True)
    reserved = [
        moves.Move(
            variant=one.variant,
            location=one.location,
            source_key=f"{one.demand_ref}{cause}@{one.location}",
            occurred_at=sold_at[one.demand_ref],
            reason=Reason.ORDER,
            reserved=one.quantity,
        )
        for one in taken
    ]
    with sql.pipeline():
        moves.promise(taken, kind=ReservationKind.ORDER, until=None)
        moves.apply(reserved, actor=actor)
    return missing


def hold(lines: Sequence[DemandLine], *, until: datetime, actor: str) -> None:
    """Hold units for carts or slow payments: every line or none. A kit's line holds its components.

    Only what is not exposed on channels may be held (PROMISE 10). A demand that already holds something is refused.
    Raises: NotEnoughStock, naming the SKU and what may be promised; WrongState for a demand that holds already.
    """
    if any(line.quantity < 1 for line in lines):
        raise UserError(gettext("A quantity below 1 cannot be held."))
    asked = expand(lines)
    headers = moves.lock(one.variant for one in asked)
    held = Reservation.objects.filter(demand_ref__in={line.demand_ref for line in lines}).values_list("demand_ref", flat=True).first()
    if held is not None:
        raise WrongState(gettext("{demand} already holds units. Release it first.").format(demand=held))
    wanted = Counter[VariantId]()
    for one in asked:
        wanted[one.variant] += one.quantity
    shelves = moves.shelves(wanted)
    for variant, units in wanted.items():
        free = sum(shelf.atp for shelf in shelves.get(variant, ())) - headers[variant].exposed
        if free < units:
            raise NotEnoughStock(catalog.sku_of(variant), units, max(0, free))
    taken, missing = take(asked, shelves, safety_stock_too=False)
    for (_, variant), units in missing.items():
        raise NotEnoughStock(catalog.sku_of(variant), wanted[variant], wanted[variant] - units)
    moves.promise(taken, kind=ReservationKind.HOLD, until=until)
    now = clock.now()
    moves.apply([_taken_move(one, Reason.HELD, now) for one in taken], actor=actor)


def confirm(demand_ref: str, *, order_ref: str, actor: str) -> int:
    """A hold becomes an order's reservation under the order's name; the units it moves. Raises: WrongState when the hold has ended."""
    rows = list(Reservation.objects.filter(demand_ref=demand_ref, kind=ReservationKind.HOLD.value))
    if not rows:
        raise WrongState(
            gettext("{demand} holds nothing any more: it expired or was released. Ask for the units again.").format(demand=demand_ref)
        )
    moves.lock(VariantId(row.variant_id) for row in rows)
    held = Reservation.objects.filter(demand_ref=demand_ref, kind=ReservationKind.HOLD.value).values_list("quantity", flat=True)
    units = sum(held)
    changed = Reservation.objects.filter(demand_ref=demand_ref, kind=ReservationKind.HOLD.value).update(
        demand_ref=order_ref, kind=ReservationKind.ORDER.value, expires_at=None
    )
    if changed != len(rows):
        raise WrongState(gettext("{demand} ended at this moment. Ask for the units again.").format(demand=demand_ref))
    return units


def release(
    demand_ref: str,
    *,
    reason: Reason,
    source_key: str,
    occurred_at: datetime,
    actor: str,
    units: Mapping[VariantId, int] | None = None,
    location: LocationId | None = None,
) -> int:
    """Give back units that a demand holds: all of them, or ``units`` of the variants named, those first that a report had
    taken away already; how many went back to stock.

    ``source_key`` names the cause (a cancel, an expiry), so that a repeat of the same cause collides.
    """
    return _take_off(demand_ref, reason, source_key, occurred_at, actor, units, goods_leave=False, location=location)


def ship(
    demand_ref: str,
    *,
    source_key: str,
    occurred_at: datetime,
    actor: str,
    units: Mapping[VariantId, int] | None = None,
    location: LocationId | None = None,
) -> int:
    """The units have left the location: on hand and reserved both fall (DOMAIN 4); how many left."""
    return _take_off(demand_ref, Reason.SHIPPED, source_key, occurred_at, actor, units, goods_leave=True, location=location)


def to_work(demand_refs: Sequence[str]) -> None:
    """The reservations of these demands belong to work that was asked of a location (fulfillment)."""
    asked = Reservation.objects.filter(demand_ref__in=demand_refs, kind=ReservationKind.ORDER.value)
    moves.lock(VariantId(variant) for variant in asked.values_list("variant_id", flat=True))
    asked.update(kind=ReservationKind.WORK.value)


def lowered(*, limit: int) -> dict[int, str]:
    """Demands that have fewer units reserved than before and that nobody has followed yet, oldest first: a row's id -> the demand."""
    return dict(LoweredReservation.objects.order_by("id").values_list("id", "demand_ref")[:limit])


def followed(rows: Iterable[int]) -> None:
    """These rows of ``lowered`` were looked at by whoever asks for the units."""
    LoweredReservation.objects.filter(pk__in=list(rows)).delete()


def expire_holds(*, limit: int = 500) -> int:
    """Holds past their time give their units back; how many demands ended."""
    now = clock.now()
    due = list(
        Reservation.objects.filter(expires_at__lte=now, kind=ReservationKind.HOLD.value)
        .order_by("expires_at")
        .values_list("demand_ref", flat=True)
        .distinct()[:limit]
    )
    held = Reservation.objects.filter(demand_ref__in=due).values_list("variant_id", flat=True)
    moves.lock(VariantId(variant) for variant in held)  # all at once: one order of locks, however many holds end
    for demand_ref in due:
        _take_off(demand_ref, Reason.EXPIRED, f"{demand_ref}:expired", now, "system", None, goods_leave=False, kind=ReservationKind.HOLD)
    return len(due)


def expand(lines: Sequence[DemandLine]) -> list[Asked]:
    """Demand lines as components: a kit becomes its components times their quantity."""
    kits = catalog.components_of({line.variant for line in lines})
    asked: list[Asked] = []
    for line in lines:
        kit = line.variant if line.variant in kits else None
        parts = kits.get(line.variant) or [(line.variant, 1)]
        asked.extend(Asked(line.demand_ref, part, line.quantity * each, line.location, kit, each) for part, each in parts)
    return asked


def _take_off(
    demand_ref: str,
    reason: Reason,
    source_key: str,
    occurred_at: datetime,
    actor: str,
    units: Mapping[VariantId, int] | None,
    *,
    goods_leave: bool,
    location: LocationId | None = None,
    kind: ReservationKind | None = None,
) -> int:
    """Lower a demand's reservations under the headers' locks, place by place until the units asked are reached."""
    variants = set(Reservation.objects.filter(demand_ref=demand_ref).values_list("variant_id", flat=True))
    moves.lock(VariantId(variant) for variant in variants)
    rows = [
        row
        for row in sql.rows("entrepot.inventory", "reservations_of", {"demand_refs": [demand_ref]})
        if location in (None, row.location_id) and kind in (None, row.kind)
    ]
    lowered = [
        moves.Lowered(VariantId(row.variant_id), demand_ref, LocationId(row.location_id), quantity, short)
        for row, (quantity, short) in zip(rows, _shares(rows, units, reserved_first=goods_leave), strict=True)
        if quantity or short
    ]
    moves.lower(lowered)
    moves.apply(
        [
            moves.Move(
                variant=one.variant,
                location=one.location,
                source_key=f"{source_key}@{one.location}",
                occurred_at=occurred_at,
                reason=reason,
                on_hand=-one.quantity if goods_leave else 0,
                reserved=-one.quantity,
            )
            for one in lowered
            if one.quantity
        ],
        actor=actor,
    )
    return sum(one.quantity for one in lowered)


def _shares(rows: Sequence[Any], units: Mapping[VariantId, int] | None, *, reserved_first: bool) -> list[tuple[int, int]]:
    """What to take off each reservation: (reserved units, short units). Goods that leave were reserved; a cancel ends what is short."""
    if units is None:
        return [(row.quantity, row.short) for row in rows]
    left = dict(units)
    shares = [{"quantity": 0, "short": 0} for _ in rows]
    for column in ("quantity", "short") if reserved_first else ("short", "quantity"):
        for row, share in zip(rows, shares, strict=True):
            share[column] = min(getattr(row, column), left.get(row.variant_id, 0))
            if share[column]:
                left[row.variant_id] -= share[column]
    return [(share["quantity"], share["short"]) for share in shares]


def _taken_move(one: Taken, reason: Reason, at: datetime) -> moves.Move:
    return moves.Move(one.variant, one.location, f"{one.demand_ref}@{one.location}", at, reason, reserved=one.quantity)
