"""Time travel: what a channel showed at an instant, why, and the stock behind it.

It stands on facts that are never changed: the receipts of an offer, the channel's dated sales, the ledger. What was on a page
between a sale and the answer to a write is known as well as the channel dates its sales.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext, gettext_noop

from entrepot.base import clock, sql
from entrepot.base.errors import NotFound, UserError
from entrepot.base.ids import AccountId, VariantId
from entrepot.catalog import queries as catalog
from entrepot.insight.queries.names import PACKAGE
from entrepot.inventory.models import AvailabilityChange, StockMove
from entrepot.inventory.types import Explanation, MoveView, Step
from entrepot.listings.models import Offer, OfferReceipt
from entrepot.orders.models import OrderLine

CONFIRMS = ("live", "read", "ended")
UNSETTLED = ("accepted", "unknown")
RECEIPTS, MOVES = 8, 6
AROUND, POINTS = timedelta(hours=12), 288

LABELS = (gettext_noop("confirmed by the channel"), gettext_noop("sold there since"))


class InTheFuture(UserError):
    code = "in_the_future"


@dataclass(frozen=True)
class Told:
    """One receipt: the answer's time and, of what was sent, when it left. ``computed_at``: when the stock version it was computed from came about; None where that is not kept."""

    at: datetime
    outcome: str
    quantity: int
    version: int
    note: str
    sent_at: datetime | None
    computed_at: datetime | None = None


@dataclass(frozen=True)
class LevelThen:
    """What the hub knew at the instant about one place."""

    sku: str
    location_code: str
    location_name: str
    on_hand: int
    reserved: int


@dataclass(frozen=True)
class History:
    """``explained``: from the number confirmed to the number shown; None: nothing was confirmed by then.

    ``in_flight``: sent and not confirmed at the instant, and ``settled`` the receipt that confirmed it later. ``told``: the receipts
    up to the instant, the newest first. ``receipts_since`` and ``ledger_since``: how far back the facts reach; None: there are none.
    ``levels`` are empty where the ledger does not reach back.
    """

    at: datetime
    explained: Explanation | None
    confirmed: Told | None
    in_flight: Told | None
    settled: Told | None
    told: Sequence[Told]
    receipts_since: datetime | None
    levels: Sequence[LevelThen]
    moves: Sequence[MoveView]
    ledger_since: datetime | None

    @property
    def shown(self) -> int | None:
        return self.explained.answer if self.explained else None


def shown_at(variant: VariantId, account: AccountId, at: datetime, *, offer: int | None = None) -> History:
    """What the account showed of a variant at an instant.

    ``offer``: which one, where an account has several of the variant (one a market); else the first. Raises: NotFound when it has
    none, InTheFuture.
    """
    if at > clock.now():
        raise InTheFuture(gettext("That time has not come yet. Ask for one that has passed."))
    mine, offers = _offers(variant, account, offer)
    receipts = OfferReceipt.objects.filter(variant_id=variant, offer_id=mine.pk)
    confirmed = _newest(receipts.filter(at__lte=at, outcome__in=CONFIRMS))
    in_flight, settled = _on_its_way(receipts, at)
    parts = [part for part, _ in catalog.components_of([variant]).get(variant) or [(variant, 1)]]
    moves = StockMove.objects.filter(variant_id__in=parts)
    ledger_since = moves.order_by("recorded_at").values_list("recorded_at", flat=True).first()
    return History(
        at=at,
        explained=_explained(confirmed, _sales(mine, offers, confirmed.at, at)) if confirmed else None,
        confirmed=_told(confirmed),
        in_flight=_told(in_flight),
        settled=_told(settled),
        told=[_told_one(row, None) for row in receipts.filter(at__lte=at).order_by("-at", "-attempt")[:RECEIPTS]],
        receipts_since=receipts.order_by("at").values_list("at", flat=True).first(),
        levels=_levels(parts, at) if ledger_since and ledger_since <= at else [],
        moves=_moves(moves, at),
        ledger_since=ledger_since,
    )


def curve(variant: VariantId, account: AccountId, at: datetime, *, offer: int | None = None) -> list[int]:
    """The number shown in the 24 hours around an instant, as far as they have passed, at even distances; empty before the first."""
    mine, offers = _offers(variant, account, offer)
    begin, end = at - AROUND, min(at + AROUND, clock.now())
    receipts = OfferReceipt.objects.filter(variant_id=variant, offer_id=mine.pk, outcome__in=CONFIRMS)
    base = _newest(receipts.filter(at__lte=begin))
    within = receipts.filter(at__gt=begin, at__lte=end).order_by("at", "attempt").values_list("at", "quantity")
    told = [*([(base.at, base.quantity)] if base else []), *within]
    if not told:
        return []
    sold = _lines(mine, offers, told[0][0], end).values_list("order__placed_at", "quantity")
    # a sale dated like a confirmation was in the number confirmed: it comes before it
    events = sorted([*((at, True, units) for at, units in told), *((at, False, units) for at, units in sold)], key=lambda event: event[:2])
    found, shown, passed = [], 0, 0
    for point in range(POINTS + 1):
        then = begin + (end - begin) * point / POINTS
        while passed < len(events) and events[passed][0] <= then:
            _, confirmed, units = events[passed]
            shown, passed = units if confirmed else max(0, shown - units), passed + 1
        if passed:
            found.append(shown)
    return found


