"""The content loop of one account: publish, revise, end, relist, until the channel has what the seller wants."""

from datetime import datetime, timedelta
from typing import Any

from entrepot.base import clock, sql
from entrepot.base.ids import AccountId
from entrepot.base.loops import Again, Outcome, Settled
from entrepot.channels import contract, health
from entrepot.channels.contract import Limits
from entrepot.listings.loops import lane as lanes
from entrepot.listings.loops.ending import believe, end, read
from entrepot.listings.loops.kept import Kept, keep, leave, same
from entrepot.listings.loops.lane import PACKAGE, Lane
from entrepot.listings.loops.publishing import STOCK_CHECK, publish, revise
from entrepot.listings.loops.recalls import note_zero, reconcile_recalls, sooner
from entrepot.listings.models import Lane as LaneRow
from entrepot.listings.models import Offer
from entrepot.listings.sending import Clock
from entrepot.listings.types import ListingState, WantedState
from entrepot.people.deployment import base_currency

CALLS_A_PASS = 4
LOOK_BACK = timedelta(minutes=1)  # longer than any transaction of ours: a product that commits late is not missed
ON_SALE = (ListingState.LIVE, ListingState.PENDING)


def reconcile_content(account: AccountId, *, epoch: int, channel: Any, limits: Limits, now: Clock = clock.now) -> Outcome:
    """Make what a channel account has published equal to what the seller wants there.

    ``channel``: an opened connector; what it has no ability for is left alone. An offer whose answer was lost is read back before
    anything else (F3); an accepted one is confirmed only when it is read back live (F13).
    Raises: AccessLost (not retried); Fenced when another worker holds the lane.
    """
    lane = lanes.state(account, epoch=epoch)
    note_zero(lane)
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
    size = limits.items_a_call * CALLS_A_PASS
    rows = sql.rows(PACKAGE, "content_due", {"account": lane.account, "now": at, "size": size, "base_currency": base_currency()})
    ending = [row for row in rows if _shall_end(row)]
    going = [row for row in rows if not _shall_end(row)]
    unknown = [row for row in going if row.state in (ListingState.UNKNOWN, ListingState.PENDING)]
    publishing = [row for row in going if _shall_publish(row)]
    revising = [row for row in going if row.state == ListingState.LIVE]
    handled = {row.offer_id for row in (*ending, *unknown, *publishing, *revising)}
    keep(lane, [_rested(lane, row, at) for row in rows if row.offer_id not in handled], at)
    end(lane, ending, channel, limits, now) if isinstance(channel, contract.EndsOffers) else leave(lane, ending, at)
    read(lane, unknown, channel, now) if isinstance(channel, contract.ReadsListings) else believe(lane, unknown, at)
    publish(lane, publishing, channel, limits, now) if isinstance(channel, contract.PublishesOffers) else leave(lane, publishing, at)
    revise(lane, revising, channel, limits, now) if isinstance(channel, contract.RevisesOffers) else leave(lane, revising, at)
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
            return same(row, next_try_at=at)
        return same(row, next_try_at=at + STOCK_CHECK)
    return same(row, next_try_at=None)


def _notice_changed_products(account: AccountId, at: datetime) -> None:
    seen = LaneRow.objects.values_list("content_seen_at", flat=True).get(pk=account)
    since = seen - LOOK_BACK if seen else datetime.min.replace(tzinfo=at.tzinfo, year=1970)
    sql.planned_anew(PACKAGE, "content_changed", {"account": account, "since": since, "now": at})
    LaneRow.objects.filter(pk=account).update(content_seen_at=at)


def _rest(account: AccountId, at: datetime) -> Outcome:
    due = Offer.objects.filter(account_id=account, next_try_at__isnull=False).order_by("next_try_at").values_list("next_try_at", flat=True)
    first = due.first()
    return Again(after=max(timedelta(0), first - at)) if first else Settled()
