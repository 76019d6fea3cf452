"""Past orders out of files: all of the real history reconciled by a plain loop, and each rule on a few lines."""

import csv
import io
import json
import lzma
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import F, Min, Sum

from entrepot.catalog.imports.mappings import mapping_named
from entrepot.catalog.models import Product, ProductText, Variant
from entrepot.channels.models import Account
from entrepot.inventory.models import StockMove
from entrepot.orders.history import preview_orders
from entrepot.orders.models import OrderBuyer, OrderEvent, OrderLine, OrderQuarantine, SalesOrder
from entrepot.orders.updates import opened_buyer
from entrepot.people import deployment
from entrepot.people.models import Deployment
from tests.shared import shared

pytestmark = pytest.mark.django_db
HISTORY = ("data", "online-retail", "2010-12_2011-06.csv.xz")
CHARGES = {"AMAZONFEE", "BANK CHARGES", "C2", "D", "DOT", "M", "POST", "S"}
HEADINGS = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


@pytest.fixture(autouse=True)
def seller(db: None) -> None:
    deployment.set_up(base_currency_code="GBP", time_zone="Europe/London", demo=False)


def imported(kind: str, file: Path, folder: Path, account: str = "History") -> tuple[dict[str, object], str]:
    """The report of `entrepot import`, and what it told."""
    report, told = folder / "report.json", io.StringIO()
    where = ["--account", account] if kind == "orders" else []
    call_command("import", kind, str(file), "--mapping", "online-retail", "--report", str(report), *where, stdout=told)
    return json.loads(report.read_text()), told.getvalue()


# --- the real history ----------------------------------------------------------------------------------------------


@dataclass
class Expected:
    """What a plain loop over the file finds."""

    lines: int = 0
    adjustments: int = 0
    too_fine: int = 0
    variants: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    canceled: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    units: int = 0
    revenue: Decimal = Decimal(0)
    charge_lines: int = 0
    canceled_units: int = 0
    first_at: dict[str, str] = field(default_factory=dict)
    lines_of: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    titles: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))


def rows(file: Path) -> Iterator[list[str]]:
    with lzma.open(file, "rt", encoding="utf-8", newline="") as text:
        table = csv.reader(text)
        next(table)
        yield from table


def counted(file: Path) -> Expected:
    found = Expected()
    for invoice, code, words, quantity, at, price, _customer, country in rows(file):
        found.lines += 1
        if invoice.startswith("C"):
            found.canceled.add(invoice)
        key, units, amount = code.upper(), int(quantity), Decimal(price)
        if key not in CHARGES:
            found.variants.add(key)
            title = " ".join(words.split())
            if amount > 0 and title:
                found.titles[key][title] = found.titles[key].get(title, 0) + 1
        if units < 0 and not invoice.startswith("C"):
            found.adjustments += 1
            continue
        if amount * 100 % 1:
            found.too_fine += 1
            continue
        found.countries.add(country)
        found.first_at[invoice] = min(found.first_at.get(invoice, at), at)
        found.lines_of[invoice] += 1
        found.charge_lines += key in CHARGES
        if invoice.startswith("C"):
            found.canceled_units -= units
        else:
            found.orders.add(invoice)
            if key not in CHARGES:
                found.units += units
                found.revenue += units * amount
    return found


def test_the_real_history_is_imported_and_reconciled_line_by_line(tmp_path: Path) -> None:
    file = shared(*HISTORY)
    expected = counted(file)
    assert (expected.lines, expected.adjustments) == (245_903, 758)

    report, told = imported("orders", file, tmp_path)

    rejected = {"stock_adjustment": 758, "price_too_fine": expected.too_fine}
    assert report == {
        "lines": 245_903,
        "imported": 245_903 - sum(rejected.values()),
        "rejected": rejected,
        "variants": len(expected.variants),
        "orders": len(expected.orders),
        "canceled_orders": len(expected.canceled),
        "countries": len(expected.countries),
        "units": expected.units,
        "revenue_minor": int(expected.revenue * 100),
        "currency": "GBP",
    }
    assert "245,903 lines" in told
    assert "codes differing by case only: 90" in told
    _world_is_as_counted(expected)
    _a_second_time_changes_nothing(file, tmp_path, report)


