"""What a channel really shows, against what we believe of it (P7, F13, F14; PROMISE 12)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction

from entrepot.base import clock, sql
from entrepot.base.ids import AccountId, OfferId, Sku
from entrepot.base.loops import Again, Outcome, Settled
from entrepot.channels import health
from entrepot.channels.contract import ChannelError, Listing, ReadsListings
from entrepot.listings import exposure, sending
from entrepot.listings.loops import lane as lanes
from entrepot.listings.loops.lane import PACKAGE, Lane
from entrepot.listings.models import Lane as LaneRow
from entrepot.listings.models import Offer
from entrepot.listings.reasons import problem
from entrepot.listings.rules import is_live
from entrepot.listings.sending import Clock
from entrepot.listings.todo import look_again
from entrepot.listings.types import ListingState, WantedState

EXPOSED_EVERY = timedelta(minutes=15)  # PROMISE 12
EVERYTHING_EVERY = timedelta(hours=24)
AGAIN = timedelta(seconds=2)
CHUNK = 200
READS = "read_listings"


@dataclass(frozen=True)
class Reading:
    """One offer and what was read. ``gives``: by how much exposure rises: the channel shows more than we believed."""

    row: Any
    quantity: int
    confirms: bool
    moves: bool
    asks: bool
    gives: int


def read_back(account: AccountId, *, epoch: int, channel: ReadsListings, now: Clock = clock.now, everything: bool = False) -> Outcome:
    """Compare what the channel shows with what we believe, and repair, or leave and mark, by the account's setting.

    Reads accepted writes until they are live and allotted offers every 15 minutes; once a day, or with ``everything``, the whole
    account, which also counts live listings we do not know. Raises: AccessLost; Fenced when another worker holds the lane.
    """
    lane = lanes.state(account, epoch=epoch)
    row = LaneRow.objects.get(pk=account)
    try:
        if everything or (row.read_back_after is not None and row.read_back_after <= now()):
            _read_everything(lane, channel, now)
        elif row.read_back_after is None:
            LaneRow.objects.filter(pk=account).update(read_back_after=now() + EVERYTHING_EVERY)
        due = sql.rows(PACKAGE, "read_due", {"account": account, "now": now(), "every": EXPOSED_EVERY, "size": CHUNK})
        _read(lane, [OfferId(one.offer_id) for one in due], channel, now)
    except ChannelError as error:
        return Again(after=sending.pause_after(account, READS, error, now()) - now())
    health.succeeded(account, READS)  # also where nothing is left to read: then nothing fails
    waiting = sql.rows(PACKAGE, "awaited", {"account": account})[0].awaited
    return Again(after=AGAIN) if waiting else Settled()


def confirm(lane: Lane, found: Mapping[OfferId, Listing | None], at: datetime) -> None:
    """Keep the quantities of offers that were read. None: the channel does not know the SKU. Content and state are the caller's."""
    rows = sql.rows(PACKAGE, "readable", {"account": lane.account, "offers": list(found)})
    readings = [_reading(row, found[OfferId(row.offer_id)], lane, at, ask=False) for row in rows]
    kept = _keep(lane, readings, at)
    look_again([OfferId(r.row.offer_id) for r in readings if r.row.offer_id in kept and (r.confirms or r.moves)])


def _read(lane: Lane, offers: Sequence[OfferId], channel: ReadsListings, now: Clock) -> None:
    if not offers:
        return
    rows = sql.rows(PACKAGE, "readable", {"account": lane.account, "offers": offers})
    found = {str(one.sku): one for one in channel.read_listings([Sku(row.channel_sku) for row in rows])}
    _compare(lane, rows, found, now())


def _read_everything(lane: Lane, channel: ReadsListings, now: Clock) -> None:
    """Every listing of the account, in chunks; then what we believe live and was not met is read by name."""
    begun, strangers = now(), 0
    for chunk in _chunks(channel.all_listings()):
        known = sql.rows(PACKAGE, "by_channel_sku", {"account": lane.account, "skus": [str(one.sku) for one in chunk]})
        ours = {row.channel_sku for row in known}
        strangers += sum(1 for one in chunk if one.live and str(one.sku) not in ours)
        rows = sql.rows(PACKAGE, "readable", {"account": lane.account, "offers": [row.offer_id for row in known]})
        _compare(lane, rows, {str(one.sku): one for one in chunk}, now())
    while missed := sql.rows(PACKAGE, "unread_since", {"account": lane.account, "since": begun, "size": CHUNK}):
        _read(lane, [OfferId(row.offer_id) for row in missed], channel, now)
    LaneRow.objects.filter(pk=lane.account, epoch=lane.epoch).update(foreign_listings=strangers, read_back_after=now() + EVERYTHING_EVERY)


