"""Rows of a file as products: each cell cleaned by the field it means, each refusal with its column."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext

from entrepot.base import outside
from entrepot.base.errors import UserError
from entrepot.base.money import decimals
from entrepot.base.tabular import unescaped
from entrepot.catalog import values
from entrepot.catalog.imports import fields, parsing
from entrepot.catalog.imports.errors import CannotRead, RowRefused
from entrepot.catalog.imports.mappings import columns_of
from entrepot.catalog.imports.table import Table
from entrepot.catalog.imports.types import BrokenRow, FileMapping, Row, RowError
from entrepot.people.deployment import base_currency

SAMPLE = 1_000  # rows from which the decimal sign is told
NUMBERS = frozenset({"price", "cost", "weight_g", "weight_kg", "length_mm", "width_mm", "height_mm", "low_stock_at"})
_OPTION = re.compile(r"option([123])_(name|value)")
_BETWEEN_PICTURES = re.compile(r"[\s|]+")
_MOST_MONEY = 10**15


@dataclass(slots=True)
class ProductRow:
    """What one row says; what it leaves empty is not in it, and stays as it is. ``options`` None: the row names none."""

    line: int
    sku: str
    code: str = ""
    variant: dict[str, Any] = field(default_factory=dict)
    product: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, dict[str, Any]] = field(default_factory=dict)
    options: dict[str, str] | None = None
    pictures: Sequence[str] = ()

    def plain(self) -> dict[str, Any]:
        """For a preview."""
        words = {f"{name}:{language}": value for language, text in self.texts.items() for name, value in text.items()}
        found = {"sku": self.sku, "product_code": self.code, **self.product, **self.variant, **words, **(self.options or {})}
        return {name: value for name, value in found.items() if value}


Take = Callable[[ProductRow, str], None]


class ProductReader:
    """Reads a table by a mapping. Raises: CannotRead when they do not fit each other."""

    def __init__(self, table: Table, mapping: FileMapping) -> None:
        self._table, self._settings = table, mapping.settings
        self._places = columns_of(mapping, table.headings)
        currency = self._settings.get("currency") or base_currency()
        if currency != base_currency() and {"price", "cost"} & set(self._places):
            message = gettext(
                "Prices of products are kept in {base}, those of this file are in {currency}. Convert them or leave the column out."
            ).format(base=base_currency(), currency=currency)
            raise CannotRead(message, line=1)
        self._decimals = decimals(currency)
        self._sign = self._settings.get("decimal") or self._told_sign()
        self._language = values.language(self._settings.get("language") or "en")
        self.languages = sorted(
            {self._language_of(name) for name in self._places if name.partition(":")[0] in ("title", "description", "bullets")}
        )
        self._minor = lru_cache(maxsize=65536)(self._minor_of)
        self._columns = [(at, table.headings[at], self._taker(name)) for name, at in self._places.items() if not _OPTION.fullmatch(name)]
        self._options = self._option_columns()
        self._undo = unescaped if self._settings.get("escaped") else None

    @property
    def several_a_product(self) -> bool:
        """Whether several rows may describe one product."""
        return "product_code" in self._places

    def rows(self) -> Iterator[ProductRow | RowError]:
        """Every row of the table, in order."""
        for row in self._table.rows():
            if isinstance(row, BrokenRow):
                yield RowError(row.line, str(row.column), "broken_row", row.message)
                continue
            try:
                yield self._read(row)
            except RowRefused as no:
                yield RowError(row.line, no.column, no.reason, str(no), no.value)

    def _read(self, row: Row) -> ProductRow:
        found = ProductRow(row.line, "")
        cells = row.cells
        for at, heading, take in self._columns:
            cell = cells[at]
            if cell and not cell.isspace():
                try:
                    take(found, self._undo(cell) if self._undo and type(cell) is str else cell)
                except RowRefused as no:
                    raise RowRefused(no.reason, str(no), column=heading, value=cell) from None
                except UserError as no:
                    raise RowRefused(no.code, str(no), column=heading, value=cell) from None
        if not found.sku:
            raise RowRefused("no_sku", gettext("The row has no SKU."), column=self._table.headings[self._places["sku"]])
        if self._options:
            self._read_options(found, cells)
        return found

    def _read_options(self, found: ProductRow, cells: Sequence[str]) -> None:
        options: dict[str, str] = {}
        for name, name_at, at in self._options:
            value = cells[at].strip()
            called = cells[name_at].strip() if name_at is not None else name
            if not value:
                continue
            heading = self._table.headings[at]
            try:
                text = values.line_of_text(parsing.code_text(cells[at], heading), heading, 80)
            except RowRefused as no:  # a size such as 10-12 that became a day
                raise RowRefused(no.reason, str(no), column=heading, value=value) from None
            except UserError as no:
                raise RowRefused(no.code, str(no), column=heading, value=value) from None
            if not called:
                raise RowRefused("option_without_name", gettext("The option has a value and no name."), column=heading, value=value)
            options[called] = self._undo(text) if self._undo else text
        found.options = options or None

    def _option_columns(self) -> list[tuple[str, int | None, int]]:
        """(name, column of the name, column of the value) of each option."""
        named = self._settings.get("option_names") or []
        found = []
        for number in ("1", "2", "3"):
            at = self._places.get(f"option{number}_value")
            if at is not None:
                name_at = self._places.get(f"option{number}_name")
                default = named[int(number) - 1] if len(named) >= int(number) else self._table.headings[at]
                found.append((default, name_at, at))
        return found

    def _taker(self, name: str) -> Take:
        base, _, _ = name.partition(":")
        called = _called(base)
        if base in ("title", "description", "bullets"):
            return self._text_taker(base, self._language_of(name))
        if base in ("price", "cost"):
            return lambda row, cell: row.variant.__setitem__(f"{base}_minor", self._minor(cell))
        if base == "weight_kg":
            return lambda row, cell: row.variant.__setitem__("weight_g", self._grams(cell))
        if base in NUMBERS:
            return lambda row, cell: row.variant.__setitem__(base, values.amount(parsing.whole(cell, self._sign), called))
        simple: Mapping[str, Take] = {
            "sku": _take_sku,
            "product_code": _take_code,
            "gtin": lambda row, cell: row.variant.__setitem__("gtin", values.gtin(parsing.code_text(cell, called))),
            "brand": lambda row, cell: row.product.__setitem__("brand", values.line_of_text(cell, called, 80)),
            "category": lambda row, cell: row.product.__setitem__("category", values.line_of_text(cell, called, 120)),
            "origin_country": lambda row, cell: row.product.__setitem__("origin_country", values.country(cell)),
            "hs_code": lambda row, cell: row.product.__setitem__("hs_code", values.hs_code(parsing.code_text(cell, called))),
            "pictures": _take_pictures,
        }
        return simple[base]

    def _text_taker(self, name: str, language: str) -> Take:
        def title(row: ProductRow, cell: str) -> None:
            row.texts.setdefault(language, {})["title"] = values.line_of_text(cell, _called("title"), values.LONGEST_TITLE)

        def description(row: ProductRow, cell: str) -> None:
            row.texts.setdefault(language, {})["description"] = values.long_text(cell, _called("description"))

        def bullets(row: ProductRow, cell: str) -> None:
            lines = [values.line_of_text(line, _called("bullets"), 1000) for line in cell.splitlines()]
            row.texts.setdefault(language, {})["bullets"] = [line for line in lines if line]

        return {"title": title, "description": description, "bullets": bullets}[name]

    def _language_of(self, name: str) -> str:
        return name.partition(":")[2] or self._language

    def _minor_of(self, cell: str) -> int:
        amount = parsing.number(cell, self._sign)
        minor = amount.scaleb(self._decimals)
        if minor != minor.to_integral_value():
            raise RowRefused(
                "price_too_fine",
                gettext("“{cell}” is finer than the currency can pay ({decimals} decimals).").format(cell=cell, decimals=self._decimals),
            )
        if not 0 <= minor <= _MOST_MONEY:
            raise RowRefused("bad_value", gettext("A price cannot be {cell}.").format(cell=cell))
        return int(minor)

    def _grams(self, cell: str) -> int:
        grams = parsing.number(cell, self._sign) * 1000
        if grams != grams.to_integral_value():
            raise RowRefused("not_whole", gettext("“{cell}” kg is finer than a gram.").format(cell=cell))
        return values.amount(int(grams), _called("weight_kg")) or 0

    def _told_sign(self) -> str | None:
        places = [at for name, at in self._places.items() if name in NUMBERS]
        if not places:
            return None
        rows = [row for row in islice(self._table.rows(), SAMPLE) if isinstance(row, Row)]
        return parsing.decimal_sign_of(row.cells[at] for row in rows for at in places)


def _called(field: str) -> Promise:
    return fields.PRODUCTS[field][0]


def _take_sku(row: ProductRow, cell: str) -> None:
    row.sku = values.sku(parsing.code_text(cell, "SKU"))


def _take_code(row: ProductRow, cell: str) -> None:
    row.code = values.code(parsing.code_text(cell, _called("product_code")), _called("product_code"))


def _take_pictures(row: ProductRow, cell: str) -> None:
    row.pictures = [one for one in _BETWEEN_PICTURES.split(cell) if one]
    for url in row.pictures:
        outside.check_address(url, inside=settings.DEMO)