def _world_is_as_counted(expected: Expected) -> None:
    """Not the report but the tables: orders, lines, times, sums, variants, titles; and no effect on stock."""
    with connection.cursor() as cursor:  # no statistics can know of rows that this test never commits: keep the planner from guessing few
        cursor.execute("SET LOCAL enable_nestloop = off")
    orders = SalesOrder.objects.all()
    assert orders.filter(historical=True, closed=True).count() == orders.count() == len(expected.orders) + len(expected.canceled)
    assert set(orders.filter(status="canceled").values_list("channel_order_id", flat=True)) == expected.canceled
    lines = OrderLine.objects.all()
    stored = lines.values_list("order__channel_order_id").annotate(n=Min("pk"))
    assert stored.count() == len(expected.lines_of)
    assert lines.count() == sum(expected.lines_of.values())
    assert lines.filter(kind="charge").count() == expected.charge_lines
    assert not lines.filter(kind="charge", variant__isnull=False).exists()
    assert not lines.filter(kind="product", variant__isnull=True).exists()
    sold = lines.filter(kind="product").exclude(order__status="canceled")
    assert sold.aggregate(units=Sum("fulfilled"), minor=Sum(F("quantity") * F("unit_price_minor"))) == {
        "units": expected.units,
        "minor": int(expected.revenue * 100),
    }
    canceled = lines.filter(order__status="canceled")
    assert canceled.aggregate(units=Sum("canceled"), left=Sum("fulfilled")) == {"units": expected.canceled_units, "left": 0}
    london = ZoneInfo("Europe/London")
    placed = {
        number: at.astimezone(london).strftime("%Y-%m-%d %H:%M:%S") for number, at in orders.values_list("channel_order_id", "placed_at")
    }
    assert placed == expected.first_at
    _catalog_is_as_counted(expected)
    assert not StockMove.objects.exists()
    assert not OrderQuarantine.objects.exists()


def _catalog_is_as_counted(expected: Expected) -> None:
    assert {sku.upper() for sku in Variant.objects.values_list("sku", flat=True)} == expected.variants
    assert Variant.objects.count() == Product.objects.count() == len(expected.variants)
    titles = {code.upper(): title for code, title in ProductText.objects.values_list("product__code", "title")}
    best = {code: max(of.values()) for code, of in expected.titles.items() if of}
    assert set(titles) == set(best)
    assert all(expected.titles[code][title] == best[code] for code, title in titles.items())
    assert not {"?", "damaged", "Damaged", "found", "check", "thrown away"} & set(titles.values())


def _a_second_time_changes_nothing(file: Path, folder: Path, report: dict[str, object]) -> None:
    tables = (SalesOrder, OrderLine, OrderBuyer, OrderEvent, Product, Variant, ProductText, Account)
    before = [model.objects.count() for model in tables]
    again, told = imported("orders", file, folder)
    assert again == report
    assert "Nothing changed" in told
    products, told = imported("products", file, folder)
    assert "Nothing changed" in told
    assert (products["variants"], products["lines"]) == (report["variants"], report["lines"])
    assert [model.objects.count() for model in tables] == before


# --- the rules, on a few lines -------------------------------------------------------------------------------------


@pytest.fixture
def history(tmp_path: Path) -> Path:
    file = tmp_path / "history.csv"
    lines = [
        "1,10A,RED MUG,2,2011-01-05 13:41:00,2.50,7.0,France",
        "1,10A,RED MUG,2,2011-01-05 13:40:00,2.50,7.0,France",  # the same again is another line
        "1,POST,POSTAGE,1,2011-01-05 13:41:00,15.00,7.0,France",
        "2,10a,BLUE MUG,1,2011-07-01 12:00:00,3.00,,EIRE",
        "1,20,?,3,2011-01-05 13:42:00,0.0,7.0,France",  # the invoice goes on after another began
        "C3,10A,RED MUG,-1,2011-01-06 09:00:00,2.50,7.0,France",
        "4,20,damaged,-8,2011-01-06 09:00:00,0.0,,United Kingdom",
        "5,PADS,PADS,1,2011-01-06 09:00:00,0.001,,United Kingdom",
        "6,10A,RED MUG,1,2011-01-06 09:00:00,2.50,,Channel Islands",
        "7,M,Manual,1,2011-01-06 09:00:00,2.50,,Unspecified",
    ]
    file.write_text("\n".join([HEADINGS, *lines]) + "\n")
    return file