def _compare(lane: Lane, rows: Sequence[Any], found: Mapping[str, Listing], at: datetime) -> None:
    ask = lane.settings.get("on_manual_change") == "ask"
    readings = [_reading(row, found.get(row.channel_sku), lane, at, ask=ask) for row in rows]
    kept = _keep(lane, readings, at)
    look_again([OfferId(r.row.offer_id) for r in readings if r.row.offer_id in kept and (r.confirms or r.moves)])
    for row in rows:
        if row.state == ListingState.LIVE:
            _compare_state(row, found.get(row.channel_sku), at, ask=ask)


def _reading(row: Any, listing: Listing | None, lane: Lane, at: datetime, *, ask: bool) -> Reading:
    """What a number read means. A write on its way is live when the old number cannot explain what is read, or its bound passed."""
    quantity = listing.quantity if listing is not None and listing.live else 0
    if row.in_flight is not None:
        since = row.accepted_at if row.accepted_at is not None and not row.unknown else row.sent_at
        if row.unknown and at - since < lane.live_bound:
            return Reading(row, quantity, False, False, False, 0)
        live = is_live(row.in_flight, quantity, shown_before=row.shown, accepted_at=since, read_at=at, live_bound=lane.live_bound)
        live = live or (row.exposure == 0 and quantity == row.in_flight)  # pooled: nothing is promised on the difference
        gives = max(0, quantity - row.exposure) if row.exposure else 0  # exposure holds all that was sent and is not settled
        return Reading(row, quantity, live, False, False, gives if live else 0)
    more = quantity - (row.shown or 0)
    allotted = row.exposure > 0
    return Reading(row, quantity, False, more != 0 or row.shown is None, ask and more > 0, max(0, more) if allotted else 0)


def _keep(lane: Lane, readings: Sequence[Reading], at: datetime) -> set[int]:
    """The offers whose reading was kept."""
    if not readings:
        return set()
    params = {
        "variants": [r.row.variant_id for r in readings],
        "offers": [r.row.offer_id for r in readings],
        "attempts": [r.row.attempt for r in readings],
        "quantities": [r.quantity for r in readings],
        "confirms": [r.confirms for r in readings],
        "moves": [r.moves for r in readings],
        "asks": [r.asks for r in readings],
        "account": lane.account,
        "epoch": lane.epoch,
        "now": at,
    }
    gives = {r.row.offer_id: r for r in readings if r.gives}
    with transaction.atomic():
        if gives:
            exposure.lock({r.row.variant_id for r in gives.values()})
        kept = {row.offer_id for row in sql.rows(PACKAGE, "keep_readings", params)}
        exposure.expose([(r.row.variant_id, r.row.offer_id, r.gives) for offer, r in gives.items() if offer in kept], at)
    if not kept:
        lanes.state(lane.account, epoch=lane.epoch)
    return kept


def _compare_state(row: Any, listing: Listing | None, at: datetime, *, ask: bool) -> None:
    """A live offer that is gone, or shows another price, was changed by hand: repaired, or left and marked (F14)."""
    offer = Offer.objects.filter(pk=row.offer_id, state=ListingState.LIVE.value)
    if listing is None or not listing.live:
        if row.recalled or row.wanted != WantedState.LIVE:
            return
        told = listing.problems if listing is not None else ()
        marks = [{"code": p.code, "message": p.message, "field": p.field, "value": p.value} for p in told]
        if ask:
            marks.append(problem("manual_end"))
            offer.update(state=ListingState.ENDED.value, wanted=WantedState.ENDED.value, problems=marks, next_try_at=None)
        else:
            offer.update(state=ListingState.ENDED.value, content_confirmed="", problems=marks, next_try_at=at)
        return
    shown, ours = listing.price, row.price_confirmed_minor
    if shown is None or ours is None or shown.minor == ours:
        return
    if ask:
        offer.update(problems=[problem("manual_price", "price", str(shown))])
    else:
        offer.update(content_confirmed="", next_try_at=at)


def _chunks(listings: Iterable[Listing]) -> Iterable[list[Listing]]:
    stream = iter(listings)
    while chunk := list(islice(stream, CHUNK)):
        yield chunk
