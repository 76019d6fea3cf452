"""End offers, and read back what was accepted or whose answer was lost."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from entrepot.base import sql
from entrepot.base.crash import crashpoint
from entrepot.base.ids import OfferId, RemoteId, Sku
from entrepot.channels import contract
from entrepot.channels.contract import Limits, Wanted
from entrepot.listings import sending
from entrepot.listings.loops.kept import Kept, finish, keep, pause_of, same
from entrepot.listings.loops.lane import PACKAGE, Lane
from entrepot.listings.loops.publishing import SECONDS_A_PASS, STOCK_CHECK
from entrepot.listings.loops.reading import confirm
from entrepot.listings.reasons import problem
from entrepot.listings.sending import Clock, Delivery
from entrepot.listings.types import ListingState


def end(lane: Lane, rows: Sequence[Any], channel: Any, limits: Limits, now: Clock) -> None:
    """End offers. A recalled one is ended by its recall's rules: 0 first (P8)."""
    at = now()
    held = [row for row in rows if row.recalled and not _zero_shown(row, at)]
    keep(lane, [same(row, next_try_at=at + timedelta(seconds=2)) for row in held], at)
    rows = [row for row in rows if row not in held]
    if not rows:
        return
    wanted = [Wanted(OfferId(r.offer_id), Sku(r.channel_sku), 0, 0, RemoteId(r.remote_id) if r.remote_id else None) for r in rows]
    done = sending.deliver(channel.end, wanted, size=limits.items_a_call, seconds=SECONDS_A_PASS, now=now)
    crashpoint("content.ended")
    at = now()
    pause = pause_of(lane, "end", done, at)
    kept = [_ended(row, done, at, pause) for row in rows]
    gone = [k.offer for k in kept if k.state is ListingState.ENDED]
    with transaction.atomic():
        sql.run(PACKAGE, "shown_ended", {"account": lane.account, "epoch": lane.epoch, "offers": gone, "now": at})
        sql.run(PACKAGE, "recall_accepted", {"offers": [o for o, a in done.answers.items() if _accepted(a)], "now": at})
        keep(lane, kept, at)
    finish(lane, "end", done, at)


def _zero_shown(row: Any, at: datetime) -> bool:
    """Whether the channel shows 0 of a recalled offer, or did not confirm it for a minute: then it is ended all the same."""
    return bool(sql.rows(PACKAGE, "recall_may_end", {"offer": row.offer_id, "patience": at - timedelta(minutes=1)})[0].may_end)


def _accepted(answer: sending.Answer) -> bool:
    return answer.receipt.outcome in (contract.Outcome.LIVE, contract.Outcome.ACCEPTED)


def _ended(row: Any, done: Delivery, at: datetime, pause: datetime | None) -> Kept:
    answer = done.answers.get(row.offer_id)
    if answer is None:
        return same(row, next_try_at=pause or at)
    told = sending.problems(answer.receipt)
    if _accepted(answer):
        due = at + STOCK_CHECK if row.relist_when_stocked else None
        return Kept(row.offer_id, row.next_try_at, ListingState.ENDED, row.content_wanted, "", "", told, next_try_at=due, sent=True)
    return same(row, problems=told, tries=row.tries + 1, next_try_at=sending.retry_at(row.tries + 1, at))


def read(lane: Lane, rows: Sequence[Any], channel: Any, now: Clock) -> None:
    """Read back what was accepted or lost, and go on from what is really there."""
    if not rows:
        return
    try:
        found = {str(listing.sku): listing for listing in channel.read_listings([Sku(row.channel_sku) for row in rows])}
    except contract.ChannelError as error:
        pause = sending.pause_after(lane.account, "read_listings", error, now())
        keep(lane, [same(row, next_try_at=pause) for row in rows], now())
        return
    at = now()
    confirm(lane, {OfferId(row.offer_id): found.get(row.channel_sku) for row in rows}, at)
    keep(lane, [_seen(row, found.get(row.channel_sku), lane, at) for row in rows], at)


def _seen(row: Any, listing: contract.Listing | None, lane: Lane, at: datetime) -> Kept:
    late = row.sent_at is not None and at - row.sent_at > lane.live_bound
    again = sending.retry_at(row.tries + 1, at)
    if listing is not None and listing.live:
        due = at if row.content_wanted != row.content_confirmed else None
        remote = str(listing.remote_id or "")
        return Kept(
            row.offer_id, row.next_try_at, ListingState.LIVE, row.content_wanted, row.content_confirmed, "", (), remote, next_try_at=due
        )
    if listing is not None and listing.problems:
        told = [{"code": p.code, "message": p.message, "field": p.field, "value": p.value} for p in listing.problems]
        return Kept(
            row.offer_id, row.next_try_at, ListingState.REFUSED, row.content_wanted, "", row.content_wanted, told, tries=row.tries + 1
        )
    if row.state == ListingState.UNKNOWN and (listing is None or late):
        return same(row, state=ListingState.NONE, tries=row.tries + 1, next_try_at=at if late else again)
    if row.state == ListingState.UNKNOWN and row.sent_at is not None:
        again = min(again, row.sent_at + lane.live_bound + timedelta(seconds=1))  # by then it shows whether it was lost
    told = [problem("not_live_yet")] if late else []
    return same(row, problems=told, tries=row.tries + 1, next_try_at=again)


def believe(lane: Lane, rows: Sequence[Any], at: datetime) -> None:
    """A channel that cannot be read back: what it accepted counts as live, what was lost is published again, which finds it."""
    live = [same(row, state=ListingState.LIVE) for row in rows if row.state == ListingState.PENDING]
    lost = [same(row, state=ListingState.NONE, next_try_at=at) for row in rows if row.state != ListingState.PENDING]
    keep(lane, [*live, *lost], at)