def test_cancellations_adjustments_charges_and_fine_prices_are_told_apart(history: Path, tmp_path: Path) -> None:
    report, _ = imported("orders", history, tmp_path)
    assert report == {
        "lines": 10,
        "imported": 8,
        "rejected": {"stock_adjustment": 1, "price_too_fine": 1},
        "variants": 3,
        "orders": 4,
        "canceled_orders": 1,
        "countries": 4,
        "units": 2 + 2 + 3 + 1 + 1,
        "revenue_minor": 250 * 2 + 250 * 2 + 0 + 300 + 250,
        "currency": "GBP",
    }
    canceled = SalesOrder.objects.get(channel_order_id="C3")
    assert (canceled.status, canceled.total_minor, canceled.closed) == ("canceled", 250, True)
    assert list(canceled.lines.values_list("quantity", "canceled", "fulfilled")) == [(1, 1, 0)]
    charge = OrderLine.objects.get(sku="POST")
    assert (charge.kind, charge.variant_id, charge.unit_price_minor) == ("charge", None, 1500)


def test_a_cancellation_is_counted_also_when_none_of_its_lines_could_be_taken(history: Path, tmp_path: Path) -> None:
    with history.open("a") as more:
        more.write("C8,10A,RED MUG,-1,2011-01-07 09:00:00,0.001,,Japan\n")
    report, _ = imported("orders", history, tmp_path)
    assert (report["canceled_orders"], report["orders"]) == (2, 4)
    assert SalesOrder.objects.filter(status="canceled").count() == 1


def test_line_key_is_invoice_and_place_so_that_equal_lines_stay_two(history: Path, tmp_path: Path) -> None:
    imported("orders", history, tmp_path)
    order = SalesOrder.objects.get(channel_order_id="1")
    assert list(order.lines.order_by("pk").values_list("channel_line_id", "sku", "quantity")) == [
        ("1", "10A", 2),
        ("2", "10A", 2),
        ("3", "POST", 1),
        ("4", "20", 3),
    ]
    assert order.placed_at == datetime(2011, 1, 5, 13, 40, tzinfo=UTC)
    assert order.total_minor == 2500


def test_codes_that_differ_by_case_are_one_variant_with_the_title_it_was_sold_under(history: Path, tmp_path: Path) -> None:
    _, told = imported("orders", history, tmp_path)
    assert dict(Variant.objects.values_list("sku", "product__texts__title")) == {"10A": "RED MUG", "20": None, "PADS": "PADS"}
    assert OrderLine.objects.get(sku="10a").variant_id == Variant.objects.get(sku="10A").pk
    assert "codes differing by case only: 1" in told
    assert "variants without description: 1" in told
    assert "variants with several descriptions: 1" in told
    assert "notes left out: 2" in told


def test_times_are_utc_buyers_are_numbers_and_countries_have_codes(history: Path, tmp_path: Path) -> None:
    imported("orders", history, tmp_path)
    summer = SalesOrder.objects.get(channel_order_id="2")
    assert (summer.placed_at, summer.country) == (datetime(2011, 7, 1, 11, 0, tzinfo=UTC), "IE")
    islands = SalesOrder.objects.get(channel_order_id="6")
    assert (islands.country, islands.region) == ("", "Channel Islands")
    assert opened_buyer(SalesOrder.objects.get(channel_order_id="1")) == {"buyer": {"remote_id": "7.0"}, "ship_to": {"country": "FR"}}
    account = Account.objects.get()
    assert (account.name, account.channel, account.market, account.currency) == ("History", "file", "GB", "GBP")


def test_importing_again_changes_nothing_and_says_so_and_a_longer_file_adds_only_what_is_new(history: Path, tmp_path: Path) -> None:
    first, told = imported("orders", history, tmp_path)
    assert "Nothing changed" not in told
    again, told = imported("orders", history, tmp_path)
    assert again == first
    assert "Nothing changed: every imported line was here already." in told
    with history.open("a") as more:
        more.write("8,30,NEW,1,2011-01-07 09:00:00,1.00,,Japan\n")
    longer, told = imported("orders", history, tmp_path)
    assert longer["orders"] == 5
    assert "8 of the imported lines were here already" in told
    assert SalesOrder.objects.count() == 6


def test_products_alone_come_from_the_same_file(history: Path, tmp_path: Path) -> None:
    report, _ = imported("products", history, tmp_path)
    assert (report["lines"], report["imported"], report["rejected"], report["variants"]) == (10, 8, {"charge": 2}, 3)
    assert not SalesOrder.objects.exists()


