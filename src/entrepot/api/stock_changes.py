"""What changes stock: adjustments, safety stock, reports of locations, holds."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext
from pydantic import Field

from entrepot.api.access import Caller, caller
from entrepot.api.door import Door
from entrepot.api.problems import Problem
from entrepot.api.shapes import Answered, Body, Instant, Positive, Sku, Units
from entrepot.api.stock import LevelOut, level_out
from entrepot.base import clock
from entrepot.base.errors import NotFound
from entrepot.base.ids import LocationId, VariantId, new_public_id
from entrepot.insight.queries import lookup
from entrepot.inventory import actions as inventory
from entrepot.inventory import queries
from entrepot.inventory.types import DemandLine, Reason
from entrepot.people.audit import record
from entrepot.people.types import Right

door = Door(tags=["stock"])
BY_HAND = Literal["count", "received", "damaged", "lost", "found", "returned", "correction", "till_sale"]
SLOW_CLOCKS = timedelta(minutes=10)  # how far ahead of ours the clock of who reports may be


class AdjustmentBody(Body):
    """`delta`: units that came (+) or went (−)."""

    sku: Sku
    location: UUID
    delta: Annotated[int, Field(strict=True, ge=-1_000_000_000, le=1_000_000_000)]
    reason: BY_HAND
    note: Annotated[str, Field(max_length=200)] = ""


class SafetyBody(Body):
    sku: Sku
    location: UUID
    units: Units


class ReportLine(Body):
    sku: Sku
    units: Annotated[int, Field(strict=True, ge=-1_000_000_000, le=1_000_000_000)]


class ReportBody(Body):
    """`absolute`: counted units; sales since `counted_at` are taken off them. `delta`: changes, such as sales of a till."""

    location: UUID
    report_id: Annotated[
        str, Field(min_length=1, max_length=90, pattern="^[!-~]+$", description="Yours; the same one twice is one effect.")
    ]
    kind: Literal["absolute", "delta"]
    counted_at: Instant
    lines: Annotated[list[ReportLine], Field(min_length=1, max_length=1000)]


class ReportOut(Answered):
    """false: the report came before, or is older than the last count."""

    applied: bool


class HoldLine(Body):
    sku: Sku
    quantity: Positive
    location: UUID | None = None


class HoldBody(Body):
    """Every line or none. Units that are not confirmed or released in time go back by themselves."""

    lines: Annotated[list[HoldLine], Field(min_length=1, max_length=100)]
    expires_in_s: Annotated[int, Field(strict=True, ge=10, le=86_400)] = 900


class HoldOut(Answered):
    id: UUID
    expires_at: datetime


class ReleasedOut(Answered):
    units: int


@door.writes("POST", "/stock/adjustments", needs=Right.ADJUST_STOCK, answer=LevelOut, status=201, summary="Change on hand by a number")
def adjust_stock(request: HttpRequest, body: AdjustmentBody) -> Any:
    """More than is reserved can be taken away: the newest reservations then become short, and a person is told."""
    who = caller(request)
    variant, place = lookup.variant(who.scope, body.sku), lookup.location(body.location)
    if not body.delta:
        raise Problem(422, "invalid", gettext("The delta is 0: nothing would change."))
    inventory.adjust(
        variant,
        place,
        body.delta,
        reason=Reason(body.reason),
        source_key=f"api:{new_public_id()}",
        actor=who.actor,
        note=body.note,
        source=who.source,
    )
    return _level(variant, place, body.location)


@door.writes("PUT", "/stock/safety", needs=Right.ADJUST_STOCK, answer=LevelOut, summary="Keep units back from being promised")
def set_safety_stock(request: HttpRequest, body: SafetyBody) -> Any:
    who = caller(request)
    variant, place = lookup.variant(who.scope, body.sku), lookup.location(body.location)
    inventory.set_safety_stock(variant, place, body.units, actor=who.actor, source=who.source)
    return _level(variant, place, body.location)


@door.writes("POST", "/stock/reports", needs=Right.ADJUST_STOCK, answer=ReportOut, summary="A location's count, or the changes of its till")
def report_stock(request: HttpRequest, body: ReportBody) -> Any:
    who = caller(request)
    if body.counted_at > clock.now() + SLOW_CLOCKS:
        raise Problem(422, "invalid", gettext("The count is dated in the future. Set the clock of the device that counts."))
    skus = [line.sku.strip() for line in body.lines]
    if len({sku.upper() for sku in skus}) != len(skus):
        raise Problem(422, "invalid", gettext("A SKU stands there twice. Write its units together."))
    if body.kind == "absolute" and any(line.units < 0 for line in body.lines):
        raise Problem(422, "invalid", gettext("Nobody can count less than 0 units."))
    known = lookup.variants(who.scope, skus)
    applied = inventory.report(
        lookup.location(body.location),
        body.report_id,
        {known[sku]: line.units for sku, line in zip(skus, body.lines, strict=True)},
        kind=body.kind,
        counted_at=body.counted_at,
        actor=who.actor,
    )
    after = {"location": str(body.location), "report": body.report_id, "applied": applied}
    record("stock.reported", "stock", actor=who.actor, source=who.source, after=after)
    return ReportOut(applied=applied)


@door.writes("POST", "/stock/holds", needs=Right.ADJUST_STOCK, answer=HoldOut, status=201, summary="Reserve units for a while")
def hold_stock(request: HttpRequest, body: HoldBody) -> Any:
    """For a cart or a slow payment of your own shop. Only what no channel may still sell can be held."""
    who = caller(request)
    known = lookup.variants(who.scope, [line.sku.strip() for line in body.lines])
    hold_id, until = new_public_id(), clock.now() + timedelta(seconds=body.expires_in_s)
    places: dict[UUID, LocationId] = {}
    for line in body.lines:
        if line.location is not None and line.location not in places:
            places[line.location] = lookup.location(line.location)
    demand = [
        DemandLine(_reference(who, hold_id), known[line.sku.strip()], line.quantity, places[line.location] if line.location else None)
        for line in body.lines
    ]
    inventory.hold(demand, until=until, actor=who.actor)
    return HoldOut(id=hold_id, expires_at=until)


@door.writes("POST", "/stock/holds/{uuid:hold_id}/release", needs=Right.ADJUST_STOCK, answer=ReleasedOut, summary="Give held units back")
def release_hold(request: HttpRequest, hold_id: UUID) -> Any:
    """Only with the token that held them."""
    who, reference = caller(request), _reference(caller(request), hold_id)
    units = inventory.release(
        reference, reason=Reason.RELEASED, source_key=f"{reference}:released", occurred_at=clock.now(), actor=who.actor
    )
    if not units:
        raise NotFound(gettext("This hold has ended: it expired, or was released before."))
    return ReleasedOut(units=units)


def _reference(who: Caller, hold_id: UUID) -> str:
    """A hold belongs to its token: nobody releases another's."""
    return f"hold:{who.holder.token.hex}:{hold_id.hex}"


def _level(variant: VariantId, place: LocationId, public_id: UUID) -> LevelOut:
    level = next(one for one in queries.levels([variant]) if one.location == place)
    return level_out(level, public_id)
