"""Numbers, times and codes of cells; headings that mean our fields; what suits no cell (F49, F51)."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base import tabular
from entrepot.catalog.imports import fields, parsing
from entrepot.catalog.imports.errors import RowRefused
from entrepot.catalog.imports.types import DateText, NumberText


@pytest.mark.parametrize(
    ("text", "sign", "number"),
    [
        ("12", None, "12"),
        ("12.5", None, "12.5"),
        ("12,50", None, "12.50"),
        ("1.234,56", None, "1234.56"),
        ("1,234.56", None, "1234.56"),
        ("1.234.567", None, "1234567"),
        ("1,234,567", None, "1234567"),
        ("0,125", None, "0.125"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ",", "1234"),
        ("1 234,50", ",", "1234.50"),
        ("1'234.50", ".", "1234.50"),
        ("€ 12,50", ",", "12.50"),
        ("12.50 EUR", ".", "12.50"),
        ("¥1,200.00", None, "1200.00"),
        ("１２．５０", ".", "12.50"),
        ("-3", None, "-3"),
        ("−3", ".", "-3"),
        (NumberText("1.234"), ",", "1.234"),
    ],
)
def test_f51_a_number_is_read_by_the_files_own_signs(text: str, sign: str | None, number: str) -> None:
    assert parsing.number(text, sign) == Decimal(number)


@pytest.mark.parametrize("text", ["1,234", "12.345", "123.456"])
def test_f51_a_number_that_could_be_two_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(RowRefused, match="Say in the mapping which sign is the decimal sign") as no:
        parsing.number(text, None)
    assert no.value.reason == "ambiguous_number"


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "1.2.3", "12,34.5.6", "--3", "1e5", "=1+1"])
def test_f51_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(RowRefused) as no:
        parsing.number(text, ".")
    assert no.value.reason == "not_a_number"


def test_f51_the_decimal_sign_is_told_by_the_numbers_that_show_it() -> None:
    assert parsing.decimal_sign_of(["12", "1,234", "9,90"]) == ","
    assert parsing.decimal_sign_of(["1,234.50"]) == "."
    assert parsing.decimal_sign_of(["1,234", "7"]) is None
    assert parsing.decimal_sign_of(["9,90", "9.90"]) is None


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_f51_the_same_amount_written_in_two_countries_is_the_same_number(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02d}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert parsing.number(english, ".") == parsing.number(german, ",") == Decimal(whole * 100 + cents).scaleb(-2)


def test_f51_a_code_that_the_spreadsheet_has_changed_is_refused() -> None:
    with pytest.raises(RowRefused, match="into a date") as no:
        parsing.code_text(DateText("2024-10-12"), "SKU")
    assert no.value.reason == "turned_into_a_date"
    with pytest.raises(RowRefused, match="15 digits"):
        parsing.code_text(NumberText("1234567890123460"), "SKU")
    assert parsing.code_text(NumberText("4006381333931"), "GTIN") == "4006381333931"


def test_times_of_a_zone_become_utc_in_winter_and_summer() -> None:
    assert parsing.instant("2010-12-01 08:26:00", "Europe/London", "") == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert parsing.instant("2011-06-30 20:08:00", "Europe/London", "") == datetime(2011, 6, 30, 19, 8, tzinfo=UTC)
    assert parsing.instant("2024/01/02 03:04", "UTC", "") == datetime(2024, 1, 2, 3, 4, tzinfo=UTC)
    assert parsing.instant("2024-01-02T03:04:05+08:00", "Europe/London", "") == datetime(2024, 1, 1, 19, 4, 5, tzinfo=UTC)
    assert parsing.instant("03.04.2024", "UTC", "%d.%m.%Y") == datetime(2024, 4, 3, tzinfo=UTC)
    with pytest.raises(RowRefused, match="Or name another form in the mapping"):
        parsing.instant("03/04/2024", "UTC", "")


def test_columns_are_proposed_by_what_people_call_them() -> None:
    english = fields.suggestions("products", ["Seller SKU", "Product Name", "Variant Price", "EAN", "Weight (g)", "Whatever"])
    assert english == {"sku": "Seller SKU", "title": "Product Name", "price": "Variant Price", "gtin": "EAN", "weight_g": "Weight (g)"}
    chinese = fields.suggestions("products", ["商品编码", "商品名称", "售价", "条形码", "原产国"])
    assert chinese == {"sku": "商品编码", "title": "商品名称", "price": "售价", "gtin": "条形码", "origin_country": "原产国"}
    orders = fields.suggestions(
        "orders", ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
    )
    assert list(orders.values()) == [
        "InvoiceNo",
        "StockCode",
        "Description",
        "Quantity",
        "UnitPrice",
        "InvoiceDate",
        "CustomerID",
        "Country",
    ]


# --- written for spreadsheets --------------------------------------------------------------------------------------

DANGEROUS = ["=1+1", "+49 170 1", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=cmd|" /C calc"!A0']


@pytest.mark.parametrize("text", DANGEROUS)
def test_f49_a_cell_that_a_spreadsheet_would_run_is_escaped_and_comes_back(text: str) -> None:
    assert tabular.escaped(text) == f"'{text}"
    assert tabular.unescaped(str(tabular.escaped(text))) == text


@given(st.text(alphabet=st.sampled_from("'=+-@a1 \t"), max_size=6))
def test_f49_escaping_loses_nothing(text: str) -> None:
    shown = str(tabular.escaped(text))
    assert not shown.startswith(tabular.RISKY)
    assert tabular.unescaped(shown) == text


def test_f49_a_csv_export_holds_no_formula_and_keeps_numbers() -> None:
    rows = [[text, -5, Decimal("-1.50"), None, date(2024, 1, 2)] for text in DANGEROUS]
    text = "".join(tabular.csv_lines(["=heading", "n", "d", "nothing", "day"], rows))
    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text[1:], newline="")))
    assert read[0][0] == "'=heading"
    assert [row[0] for row in read[1:]] == [f"'{one}" for one in DANGEROUS]
    assert read[1][1:] == ["-5", "-1.50", "", "2024-01-02"]


def test_f49_a_nul_cannot_hide_a_formula() -> None:
    assert tabular.escaped("\x00=1+1") == "'=1+1"


def test_f49_an_xlsx_export_holds_text_and_no_formula() -> None:
    out = io.BytesIO()
    tabular.write_xlsx(out, ["sku", "title"], [["00123", "=1+1"], ["1E5", "10-12"]])
    sheet = openpyxl.load_workbook(out).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["sku", "title"], ["00123", "'=1+1"], ["1E5", "10-12"]]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
