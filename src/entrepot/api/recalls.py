"""Delist everywhere: some variants off every channel, 0 first, then ended, then read back until each is gone (P8)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from entrepot.api.access import Caller, caller
from entrepot.api.door import Door
from entrepot.api.shapes import AccountOut, Answered, Body, Done, Sku, Words, account_out, every
from entrepot.base.ids import UserId
from entrepot.insight.queries import lookup, recalls
from entrepot.listings import actions as listings
from entrepot.people.types import Right

door = Door(tags=["recalls"])


class RecallBody(Body):
    skus: Annotated[list[Sku], Field(min_length=1, max_length=500)]
    reason: Words


class RecalledOut(Answered):
    """When the channel showed 0, took the ending, and was read back without the offer."""

    offer: UUID
    sku: str
    account: AccountOut
    zero_at: datetime | None
    accepted_at: datetime | None
    gone_at: datetime | None
    failure: str


class RecallOut(Answered):
    """`needs_approval`: more delistings an hour than the brake allows; a person approves it."""

    id: UUID
    reason: str
    asked_by: str
    asked_at: datetime
    deadline_at: datetime
    needs_approval: bool
    relisted_at: datetime | None
    gone: int
    unconfirmed: int
    offers: list[RecalledOut]


@door.writes("POST", "/recalls", needs=Right.EDIT_PRODUCT, answer=RecallOut, status=201, summary="Delist variants everywhere")
def recall(request: HttpRequest, body: RecallBody) -> Any:
    """Ask again at /recalls/{id} until `unconfirmed` is 0."""
    who = caller(request)
    variants = lookup.variants(who.scope, every(body.skus))
    lookup.sees_every_account_of(who.scope, list(variants.values()))
    made = listings.recall(list(variants.values()), reason=body.reason, user=UserId(who.holder.user.pk), actor=who.actor)
    return _shown(who, made.public_id)


@door.reads("/recalls/{uuid:recall_id}", needs=Right.SEE, answer=RecallOut, summary="What each channel has confirmed of a recall")
def read_recall(request: HttpRequest, recall_id: UUID) -> Any:
    return _shown(caller(request), recall_id)


@door.writes(
    "POST", "/recalls/{uuid:recall_id}/relist", needs=Right.EDIT_PRODUCT, answer=Done, summary="Put what was recalled on sale again"
)
def relist(request: HttpRequest, recall_id: UUID) -> Any:
    who = caller(request)
    found = recalls.one(who.scope, recall_id)
    lookup.sees_every_account_of(who.scope, [lookup.variant(who.scope, sku) for sku in {one.sku for one in found.offers}])
    return Done(changed=listings.relist(found.id, actor=who.actor))


def _shown(who: Caller, recall_id: UUID) -> RecallOut:
    found = recalls.one(who.scope, recall_id)
    return RecallOut(
        id=found.public_id,
        reason=found.reason,
        asked_by=found.asked_by,
        asked_at=found.asked_at,
        deadline_at=found.deadline_at,
        needs_approval=found.needs_approval,
        relisted_at=found.relisted_at,
        gone=found.gone,
        unconfirmed=found.unconfirmed,
        offers=[
            RecalledOut(
                offer=one.offer,
                sku=one.sku,
                account=account_out(one.account),
                zero_at=one.zero_at,
                accepted_at=one.accepted_at,
                gone_at=one.gone_at,
                failure=one.failure,
            )
            for one in found.offers
        ],
    )
