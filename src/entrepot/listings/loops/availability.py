"""The availability lane of one account: from a stock change to what the channel shows (DESIGN 4 "Lanes")."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from entrepot.base import clock, sql
from entrepot.base.crash import crashpoint
from entrepot.base.ids import AccountId, OfferId, RemoteId, Sku, VariantId
from entrepot.base.loops import Again, Outcome, Settled
from entrepot.channels import contract, health
from entrepot.channels.actions import notify
from entrepot.channels.contract import Limits, SetsAvailability, Wanted
from entrepot.listings import exposure, sending
from entrepot.listings.loops import lane as lanes
from entrepot.listings.loops.lane import PACKAGE, Lane
from entrepot.listings.rules import waits_with
from entrepot.listings.sending import Clock, Delivery, Passed, Todo, Told
from entrepot.listings.types import Fenced

OPERATION = "set_availability"
CALLS_A_PASS = 40  # a quick channel gets so many calls planned together; a slow one gets one (SECONDS_A_PASS)
SECONDS_A_PASS = 0.2  # a number older than this is computed again before it is sent
CHANGES_A_PASS = 2000  # more changed variants than this go to the to-do in one statement
SWEEP_EVERY = timedelta(hours=1)
REFUSED = "refused"  # why an offer waits whose refusal ends by itself (record.sql knows the word too)
QUIET = timedelta(seconds=1)  # a lane with nothing to send writes its place and counts its to-do at most so often


@dataclass(frozen=True, slots=True)
class Due:
    tries: int
    not_before: datetime  # who asks for the offer again writes another one: then it stays on the to-do


@dataclass(frozen=True)
class News:
    """What a pass looks at: changed variants, what was put off and is due, a page of the comparison of all."""

    changed: Sequence[VariantId]
    oldest: datetime | None
    cursor: int
    due: Mapping[tuple[VariantId, OfferId], Due]
    page: Sequence[VariantId]
    sweep_after: datetime | None
    sweep_position: int
    more: bool

    @property
    def variants(self) -> list[VariantId]:
        return sorted({*self.changed, *(variant for variant, _ in self.due), *self.page})


def reconcile_availability(account: AccountId, *, epoch: int, channel: SetsAvailability, limits: Limits, now: Clock = clock.now) -> Outcome:
    """Make the quantities a channel account shows equal the quantities it may promise.

    Reads the wanted state and the last confirmed state, never the event that woke it: a lost, doubled or late wake-up changes
    nothing. A crash repeats what was on its way (charged again).

    Units: sell units, int, never below 0.
    Raises: AccessLost when the seller must sign in again (not retried); Fenced when another worker holds the lane.
    """
    at = now()
    lane = lanes.state(account, epoch=epoch)
    if lane.interrupted:
        sql.rows(PACKAGE, "recover", {"account": account, "epoch": epoch, "now": at})
    if lane.has_sales:
        sql.run(PACKAGE, "absorb_sales", {"accounts": [account], "variants": None})
    if lane.can_settle and lane.settled_until is not None:
        exposure.settle(account, until=lane.settled_until, now=at)
    if lane.resume_at is not None and lane.resume_at > at:
        _put_off(lane, at)
        return Again(after=lane.resume_at - at)
    news = _news(lane, at, size=limits.items_a_call * CALLS_A_PASS)
    return _pass(lane, news, channel, limits, now)


def _pass(lane: Lane, news: News, channel: SetsAvailability, limits: Limits, now: Clock) -> Outcome:
    at = now()
    plan = sql.rows(PACKAGE, "plan", {"account": lane.account, "variants": news.variants, "offers": None}) if news.variants else []
    pooled, todo = _allowed([row for row in plan if not row.allotted], limits, at)
    batch = pooled[: limits.items_a_call * CALLS_A_PASS]
    if batch and not _begin(lane, {row.offer_id: row.quantity for row in batch}):
        return _overtaken(lane)
    crashpoint("lane.begun")
    allotted = [row for row in plan if row.allotted and (not row.unknown or (row.variant_id, row.offer_id) in news.due)]
    charged, later = _charge(lane, allotted, limits, at)
    sends = _ordered([*((row, row.quantity) for row in batch), *charged])
    swept = (news.sweep_after, news.sweep_position) != (lane.sweep_after, lane.sweep_position)
    if not (sends or todo or later or news.due or news.more or swept) and lane.passed_at and at - lane.passed_at < QUIET:
        return Again(after=QUIET) if lane.has_todo else Settled()  # nothing to write; the same changes are read once more
    delivery = _deliver(channel, sends, limits, now) if sends else Delivery()
    crashpoint("lane.sent")
    return _record(lane, news, sends, [*pooled[len(batch) :], *later], todo, delivery, now())


def _record(
    lane: Lane,
    news: News,
    sends: Sequence[tuple[Any, int]],
    left: Sequence[Any],
    todo: list[Todo],
    delivery: Delivery,
    at: datetime,
) -> Outcome:
    """Keep what came of a pass, and say when to look again."""
    resume_at = None
    if delivery.error is not None:
        resume_at = sending.pause_after(lane.account, OPERATION, delivery.error, at) if not _lost(delivery.error) else None
    told = [_told(row, quantity, delivery) for row, quantity in sends if row.offer_id in delivery.answers]
    not_sent = [(row, quantity) for row, quantity in sends if row.offer_id not in delivery.answers]
    for one in told:
        again_at = one.answer.receipt.again_at
        if one.outcome is contract.Outcome.REFUSED and again_at is not None:
            todo.append(Todo(one.variant, one.offer, again_at, one.quantity, REFUSED))
        if one.outcome is contract.Outcome.UNKNOWN:
            due = news.due.get((one.variant, one.offer))
            tries = (due.tries if due else 0) + 1
            todo.append(Todo(one.variant, one.offer, sending.retry_at(tries, at), one.quantity, "unknown"))
    why = "channel" if delivery.error else "turn"
    put_off = [*left, *(row for row, _ in not_sent)]
    todo += [Todo(row.variant_id, row.offer_id, at, row.quantity, why) for row in put_off if (row.variant_id, row.offer_id) not in news.due]
    waits_on = {(t.variant, t.offer) for t in todo} | {(row.variant_id, row.offer_id) for row in put_off}
    waited = (at - max(news.oldest, lane.passed_at or news.oldest)).total_seconds() if told and news.oldest else 0.0
    sending.record(
        lane.account,
        epoch=lane.epoch,
        now=at,
        told=told,
        unsent=[(row.variant_id, row.offer_id, quantity) for row, quantity in not_sent if row.allotted],
        done=[(*key, due.not_before) for key, due in news.due.items() if key not in waits_on],
        todo=todo,
        passed=Passed(
            plans=lane.plans,
            cursor=news.cursor,
            resume_at=resume_at,
            waits=waits_with(lane.waits, last=lane.passed_at, now=at, waited=max(0.0, waited)),
            sweep_after=news.sweep_after,
            sweep_position=news.sweep_position,
        ),
    )
    crashpoint("lane.recorded")
    if any(one.outcome is contract.Outcome.ACCEPTED for one in told):
        notify("read_back", str(lane.account))
    if delivery.error is not None and _lost(delivery.error):
        sending.pause_after(lane.account, OPERATION, delivery.error, at)
    if told and lane.resume_at is not None:
        health.succeeded(lane.account, OPERATION)
    return _next(lane, news, bool(todo or put_off or news.due), resume_at, bool(put_off), at)


def _next(lane: Lane, news: News, touched: bool, resume_at: datetime | None, left: bool, at: datetime) -> Outcome:
    if resume_at is not None:
        _count(lane)
        return Again(after=max(timedelta(0), resume_at - at))
    if left or news.more:
        if lane.passed_at is None or at - lane.passed_at > QUIET:
            _count(lane)
        return Again()
    if not touched and not lane.has_todo and not lane.waiting:
        return Settled()
    due_at = _count(lane)
    return Again(after=max(timedelta(0), due_at - at)) if due_at else Settled()


def _count(lane: Lane) -> datetime | None:
    """Write what waits for the screen; when the first of it may be tried."""
    due_at: datetime | None = sql.rows(PACKAGE, "count_todo", {"account": lane.account})[0].due_at
    return due_at


# --- what to look at ---------------------------------------------------------------------------------------------


def _news(lane: Lane, at: datetime, *, size: int) -> News:
    changes = sql.rows(PACKAGE, "changes", {"cursor": lane.cursor})[0]
    restored = lane.cursor > changes.newest  # a database from a backup counts transactions from an older place
    sweep_after, position = (at, 0) if restored else (lane.sweep_after, lane.sweep_position)
    changed, more = changes.variants, False
    if len(changed) > CHANGES_A_PASS:
        _defer(lane, changed, at, "turn")
        changed, more = [], True
    may_wait = lane.has_todo or lane.interrupted or more  # only this lane writes its to-do
    due = sql.rows(PACKAGE, "due", {"account": lane.account, "now": at, "size": size}) if may_wait else []
    ended = [row for row in due if row.why == REFUSED]
    if ended:
        sql.run(PACKAGE, "forget_refused", {"variants": [row.variant_id for row in ended], "offers": [row.offer_id for row in ended]})
    page: list[VariantId] = []
    if sweep_after is not None and sweep_after <= at:
        page = [row.variant_id for row in sql.rows(PACKAGE, "sweep_page", {"account": lane.account, "position": position, "size": size})]
        sweep_after, position = (sweep_after, page[-1]) if page else (at + SWEEP_EVERY, 0)
    return News(
        changed=changed,
        oldest=changes.oldest,
        cursor=changes.horizon if restored else max(lane.cursor, changes.horizon),
        due={(row.variant_id, row.offer_id): Due(row.tries, row.not_before) for row in due},
        page=page,
        sweep_after=sweep_after,
        sweep_position=position,
        more=more or bool(page) or len(due) == size,
    )


def _put_off(lane: Lane, at: datetime) -> None:
    """The channel asked to wait or does not answer: changes go to the to-do, so that the cursor does not stand."""
    changes = sql.rows(PACKAGE, "changes", {"cursor": lane.cursor})[0]
    if lane.cursor > changes.newest or changes.horizon == lane.cursor or not changes.variants:
        return
    _defer(lane, changes.variants, at, "channel")
    passed = Passed(lane.plans, changes.horizon, lane.resume_at, lane.waits, lane.sweep_after, lane.sweep_position)
    sending.record(lane.account, epoch=lane.epoch, now=at, passed=passed)
    _count(lane)


def _defer(lane: Lane, variants: Sequence[VariantId], at: datetime, why: str) -> None:
    params = {"account": lane.account, "epoch": lane.epoch, "variants": list(variants), "now": at, "not_before": at, "why": why}
    sql.run(PACKAGE, "defer", params)


# --- what to send ------------------------------------------------------------------------------------------------


def _allowed(rows: Sequence[Any], limits: Limits, at: datetime) -> tuple[list[Any], list[Todo]]:
    """Rows that may go now; the rest wait for tomorrow: a listing may be revised only so often a day, the last tenth is for lowering."""
    if limits.revisions_a_day is None:
        return list(rows), []
    today, tomorrow = at.astimezone(UTC).date(), datetime.combine(at.astimezone(UTC).date() + timedelta(days=1), time(0), UTC)
    allowed, todo = [], []
    for row in rows:
        used = row.revisions if row.revisions_day == today else 0
        kept = limits.revisions_a_day // 10 if row.urgency == 2 else 0
        if used < limits.revisions_a_day - kept:
            allowed.append(row)
        else:
            todo.append(Todo(row.variant_id, row.offer_id, tomorrow, row.quantity, "revision_limit"))
    return allowed, todo


def _begin(lane: Lane, quantities: Mapping[OfferId, int]) -> bool:
    params = {"account": lane.account, "epoch": lane.epoch, "plans": lane.plans, "sending": json.dumps(quantities)}
    return bool(sql.rows(PACKAGE, "begin", params))


def _overtaken(lane: Lane) -> Outcome:
    """The plan does not stand any more: a policy was switched (plan again), or the lane was given away."""
    if lanes.state(lane.account, epoch=lane.epoch).plans == lane.plans:
        raise Fenced(lane.account)
    return Again()


def _charge(lane: Lane, rows: Sequence[Any], limits: Limits, at: datetime) -> tuple[list[tuple[Any, int]], list[Any]]:
    """Allotted offers with their charged quantities, as many as one call takes; and those that wait for the next pass."""
    now, later = rows[: limits.items_a_call], rows[limits.items_a_call :]
    if not now:
        return [], []
    own = {row.offer_id: row for row in now}
    quantities = exposure.charge(lane.account, {offer: row.variant_id for offer, row in own.items()}, epoch=lane.epoch, now=at)
    return [(own[offer], quantity) for offer, quantity in quantities.items()], list(later)


def _ordered(sends: Sequence[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """Zero first, then lowering, small numbers first; raising last."""

    def urgency(send: tuple[Any, int]) -> tuple[int, int, int]:
        row, quantity = send
        lowering = row.believed is not None and quantity < row.believed
        return (0 if quantity == 0 else 1 if lowering else 2, quantity, row.offer_id)

    return sorted(sends, key=urgency)


def _deliver(channel: SetsAvailability, sends: Sequence[tuple[Any, int]], limits: Limits, now: Clock) -> Delivery:
    wanted = [
        Wanted(OfferId(row.offer_id), Sku(row.channel_sku), quantity, row.version, RemoteId(row.remote_id) if row.remote_id else None)
        for row, quantity in sends
    ]
    return sending.deliver(channel.set_availability, wanted, size=limits.items_a_call, seconds=SECONDS_A_PASS, now=now)


def _told(row: Any, quantity: int, delivery: Delivery) -> Told:
    return Told(row.variant_id, row.offer_id, quantity, row.version, row.allotted, delivery.answers[row.offer_id])


def _lost(error: contract.ChannelError) -> bool:
    return isinstance(error, contract.AccessLost)
