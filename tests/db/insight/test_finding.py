"""Lists are searched by index: on many rows no plan of a search reads a whole table, and brands are not counted out of all products."""

from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.models import QuerySet

from entrepot.base import clock, sql
from entrepot.catalog.models import Product, ProductText, Variant
from entrepot.channels.models import Account
from entrepot.insight.queries import finding, orders, products
from entrepot.insight.queries.orders import inbox
from entrepot.orders.models import OrderLine, SalesOrder
from entrepot.people.models import LegalEntity, User
from entrepot.people.scope import EVERYTHING, Scope

pytestmark = pytest.mark.django_db
NOW = clock.now()


@pytest.fixture
def many() -> None:
    """5,000 products of two brands, each with a variant and a title, and an order each."""
    entity = LegalEntity.objects.create(name="One", country="DE")
    shop = Account.objects.create(name="Shop", channel="ebay", market="DE", currency="EUR", legal_entity=entity)
    numbers = range(5_000)
    made = Product.objects.bulk_create([Product(code=f"P-{n}", brand=("Ar", "", "Zo")[n % 3]) for n in numbers], 5000)
    ProductText.objects.bulk_create([ProductText(product=of, language="en", title=f"Lamp {of.code}") for of in made], 5000)
    goods = Variant.objects.bulk_create([Variant(product=of, sku=f"S-{n}", gtin=f"4{n:012}") for n, of in enumerate(made)], 5000)
    common = {"account": shop, "market": "DE", "status": "paid", "placed_at": NOW, "remote_updated_at": NOW, "remote_rank": 1}
    sold = SalesOrder.objects.bulk_create(
        [SalesOrder(**common, channel_order_id=f"N-{n}", currency="EUR", total_minor=1, created_at=NOW) for n in numbers], 5000
    )
    OrderLine.objects.bulk_create(
        [
            OrderLine(order=of, channel_line_id="1", variant=what, sku=what.sku, quantity=1, unit_price_minor=1)
            for of, what in zip(sold, goods, strict=True)
        ],
        5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE product, product_text, variant, sales_order, order_line")


def plan_of(rows: QuerySet[Any]) -> str:
    """The plan when an index is used wherever one can be: not what a guess of costs prefers on the day."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = rows.explain()
        cursor.execute("SET LOCAL enable_seqscan = on")
    return plan


def test_a_search_goes_by_the_index_of_each_table(many: None) -> None:
    for typed, found in (("s-123", 11), ("4000000000123", 1), ("lamp p-277", 11), ("p-277", 11)):
        for rows in (finding.variants(Variant.objects.all(), typed), finding.products(Product.objects.all(), typed)):
            assert rows.count() == found, typed
            assert "Seq Scan" not in plan_of(rows), typed


def test_orders_are_searched_by_number_and_sku_through_indexes(many: None) -> None:
    for typed in ("N-4999", "s-4999"):
        assert [row.number for row in inbox(EVERYTHING, NOW, tab="all", typed=typed).rows] == ["N-4999"]
    rows = SalesOrder.objects.filter(pk__in=orders._typed(EVERYTHING, "s-4999", buyer=False))
    assert "Seq Scan" not in plan_of(rows), typed


def test_brands_are_read_brand_by_brand_and_in_scope(many: None) -> None:
    assert products.brands(EVERYTHING) == ["Ar", "Zo"]
    assert products.brands(EVERYTHING, most=1) == ["Ar"]
    mine = User.objects.create(username="mine")
    Product.objects.filter(code="P-2").update(owner=mine)
    assert products.brands(Scope(owner=mine.pk)) == ["Zo"]
    with psycopg.Cursor(sql.raw_connection()) as raw:
        raw.execute(b"EXPLAIN " + sql.statement("entrepot.insight", "brands"), {"most": 200})
        plan = "\n".join(row[0] for row in raw.fetchall())
    assert "product_brand" in plan
    assert "Seq Scan on product" not in plan


def test_variants_with_an_alert_level_are_found_without_reading_all_variants(many: None) -> None:
    plan = plan_of(Variant.objects.filter(low_stock_at__isnull=False))
    assert "variant_low_stock" in plan, plan
