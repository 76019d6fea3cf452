"""Orders: what was sold, where it is, shipping and canceling it. The buyer stands behind a scope of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import Field

from entrepot.api.access import Caller, caller
from entrepot.api.door import Door
from entrepot.api.shapes import (
    AccountOut,
    Answered,
    Body,
    Cursor,
    Instant,
    Limit,
    MoneyOut,
    PageOf,
    Positive,
    Typed,
    account_out,
    paged,
)
from entrepot.base import clock
from entrepot.base.errors import NotFound
from entrepot.fulfillment import actions as fulfillment
from entrepot.insight.queries import order as details
from entrepot.insight.queries import orders as lists
from entrepot.orders import actions as orders
from entrepot.people.types import Right

door = Door(tags=["orders"])

LineId = Annotated[str, Field(min_length=1, max_length=80, description="The channel's id of the line.")]


class OrderRowOut(Answered):
    """`ship_by`: when it must have left. `short`: units that nobody has."""

    id: UUID
    number: str
    account: AccountOut
    market: str
    country: str
    status: str
    placed_at: datetime
    ship_by: datetime | None
    units: int
    short: int
    unknown_skus: list[str]
    skus: list[str]
    total: MoneyOut
    on_hold: bool
    cancel_requested: bool
    closed: bool
    historical: bool
    locations: list[str]


class ReservedOut(Answered):
    sku: str
    location: str
    quantity: int
    short: int


class LineOut(Answered):
    """quantity = canceled + fulfilled + short + reserved or in work."""

    line: str
    sku: str
    title: str
    product: UUID | None
    is_charge: bool
    quantity: int
    canceled: int
    fulfilled: int
    short: int
    unit_price: MoneyOut
    amount: MoneyOut
    tax: MoneyOut
    shipping: MoneyOut
    reserved: list[ReservedOut]


class PackageOut(Answered):
    """`told_at`: when the channel took it. `refused`: why it did not."""

    reference: int
    carrier: str
    tracking: str
    shipped_at: datetime
    told_at: datetime | None
    refused: str


class WorkLineOut(Answered):
    sku: str
    quantity: int
    shipped: int


class WorkOut(Answered):
    """What one location shall ship."""

    id: UUID
    location: str
    state: str
    created_at: datetime
    lines: list[WorkLineOut]
    packages: list[PackageOut]


class EventOut(Answered):
    at: datetime
    kind: str
    actor: str
    values: dict[str, Any]


class OrderOut(OrderRowOut):
    lines: list[LineOut]
    work: list[WorkOut]
    events: list[EventOut]


class BuyerOut(Answered):
    """As the channel gave it; that it was opened is in the audit trail."""

    buyer: dict[str, Any]
    ship_to: dict[str, Any]


class ParcelLine(Body):
    line: LineId
    quantity: Positive


class ShipmentBody(Body):
    """A package of one fulfillment order (`work`). Without lines: all that is left of it."""

    work: UUID
    carrier: Annotated[str, Field(min_length=1, max_length=40)]
    tracking: Annotated[str, Field(max_length=80)] = ""
    lines: Annotated[list[ParcelLine], Field(min_length=1, max_length=500)] | None = None


class CancelBody(Body):
    """Without a line: the whole order. Without units: all that is left of the line."""

    reason: Annotated[str, Field(min_length=1, max_length=120)]
    line: LineId | None = None
    units: Positive | None = None


class HoldBody(Body):
    on: Annotated[bool, Field(strict=True)]
    reason: Annotated[str, Field(max_length=120)] = ""


class NoteBody(Body):
    text: Annotated[str, Field(min_length=1, max_length=2000)]


@door.reads("/orders", needs=Right.SEE, answer=PageOf[OrderRowOut], summary="List orders")
def list_orders(
    request: HttpRequest,
    state: Literal["all", "needs", "to_ship", "pending", "done", "canceled"] = "all",
    account: UUID | None = None,
    market: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = "",
    since: Instant | None = None,
    q: Typed = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Any:
    """`needs`, `to_ship` and `pending` by when they must leave; the others the newest first. `q`: an order number or a SKU."""
    who = caller(request)
    return paged(
        lambda: lists.inbox(
            who.scope,
            clock.now(),
            tab=state,
            account=account,
            market=market,
            typed=q,
            since=since,
            cursor=cursor,
            size=limit,
        ),
        lambda row: OrderRowOut(**_row(row)),
        cursor,
    )


@door.reads("/orders/{uuid:order_id}", needs=Right.SEE, answer=OrderOut, summary="One order, without its buyer")
def read_order(request: HttpRequest, order_id: UUID) -> Any:
    return _shown(caller(request), order_id)


@door.reads("/orders/{uuid:order_id}/buyer", needs=Right.SEE_BUYER, answer=BuyerOut, summary="The buyer's name and address")
def read_buyer(request: HttpRequest, order_id: UUID) -> Any:
    """Every call is written into the audit trail."""
    who = caller(request)
    lists.found_one(who.scope, order_id)
    with transaction.atomic():
        opened = orders.open_buyer(order_id, actor=who.actor, source=who.source)
    return BuyerOut(buyer=opened.get("buyer", {}), ship_to=opened.get("ship_to", {}))


@door.writes("POST", "/orders/{uuid:order_id}/shipments", needs=Right.SHIP, answer=OrderOut, status=201, summary="A package has left")
def ship(request: HttpRequest, order_id: UUID, body: ShipmentBody) -> Any:
    """The goods leave the shelf and the channel is told within a minute. The same parcel again is the same package."""
    who = caller(request)
    found = lists.found_one(who.scope, order_id)
    if body.work not in {one.public_id for one in details.work(found)}:
        raise NotFound(_("This order has no such fulfillment order."))
    ids = _line_ids(found)
    units = {_line(ids, one.line): one.quantity for one in body.lines} if body.lines else None
    fulfillment.ship(
        body.work, carrier=body.carrier.strip(), tracking=body.tracking.strip(), key=f"api:{uuid4()}", actor=who.actor, units=units
    )
    return _shown(who, order_id)


@door.writes("POST", "/orders/{uuid:order_id}/cancel", needs=Right.SHIP, answer=OrderOut, summary="Cancel an order, a line or some units")
def cancel_order(request: HttpRequest, order_id: UUID, body: CancelBody) -> Any:
    """What is shipped stays shipped; what was reserved can be sold again."""
    who = caller(request)
    found = lists.found_one(who.scope, order_id)
    line = _line(_line_ids(found), body.line) if body.line is not None else None
    orders.cancel(order_id, reason=body.reason, actor=who.actor, line_id=line, units=body.units)
    return _shown(who, order_id)


@door.writes("PUT", "/orders/{uuid:order_id}/hold", needs=Right.SHIP, answer=OrderOut, summary="Put an order on hold, or let it go on")
def hold_order(request: HttpRequest, order_id: UUID, body: HoldBody) -> Any:
    """An order on hold is asked of no location; its units stay reserved."""
    who = caller(request)
    lists.found_one(who.scope, order_id)
    orders.set_hold(order_id, body.on, actor=who.actor, reason=body.reason)
    return _shown(who, order_id)


@door.writes("POST", "/orders/{uuid:order_id}/notes", needs=Right.SHIP, answer=OrderOut, status=201, summary="Write a note on an order")
def add_note(request: HttpRequest, order_id: UUID, body: NoteBody) -> Any:
    who = caller(request)
    lists.found_one(who.scope, order_id)
    orders.add_note(order_id, body.text, actor=who.actor)
    return _shown(who, order_id)


def _shown(who: Caller, order_id: UUID) -> OrderOut:
    found = lists.found_one(who.scope, order_id)
    row = lists.row_of(who.scope, found)
    return OrderOut(
        **_row(row),
        lines=[_line_out(line, row.currency) for line in details.lines(found, who.language)],
        work=[_work(one) for one in details.work(found)],
        events=[EventOut(at=e.at, kind=e.kind, actor=e.actor, values=dict(e.values)) for e in details.events(found)],
    )


def _row(row: lists.OrderRow) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "number": row.number,
        "account": account_out(row.account),
        "market": row.market,
        "country": row.country,
        "status": row.status,
        "placed_at": row.placed_at,
        "ship_by": row.ship_by,
        "units": row.units,
        "short": row.short,
        "unknown_skus": list(row.unknown_skus),
        "skus": list(row.skus),
        "total": MoneyOut(minor=row.total_minor, currency=row.currency),
        "on_hold": row.on_hold,
        "cancel_requested": row.cancel_requested,
        "closed": row.closed,
        "historical": row.historical,
        "locations": list(row.locations),
    }


def _line_out(line: details.LineView, currency: str) -> LineOut:
    return LineOut(
        line=line.channel_line_id,
        sku=line.sku,
        title=line.title,
        product=line.product,
        is_charge=line.is_charge,
        quantity=line.quantity,
        canceled=line.canceled,
        fulfilled=line.fulfilled,
        short=line.short,
        unit_price=MoneyOut(minor=line.unit_price_minor, currency=currency),
        amount=MoneyOut(minor=line.amount_minor, currency=currency),
        tax=MoneyOut(minor=line.tax_minor, currency=currency),
        shipping=MoneyOut(minor=line.shipping_minor, currency=currency),
        reserved=[ReservedOut(sku=one.sku, location=one.location, quantity=one.quantity, short=one.short) for one in line.reserved],
    )


def _work(one: details.WorkView) -> WorkOut:
    return WorkOut(
        id=one.public_id,
        location=one.location,
        state=one.state,
        created_at=one.created_at,
        lines=[WorkLineOut(sku=sku, quantity=asked, shipped=shipped) for sku, asked, shipped in one.lines],
        packages=[
            PackageOut(
                reference=p.reference, carrier=p.carrier, tracking=p.tracking, shipped_at=p.shipped_at, told_at=p.told_at, refused=p.refused
            )
            for p in one.packages
        ],
    )


def _line_ids(found: Any) -> Mapping[str, int]:
    return {line.channel_line_id: int(line.id) for line in details.lines(found, "en")}


def _line(ids: Mapping[str, int], asked: str) -> int:
    if asked not in ids:
        raise NotFound(_("This order has no line “%(line)s”.") % {"line": asked})
    return ids[asked]
