"""A catalog out of order lines: their codes become variants, the words that goods were sold under become titles (decision 0003)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from entrepot.catalog import queries, values
from entrepot.catalog.imports.errors import RowRefused
from entrepot.catalog.imports.order_lines import LineReader, Named
from entrepot.catalog.imports.product_page import ProductPage
from entrepot.catalog.imports.product_rows import ProductRow
from entrepot.catalog.imports.runs import PAGE, Run
from entrepot.catalog.imports.table import Table
from entrepot.catalog.imports.types import FileMapping, RowError
from entrepot.people.deployment import base_currency


@dataclass(slots=True)
class _Code:
    """One product of the file: as first typed, with all it was called. Words that it was never sold under are notes of the staff."""

    sku: str
    line: int
    lines: int = 0
    sold_as: Counter[str] = field(default_factory=Counter)
    unsold: Counter[str] = field(default_factory=Counter)

    @property
    def title(self) -> str:
        """The words it was sold under most often; of equally frequent ones the first."""
        return max(self.sold_as, key=lambda title: self.sold_as[title], default="")


@dataclass(frozen=True)
class LinesCatalog:
    """What the lines of a file name. ``case_only``: spellings, of charges too, that differ from another one by case only."""

    codes: Mapping[str, _Code]
    case_only: int

    @property
    def variants(self) -> int:
        return len(self.codes)

    def descriptions(self) -> dict[str, int]:
        """For the report: what was missing, there twice, or no description."""
        titles = Counter(code.title for code in self.codes.values() if code.title)
        return {
            "codes_differing_by_case_only": self.case_only,
            "variants_without_description": sum(1 for code in self.codes.values() if not code.title),
            "variants_with_several_descriptions": sum(1 for code in self.codes.values() if len(code.sold_as) > 1),
            "titles_of_several_variants": sum(1 for count in titles.values() if count > 1),
            "notes_left_out": sum(sum(n for words, n in code.unsold.items() if words not in code.sold_as) for code in self.codes.values()),
        }


def read_catalog(names: Iterable[Named | RowError], *, refused: Callable[[RowError], None] = lambda error: None) -> LinesCatalog:
    """One pass over the lines; memory is what the catalog needs, not what the file has. ``refused`` gets the rows that name no product."""
    codes: dict[str, _Code] = {}
    spelled: set[str] = set()
    for named in names:
        if isinstance(named, RowError):
            refused(named)
            if named.reason == "charge":
                spelled.add(named.value)
            continue
        spelled.add(named.sku)
        key = values.fold(named.sku)
        code = codes.get(key)
        if code is None:
            code = codes[key] = _Code(named.sku, named.line)
        code.lines += 1
        if title := " ".join(named.title.split()):
            (code.sold_as if named.sold else code.unsold)[title[: values.LONGEST_TITLE]] += 1
    return LinesCatalog(codes, len(spelled) - len({values.fold(sku) for sku in spelled}))


def create_missing(catalog: LinesCatalog, *, language: str, actor: str, source: str) -> set[str]:
    """Variants for the codes that have none, a page a transaction; the (folded) codes made. What exists is never changed by history."""
    known = {values.fold(sku) for sku in queries.variants_of(code.sku for code in catalog.codes.values())}
    missing = iter([code for key, code in catalog.codes.items() if key not in known])
    while page := list(islice(missing, PAGE)):
        rows = [ProductRow(code.line, code.sku, texts={language: {"title": code.title}} if code.title else {}) for code in page]
        with transaction.atomic():
            applied = ProductPage(rows, [language])
            applied.apply(actor=actor, source=source)
        if applied.errors:
            error = applied.errors[0]
            raise RowRefused(error.reason, gettext("Line {line}: {message}").format(line=error.line, message=error.message))
    return set(catalog.codes) - known


def import_products_of_lines(table: Table, mapping: FileMapping, run: Run, *, actor: str, source: str) -> dict[str, Any]:
    """The catalog of a file of order lines, without the orders; the report."""
    reader = LineReader(table, mapping, base_currency())
    catalog = read_catalog((named for _, named in reader.names()), refused=run.reject)
    made = create_missing(catalog, language=mapping.settings.get("language") or "en", actor=actor, source=source)
    imported = sum(code.lines for code in catalog.codes.values())
    unchanged = sum(code.lines for key, code in catalog.codes.items() if key not in made)
    with transaction.atomic():
        run.write(lines=imported + sum(run.row.rejected.values()), imported=imported, unchanged=unchanged)
    return report_of(run, catalog, currency=reader.currency)


def report_of(run: Run, catalog: LinesCatalog, *, currency: str, **sums: int) -> dict[str, Any]:
    """The report of issue 2, with what is said about descriptions beside it."""
    orders = {name: sums.get(name, 0) for name in ("orders", "canceled_orders", "countries", "units", "revenue_minor")}
    counts = {"lines": run.row.lines, "imported": run.row.imported, "rejected": dict(run.row.rejected), "variants": catalog.variants}
    return {**counts, **orders, "currency": currency, "descriptions": catalog.descriptions()}
