"""A file of 100,000 products with one bad row: the others are there, the row is named with line and column; again changes nothing (F47)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot.catalog.imports.products import import_products
from entrepot.catalog.imports.types import Policy, RunState
from entrepot.catalog.models import Product, Variant
from entrepot.people.deployment import base_currency, set_up

pytestmark = pytest.mark.django_db(transaction=True)

ROWS, BAD = 100_000, 70_000


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    base_currency.cache_clear()
    set_up(base_currency_code="EUR", time_zone="Europe/Berlin", demo=True)
    made = tmp_path / "products.csv"
    with made.open("w") as out:
        out.write("product_code,brand,sku,title:en,price\n")
        out.writelines(f"P-{n},Hanyu,SKU-{n},Lantern {n},{'12.345' if n == BAD else '12.50'}\n" for n in range(ROWS))
    yield made
    base_currency.cache_clear()


def test_f47_all_rows_but_the_bad_one_are_imported_and_it_is_named(file: Path) -> None:
    done = import_products(file, "entrepot", actor="test", policy=Policy.SKIP)
    assert (done.state, done.lines, done.imported, sum(done.rejected.values())) == (RunState.DONE, ROWS, ROWS - 1, 1)
    [error] = done.errors
    assert (error.line, error.column) == (BAD + 2, "price")
    assert Variant.objects.count() == Product.objects.count() == ROWS - 1
    again = import_products(file, "entrepot", actor="test", policy=Policy.SKIP)
    assert (again.imported, again.unchanged) == (ROWS - 1, ROWS - 1)


def test_f47_all_or_nothing_imports_nothing(file: Path) -> None:
    done = import_products(file, "entrepot", actor="test", policy=Policy.ALL)
    assert sum(done.rejected.values()) == 1
    assert Variant.objects.count() == 0
