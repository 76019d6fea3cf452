"""The content loop of one account: publish, revise, end, relist, until the channel has what the seller wants."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from entrepot.base import clock, sql
from entrepot.base.crash import crashpoint
from entrepot.base.ids import AccountId, OfferId, RemoteId, Sku, VariantId
from entrepot.base.loops import Again, Outcome, Settled
from entrepot.channels import contract, health
from entrepot.channels.contract import Limits, OfferContent, Wanted
from entrepot.listings import exposure, sending
from entrepot.listings.content import Problem, build, fingerprint, obstacle
from entrepot.listings.loops import lane as lanes
from entrepot.listings.loops.lane import PACKAGE, Lane
from entrepot.listings.loops.reading import confirm
from entrepot.listings.loops.recalls import reconcile_recalls, sooner
from entrepot.listings.models import Lane as LaneRow
from entrepot.listings.models import Offer
from entrepot.listings.sending import Clock, Delivery, Told
from entrepot.listings.types import Fenced, ListingState, WantedState
from entrepot.people.models import Deployment

CALLS_A_PASS = 4
SECONDS_A_PASS = 2.0
LOOK_BACK = timedelta(minutes=1)  # longer than any transaction of ours: a product that commits late is not missed
STOCK_CHECK = timedelta(minutes=1)
ON_SALE = (ListingState.LIVE, ListingState.PENDING)


@dataclass(frozen=True)
class Kept:
    """What is kept of one offer after it was looked at."""

    offer: OfferId
    state: ListingState
    content_wanted: str
    content_confirmed: str
    content_refused: str
    problems: Sequence[Problem] = ()
    remote_id: str = ""
    price_minor: int | None = None
    tries: int = 0
    next_try_at: datetime | None = None


def reconcile_content(account: AccountId, *, epoch: int, channel: Any, limits: Limits, now: Clock = clock.now) -> Outcome:
    """Make what a channel account has published equal to what the seller wants there.

    ``channel``: an opened connector; what it has no ability for is left alone. An offer whose answer was lost is read back before
    anything else (F3); an accepted one is confirmed only when it is read back live (F13).
    Raises: AccessLost (not retried); Fenced when another worker holds the lane.
    """
    lane = lanes.state(account, epoch=epoch)
    outcome = _reconcile(lane, channel, limits, now)
    if not isinstance(channel, contract.ReadsListings):
        return outcome
    return sooner(outcome, reconcile_recalls(lane, channel=channel, now=now))


def _reconcile(lane: Lane, channel: Any, limits: Limits, now: Clock) -> Outcome:
    at = now()
    open_until = max((u for op in ("publish", "revise", "end") if (u := health.open_until(lane.account, op))), default=None)
    if open_until is not None:
        return Again(after=open_until - at)
    _notice_changed_products(lane.account, at)
    base = Deployment.objects.values_list("base_currency", flat=True).first() or ""
    size = limits.items_a_call * CALLS_A_PASS
    rows = sql.rows(PACKAGE, "content_due", {"account": lane.account, "now": at, "size": size, "base_currency": base})
    ending = [row for row in rows if _shall_end(row)]
    going = [row for row in rows if not _shall_end(row)]
    unknown = [row for row in going if row.state in (ListingState.UNKNOWN, ListingState.PENDING)]
    publishing = [row for row in going if _shall_publish(row)]
    revising = [row for row in going if row.state == ListingState.LIVE]
    handled = {row.offer_id for row in (*ending, *unknown, *publishing, *revising)}
    _keep(lane, [_rested(lane, row, at) for row in rows if row.offer_id not in handled], at)
    _end(lane, ending, channel, limits, now)
    _read(lane, unknown, channel, now)
    _publish(lane, publishing, channel, limits, now)
    _revise(lane, revising, channel, limits, now)
    return Again() if len(rows) == size else _rest(lane.account, now())


def _shall_end(row: Any) -> bool:
    return (row.wanted != WantedState.LIVE or row.recalled) and row.state in (*ON_SALE, ListingState.UNKNOWN)


def _shall_publish(row: Any) -> bool:
    wanted = row.wanted == WantedState.LIVE and not row.recalled
    return wanted and row.state in (ListingState.NONE, ListingState.ENDED, ListingState.REFUSED)


def _rested(lane: Lane, row: Any, at: datetime) -> Kept:
    """Nothing to do now; an offer that waits for its stock is looked at again."""
    if row.relist_when_stocked and row.wanted == WantedState.ENDED and not row.recalled:
        plan = sql.rows(PACKAGE, "plan", {"account": lane.account, "variants": [row.variant_id], "offers": [row.offer_id]})
        if any(found.available > 0 for found in plan):
            Offer.objects.filter(pk=row.offer_id).update(wanted=WantedState.LIVE.value, relist_when_stocked=False)
            return _same(row, next_try_at=at)
        return _same(row, next_try_at=at + STOCK_CHECK)
    return _same(row, next_try_at=None)


# --- publish -----------------------------------------------------------------------------------------------------


def _publish(lane: Lane, rows: Sequence[Any], channel: Any, limits: Limits, now: Clock) -> None:
    """Publish with the quantity that may be shown; an allotted one is charged before the call leaves."""
    at = now()
    ready = _ready(lane, rows, limits, at) if isinstance(channel, contract.PublishesOffers) else []
    if not ready:
        return
    quantities, plans = _quantities(lane, [row for row, _ in ready], at)
    waiting = [row for row, _ in ready if not quantities.get(row.offer_id)]
    _keep(lane, [_same(row, next_try_at=at + STOCK_CHECK, problems=[_no_stock()]) for row in waiting], at)
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
    pause = _pause(lane, "publish", done, at)
    kept = [_published(*own[c.offer], done, at, pause) for c in contents]
    told = [
        Told(plans[o].variant_id, o, quantities[o], plans[o].version, plans[o].allotted, answer, revised=False)
        for o, answer in done.answers.items()
    ]
    unsent = [(plans[c.offer].variant_id, c.offer, c.quantity) for c in contents if c.offer not in done.answers and plans[c.offer].allotted]
    with transaction.atomic():
        sending.record(lane.account, epoch=lane.epoch, now=at, told=told, unsent=unsent)
        _keep(lane, kept, at)
    _finish(lane, "publish", done, at)


def _ready(lane: Lane, rows: Sequence[Any], limits: Limits, at: datetime) -> list[tuple[Any, OfferContent]]:
    """Rows that may go out, with their content; the others keep why not. What was refused as it is waits for a change."""
    ready, kept = [], []
    for row in rows:
        no = obstacle(row)
        if no is not None:
            kept.append(_same(row, problems=[no], content_refused=row.content_wanted, next_try_at=None))
            continue
        content = build(row, quantity=0, limits=limits, public_url=settings.PUBLIC_URL)
        wanted = fingerprint(content)
        if wanted == row.content_refused or (row.state == ListingState.LIVE and wanted == row.content_confirmed):
            kept.append(_same(row, content_wanted=wanted, next_try_at=None, keep_problems=wanted == row.content_refused))
        else:
            ready.append((row, content))
    _keep(lane, kept, at)
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
        return _same(row, content_wanted=wanted, next_try_at=pause or at)
    receipt, tries = answer.receipt, row.tries + 1
    told = sending.problems(receipt)
    remote = str(receipt.remote_id or "")
    match receipt.outcome:
        case contract.Outcome.LIVE:
            return Kept(row.offer_id, ListingState.LIVE, wanted, wanted, "", told, remote, row.price_minor)
        case contract.Outcome.ACCEPTED:
            due = sending.retry_at(1, at)
            return Kept(row.offer_id, ListingState.PENDING, wanted, wanted, "", told, remote, row.price_minor, 1, due)
        case contract.Outcome.REFUSED:
            return Kept(row.offer_id, ListingState.REFUSED, wanted, row.content_confirmed, wanted, told, remote, None, tries)
        case _:
            due = sending.retry_at(tries, at)
            return Kept(row.offer_id, ListingState.UNKNOWN, wanted, row.content_confirmed, "", told, remote, None, tries, due)


# --- revise, end, read back --------------------------------------------------------------------------------------


def _revise(lane: Lane, rows: Sequence[Any], channel: Any, limits: Limits, now: Clock) -> None:
    at = now()
    ready = _ready(lane, rows, limits, at) if isinstance(channel, contract.RevisesOffers) else []
    if not ready:
        return
    own = {row.offer_id: (row, fingerprint(content)) for row, content in ready}
    contents = [content for _, content in ready]
    done = sending.deliver(channel.revise, contents, size=limits.items_a_call, seconds=SECONDS_A_PASS, now=now)
    at = now()
    pause = _pause(lane, "revise", done, at)
    _keep(lane, [_revised(*own[c.offer], done, at, pause) for c in contents], at)
    _finish(lane, "revise", done, at)


def _revised(row: Any, wanted: str, done: Delivery, at: datetime, pause: datetime | None) -> Kept:
    """A refused revision leaves the offer live as it was; a lost answer is repeated, which is safe."""
    kept = _published(row, wanted, done, at, pause)
    if kept.state in (ListingState.REFUSED, ListingState.UNKNOWN):
        return replace(kept, state=ListingState.LIVE)
    return kept


def _end(lane: Lane, rows: Sequence[Any], channel: Any, limits: Limits, now: Clock) -> None:
    """End offers. A recalled one is ended by its recall's rules: 0 first (P8)."""
    at = now()
    held = [row for row in rows if row.recalled and not _zero_shown(row, at)]
    _keep(lane, [_same(row, next_try_at=at + timedelta(seconds=2)) for row in held], at)
    rows = [row for row in rows if row not in held] if isinstance(channel, contract.EndsOffers) else []
    if not rows:
        return
    wanted = [Wanted(OfferId(r.offer_id), Sku(r.channel_sku), 0, 0, RemoteId(r.remote_id) if r.remote_id else None) for r in rows]
    done = sending.deliver(channel.end, wanted, size=limits.items_a_call, seconds=SECONDS_A_PASS, now=now)
    crashpoint("content.ended")
    at = now()
    pause = _pause(lane, "end", done, at)
    kept = [_ended(row, done, at, pause) for row in rows]
    gone = [k.offer for k in kept if k.state is ListingState.ENDED]
    with transaction.atomic():
        sql.run(PACKAGE, "shown_ended", {"account": lane.account, "offers": gone, "now": at})
        sql.run(PACKAGE, "recall_accepted", {"offers": [o for o, a in done.answers.items() if _accepted(a)], "now": at})
        _keep(lane, kept, at)
    _finish(lane, "end", done, at)


