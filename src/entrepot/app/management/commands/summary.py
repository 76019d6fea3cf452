"""entrepot summary: sales per channel and market, now."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any

from entrepot.api.summary import sales_table, variants_table
from entrepot.app.management.plain import PlainCommand
from entrepot.base import clock
from entrepot.base.money import Money
from entrepot.base.tabular import csv_lines
from entrepot.insight.queries.summary import every_variant, summary
from entrepot.insight.types import Period, Sales
from entrepot.people.scope import EVERYTHING

HEADINGS = ("account", "market", "period", "orders", "units", "revenue", "canceled", "known until")


class Command(PlainCommand):
    help = "Show orders, units, revenue and cancellations per channel and market for the last hour, day and 7 days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--csv", choices=["sales", "variants"], help="write a CSV file instead: the sales, or every variant's stock")

    def work(self, options: Mapping[str, Any]) -> None:
        csv, now = options["csv"], clock.now()
        if csv is None:
            self.say_table(HEADINGS, _rows())
            return
        table = (
            sales_table(summary(EVERYTHING, now), now) if csv == "sales" else variants_table(every_variant(EVERYTHING, language="en"), now)
        )
        for line in csv_lines(*table):
            self.stdout.write(line, ending="")


def _rows() -> Iterator[tuple[Any, ...]]:
    found = summary(EVERYTHING, clock.now())
    for row in found.rows:
        for period in Period:
            yield row.account.name, row.market, period.value, *_cells(row.sales[period], found.currency), row.known_until
    for period in Period:
        yield "all", "all", period.value, *_cells(found.totals[period], found.currency), found.known_until


def _cells(sales: Sales, currency: str) -> tuple[Any, ...]:
    return sales.orders, sales.units, str(Money(sales.revenue_minor, currency)), sales.canceled_orders
