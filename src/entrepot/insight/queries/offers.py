"""Offers as a person sorts them: by state, and the refused ones by their cause."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext

from entrepot.base.errors import NotFound
from entrepot.base.ids import OfferId, VariantId
from entrepot.channels.types import AccountState
from entrepot.insight.paging import SIZE, Page, page
from entrepot.insight.queries.names import accounts, titles, variant_title
from entrepot.insight.types import AccountRef
from entrepot.listings import reasons
from entrepot.listings.models import Offer, OfferReceipt, OfferShown
from entrepot.listings.types import ListingState, WantedState
from entrepot.people.scope import Scope

TABS = ("all", "refused", "waiting", "live", "ended", "draft")
ORDER = ("-pk",)


class OfferState(StrEnum):
    """One word for a person, from what is wanted and what the channel confirmed."""

    CUT_OFF = "cut_off"  # its account must sign in again
    REFUSED = "refused"
    SENDING = "sending"
    CONFIRMED = "confirmed"
    ENDING = "ending"
    ENDED = "ended"
    DRAFT = "draft"


@dataclass(frozen=True)
class OfferRow:
    """``in_flight``: the quantity sent last whose effect is not known yet. Prices in minor units of ``currency``."""

    id: OfferId
    public_id: UUID
    account: AccountRef
    account_id: int
    currency: str
    variant: VariantId
    sku: str
    title: str
    product: UUID
    channel_sku: str
    remote_id: str
    market: str
    price_minor: int | None
    default_price_minor: int | None
    wanted: str
    state: OfferState
    shown: int | None
    shown_at: datetime | None
    in_flight: int | None
    read_at: datetime | None
    read_quantity: int | None
    content_differs: bool
    problems: Sequence[Mapping[str, str]]
    share_percent: int | None
    cap: int | None
    holdback: int | None
    allotment_weight: int | None
    confirmed_at: datetime | None
    sent_at: datetime | None
    next_try_at: datetime | None


@dataclass(frozen=True)
class Receipt:
    """A quantity sent, confirmed, refused or read back at one instant."""

    at: datetime
    outcome: str
    quantity: int
    note: str


@dataclass(frozen=True)
class Cause:
    """Refused offers with one cause: the channel's code and the field of ours that cures it."""

    key: str
    code: str
    field: str
    message: str
    offers: int
    accounts: Sequence[str]


def listed(
    scope: Scope,
    language: str,
    *,
    tab: str = "all",
    account: UUID | None = None,
    product: UUID | None = None,
    cause: str = "",
    typed: str = "",
    cursor: str = "",
    size: int = SIZE,
) -> Page[OfferRow]:
    """One page of offers, the newest first."""
    rows = of_tab(in_scope(scope), tab)
    if account is not None:
        rows = rows.filter(account__public_id=account)
    if product is not None:
        rows = rows.filter(variant__product__public_id=product)
    if cause:
        code, _, field = cause.partition("|")
        rows = rows.filter(problems__contains=[{"code": code, "field": field}])
    if typed.strip():
        text = typed.strip()
        rows = rows.filter(Q(variant__sku__istartswith=text) | Q(channel_sku__startswith=text) | Q(remote_id=text))
    found = page(rows.select_related("variant__product", "account"), ORDER, cursor, size)
    return found.of(_rows(scope, found.rows, language))


def of_product(scope: Scope, product: UUID, language: str) -> list[OfferRow]:
    """All offers of a product, by account and SKU."""
    rows = in_scope(scope).filter(variant__product__public_id=product).select_related("variant__product", "account")
    return _rows(scope, list(rows.order_by("account__name", "variant__sku")), language)


def of_variant(scope: Scope, variant: VariantId, language: str) -> list[OfferRow]:
    """All offers of a variant that were ever sent, by account."""
    rows = in_scope(scope).filter(variant_id=variant).exclude(wanted=WantedState.DRAFT).select_related("variant__product", "account")
    return _rows(scope, list(rows.order_by("account__name", "pk")), language)


def one(scope: Scope, public_id: UUID, language: str) -> OfferRow:
    """Raises: NotFound, also for an offer that this person may not see."""
    rows = list(in_scope(scope).filter(public_id=public_id).select_related("variant__product", "account"))
    if not rows:
        raise NotFound(gettext("There is no such offer."))
    return _rows(scope, rows, language)[0]


def receipts(offer: OfferRow, most: int = 12) -> list[Receipt]:
    """What was sent and what came back, the newest first."""
    rows = OfferReceipt.objects.filter(variant_id=offer.variant, offer_id=offer.id).order_by("-at", "-attempt")[:most]
    return [Receipt(row.at, row.outcome, row.quantity, row.note) for row in rows]