def _zero_shown(row: Any, at: datetime) -> bool:
    """Whether the channel shows 0 of a recalled offer, or did not confirm it for a minute: then it is ended all the same."""
    return bool(sql.rows(PACKAGE, "recall_may_end", {"offer": row.offer_id, "patience": at - timedelta(minutes=1)})[0].may_end)


def _accepted(answer: sending.Answer) -> bool:
    return answer.receipt.outcome in (contract.Outcome.LIVE, contract.Outcome.ACCEPTED)


def _ended(row: Any, done: Delivery, at: datetime, pause: datetime | None) -> Kept:
    answer = done.answers.get(row.offer_id)
    if answer is None:
        return _same(row, next_try_at=pause or at)
    told = sending.problems(answer.receipt)
    if _accepted(answer):
        due = at + STOCK_CHECK if row.relist_when_stocked else None
        return Kept(row.offer_id, ListingState.ENDED, row.content_wanted, "", "", told, next_try_at=due)
    return _same(row, problems=told, tries=row.tries + 1, next_try_at=sending.retry_at(row.tries + 1, at))


def _read(lane: Lane, rows: Sequence[Any], channel: Any, now: Clock) -> None:
    """Read back what was accepted or lost, and go on from what is really there."""
    if not rows or not isinstance(channel, contract.ReadsListings):
        return
    try:
        found = {str(listing.sku): listing for listing in channel.read_listings([Sku(row.channel_sku) for row in rows])}
    except contract.ChannelError as error:
        pause = sending.pause_after(lane.account, "read_listings", error, now())
        _keep(lane, [_same(row, next_try_at=pause) for row in rows], now())
        return
    at = now()
    confirm(lane, {OfferId(row.offer_id): found.get(row.channel_sku) for row in rows}, at)
    _keep(lane, [_seen(row, found.get(row.channel_sku), lane, at) for row in rows], at)


