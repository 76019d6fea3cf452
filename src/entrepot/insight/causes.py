"""Looks for everything that needs a person. Each function answers the causes of one kind that hold now."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, F, Min, QuerySet, Sum

from entrepot.catalog.models import Variant
from entrepot.channels.contract import OrderStatus
from entrepot.channels.models import Account, AccountProgress, OperationHealth
from entrepot.channels.types import AccountState
from entrepot.insight.queries.offers import of_tab
from entrepot.insight.types import AlertKind, Found
from entrepot.inventory.models import Discrepancy, StockLevel, VariantStock
from entrepot.listings.models import Lane, Offer, RecallOffer
from entrepot.orders.models import OrderLine, OrderQuarantine, SalesOrder
from entrepot.orders.types import LineKind

MOST = 500  # alerts of one kind that look at single orders, offers or variants; more than a person reads
FAILING_FOR = timedelta(minutes=2)  # shorter failures repair themselves and would only flicker
Values = dict[str, str | int]


def every_cause(now: datetime) -> list[Found]:
    """All causes of all kinds, each key once."""
    found = {cause.key: cause for look in LOOKS for cause in look(now)}
    return list(found.values())


def low_stock(now: datetime) -> Iterator[Found]:
    rows = Variant.objects.filter(archived_at__isnull=True, low_stock_at__isnull=False, stock__atp__lte=F("low_stock_at"))
    for row in rows.select_related("stock").order_by("stock__atp", "pk")[:MOST]:
        values: Values = {"sku": row.sku, "left": row.stock.atp, "at": row.low_stock_at or 0}
        severity = "bad" if row.stock.atp == 0 else "warn"
        yield Found(
            f"low:{row.pk}", AlertKind.LOW_STOCK, f"variant:{row.sku}", values, severity, proposals=[{"act": "receive", "sku": row.sku}]
        )


def shortages(now: datetime) -> Iterator[Found]:
    """One alert an order, those first that shall leave first; proposals: places that have the goods (by units), to wait for stock,
    to cancel the units. Beyond ``MOST`` orders, one alert an account for all the rest."""
    short = OrderLine.objects.filter(short__gt=0, variant__isnull=False, order__closed=False)
    orders = SalesOrder.objects.filter(pk__in=short.values("order_id"))
    single = list(orders.order_by(F("ship_by").asc(nulls_last=True), "pk").values_list("pk", flat=True)[:MOST])
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    for line in short.filter(order_id__in=single).select_related("order", "variant").order_by("pk"):
        lines[line.order_id].append(line)
    places = _places({line.variant_id for rows in lines.values() for line in rows if line.variant_id})
    for rows in lines.values():
        order = rows[0].order
        values: Values = {"number": order.channel_order_id, "units": sum(line.short for line in rows), "sku": rows[0].sku}
        yield Found(
            f"short:{order.pk}",
            AlertKind.SHORTAGE,
            f"order:{order.public_id}",
            values,
            "bad",
            _worth(order),
            "order",
            [*(proposal for line in rows for proposal in places.get(line.variant_id or 0, [])), {"act": "back_order"}, {"act": "cancel"}],
        )
    if len(single) == MOST:
        yield from _more_shortages(orders.exclude(pk__in=single))


def _more_shortages(orders: QuerySet[SalesOrder]) -> Iterator[Found]:
    grouped = orders.values("account_id", "account__name", "account__public_id").annotate(orders=Count("pk"), worth=Sum("base_total_minor"))
    for row in grouped:
        values: Values = {"account": row["account__name"], "orders": row["orders"]}
        subject = f"account:{row['account__public_id']}"
        yield Found(f"short-more:{row['account_id']}", AlertKind.SHORTAGES, subject, values, "bad", row["worth"], "order")


def unknown_skus(now: datetime) -> Iterator[Found]:
    rows = OrderLine.objects.filter(variant=None, kind=LineKind.PRODUCT, order__closed=False, order__historical=False)
    for line in rows.select_related("order").order_by("pk")[:MOST]:
        values: Values = {"number": line.order.channel_order_id, "sku": line.sku}
        yield Found(
            f"unknown:{line.order_id}:{line.pk}",
            AlertKind.UNKNOWN_SKU,
            f"order:{line.order.public_id}",
            values,
            "bad",
            _worth(line.order),
            "order",
        )


def late_orders(now: datetime) -> Iterator[Found]:
    """One alert an account: how many should have left, and what they are worth together."""
    rows = SalesOrder.objects.filter(
        closed=False, historical=False, ship_by__lt=now, status__in=[OrderStatus.PAID, OrderStatus.PARTLY_SHIPPED]
    )
    grouped = rows.values("account_id", "account__name", "account__public_id").annotate(
        orders=Count("pk"), since=Min("ship_by"), worth=Sum("base_total_minor")
    )
    for row in grouped:
        values: Values = {"account": row["account__name"], "orders": row["orders"], "since": _iso(row["since"])}
        subject = f"account:{row['account__public_id']}"
        yield Found(f"late:{row['account_id']}", AlertKind.ORDER_LATE, subject, values, "bad", row["worth"], "order")


def cancel_requests(now: datetime) -> Iterator[Found]:
    for order in SalesOrder.objects.filter(closed=False, cancel_requested_at__isnull=False).order_by("cancel_requested_at")[:MOST]:
        yield Found(
            f"cancel:{order.pk}",
            AlertKind.CANCEL_REQUESTED,
            f"order:{order.public_id}",
            {"number": order.channel_order_id},
            "warn",
            _worth(order),
            "order",
        )


def quarantined(now: datetime) -> Iterator[Found]:
    for row in OrderQuarantine.objects.filter(resolved_at__isnull=True).select_related("account").order_by("pk")[:MOST]:
        values: Values = {"number": row.channel_order_id, "account": row.account.name, "reason": row.reason}
        yield Found(f"quarantine:{row.pk}", AlertKind.ORDER_QUARANTINED, f"account:{row.account.public_id}", values, "bad")


def accounts(now: datetime) -> Iterator[Found]:
    """Accounts that refuse our login, and those whose calls fail for longer than a moment."""
    failing = dict(AccountProgress.objects.filter(failing_since__isnull=False).values_list("account_id", "failing_since"))
    broken = OperationHealth.objects.filter(failures__gte=3).values("account_id").annotate(since=Min("failing_since"))
    for row in broken:
        failing.setdefault(row["account_id"], row["since"])
    waiting = dict(Lane.objects.values_list("account_id", "waiting"))
    for account in Account.objects.filter(archived_at__isnull=True).exclude(state=AccountState.PAUSED):
        subject = f"account:{account.public_id}"
        values: Values = {"account": account.name, "waiting": waiting.get(account.pk, 0)}
        since = failing.get(account.pk)
        if account.state == AccountState.RECONNECT:
            yield Found(f"cut-off:{account.pk}", AlertKind.ACCOUNT_CUT_OFF, subject, {**values, "reason": account.state_reason}, "bad")
        elif since is not None and now - since > FAILING_FOR:
            yield Found(f"failing:{account.pk}", AlertKind.ACCOUNT_FAILING, subject, {**values, "since": _iso(since)}, "bad")


def refused_offers(now: datetime) -> Iterator[Found]:
    rows = of_tab(Offer.objects.filter(account__archived_at__isnull=True), "refused")
    for row in rows.values("account_id", "account__name", "account__public_id").annotate(offers=Count("pk")):
        values: Values = {"account": row["account__name"], "offers": row["offers"]}
        yield Found(f"refused:{row['account_id']}", AlertKind.OFFERS_REFUSED, f"account:{row['account__public_id']}", values, "warn")


def over_exposed(now: datetime) -> Iterator[Found]:
    for row in VariantStock.objects.filter(allotted=True, exposed__gt=F("atp")).select_related("variant").order_by("pk")[:MOST]:
        values: Values = {"sku": row.variant.sku, "exposed": row.exposed, "left": row.atp}
        yield Found(f"exposed:{row.variant_id}", AlertKind.OVER_EXPOSED, f"variant:{row.variant.sku}", values, "warn")


def discrepancies(now: datetime) -> Iterator[Found]:
    for row in Discrepancy.objects.filter(resolved_at__isnull=True).select_related("variant", "location").order_by("pk")[:MOST]:
        values: Values = {"sku": row.variant.sku, "location": row.location.name, "reported": row.reported, "kept": row.kept}
        yield Found(f"discrepancy:{row.pk}", AlertKind.DISCREPANCY, f"variant:{row.variant.sku}", values, "bad")


def recalls(now: datetime) -> Iterator[Found]:
    """Offers that no channel has confirmed as gone when the recall's time was over."""
    rows = RecallOffer.objects.filter(gone_at__isnull=True, recall__deadline_at__lt=now, recall__relisted_at__isnull=True)
    names = StringAgg("offer__account__name", ", ", distinct=True)
    for row in rows.values("recall_id", "recall__public_id").annotate(offers=Count("pk"), accounts=names):
        values: Values = {"offers": row["offers"], "accounts": row["accounts"], "recall": str(row["recall__public_id"])}
        yield Found(f"recall:{row['recall_id']}", AlertKind.RECALL_UNCONFIRMED, f"recall:{row['recall__public_id']}", values, "bad")


LOOKS: Sequence[Callable[[datetime], Iterator[Found]]] = (
    low_stock,
    shortages,
    unknown_skus,
    late_orders,
    cancel_requests,
    quarantined,
    accounts,
    refused_offers,
    over_exposed,
    discrepancies,
    recalls,
)


def _places(variants: set[int]) -> dict[int, list[Values]]:
    """For each variant the places that still have some of it, the most first."""
    found: dict[int, list[Values]] = defaultdict(list)
    rows = StockLevel.objects.filter(variant_id__in=variants, location__archived_at__isnull=True).annotate(
        free=Sum(F("on_hand") - F("reserved") - F("safety_stock"))
    )
    for row in rows.filter(free__gt=0).select_related("location").order_by("variant_id", "-free"):
        found[row.variant_id].append({"act": "other_location", "location": row.location.name, "units": row.free})
    return found


def _worth(order: SalesOrder) -> int | None:
    return order.base_total_minor


def _iso(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""
