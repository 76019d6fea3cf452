"""Offers: a variant on a channel account. Made, priced, published, ended, given their share of the stock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from entrepot.api.access import Caller, caller
from entrepot.api.door import Door
from entrepot.api.shapes import (
    AccountOut,
    Answered,
    Body,
    Cursor,
    Done,
    Limit,
    MoneyIn,
    MoneyOut,
    PageOf,
    Sku,
    Typed,
    Units,
    account_out,
    every,
    minor_of,
    money_out,
    paged,
)
from entrepot.base.ids import OfferId
from entrepot.insight.queries import lookup
from entrepot.insight.queries import offers as lists
from entrepot.listings import actions as listings
from entrepot.listings import reasons
from entrepot.people.types import Right

door = Door(tags=["offers"])
MOST = 500
Ids = Annotated[list[UUID], Field(min_length=1, max_length=MOST)]


class ProblemOut(Answered):
    """Why the channel did not take it. `field`: the field of ours that cures it, where that is known."""

    code: str
    message: str
    field: str


class OfferOut(Answered):
    """`shown`: the quantity the channel confirmed last; `in_flight`: one sent whose effect is not known yet."""

    id: UUID
    account: AccountOut
    market: str
    sku: str
    channel_sku: str
    remote_id: str
    title: str
    product: UUID
    state: str
    wanted: str
    price: MoneyOut | None
    shown: int | None
    shown_at: datetime | None
    in_flight: int | None
    read_quantity: int | None
    read_at: datetime | None
    share_percent: int | None
    cap: int | None
    holdback: int | None
    problems: list[ProblemOut]
    sent_at: datetime | None
    confirmed_at: datetime | None


class OffersOut(Answered):
    rows: list[OfferOut]


class OffersBody(Body):
    """One offer for each SKU; a SKU that has one there keeps it. Without a price the variant's own holds."""

    account: UUID
    skus: Annotated[list[Sku], Field(min_length=1, max_length=MOST)]
    price: MoneyIn | None = None
    publish: Annotated[bool, Field(strict=True)] = False


class Chosen(Body):
    offers: Ids


class Ending(Body):
    offers: Ids
    relist_when_stocked: Annotated[bool, Field(strict=True)] = False


class PriceBody(Body):
    """null: the variant's own price holds."""

    price: MoneyIn | None


class TermsBody(Body):
    """What the offer may show of the stock; null or left out: the account's own value holds."""

    share_percent: Annotated[int, Field(strict=True, ge=0, le=100)] | None = None
    cap: Units | None = None
    holdback: Units | None = None
    allotment_weight: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] | None = None


@door.reads("/offers", needs=Right.SEE, answer=PageOf[OfferOut], summary="List offers, the newest first")
def list_offers(
    request: HttpRequest,
    state: Literal["all", "refused", "waiting", "live", "ended", "draft"] = "all",
    account: UUID | None = None,
    product: UUID | None = None,
    q: Typed = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Any:
    who = caller(request)
    return paged(
        lambda: lists.listed(who.scope, who.language, tab=state, account=account, product=product, typed=q, cursor=cursor, size=limit),
        _out,
        cursor,
    )


@door.reads("/offers/{uuid:offer_id}", needs=Right.SEE, answer=OfferOut, summary="One offer")
def read_offer(request: HttpRequest, offer_id: UUID) -> Any:
    return _shown(caller(request), offer_id)


@door.writes("POST", "/offers", needs=Right.EDIT_PRODUCT, answer=OffersOut, status=201, summary="Offer variants on a channel account")
def create_offers(request: HttpRequest, body: OffersBody) -> Any:
    who = caller(request)
    account, currency = lookup.account(who.scope, body.account)
    variants = lookup.variants(who.scope, every(body.skus))
    made = listings.create_offers(
        list(variants.values()), account, price_minor=minor_of(body.price, currency), actor=who.actor, publish=body.publish
    )
    return OffersOut(rows=[_out(row) for row in lists.with_ids(who.scope, made, who.language)])


@door.writes("POST", "/offers/publish", needs=Right.EDIT_PRODUCT, answer=Done, summary="Put offers on sale")
def publish_offers(request: HttpRequest, body: Chosen) -> Any:
    who = caller(request)
    return Done(changed=listings.publish_offers(_ids(who, body.offers), actor=who.actor))


@door.writes("POST", "/offers/end", needs=Right.EDIT_PRODUCT, answer=Done, summary="Take offers off sale")
def end_offers(request: HttpRequest, body: Ending) -> Any:
    who = caller(request)
    changed = listings.end_offers(_ids(who, body.offers), actor=who.actor, relist_when_stocked=body.relist_when_stocked)
    return Done(changed=changed)


@door.writes("POST", "/offers/retry", needs=Right.EDIT_PRODUCT, answer=Done, summary="Send again what the channel refused")
def retry_offers(request: HttpRequest, body: Chosen) -> Any:
    who = caller(request)
    ids = _ids(who, body.offers)
    listings.retry(ids, actor=who.actor)
    return Done(changed=len(ids))


@door.writes("PUT", "/offers/{uuid:offer_id}/price", needs=Right.EDIT_PRODUCT, answer=OfferOut, summary="Set an offer's price")
def set_price(request: HttpRequest, offer_id: UUID, body: PriceBody) -> Any:
    """In the account's currency. A price that jumps waits until a person approves it."""
    who = caller(request)
    row = lists.one(who.scope, offer_id, who.language)
    listings.set_price({row.id: minor_of(body.price, row.currency)}, actor=who.actor)
    return _shown(who, offer_id)


@door.writes(
    "POST", "/offers/{uuid:offer_id}/price/approve", needs=Right.EDIT_PRODUCT, answer=OfferOut, summary="Approve a price that jumped"
)
def approve_price(request: HttpRequest, offer_id: UUID) -> Any:
    who = caller(request)
    row = lists.one(who.scope, offer_id, who.language)
    listings.approve_price(row.id, actor=who.actor)
    return _shown(who, offer_id)


@door.writes("PUT", "/offers/{uuid:offer_id}/terms", needs=Right.EDIT_PRODUCT, answer=OfferOut, summary="Set an offer's share of the stock")
def set_terms(request: HttpRequest, offer_id: UUID, body: TermsBody) -> Any:
    who = caller(request)
    row = lists.one(who.scope, offer_id, who.language)
    listings.set_terms([row.id], actor=who.actor, **body.model_dump())
    return _shown(who, offer_id)


def _ids(who: Caller, offers: Sequence[UUID]) -> list[OfferId]:
    return list(lookup.offer_ids(who.scope, offers).values())


def _shown(who: Caller, offer_id: UUID) -> OfferOut:
    return _out(lists.one(who.scope, offer_id, who.language))


def _out(row: lists.OfferRow) -> OfferOut:
    return OfferOut(
        id=row.public_id,
        account=account_out(row.account),
        market=row.market,
        sku=row.sku,
        channel_sku=row.channel_sku,
        remote_id=row.remote_id,
        title=row.title,
        product=row.product,
        state=row.state.value,
        wanted=row.wanted,
        price=money_out(row.price_minor, row.currency),
        shown=row.shown,
        shown_at=row.shown_at,
        in_flight=row.in_flight,
        read_quantity=row.read_quantity,
        read_at=row.read_at,
        share_percent=row.share_percent,
        cap=row.cap,
        holdback=row.holdback,
        problems=[ProblemOut(code=one.get("code", ""), message=reasons.told(one), field=one.get("field", "")) for one in row.problems],
        sent_at=row.sent_at,
        confirmed_at=row.confirmed_at,
    )