def _seen(row: Any, listing: contract.Listing | None, lane: Lane, at: datetime) -> Kept:
    late = row.sent_at is not None and at - row.sent_at > lane.live_bound
    again = sending.retry_at(row.tries + 1, at)
    if listing is not None and listing.live:
        due = at if row.content_wanted != row.content_confirmed else None
        remote = str(listing.remote_id or "")
        return Kept(row.offer_id, ListingState.LIVE, row.content_wanted, row.content_confirmed, "", (), remote, next_try_at=due)
    if listing is not None and listing.problems:
        told = [{"code": p.code, "message": p.message, "field": p.field, "value": p.value} for p in listing.problems]
        return Kept(row.offer_id, ListingState.REFUSED, row.content_wanted, "", row.content_wanted, told, tries=row.tries + 1)
    if row.state == ListingState.UNKNOWN and (listing is None or late):
        return _same(row, state=ListingState.NONE, tries=row.tries + 1, next_try_at=again)
    told = [{"code": "not_live_yet", "message": "The channel took it and does not show it yet.", "field": "", "value": ""}] if late else []
    return _same(row, problems=told, tries=row.tries + 1, next_try_at=again)


# --- what they share ---------------------------------------------------------------------------------------------


def _same(row: Any, *, keep_problems: bool = False, **changes: Any) -> Kept:
    kept = Kept(
        offer=OfferId(row.offer_id),
        state=ListingState(row.state),
        content_wanted=row.content_wanted,
        content_confirmed=row.content_confirmed,
        content_refused=row.content_refused,
        tries=row.tries,
    )
    if keep_problems:
        changes["problems"] = Offer.objects.values_list("problems", flat=True).get(pk=row.offer_id)
    return replace(kept, **changes)


