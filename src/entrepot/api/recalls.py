"""Delist everywhere: some variants off every channel, 0 first, then ended, then read back until each is gone (P8)."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from pydantic import Field

from entrepot.api.access import Caller, caller
from entrepot.api.door import Door
from entrepot.api.shapes import AccountOut, Answered, Body, Done, Sku, Words, account_out, every
from entrepot.base import clock
from entrepot.base.errors import NotAllowed
from entrepot.base.ids import UserId
from entrepot.base.tabular import csv_lines
from entrepot.insight import evidence as proof
from entrepot.insight.queries import lookup, recalls
from entrepot.listings import actions as listings
from entrepot.people.types import Right

door = Door(tags=["recalls"])


class RecallBody(Body):
    skus: Annotated[list[Sku], Field(min_length=1, max_length=500)]
    reason: Words


class RecalledOut(Answered):
    """When the channel took 0, showed 0, took the ending, and was read back without the offer; or the failure and since when."""

    offer: UUID
    sku: str
    account: AccountOut
    asked_at: datetime
    zero_accepted_at: datetime | None
    zero_at: datetime | None
    accepted_at: datetime | None
    gone_at: datetime | None
    failure: str
    failed_at: datetime | None


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


@door.reads(
    "/recalls/{uuid:recall_id}/evidence",
    needs=Right.SEE,
    answer=None,
    summary="The same as a file",
    openapi_extra={
        "responses": {
            200: {"content": {kind: {"schema": {"type": "string"}} for kind in ("text/csv", "application/pdf")}},
        }
    },
)
def download_recall(request: HttpRequest, recall_id: UUID, format: Literal["csv", "pdf"] = "csv") -> Any:
    """One row an offer, times in UTC. `pdf` also says who asked, who approved, and what is not confirmed."""
    found, now = recalls.one(caller(request).scope, recall_id), clock.now()
    headers = {"Content-Disposition": f'attachment; filename="{proof.file_name(found, now, format)}"'}
    if format == "csv":
        return StreamingHttpResponse(csv_lines(*proof.table(found)), content_type="text/csv; charset=utf-8", headers=headers)
    return HttpResponse(proof.document(found, recalls.acts(found), now), content_type="application/pdf", headers=headers)


@door.writes(
    "POST",
    "/recalls/{uuid:recall_id}/approve",
    needs=Right.EDIT_PRODUCT,
    answer=RecallOut,
    summary="Confirm a recall that the brake stopped",
)
def approve_recall(request: HttpRequest, recall_id: UUID) -> Any:
    """Not by the token that asked for it: the brake asks somebody else."""
    who = caller(request)
    found = _whole(who, recall_id)
    if any(act.name == "asked" and act.actor == who.actor for act in recalls.acts(found)):
        raise NotAllowed(_("The program that asked for a recall cannot approve it. A person does, in the back office."))
    listings.approve_recall(found.id, user=UserId(who.holder.user.pk), actor=who.actor)
    return _shown(who, recall_id)


@door.writes(
    "POST", "/recalls/{uuid:recall_id}/relist", needs=Right.EDIT_PRODUCT, answer=Done, summary="Put what was recalled on sale again"
)
def relist(request: HttpRequest, recall_id: UUID) -> Any:
    who = caller(request)
    return Done(changed=listings.relist(_whole(who, recall_id).id, actor=who.actor))


def _whole(who: Caller, recall_id: UUID) -> recalls.RecallView:
    """Raises: NotAllowed when the recall reaches offers that the caller does not see."""
    found = recalls.one(who.scope, recall_id)
    recalls.sees_all_of(found)
    return found


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
                asked_at=one.asked_at,
                zero_accepted_at=one.zero_accepted_at,
                zero_at=one.zero_at,
                accepted_at=one.accepted_at,
                gone_at=one.gone_at,
                failure=one.failure,
                failed_at=one.failed_at,
            )
            for one in found.offers
        ],
    )
