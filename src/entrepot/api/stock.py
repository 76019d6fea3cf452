"""Stock: how many there are where, why, and what changes them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext

from entrepot.api.access import caller
from entrepot.api.door import Door
from entrepot.api.shapes import (
    AccountOut,
    Answered,
    Cursor,
    Limit,
    PageOf,
    SkuAsked,
    Typed,
    account_out,
    paged,
)
from entrepot.base.errors import UserError
from entrepot.insight.queries import history, lookup
from entrepot.insight.queries import stock as lists
from entrepot.inventory import queries
from entrepot.inventory.types import Explanation, MoveView, Reason
from entrepot.listings import queries as listings
from entrepot.people import zones
from entrepot.people.deployment import default_time_zone
from entrepot.people.types import Right

door = Door(tags=["stock"])


class LocationOut(Answered):
    id: UUID
    code: str
    name: str
    country: str
    paused: bool


class Locations(Answered):
    rows: list[LocationOut]


class LevelOut(Answered):
    location: UUID
    location_code: str
    on_hand: int
    reserved: int
    safety_stock: int
    available_to_promise: int
    counted_at: datetime | None


class PartOut(Answered):
    sku: str
    quantity: int


class ShownOut(Answered):
    """What a channel confirmed last; null: it never confirmed a number."""

    account: AccountOut
    quantity: int | None
    at: datetime | None


class StockOut(Answered):
    """`exposed`: what channels may still sell of an allotted variant before we can stop them. A kit has parts, not levels."""

    sku: str
    title: str
    product: UUID
    is_kit: bool
    on_hand: int
    reserved: int
    available_to_promise: int
    exposed: int
    policy: Literal["pooled", "allotted"]
    low_stock_at: int | None
    levels: list[LevelOut]
    parts: list[PartOut]
    shown: list[ShownOut]


class MoveOut(Answered):
    at: datetime
    recorded_at: datetime
    location_code: str
    reason: str
    actor: str
    on_hand_change: int
    reserved_change: int
    on_hand_after: int
    reserved_after: int
    source: str
    note: str


class StepOut(Answered):
    rule: str
    text: str
    amount: int
    values: dict[str, str | int]


class ReceiptOut(Answered):
    """One quantity sent, confirmed, refused, read back or ended: `at` is the answer's time, `sent_at` when it left. `version`: the stock version it was computed from, of `computed_at`;
    0: not from our stock."""

    at: datetime
    outcome: str
    quantity: int
    version: int
    note: str
    sent_at: datetime | None
    computed_at: datetime | None


class LevelThenOut(Answered):
    sku: str
    location_code: str
    on_hand: int
    reserved: int


class HistoryOut(Answered):
    """What was known at `at`. `in_flight` was sent and not confirmed by then; `settled` confirmed it later. `levels` are empty before
    `ledger_since`."""

    at: datetime
    confirmed: ReceiptOut | None
    in_flight: ReceiptOut | None
    settled: ReceiptOut | None
    receipts: list[ReceiptOut]
    receipts_since: datetime | None
    levels: list[LevelThenOut]
    ledger: list[MoveOut]
    ledger_since: datetime | None


class ExplanationOut(Answered):
    """The steps' amounts sum to the answer. Only with `at`: `then`, and an answer of null where nothing had been confirmed."""

    sku: str
    account: UUID | None
    answer: int | None
    steps: list[StepOut]
    then: HistoryOut | None = None


@door.reads("/locations", needs=Right.SEE, answer=Locations, summary="List locations, the first choice first")
def list_locations(request: HttpRequest) -> Any:
    rows = lists.places()
    return Locations(rows=[LocationOut(id=p.public_id, code=p.code, name=p.name, country=p.country, paused=p.paused) for p in rows])


