"""What is kept of an offer after the content loop looked at it, and what its steps share."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from entrepot.base import sql
from entrepot.base.ids import OfferId
from entrepot.channels import contract, health
from entrepot.listings import sending
from entrepot.listings.loops.lane import PACKAGE, Lane
from entrepot.listings.models import Offer
from entrepot.listings.reasons import Problem
from entrepot.listings.sending import Delivery
from entrepot.listings.types import Fenced, ListingState


@dataclass(frozen=True)
class Kept:
    """What is kept of one offer after it was looked at."""

    offer: OfferId
    was_due_at: datetime | None  # as it was read: when somebody has asked for the offer since, it stays due
    state: ListingState
    content_wanted: str
    content_confirmed: str
    content_refused: str
    problems: Sequence[Problem] = ()
    remote_id: str = ""
    price_minor: int | None = None
    tries: int = 0
    next_try_at: datetime | None = None
    sent: bool = False  # something went to the channel for it


def same(row: Any, *, keep_problems: bool = False, **changes: Any) -> Kept:
    kept = Kept(
        offer=OfferId(row.offer_id),
        was_due_at=row.next_try_at,
        state=ListingState(row.state),
        content_wanted=row.content_wanted,
        content_confirmed=row.content_confirmed,
        content_refused=row.content_refused,
        tries=row.tries,
    )
    if keep_problems:
        changes["problems"] = Offer.objects.values_list("problems", flat=True).get(pk=row.offer_id)
    return replace(kept, **changes)


def keep(lane: Lane, kept: Sequence[Kept], at: datetime) -> None:
    if not kept:
        return
    params = {
        "offers": [k.offer for k in kept],
        "states": [k.state.value for k in kept],
        "wanteds": [k.content_wanted for k in kept],
        "confirmeds": [k.content_confirmed for k in kept],
        "refuseds": [k.content_refused for k in kept],
        "problems": [json.dumps(list(k.problems)) for k in kept],
        "remote_ids": [k.remote_id for k in kept],
        "prices": [k.price_minor for k in kept],
        "tries": [k.tries for k in kept],
        "next_try_at": [k.next_try_at for k in kept],
        "sent": [k.sent for k in kept],
        "was_due_at": [k.was_due_at for k in kept],
    }
    if sql.run(PACKAGE, "save_content", {**params, "account": lane.account, "epoch": lane.epoch, "now": at}) == 0:
        raise Fenced(lane.account)


def leave(lane: Lane, rows: Sequence[Any], at: datetime) -> None:
    """The connector has no such ability: nothing is done until something else changes."""
    keep(lane, [same(row, next_try_at=None) for row in rows], at)


def pause_of(lane: Lane, operation: str, done: Delivery, at: datetime) -> datetime | None:
    """When what was not sent is tried again; None when nothing failed, or when the account is lost (``_finish`` says so)."""
    if done.error is None or isinstance(done.error, contract.AccessLost):
        return None
    return sending.pause_after(lane.account, operation, done.error, at)


def finish(lane: Lane, operation: str, done: Delivery, at: datetime) -> None:
    if isinstance(done.error, contract.AccessLost):
        sending.pause_after(lane.account, operation, done.error, at)
    elif done.error is None:
        health.succeeded(lane.account, operation)
