"""The order inbox with its saved filters, and one order with all that belongs to it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from entrepot.base.errors import NotFound
from entrepot.base.ids import OrderId
from entrepot.base.keyring import sealer
from entrepot.catalog.models import Variant
from entrepot.channels.contract import OrderStatus
from entrepot.fulfillment.models import FulfillmentOrder
from entrepot.insight.paging import SIZE, Page, page
from entrepot.insight.queries import finding
from entrepot.insight.queries.names import accounts
from entrepot.insight.types import AccountRef
from entrepot.orders.models import OrderBuyer, OrderLine, SalesOrder
from entrepot.orders.prepare import BUYER
from entrepot.orders.types import LineKind
from entrepot.people.scope import Scope

TABS = ("needs", "to_ship", "pending", "done", "canceled", "all")
BY_DUE, BY_PLACED = ("due", "pk"), ("-placed_at", "-pk")
MOST_OF_A_BUYER = 1000
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # orders without a ship-by stand last


@dataclass(frozen=True)
class OrderRow:
    """One order of the inbox; the buyer is not in it."""

    public_id: UUID
    number: str
    account: AccountRef
    market: str
    country: str
    status: str  # the channel's, in our words; canceled also when all of it was canceled here
    placed_at: datetime
    ship_by: datetime | None
    units: int
    short: int
    unknown_skus: Sequence[str]
    total_minor: int
    currency: str
    on_hold: bool
    cancel_requested: bool
    closed: bool
    historical: bool
    locations: Sequence[str] = ()
    skus: Sequence[str] = field(default_factory=tuple)


def inbox(
    scope: Scope,
    now: datetime,
    *,
    tab: str = "needs",
    account: UUID | None = None,
    market: str = "",
    typed: str = "",
    buyer: bool = False,
    since: datetime | None = None,
    cursor: str = "",
    size: int = SIZE,
) -> Page[OrderRow]:
    """One page of orders; open tabs by ship-by, the others by time placed, newest first.

    ``typed``: an order number's beginning or an exact SKU; with ``buyer`` also a buyer's whole name, e-mail or telephone.
    """
    rows = of_tab(in_scope(scope), tab, now)
    if account is not None:
        rows = rows.filter(account__public_id=account)
    if market:
        rows = rows.filter(market=market)
    if since is not None:
        rows = rows.filter(placed_at__gt=since)
    if typed.strip():
        rows = rows.filter(pk__in=_typed(scope, typed.strip(), buyer))
    if tab in ("needs", "to_ship", "pending"):
        due: QuerySet[Any] = rows.annotate(due=Coalesce("ship_by", Value(NEVER, output_field=DateTimeField())))
        found = page(due, BY_DUE, cursor, size)
    else:
        found = page(rows, BY_PLACED, cursor, size)
    return found.of(_rows(scope, found.rows))


def counts(scope: Scope, now: datetime, tabs: Sequence[str] = ("needs", "to_ship", "pending"), most: int = 1000) -> Mapping[str, int]:
    """How many orders an open tab holds, counted up to ``most`` (then the screen says "1,000+")."""
    rows = in_scope(scope)
    return {tab: of_tab(rows, tab, now)[:most].count() for tab in tabs}


def in_scope(scope: Scope) -> QuerySet[SalesOrder]:
    rows = scope.on_accounts(SalesOrder.objects.all())
    if scope.owner is not None:
        rows = rows.filter(Exists(OrderLine.objects.filter(order=OuterRef("pk"), variant__product__owner_id=scope.owner)))
    return rows


def of_tab(rows: QuerySet[SalesOrder], tab: str, now: datetime) -> QuerySet[SalesOrder]:
    open_rows = rows.filter(closed=False, historical=False)
    if tab == "needs":
        return open_rows.filter(_needs(now))
    if tab == "to_ship":
        return open_rows.filter(status__in=[OrderStatus.PAID, OrderStatus.PARTLY_SHIPPED])
    if tab == "pending":
        return open_rows.filter(status=OrderStatus.PENDING)
    if tab == "done":
        return rows.filter(closed=True).exclude(_canceled())
    if tab == "canceled":
        return rows.filter(_canceled())
    return rows


def found_one(scope: Scope, public_id: UUID) -> SalesOrder:
    """Raises: NotFound, also for an order of an account this person may not see."""
    row = in_scope(scope).select_related("account").filter(public_id=public_id).first()
    if row is None:
        raise NotFound(gettext("There is no such order."))
    return row


def row_of(scope: Scope, order: SalesOrder) -> OrderRow:
    return _rows(scope, [order])[0]


def _canceled() -> Q:
    """Canceled at the channel, or all product units are: those canceled here leave the channel's word as it is."""
    units = OrderLine.objects.filter(order=OuterRef("pk"), kind=LineKind.PRODUCT)
    return Q(status=OrderStatus.CANCELED) | (
        Q(closed=True) & Q(Exists(units.filter(canceled__gt=0))) & ~Q(Exists(units.filter(quantity__gt=F("canceled"))))
    )