def with_ids(scope: Scope, ids: Sequence[OfferId], language: str) -> list[OfferRow]:
    """These offers, by SKU; those outside the scope are left out."""
    rows = in_scope(scope).filter(pk__in=ids).select_related("variant__product", "account")
    return _rows(scope, list(rows.order_by("variant__sku")), language)


def causes(scope: Scope, most: int = 5000) -> list[Cause]:
    """The refused offers by cause, the most frequent first."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for problems, account in of_tab(in_scope(scope), "refused").values_list("problems", "account__name")[:most]:
        for problem in problems[:1] or [{}]:
            key = (problem.get("code", ""), problem.get("field", ""))
            found[key].append((account, reasons.told(problem)))
    rows = [
        Cause(f"{code}|{field}", code, field, members[0][1], len(members), sorted({name for name, _ in members}))
        for (code, field), members in found.items()
    ]
    return sorted(rows, key=lambda cause: -cause.offers)


def counts(scope: Scope, tabs: Sequence[str] = ("refused", "waiting"), most: int = 1000) -> Mapping[str, int]:
    rows = in_scope(scope)
    return {tab: of_tab(rows, tab)[:most].count() for tab in tabs}


def in_scope(scope: Scope) -> QuerySet[Offer]:
    return scope.on_products(scope.on_accounts(Offer.objects.all()), "variant__product__owner_id")


def of_tab(rows: QuerySet[Offer], tab: str) -> QuerySet[Offer]:
    live = rows.filter(wanted=WantedState.LIVE)
    refused = Q(state=ListingState.REFUSED) | (~Q(content_refused="") & Q(content_refused=F("content_wanted")))
    if tab == "refused":
        return live.filter(refused)
    if tab == "waiting":
        return live.exclude(refused).exclude(state=ListingState.LIVE, content_confirmed=F("content_wanted"))
    if tab == "live":
        return live.filter(state=ListingState.LIVE)
    if tab == "ended":
        return rows.filter(wanted=WantedState.ENDED)
    if tab == "draft":
        return rows.filter(wanted=WantedState.DRAFT)
    return rows


def _rows(scope: Scope, found: Sequence[Offer], language: str) -> list[OfferRow]:
    known = accounts(scope, archived=True)
    shown = {row.offer_id: row for row in OfferShown.objects.filter(offer_id__in=[row.pk for row in found])}
    named = titles({row.variant.product_id for row in found}, language)
    return [_row(row, known[row.account_id], shown.get(row.pk), named) for row in found]


def _row(row: Offer, account: AccountRef, shown: OfferShown | None, named: Mapping[int, str]) -> OfferRow:
    return OfferRow(
        id=OfferId(row.pk),
        public_id=row.public_id,
        account=account,
        account_id=row.account_id,
        currency=row.account.currency,
        variant=VariantId(row.variant_id),
        sku=row.variant.sku,
        title=variant_title(named.get(row.variant.product_id, row.variant.sku), row.variant.options),
        product=row.variant.product.public_id,
        channel_sku=row.channel_sku,
        remote_id=row.remote_id,
        market=row.market,
        price_minor=row.price_minor,
        default_price_minor=row.variant.price_minor,
        wanted=row.wanted,
        state=state_of(row),
        shown=shown.shown if shown else None,
        shown_at=shown.shown_at if shown else None,
        in_flight=shown.in_flight if shown else None,
        read_at=shown.read_at if shown else None,
        read_quantity=shown.read_quantity if shown else None,
        content_differs=row.content_wanted != row.content_confirmed,
        problems=[*row.problems, *(shown.problems if shown else [])],
        share_percent=row.share_percent,
        cap=row.cap,
        holdback=row.holdback,
        allotment_weight=row.allotment_weight,
        confirmed_at=row.confirmed_at,
        sent_at=row.sent_at,
        next_try_at=row.next_try_at,
    )


def state_of(row: Offer) -> OfferState:
    """Needs ``row.account`` loaded."""
    if row.wanted == WantedState.DRAFT:
        return OfferState.DRAFT
    if row.wanted == WantedState.ENDED:
        return OfferState.ENDED if row.state in (ListingState.ENDED, ListingState.NONE) else OfferState.ENDING
    if row.account.state == AccountState.RECONNECT:
        return OfferState.CUT_OFF
    if row.state == ListingState.REFUSED or (row.content_refused and row.content_refused == row.content_wanted):
        return OfferState.REFUSED
    if row.state == ListingState.LIVE and row.content_wanted == row.content_confirmed:
        return OfferState.CONFIRMED
    return OfferState.SENDING
