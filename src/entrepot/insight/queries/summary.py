"""Sales per channel and market, and every variant's numbers: what replaces adding up each platform by hand."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from entrepot.base import sql
from entrepot.channels.models import AccountProgress
from entrepot.insight.queries.names import PACKAGE, accounts, titles, variant_title
from entrepot.insight.types import LENGTH, AccountRef, MarketSales, Period, Sales, Shown, Summary, VariantNumbers
from entrepot.people.deployment import base_currency
from entrepot.people.scope import Scope

DAYS = 14


def summary(scope: Scope, now: datetime) -> Summary:
    """Orders, units, revenue and cancellations per account and market for the last hour, day and 7 days, and in total.

    An account without orders in 7 days stands with zeros in its own market, so that silence is seen.
    """
    known = accounts(scope)
    until = progress(scope)
    found: dict[tuple[int, str], dict[Period, Sales]] = {(pk, ref.market): {} for pk, ref in known.items()}
    windows = {period.value: now - LENGTH[period] for period in Period}
    for row in sql.rows(PACKAGE, "sales_by_account", {**scope.params(), **windows, "now": now}):
        if row.account_id in known:
            sales = Sales(row.orders, row.units, row.revenue_minor, row.canceled_orders, row.unpriced)
            found.setdefault((row.account_id, row.market), {})[Period(row.period)] = sales
    rows = [
        MarketSales(known[pk], market, {period: sales.get(period, Sales()) for period in Period}, until.get(pk))
        for (pk, market), sales in sorted(found.items(), key=lambda item: (known[item[0][0]].name.casefold(), item[0][1]))
    ]
    totals = {period: sum((row.sales[period] for row in rows), Sales()) for period in Period}
    oldest = min((instant for pk, instant in until.items() if pk in known), default=None)
    return Summary(now, base_currency(), rows, totals, oldest)


def progress(scope: Scope) -> dict[int, datetime]:
    """Account id -> the instant up to which its orders are known."""
    rows = scope.on_accounts(AccountProgress.objects.filter(account__archived_at__isnull=True))
    return dict(rows.values_list("account_id", "orders_complete_until"))


def curves(scope: Scope, now: datetime) -> Mapping[AccountRef, Sequence[int]]:
    """Each account's revenue a day over the last 14 days, oldest first; the same money as the summary's."""
    known = accounts(scope)
    days: dict[int, list[int]] = {pk: [0] * DAYS for pk in known}
    params = {**scope.params(), "now": now, "since": now - timedelta(days=DAYS), "days": DAYS}
    for row in sql.rows(PACKAGE, "sales_by_day", params):
        if row.account_id in days:
            days[row.account_id][row.day] = row.revenue_minor
    return {known[pk]: values for pk, values in days.items()}


def variant_numbers(
    scope: Scope, *, language: str, after: str = "", size: int = 200, skus: Sequence[str] | None = None
) -> list[VariantNumbers]:
    """Stock beside what is shown, in SKU order, beginning after ``after``. ``skus``: only these."""
    known = accounts(scope)
    wanted = None if skus is None else [sku.upper() for sku in skus]
    found = sql.rows(PACKAGE, "variant_numbers", {**scope.params(), "after": after, "size": size, "skus": wanted})
    named = titles({row.product_id for row in found}, language)
    return [
        VariantNumbers(
            row.sku,
            variant_title(named.get(row.product_id, row.sku), json.loads(row.options)),
            row.public_id,
            row.is_kit,
            row.on_hand,
            row.reserved,
            row.atp,
            row.exposed,
            row.allotted,
            row.changed_at,
            tuple(_shown(json.loads(row.shown), known)),
        )
        for row in found
    ]


def every_variant(scope: Scope, *, language: str, size: int = 2000) -> Iterator[VariantNumbers]:
    """All of them, a page at a time: for files."""
    after = ""
    while found := variant_numbers(scope, language=language, after=after, size=size):
        yield from found
        after = found[-1].sku


def _shown(rows: Sequence[Mapping[str, Any]], known: Mapping[int, AccountRef]) -> Iterator[Shown]:
    for row in rows:
        if row["account"] in known:
            yield Shown(known[row["account"]], row["quantity"], datetime.fromisoformat(row["at"]) if row["at"] else None)