@door.reads("/stock", needs=Right.SEE, answer=PageOf[StockOut], summary="List variants with their stock, in SKU order")
def list_stock(
    request: HttpRequest,
    state: Literal["all", "low", "short", "none"] = "all",
    q: Typed = "",
    location: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Any:
    who = caller(request)
    place = lookup.location(location) if location else None
    names = _places()
    return paged(
        lambda: lists.matrix(who.scope, language=who.language, tab=state, typed=q, location=place, cursor=cursor, size=limit),
        lambda row: _out(row, names),
        cursor,
    )


@door.reads("/stock/item", needs=Right.SEE, answer=StockOut, summary="One variant's stock")
def read_stock(request: HttpRequest, sku: SkuAsked) -> Any:
    who = caller(request)
    return _out(lists.one(who.scope, sku, who.language), _places())


@door.reads("/stock/ledger", needs=Right.SEE, answer=PageOf[MoveOut], summary="Every movement of a variant, the newest first")
def read_ledger(
    request: HttpRequest,
    sku: SkuAsked,
    reason: Reason | None = None,
    location: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Any:
    variant = lookup.variant(caller(request).scope, sku)
    place = lookup.location(location) if location else None
    return paged(
        lambda: lists.ledger(variant, reason=reason.value if reason else "", location=place, cursor=cursor, size=limit), _move, cursor
    )


@door.reads("/stock/explain", needs=Right.SEE, answer=ExplanationOut, summary="Why is this number what it is?")
def explain_stock(request: HttpRequest, sku: SkuAsked, account: UUID | None = None, at: str | None = None) -> Any:
    """Without an account: what may be promised. With one: what that channel is shown. With `at` as well: what it showed then, in ISO
    8601; without an offset it is a time of the installation's zone."""
    who = caller(request)
    variant = lookup.variant(who.scope, sku)
    if at is not None:
        if account is None:
            raise UserError(gettext("Name the account whose number it was."))
        shown_on = lookup.account(who.scope, account)[0]
        then = history.shown_at(variant, shown_on, zones.instant(at, default_time_zone()))
        return _then_out(sku.strip(), account, then)
    found = listings.explain(variant, lookup.account(who.scope, account)[0]) if account else queries.explain_atp(variant)
    return explanation_out(sku.strip(), account, found)


def explanation_out(sku: str, account: UUID | None, found: Explanation) -> ExplanationOut:
    steps = [StepOut(rule=s.rule, text=gettext(s.label).format(**s.values), amount=s.amount, values=s.values) for s in found.steps]
    return ExplanationOut(sku=sku, account=account, answer=found.answer, steps=steps)


def _then_out(sku: str, account: UUID, then: history.History) -> ExplanationOut:
    told = HistoryOut(
        at=then.at,
        confirmed=_receipt_out(then.confirmed),
        in_flight=_receipt_out(then.in_flight),
        settled=_receipt_out(then.settled),
        receipts=[ReceiptOut(**asdict(one)) for one in then.told],
        receipts_since=then.receipts_since,
        levels=[LevelThenOut(sku=lv.sku, location_code=lv.location_code, on_hand=lv.on_hand, reserved=lv.reserved) for lv in then.levels],
        ledger=[_move(move) for move in then.moves],
        ledger_since=then.ledger_since,
    )
    now = explanation_out(sku, account, then.explained or Explanation(0, []))
    return now.model_copy(update={"answer": then.shown, "then": told})


def _receipt_out(one: history.Told | None) -> ReceiptOut | None:
    return ReceiptOut(**asdict(one)) if one else None


def _places() -> dict[int, UUID]:
    return {place.id: place.public_id for place in lists.places()}


def level_out(level: Any, public_id: UUID) -> LevelOut:
    return LevelOut(
        location=public_id,
        location_code=level.location_code,
        on_hand=level.on_hand,
        reserved=level.reserved,
        safety_stock=level.safety_stock,
        available_to_promise=level.atp,
        counted_at=level.reported_at,
    )


def _out(row: lists.StockRow, places: dict[int, UUID]) -> StockOut:
    return StockOut(
        sku=row.sku,
        title=row.title,
        product=row.product,
        is_kit=row.is_kit,
        on_hand=row.on_hand,
        reserved=row.reserved,
        available_to_promise=row.atp,
        exposed=row.exposed,
        policy="allotted" if row.allotted else "pooled",
        low_stock_at=row.low_at,
        levels=[level_out(level, places[place]) for place, level in row.levels.items() if place in places],
        parts=[PartOut(sku=sku, quantity=quantity) for sku, quantity in row.parts],
        shown=[ShownOut(account=account_out(one.account), quantity=one.quantity, at=one.at) for one in row.shown],
    )


def _move(row: MoveView) -> MoveOut:
    return MoveOut(
        at=row.at,
        recorded_at=row.recorded_at,
        location_code=row.location_code,
        reason=row.reason,
        actor=row.actor,
        on_hand_change=row.on_hand_delta,
        reserved_change=row.reserved_delta,
        on_hand_after=row.on_hand_after,
        reserved_after=row.reserved_after,
        source=row.source_key,
        note=row.note,
    )
