"""The evidence of recalls: 0 accepted and confirmed, end accepted, read back as gone; or named as unconfirmed at the deadline (P8)."""

from django.utils.translation import gettext_noop

from entrepot.base import sql, told
from entrepot.base.ids import OfferId, Sku
from entrepot.base.loops import Again, Outcome, Settled
from entrepot.channels import health
from entrepot.channels.contract import ChannelError, ReadsListings
from entrepot.listings import sending
from entrepot.listings.loops.lane import PACKAGE, Lane
from entrepot.listings.loops.reading import AGAIN, CHUNK, READS, confirm
from entrepot.listings.models import RecallOffer
from entrepot.listings.sending import Clock


def note_zero(lane: Lane) -> None:
    """Keep when each recalled offer was seen at 0, before the content loop ends it."""
    sql.run(PACKAGE, "recall_zero", {"account": lane.account})


def reconcile_recalls(lane: Lane, *, channel: ReadsListings, now: Clock) -> Outcome:
    """Follow the open recalls of one account until each offer is confirmed gone. The lane shows 0 and the content loop ends them;
    here they are read back. At the deadline what is not confirmed is named, and still tried.

    Raises: AccessLost (not retried).
    """
    account = lane.account
    sql.run(PACKAGE, "recall_overdue", {"account": account, "now": now()})
    ended = sql.rows(PACKAGE, "recall_to_read", {"account": account, "size": CHUNK})
    if ended:
        try:
            found = {str(one.sku): one for one in channel.read_listings([Sku(row.channel_sku) for row in ended])}
        except ChannelError as error:
            pause = sending.pause_after(account, READS, error, now())
            failure = told.kept(gettext_noop("It cannot be read back: {message}"), message=error.message)
            sql.run(PACKAGE, "recall_unread", {"rows": [row.id for row in ended], "failure": failure, "now": now()})
            return Again(after=pause - now())
        health.succeeded(account, READS)
        at = now()
        confirm(lane, {OfferId(row.offer_id): found.get(row.channel_sku) for row in ended}, at)
        gone = [row for row in ended if row.channel_sku not in found or not found[row.channel_sku].live]
        there = [row.offer_id for row in ended if row not in gone]
        sql.run(PACKAGE, "recall_gone", {"rows": [row.id for row in gone], "now": at})
        sql.run(PACKAGE, "recall_again", {"offers": there, "patience": at - lane.live_bound, "now": at})
    still_open = RecallOffer.objects.filter(offer__account_id=account, gone_at__isnull=True, recall__needs_approval=False)
    return Again(after=AGAIN) if still_open.filter(recall__relisted_at__isnull=True).exists() else Settled()


def sooner(one: Outcome, other: Outcome) -> Outcome:
    """The one that asks to come back first."""
    waits = [outcome for outcome in (one, other) if isinstance(outcome, Again)]
    return min(waits, key=lambda wait: wait.after, default=Settled())
