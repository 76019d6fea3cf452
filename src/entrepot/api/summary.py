"""The summary: sales per channel and market, and each variant's stock beside what every channel shows, each with its age."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query

from entrepot.api.access import caller
from entrepot.api.door import Door
from entrepot.api.shapes import AccountOut, Answered, Limit, account_out, age
from entrepot.base import clock
from entrepot.base.money import Money
from entrepot.base.tabular import csv_lines
from entrepot.insight.queries.summary import every_variant, summary, variant_numbers
from entrepot.insight.types import MarketSales, Period, Sales, Summary, VariantNumbers
from entrepot.people.types import Right

door = Door(tags=["summary"])

After = Annotated[str, Query("", max_length=80, description="`next` of the page before: a SKU.")]
SALES = ("orders", "units", "revenue", "currency", "canceled_orders", "unpriced_orders")


class SalesOut(Answered):
    """Revenue in minor units of the base currency. `unpriced`: orders whose exchange rate is not known yet."""

    orders: int
    units: int
    revenue_minor: int
    canceled_orders: int
    unpriced: int


class Periods(Answered):
    """Windows that end now."""

    hour: SalesOut
    day: SalesOut
    week: SalesOut


class MarketOut(Answered):
    """`known_until`: every order the channel dated up to then is counted; `age_s`: how long ago that is."""

    account: AccountOut
    market: str
    sales: Periods
    known_until: datetime | None
    age_s: int | None


class ShownNow(Answered):
    account: AccountOut
    quantity: int | None
    at: datetime | None
    age_s: int | None


class VariantNow(Answered):
    """`age_s`: since the stock last changed."""

    sku: str
    title: str
    product: UUID
    is_kit: bool
    on_hand: int
    reserved: int
    available_to_promise: int
    exposed: int
    policy: Literal["pooled", "allotted"]
    changed_at: datetime | None
    age_s: int | None
    shown: list[ShownNow]


class SummaryOut(Answered):
    """`next`: the SKU to send as `after` for more variants; null: these were the last."""

    at: datetime
    currency: str
    known_until: datetime | None
    age_s: int | None
    rows: list[MarketOut]
    totals: Periods
    variants: list[VariantNow]
    next: str | None


@door.reads("/summary", needs=Right.SEE, answer=SummaryOut, summary="Sales and stock over all channels, now")
def read_summary(request: HttpRequest, after: After = "", limit: Limit = 50) -> Any:
    who, now = caller(request), clock.now()
    found = summary(who.scope, now)
    variants = variant_numbers(who.scope, language=who.language, after=after, size=limit + 1)
    return SummaryOut(
        at=found.at,
        currency=found.currency,
        known_until=found.known_until,
        age_s=age(found.known_until, now),
        rows=[_market(row, now) for row in found.rows],
        totals=Periods(**{period.value: _sales(sales) for period, sales in found.totals.items()}),
        variants=[_variant(row, now) for row in variants[:limit]],
        next=variants[limit - 1].sku if len(variants) > limit else None,
    )


@door.reads(
    "/summary.csv",
    needs=Right.EXPORT,
    answer=None,
    summary="The same as a file",
    openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def download_summary(request: HttpRequest, part: Literal["sales", "variants"] = "sales") -> Any:
    """`sales`: one row an account, market and period, then the totals. `variants`: one row a variant and channel."""
    who, now = caller(request), clock.now()
    if part == "sales":
        headings, rows = sales_table(summary(who.scope, now), now)
    else:
        headings, rows = variants_table(every_variant(who.scope, language=who.language), now)
    name = f"entrepot-{part}-{now:%Y%m%d-%H%M}.csv"
    return StreamingHttpResponse(
        csv_lines(headings, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


Table = tuple[Sequence[str], Iterator[Sequence[Any]]]


def sales_table(found: Summary, now: datetime) -> Table:
    """Headings and rows of the sales; "all" stands for the totals."""

    def rows() -> Iterator[Sequence[Any]]:
        for row in found.rows:
            for period in Period:
                yield (
                    row.account.name, row.account.channel, row.market, period.value, *_cells(row.sales[period], found.currency),
                    row.known_until, age(row.known_until, now),
                )  # fmt: skip
        for period in Period:
            yield (
                "all", "all", "all", period.value, *_cells(found.totals[period], found.currency), found.known_until,
                age(found.known_until, now),
            )  # fmt: skip

    return ("account", "channel", "market", "period", *SALES, "known_until", "age_s"), rows()


def variants_table(found: Iterator[VariantNumbers], now: datetime) -> Table:
    """Headings and rows: a variant on three channels has three rows, one on none a row without a channel."""

    def rows() -> Iterator[Sequence[Any]]:
        for one in found:
            stock = (
                one.sku, one.title, one.on_hand, one.reserved, one.atp, one.exposed, "allotted" if one.allotted else "pooled",
                one.changed_at, age(one.changed_at, now),
            )  # fmt: skip
            for shown in one.shown:
                yield (*stock, shown.account.name, shown.account.channel, shown.quantity, shown.at, age(shown.at, now))
            if not one.shown:
                yield (*stock, "", "", None, None, None)

    headings = (
        "sku", "title", "on_hand", "reserved", "available_to_promise", "exposed", "policy", "changed_at", "age_s",
        "account", "channel", "shown", "shown_at", "shown_age_s",
    )  # fmt: skip
    return headings, rows()


def _cells(sales: Sales, currency: str) -> tuple[Any, ...]:
    return (
        sales.orders, sales.units, Money(sales.revenue_minor, currency).major(), currency, sales.canceled_orders, sales.unpriced
    )  # fmt: skip


def _market(row: MarketSales, now: datetime) -> MarketOut:
    return MarketOut(
        account=account_out(row.account),
        market=row.market,
        sales=Periods(**{period.value: _sales(sales) for period, sales in row.sales.items()}),
        known_until=row.known_until,
        age_s=age(row.known_until, now),
    )


def _sales(sales: Sales) -> SalesOut:
    return SalesOut(
        orders=sales.orders,
        units=sales.units,
        revenue_minor=sales.revenue_minor,
        canceled_orders=sales.canceled_orders,
        unpriced=sales.unpriced,
    )


def _variant(one: VariantNumbers, now: datetime) -> VariantNow:
    return VariantNow(
        sku=one.sku,
        title=one.title,
        product=one.product,
        is_kit=one.is_kit,
        on_hand=one.on_hand,
        reserved=one.reserved,
        available_to_promise=one.atp,
        exposed=one.exposed,
        policy="allotted" if one.allotted else "pooled",
        changed_at=one.changed_at,
        age_s=age(one.changed_at, now),
        shown=[ShownNow(account=account_out(s.account), quantity=s.quantity, at=s.at, age_s=age(s.at, now)) for s in one.shown],
    )