def _keep(lane: Lane, kept: Sequence[Kept], at: datetime) -> None:
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
    }
    if sql.run(PACKAGE, "save_content", {**params, "account": lane.account, "epoch": lane.epoch, "now": at}) == 0:
        raise Fenced(lane.account)


def _pause(lane: Lane, operation: str, done: Delivery, at: datetime) -> datetime | None:
    """When what was not sent is tried again; None when nothing failed, or when the account is lost (``_finish`` says so)."""
    if done.error is None or isinstance(done.error, contract.AccessLost):
        return None
    return sending.pause_after(lane.account, operation, done.error, at)


def _finish(lane: Lane, operation: str, done: Delivery, at: datetime) -> None:
    if isinstance(done.error, contract.AccessLost):
        sending.pause_after(lane.account, operation, done.error, at)
    elif done.error is None:
        health.succeeded(lane.account, operation)


def _notice_changed_products(account: AccountId, at: datetime) -> None:
    seen = LaneRow.objects.values_list("content_seen_at", flat=True).get(pk=account)
    since = seen - LOOK_BACK if seen else datetime.min.replace(tzinfo=at.tzinfo, year=1970)
    sql.run(PACKAGE, "content_changed", {"account": account, "since": since, "now": at})
    LaneRow.objects.filter(pk=account).update(content_seen_at=at)


def _rest(account: AccountId, at: datetime) -> Outcome:
    due = Offer.objects.filter(account_id=account, next_try_at__isnull=False).order_by("next_try_at").values_list("next_try_at", flat=True)
    first = due.first()
    return Again(after=max(timedelta(0), first - at)) if first else Settled()


def _no_stock() -> Problem:
    return {"code": "no_stock", "message": "Nothing may be shown yet; it is published as soon as there is stock.", "field": "", "value": ""}