def _needs(now: datetime) -> Q:
    lines = OrderLine.objects.filter(order=OuterRef("pk"))
    return (
        Q(Exists(lines.filter(short__gt=0)))
        | Q(Exists(lines.filter(variant=None, kind=LineKind.PRODUCT)))
        | Q(cancel_requested_at__isnull=False)
        | Q(status=OrderStatus.UNKNOWN)
        | Q(on_hold=True)
        | Q(ship_by__lt=now)
    )


def _typed(scope: Scope, text: str, buyer: bool) -> finding.Ids:
    """An order number by its beginning (the index begins with the account), an exact SKU, an exact buyer; each by its own index."""
    known = list(accounts(scope, archived=True))
    named = SalesOrder.objects.filter(account_id__in=known, channel_order_id__startswith=text)
    lines = OrderLine.objects.filter(variant_id__in=list(Variant.objects.filter(sku__iexact=text).values_list("pk", flat=True)))
    found: list[finding.Ids] = [named.values_list("pk"), lines.values_list("order_id")]
    if buyer:
        found.append(SalesOrder.objects.filter(pk__in=_of_buyer(text)).values_list("pk"))
    return finding.any_of(found)


def _of_buyer(text: str) -> list[int]:
    """Orders of the buyer with exactly this e-mail, telephone or name: the database holds keyed hashes, no words (X5)."""
    index = sealer(BUYER).index(text)
    same = Q(email_index=index) | Q(phone_index=index) | Q(name_index=index)
    return list(OrderBuyer.objects.filter(same).order_by("-pk").values_list("pk", flat=True)[:MOST_OF_A_BUYER])


def _rows(scope: Scope, found: Sequence[SalesOrder]) -> list[OrderRow]:
    ids = [row.pk for row in found]
    known = accounts(scope, archived=True)
    sums: dict[int, Any] = {
        row["order_id"]: row
        for row in OrderLine.objects.filter(order_id__in=ids, kind=LineKind.PRODUCT)
        .values("order_id")
        .annotate(units=Sum(F("quantity") - F("canceled")), shorts=Sum("short"))
    }
    skus: dict[int, list[str]] = defaultdict(list)
    unknown: dict[int, list[str]] = defaultdict(list)
    for line in OrderLine.objects.filter(order_id__in=ids, kind=LineKind.PRODUCT).order_by("pk").values("order_id", "sku", "variant_id"):
        (skus if line["variant_id"] else unknown)[line["order_id"]].append(line["sku"])
    places: dict[int, list[str]] = defaultdict(list)
    for order, name in FulfillmentOrder.objects.filter(order_id__in=ids).values_list("order_id", "location__name"):
        places[order].append(name)
    return [_row(row, known, sums.get(row.pk, {}), places[row.pk], skus[row.pk], unknown[row.pk]) for row in found]


def _row(
    row: SalesOrder,
    known: Mapping[int, AccountRef],
    sums: Mapping[str, Any],
    places: Sequence[str],
    skus: Sequence[str],
    unknown: Sequence[str],
) -> OrderRow:
    return OrderRow(
        public_id=row.public_id,
        number=row.channel_order_id,
        account=known[row.account_id],
        market=row.market,
        country=row.country,
        status=OrderStatus.CANCELED if row.closed and sums.get("units") == 0 else row.status,
        placed_at=row.placed_at,
        ship_by=row.ship_by,
        units=sums.get("units") or 0,
        short=sums.get("shorts") or 0,
        unknown_skus=unknown,
        total_minor=row.total_minor,
        currency=row.currency,
        on_hold=row.on_hold,
        cancel_requested=row.cancel_requested_at is not None,
        closed=row.closed,
        historical=row.historical,
        locations=places,
        skus=[*skus, *unknown],
    )


def internal_id(order: SalesOrder) -> OrderId:
    return OrderId(order.pk)