def test_an_order_that_cannot_be_taken_costs_its_own_lines_only(tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    rows_ = [
        "1,A,MUG,2000000,2011-01-05 13:41:00,2.50,,France",
        "2,A,MUG,1,2011-01-05 13:41:00,2.50,,France",
        "3,A,MUG,x,2011-01-05 13:41:00,2.50,,France",
    ]
    file.write_text("\n".join([HEADINGS, *rows_, "4,A,MUG,1,sometime,2.50,,France", ",A,MUG,1,2011-01-05 13:41:00,2.50,,France"]) + "\n")
    report, told = imported("orders", file, tmp_path)
    assert report["rejected"] == {"order_refused": 1, "not_a_number": 1, "not_a_time": 1, "no_order_number": 1}
    assert report["imported"] == report["orders"] == 1
    assert "line 4, Quantity: “x” is no number" in told


OWN = "order_number,sku,quantity,unit_price,placed_at,buyer_name,email,country\nN-1,A-1,2,12.50,2024-05-01T10:00:00+02:00,Ann,a@example.com,Germany\n"


def test_orders_in_our_own_words_keep_unknown_skus_and_take_the_accounts_currency(tmp_path: Path) -> None:
    file, told = tmp_path / "own.csv", io.StringIO()
    file.write_text(OWN)
    call_command("import", "orders", str(file), "--mapping", "entrepot", "--account", "Shop", stdout=told)
    order = SalesOrder.objects.get()
    assert (order.placed_at, order.currency, order.total_minor, order.country) == (datetime(2024, 5, 1, 8, tzinfo=UTC), "GBP", 2500, "DE")
    assert opened_buyer(order)["buyer"] == {"name": "Ann", "email": "a@example.com"}
    assert list(order.lines.values_list("sku", "variant_id", "fulfilled", "short")) == [("A-1", None, 2, 0)]
    assert not Variant.objects.exists()


def test_totals_are_converted_to_the_base_currency_also_on_a_day_without_a_rate(history: Path, tmp_path: Path) -> None:
    Deployment.objects.update(base_currency="EUR")
    deployment.base_currency.cache_clear()
    history.write_text(history.read_text().replace("2011-01-06", "2011-01-09"))  # a Sunday
    try:
        imported("orders", history, tmp_path)
    finally:
        deployment.base_currency.cache_clear()
    order = SalesOrder.objects.get(channel_order_id="6")
    assert (order.total_minor, order.base_rate_date) == (250, date(2011, 1, 7))
    assert order.base_total_minor == round(250 * order.base_rate)


def test_a_preview_of_orders_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(OWN + "N-2,A-1,x,1.00,2024-05-01,,,\n")
    shown = preview_orders(file, mapping_named("entrepot", "orders"), currency="EUR")
    assert [(line, row["sku"], row["quantity"], row["unit_price_minor"]) for line, row in shown.rows] == [(2, "A-1", 2, 1250)]
    assert [(error.line, error.column, error.reason) for error in shown.errors] == [(3, "quantity", "not_a_number")]
    assert shown.suggested["email"] == "email"
    assert not SalesOrder.objects.exists()


def test_a_setting_without_a_column_changes_the_saved_mapping_and_its_preview(tmp_path: Path) -> None:
    file, told = tmp_path / "own.csv", io.StringIO()
    file.write_text(OWN.replace("12.50", '"12,50"'))
    columns = [f"--column={name}={name}" for name in ("order_number", "sku", "quantity", "unit_price", "placed_at")]
    where = ["import", "orders", str(file), "--mapping", "mine", "--account", "Shop"]
    call_command(*where, *columns, "--setting", "decimal=.", "--setting", "market=DE", stdout=io.StringIO())
    assert not SalesOrder.objects.exists()
    call_command(*where, "--setting", "decimal=,", "--preview", stdout=told)
    assert '"unit_price_minor": 1250' in told.getvalue()
    assert mapping_named("mine", "orders").settings == {"decimal": ".", "market": "DE"}
    call_command(*where, "--setting", "decimal=,", stdout=io.StringIO())
    assert SalesOrder.objects.get().total_minor == 2500
    assert mapping_named("mine", "orders").settings == {"decimal": ",", "market": "DE"}
    with pytest.raises(CommandError, match="built in"):
        call_command("import", "orders", str(file), "--mapping", "entrepot", "--account", "Shop", "--setting", "decimal=,")
