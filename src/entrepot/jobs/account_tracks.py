"""The tracks of one channel account: which loops run for it depends on the abilities its connector has."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings

from entrepot.base import clock
from entrepot.base.crash import crashpoint
from entrepot.base.ids import AccountId
from entrepot.base.loops import Again, Outcome
from entrepot.channels import actions as channels
from entrepot.channels import health
from entrepot.channels import queries as accounts
from entrepot.channels.access import OpenChannel, open_channel
from entrepot.channels.contract import (
    ConfirmsShipments,
    ReadsListings,
    ReadsNotifications,
    ReadsOrders,
    ReadsQuota,
    ReceivesWebhooks,
    SetsAvailability,
)
from entrepot.fulfillment.loops import confirm_shipments
from entrepot.jobs.guard import holder_name
from entrepot.jobs.tracks import Track
from entrepot.listings import loops as listings
from entrepot.orders.loops import follow_hints, poll_orders, retry_quarantine

MESSAGES_WAIT = timedelta(seconds=2)
QUOTA_EVERY = timedelta(minutes=15)
SUBSCRIBE_EVERY = timedelta(hours=1)


@dataclass
class Held:
    """An account this worker holds: its opened channel, and what runs for it."""

    opened: OpenChannel
    tracks: list[Track]

    def close(self) -> None:
        self.opened.close()


def hold(account: AccountId, *, stopped: Callable[[], bool]) -> Held:
    """Open the account's channel and take its lane; from now on an older holder's writes are refused."""
    opened = open_channel(account)
    channel, limits = opened.channel, opened.limits
    epoch = listings.take_lane(account, holder=holder_name(), now=clock.now())
    tracks: list[Track] = []

    def add(name: str, passes: Callable[[], Outcome], fallback: float, topic: str = "") -> None:
        tracks.append(Track(name, partial(_pass, opened, passes), account, timedelta(seconds=fallback), topic))

    if isinstance(channel, ReadsNotifications):
        add("messages", partial(_read_messages, account, channel), 0.2)
        add("subscription", partial(_ensure_subscribed, channel), SUBSCRIBE_EVERY.total_seconds())
    if isinstance(channel, ReceivesWebhooks) and settings.PUBLIC_URL:
        add("subscription", partial(_subscribe, account, channel), SUBSCRIBE_EVERY.total_seconds())
    if isinstance(channel, ReadsOrders):
        add("hints", partial(follow_hints, account, channel), 5, "orders")
        add("poll", partial(poll_orders, account, channel, limits, stopped=stopped), limits.poll_every.total_seconds())
        add("quarantine", partial(retry_quarantine, account, channel), 600)
    if isinstance(channel, SetsAvailability):
        add("quantities", partial(listings.reconcile_availability, account, epoch=epoch, channel=channel, limits=limits), 1, "availability")
    add("content", partial(listings.reconcile_content, account, epoch=epoch, channel=channel, limits=limits), 2, "content")
    if isinstance(channel, ReadsListings):
        add("read back", partial(listings.read_back, account, epoch=epoch, channel=channel), 60, "read_back")
    if isinstance(channel, ConfirmsShipments):
        add("shipments", partial(confirm_shipments, account, channel), 5, "orders")
    if isinstance(channel, ReadsQuota):
        add("quota", partial(_read_quota, account, channel), QUOTA_EVERY.total_seconds())
    return Held(opened, tracks)


def _pass(opened: OpenChannel, passes: Callable[[], Outcome]) -> Outcome:
    try:
        return passes()
    finally:
        opened.keep_calls()


def webhook_address(account: AccountId) -> str:
    """Where a channel posts its messages for this account."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/hooks/{accounts.account(account).public_id}"


def _read_messages(account: AccountId, channel: ReadsNotifications) -> Outcome:
    """Store what messages point at, then remove them from the channel's queue; a crash in between reads them again."""
    hints, remove = channel.read_notifications(wait=MESSAGES_WAIT)
    channels.store_hints(account, hints)
    crashpoint("messages.before_remove")
    remove()
    return Again()


def _ensure_subscribed(channel: ReadsNotifications) -> Outcome:
    channel.ensure_subscribed()
    return Again(SUBSCRIBE_EVERY)


def _subscribe(account: AccountId, channel: ReceivesWebhooks) -> Outcome:
    channel.subscribe(webhook_address(account))
    return Again(SUBSCRIBE_EVERY)


def _read_quota(account: AccountId, channel: ReadsQuota) -> Outcome:
    health.note_quota(account, channel.read_quota())
    return Again(QUOTA_EVERY)