def _offers(variant: VariantId, account: AccountId, offer: int | None) -> tuple[Offer, Sequence[Offer]]:
    """The offer asked for, else the first, and all of the variant on the account."""
    offers = list(Offer.objects.filter(variant_id=variant, account_id=account).order_by("pk"))
    mine = next((one for one in offers if offer in (None, one.pk)), None)
    if mine is None:
        raise NotFound(gettext("This variant has no offer on this channel. Create one first."))
    return mine, offers


def _newest(receipts: QuerySet[OfferReceipt]) -> OfferReceipt | None:
    return receipts.order_by("-at", "-attempt").first()


def _on_its_way(receipts: QuerySet[OfferReceipt], at: datetime) -> tuple[OfferReceipt | None, OfferReceipt | None]:
    """The newest write without a confirmation at the instant, and what confirmed it since; a reading of another number is none."""
    answered = receipts.filter(at__gt=at, sent_at__isnull=False).order_by("at", "attempt").first()
    if answered and answered.sent_at and answered.sent_at <= at:
        return answered, answered if answered.outcome == "live" else _proof(receipts, answered)
    sent = _newest(receipts.filter(at__lte=at, outcome__in=UNSETTLED))
    if sent is None:
        return None, None
    settled = _proof(receipts, sent)
    return (None, None) if settled and settled.at <= at else (sent, settled)


def _proof(receipts: QuerySet[OfferReceipt], sent: OfferReceipt) -> OfferReceipt | None:
    """The first receipt after a write that confirms it; nothing confirms what was refused."""
    if sent.outcome == "refused":
        return None
    proves = Q(outcome__in=("live", "ended")) | Q(outcome="read") & (Q(version__gt=0) | Q(quantity=sent.quantity))
    later = Q(at__gt=sent.at) | Q(at=sent.at, attempt__gt=sent.attempt)
    return receipts.filter(proves, later, at__gte=sent.at).order_by("at", "attempt").first()


def _lines(mine: Offer, offers: Sequence[Offer], after: datetime, until: datetime) -> QuerySet[OrderLine]:
    """The lines that took units off this offer's page; a market without an offer of its own buys from the first (PROMISE 2)."""
    rows = OrderLine.objects.filter(
        variant_id=mine.variant_id, order__account_id=mine.account_id, order__placed_at__gt=after, order__placed_at__lte=until
    )
    if mine.pk != offers[0].pk:
        return rows.filter(order__market=mine.market)
    return rows.exclude(order__market__in=[one.market for one in offers if one.market != mine.market])


def _sales(mine: Offer, offers: Sequence[Offer], after: datetime, until: datetime) -> int:
    return _lines(mine, offers, after, until).aggregate(units=Sum("quantity"))["units"] or 0


def _explained(confirmed: OfferReceipt, sold: int) -> Explanation:
    """A channel lowers its number by its own sales, to 0 at the least (PROMISE 4)."""
    took = min(sold, confirmed.quantity)
    steps = [Step("PROMISE 1", "confirmed by the channel", confirmed.quantity, {})]
    if took:
        steps.append(Step("PROMISE 4", "sold there since", -took, {}))
    return Explanation(confirmed.quantity - took, steps)


def _told(row: OfferReceipt | None) -> Told | None:
    if row is None:
        return None
    changes = AvailabilityChange.objects.filter(variant_id=row.variant_id, version=row.version)
    return _told_one(row, changes.values_list("changed_at", flat=True).first())


def _told_one(row: OfferReceipt, computed_at: datetime | None) -> Told:
    return Told(row.at, row.outcome, row.quantity, row.version, row.note, row.sent_at, computed_at)


def _levels(parts: Sequence[VariantId], at: datetime) -> list[LevelThen]:
    rows = sql.rows(PACKAGE, "stock_at", {"variants": parts, "at": at})
    return [LevelThen(row.sku, row.code, row.name, row.on_hand, row.reserved) for row in rows]


def _moves(moves: QuerySet[StockMove], at: datetime) -> list[MoveView]:
    """The ledger as it stood at the instant, the newest first."""
    rows = moves.filter(recorded_at__lte=at).order_by("-recorded_at", "-occurred_at", "-source_key").values_list(
        "occurred_at", "recorded_at", "location__code", "reason", "actor",
        "on_hand_delta", "reserved_delta", "on_hand_after", "reserved_after", "source_key", "note",
    )  # fmt: skip
    return [MoveView(*row) for row in rows[:MOVES]]
