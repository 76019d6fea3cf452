"""Publish and revise: content, price, and the quantity an offer starts with."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from entrepot.base import sql
from entrepot.base.crash import crashpoint
from entrepot.base.ids import OfferId, VariantId
from entrepot.channels import contract
from entrepot.channels.contract import Limits, OfferContent
from entrepot.listings import exposure, sending
from entrepot.listings.content import build, fingerprint, obstacle
from entrepot.listings.loops.kept import Kept, finish, keep, pause_of, same
from entrepot.listings.loops.lane import PACKAGE, Lane
from entrepot.listings.reasons import problem
from entrepot.listings.sending import Clock, Delivery, Told
from entrepot.listings.todo import look_again
from entrepot.listings.types import Fenced, ListingState

SECONDS_A_PASS = 2.0
STOCK_CHECK = timedelta(minutes=1)


def publish(lane: Lane, rows: Sequence[Any], channel: Any, limits: Limits, now: Clock) -> None:
    """Publish with the quantity that may be shown; an allotted one is charged before the call leaves."""
    at = now()
    ready = _ready(lane, rows, limits, at)
    if not ready:
        return
    quantities, plans = _quantities(lane, [row for row, _ in ready], at)
    waiting = [row for row, _ in ready if not quantities.get(row.offer_id)]
    keep(lane, [same(row, next_try_at=at + STOCK_CHECK, problems=[problem("no_stock")]) for row in waiting], at)
    contents = [replace(content, quantity=quantities[row.offer_id]) for row, content in ready if quantities.get(row.offer_id)]
    own = {row.offer_id: (row, fingerprint(content)) for row, content in ready}
    if not contents:
        return
    if not sql.rows(
        PACKAGE, "mark_unknown", {"account": lane.account, "epoch": lane.epoch, "offers": [c.offer for c in contents], "now": at}
    ):
        raise Fenced(lane.account)
    crashpoint("content.publishing")
    done = sending.deliver(channel.publish, contents, size=limits.items_a_call, seconds=SECONDS_A_PASS, now=now)
    crashpoint("content.published")
    at = now()
    pause = pause_of(lane, "publish", done, at)
    kept = [_published(*own[c.offer], done, at, pause) for c in contents]
    told = [
        Told(plans[o].variant_id, o, quantities[o], plans[o].version, plans[o].allotted, answer, revised=False)
        for o, answer in done.answers.items()
    ]
    unsent = [(plans[c.offer].variant_id, c.offer, c.quantity) for c in contents if c.offer not in done.answers and plans[c.offer].allotted]
    with transaction.atomic():
        sending.record(lane.account, epoch=lane.epoch, now=at, told=told, unsent=unsent)
        keep(lane, kept, at)
        look_again(done.answers)  # stock may have changed while the call was on its way, and the lane left the offer out
    finish(lane, "publish", done, at)


def _ready(lane: Lane, rows: Sequence[Any], limits: Limits, at: datetime) -> list[tuple[Any, OfferContent]]:
    """Rows that may go out, with their content; the others keep why not. What was refused as it is waits for a change."""
    ready, kept = [], []
    for row in rows:
        no = obstacle(row)
        if no is not None:
            kept.append(same(row, problems=[no], content_refused=row.content_wanted, next_try_at=None))
            continue
        content = build(row, quantity=0, limits=limits, public_url=settings.PUBLIC_URL)
        wanted = fingerprint(content)
        if wanted == row.content_refused or (row.state == ListingState.LIVE and wanted == row.content_confirmed):
            kept.append(same(row, content_wanted=wanted, next_try_at=None, keep_problems=wanted == row.content_refused))
        else:
            ready.append((row, content))
    keep(lane, kept, at)
    return ready


def _quantities(lane: Lane, rows: Sequence[Any], at: datetime) -> tuple[dict[OfferId, int], dict[OfferId, Any]]:
    """What each offer is published with; allotted ones are charged."""
    params = {"account": lane.account, "variants": [row.variant_id for row in rows], "offers": [row.offer_id for row in rows]}
    plans = {OfferId(plan.offer_id): plan for plan in sql.rows(PACKAGE, "plan", params)}
    quantities = {offer: plan.quantity for offer, plan in plans.items() if not plan.allotted}
    allotted = {offer: VariantId(plan.variant_id) for offer, plan in plans.items() if plan.allotted}
    if allotted:
        quantities |= exposure.charge(lane.account, allotted, epoch=lane.epoch, now=at, publishing=list(allotted))
    return quantities, plans


def _published(row: Any, wanted: str, done: Delivery, at: datetime, pause: datetime | None) -> Kept:
    answer = done.answers.get(row.offer_id)
    if answer is None:
        return same(row, content_wanted=wanted, next_try_at=pause or at)
    receipt, tries = answer.receipt, row.tries + 1
    told = sending.problems(receipt)
    remote = str(receipt.remote_id or "")
    match receipt.outcome:
        case contract.Outcome.LIVE:
            return Kept(row.offer_id, row.next_try_at, ListingState.LIVE, wanted, wanted, "", told, remote, row.price_minor, sent=True)
        case contract.Outcome.ACCEPTED:
            due = sending.retry_at(1, at)
            return Kept(
                row.offer_id, row.next_try_at, ListingState.PENDING, wanted, wanted, "", told, remote, row.price_minor, 1, due, True
            )
        case contract.Outcome.REFUSED:
            never = wanted if receipt.again_at is None else ""  # or it is sent again then
            kept = Kept(
                row.offer_id, row.next_try_at, ListingState.REFUSED, wanted, row.content_confirmed, never, told, remote, tries=tries
            )
            return replace(kept, next_try_at=receipt.again_at)
        case _:
            due = sending.retry_at(tries, at)
            return Kept(
                row.offer_id, row.next_try_at, ListingState.UNKNOWN, wanted, row.content_confirmed, "", told, remote, None, tries, due
            )


def revise(lane: Lane, rows: Sequence[Any], channel: Any, limits: Limits, now: Clock) -> None:
    at = now()
    ready = _ready(lane, rows, limits, at)
    if not ready:
        return
    own = {row.offer_id: (row, fingerprint(content)) for row, content in ready}
    contents = [content for _, content in ready]
    done = sending.deliver(channel.revise, contents, size=limits.items_a_call, seconds=SECONDS_A_PASS, now=now)
    at = now()
    pause = pause_of(lane, "revise", done, at)
    keep(lane, [_revised(*own[c.offer], done, at, pause) for c in contents], at)
    finish(lane, "revise", done, at)


def _revised(row: Any, wanted: str, done: Delivery, at: datetime, pause: datetime | None) -> Kept:
    """A refused revision leaves the offer live as it was; a lost answer is repeated, which is safe."""
    kept = _published(row, wanted, done, at, pause)
    if kept.state in (ListingState.REFUSED, ListingState.UNKNOWN):
        return replace(kept, state=ListingState.LIVE)
    return kept
