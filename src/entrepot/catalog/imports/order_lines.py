"""Rows of a file as lines of orders: what each sells, whether it is a charge or a cancellation, and why it cannot be taken."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from django.utils.translation import gettext

from entrepot.base.errors import UserError
from entrepot.base.ids import Sku
from entrepot.base.money import decimals
from entrepot.base.tabular import unescaped
from entrepot.catalog import values
from entrepot.catalog.imports import fields, parsing
from entrepot.catalog.imports.errors import RowRefused
from entrepot.catalog.imports.mappings import columns_of
from entrepot.catalog.imports.product_rows import SAMPLE
from entrepot.catalog.imports.table import Table
from entrepot.catalog.imports.types import BrokenRow, FileMapping, Row, RowError

ADDRESS = ("buyer_id", "buyer_name", "email", "phone", "ship_to", "street", "city", "region", "postcode", "country")
LONGEST_NUMBER = 80
_MOST_MONEY = 10**15
Value = TypeVar("Value")


@dataclass(slots=True)
class FileLine:
    """One line of an order as the file has it. ``quantity`` is above 0 also where the order is a cancellation."""

    line: int
    number: str  # of the order
    line_number: str
    sku: Sku
    title: str
    quantity: int
    unit_price_minor: int
    placed_at: datetime
    canceled: bool
    charge: bool
    address: Mapping[str, str]


@dataclass(slots=True)
class Named:
    """What a row calls a product, whether or not the row itself can be taken. ``sold``: at a price."""

    line: int
    sku: str
    title: str
    sold: bool


class LineReader:
    """Reads a table by a mapping of orders, amounts in its currency or else in ``currency``. Raises: CannotRead when they do not fit."""

    def __init__(self, table: Table, mapping: FileMapping, currency: str) -> None:
        self._table, self._settings = table, mapping.settings
        self._places = columns_of(mapping, table.headings)
        self.currency = str(self._settings.get("currency") or currency)
        self._decimals = decimals(self.currency)
        self._zone = self._settings.get("time_zone") or "UTC"
        self._form = self._settings.get("time_form") or ""
        self._prefix = self._settings.get("canceled_prefix") or ""
        self._charges = frozenset(values.fold(code) for code in self._settings.get("charges") or ())
        self._undo: Callable[[str], str] = unescaped if self._settings.get("escaped") else str
        self._sign = self._settings.get("decimal") or self._told_sign()
        self._address = [(name, self._places[name]) for name in ADDRESS if name in self._places]
        self._sku = lru_cache(maxsize=65536)(self._sku_of)
        self._minor = lru_cache(maxsize=65536)(self._minor_of)

    def is_charge(self, sku: str) -> bool:
        """Postage, fees, discounts and the like: no goods."""
        return values.fold(sku) in self._charges

    def names(self) -> Iterator[tuple[str, Named | RowError]]:
        """Every row in order, with the number of its order, as the product it names; a row that names none, or a charge, as an error."""
        number_at, title_at = self._places["order_number"], self._places.get("title")
        for row in self._table.rows():
            if isinstance(row, BrokenRow):
                yield "", _broken(row)
                continue
            number = row.cells[number_at].strip()
            try:
                sku = self._clean("sku", row.cells, self._sku)
                if self.is_charge(sku):
                    raise self._refused("charge", gettext("{sku} is a charge, not a product.").format(sku=sku), "sku", sku)
            except RowRefused as no:
                yield number, RowError(row.line, no.column, no.reason, str(no), no.value)
                continue
            title = "" if title_at is None else self._undo(row.cells[title_at])
            yield number, Named(row.line, sku, title, sold=self._priced(row.cells))

    def lines(self) -> Iterator[tuple[str, FileLine | RowError]]:
        """Every row in order, with the number of its order ("" where the row is broken)."""
        number_at = self._places["order_number"]
        for row in self._table.rows():
            if isinstance(row, BrokenRow):
                yield "", _broken(row)
                continue
            number = row.cells[number_at].strip()
            try:
                yield number, self._read(row, number)
            except RowRefused as no:
                yield number, RowError(row.line, no.column, no.reason, str(no), no.value)

    def _read(self, row: Row, number: str) -> FileLine:
        cells = row.cells
        if not 0 < len(number) <= LONGEST_NUMBER:
            raise self._refused(
                "no_order_number",
                gettext("The order number is empty or longer than {most} characters.").format(most=LONGEST_NUMBER),
                "order_number",
                number,
            )
        sku = self._clean("sku", cells, self._sku)
        canceled = bool(self._prefix) and number.startswith(self._prefix)
        quantity = self._quantity(cells, canceled)
        at = self._places.get("title")
        title = "" if at is None else values.line_of_text(self._undo(cells[at]), fields.ORDERS["title"][0], 100_000)[: values.LONGEST_TITLE]
        at = self._places.get("line_number")
        return FileLine(
            line=row.line,
            number=number,
            line_number="" if at is None else cells[at].strip(),
            sku=sku,
            title=title,
            quantity=quantity,
            unit_price_minor=self._clean("unit_price", cells, self._minor),
            placed_at=self._clean("placed_at", cells, lambda cell: parsing.instant(cell, self._zone, self._form)),
            canceled=canceled,
            charge=values.fold(sku) in self._charges,
            address={name: text for name, place in self._address if (text := self._undo(cells[place].replace("\x00", "").strip()))},
        )

    def _quantity(self, cells: Sequence[str], canceled: bool) -> int:
        """Units above 0. A cancellation is written as a negative number; a negative number elsewhere is no sale."""
        quantity = self._clean("quantity", cells, lambda cell: parsing.whole(cell.strip(), self._sign))
        cell = cells[self._places["quantity"]]
        if canceled and quantity > 0:
            raise self._refused(
                "not_a_cancellation", gettext("The order is a cancellation, but its quantity is not negative."), "quantity", cell
            )
        if quantity < 0 and not canceled:
            if self._priced(cells):
                raise self._refused(
                    "negative_quantity", gettext("A negative quantity at a price, in an order that is no cancellation."), "quantity", cell
                )
            message = gettext("A negative quantity without a price corrects stock; nobody ordered anything.")
            raise self._refused("stock_adjustment", message, "quantity", cell)
        if quantity == 0:
            raise self._refused("no_quantity", gettext("The quantity is 0."), "quantity", cell)
        return abs(quantity)

    def _priced(self, cells: Sequence[str]) -> bool:
        """Whether there is a price above 0, also one finer than the currency."""
        try:
            return self._minor(cells[self._places["unit_price"]]) > 0
        except RowRefused as no:
            return no.reason == "price_too_fine"

    def _clean(self, field: str, cells: Sequence[str], clean: Callable[[str], Value]) -> Value:
        cell = cells[self._places[field]]
        try:
            return clean(cell)
        except RowRefused as no:
            raise self._refused(no.reason, str(no), field, cell) from None
        except UserError as no:
            raise self._refused(no.code, str(no), field, cell) from None

    def _refused(self, reason: str, message: str, field: str, value: str) -> RowRefused:
        return RowRefused(reason, message, column=self._table.headings[self._places[field]], value=value)

    def _sku_of(self, cell: str) -> Sku:
        return values.sku(parsing.code_text(self._undo(cell) if type(cell) is str else cell, "SKU"))

    def _minor_of(self, cell: str) -> int:
        minor = parsing.number(cell.strip(), self._sign).scaleb(self._decimals)
        if minor != minor.to_integral_value():
            message = gettext("{cell} {currency} is finer than {currency} can pay ({decimals} decimals).").format(
                cell=cell, currency=self.currency, decimals=self._decimals
            )
            raise RowRefused("price_too_fine", message)
        if not 0 <= minor <= _MOST_MONEY:
            raise RowRefused("wrong_price", gettext("A price cannot be {cell}.").format(cell=cell))
        return int(minor)

    def _told_sign(self) -> str | None:
        places = [self._places["quantity"], self._places["unit_price"]]
        rows = [row for row in islice(self._table.rows(), SAMPLE) if isinstance(row, Row)]
        return parsing.decimal_sign_of(row.cells[at] for row in rows for at in places)


def _broken(row: BrokenRow) -> RowError:
    return RowError(row.line, str(row.column), "broken_row", row.message)
