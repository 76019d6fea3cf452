"""The sums of Today: cases, the same answers as a few lines of Python on random orders, and the plan on many orders."""

import random
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from entrepot.base import clock, sql
from entrepot.catalog.models import Product, Variant
from entrepot.channels.models import Account, AccountProgress
from entrepot.insight.queries.orders import of_tab, row_of
from entrepot.insight.queries.summary import curves, every_variant, summary, variant_numbers
from entrepot.insight.types import LENGTH, Period, Sales
from entrepot.inventory.models import Location, StockLevel, VariantStock
from entrepot.listings.models import Offer, OfferShown
from entrepot.orders.actions import cancel
from entrepot.orders.models import OrderLine, SalesOrder
from entrepot.people.deployment import base_currency, set_up
from entrepot.people.models import LegalEntity, User
from entrepot.people.scope import EVERYTHING, Scope

pytestmark = pytest.mark.django_db
NOW = clock.now()


@pytest.fixture(autouse=True)
def euros() -> Iterator[None]:
    set_up(base_currency_code="EUR", time_zone="UTC", demo=True)
    yield
    base_currency.cache_clear()


def account(name: str = "eBay DE", market: str = "DE") -> Account:
    entity, _ = LegalEntity.objects.get_or_create(name="One", defaults={"country": "DE"})
    made = Account.objects.create(name=name, channel="ebay", market=market, currency="EUR", legal_entity=entity)
    AccountProgress.objects.create(account=made, orders_complete_until=NOW)
    return made


def variant(sku: str, owner: User | None = None, kit: bool = False) -> Variant:
    return Variant.objects.create(product=Product.objects.create(code=f"P-{sku}", owner=owner), sku=sku, is_kit=kit)


def order(
    of: Account, ago: timedelta, lines: list[tuple[Variant | None, int, int, int]], status: str = "paid", base: int | None = -1
) -> SalesOrder:
    """``lines``: (variant, quantity, canceled, unit price). ``base`` -1: the lines' own sum, None: no rate."""
    at = NOW - ago
    total = sum(quantity * price for _, quantity, _, price in lines)
    made = SalesOrder.objects.create(
        account=of,
        channel_order_id=f"{of.name}-{SalesOrder.objects.count()}",
        market=of.market,
        status=status,
        placed_at=at,
        remote_updated_at=at,
        remote_rank=1,
        currency="EUR",
        total_minor=total,
        base_total_minor=total if base == -1 else base,
        created_at=at,
    )
    for number, (what, quantity, canceled, price) in enumerate(lines):
        OrderLine.objects.create(
            order=made, channel_line_id=str(number), variant=what, sku="x", quantity=quantity, canceled=canceled, unit_price_minor=price
        )
    return made


def test_each_window_counts_what_was_placed_in_it() -> None:
    shop, lamp = account(), variant("LAMP")
    for ago in (timedelta(minutes=59), timedelta(hours=23), timedelta(days=6), timedelta(days=8)):
        order(shop, ago, [(lamp, 2, 0, 1000)])
    totals = summary(EVERYTHING, NOW).totals
    assert [(totals[p].orders, totals[p].units, totals[p].revenue_minor) for p in Period] == [(1, 2, 2000), (2, 4, 4000), (3, 6, 6000)]


def test_canceled_orders_and_units_bring_no_money() -> None:
    shop, lamp = account(), variant("LAMP")
    order(shop, timedelta(minutes=1), [(lamp, 4, 1, 1000)])
    order(shop, timedelta(minutes=1), [(lamp, 1, 1, 1000)], status="canceled")
    assert summary(EVERYTHING, NOW).totals[Period.HOUR] == Sales(orders=1, units=3, revenue_minor=3000, canceled_orders=1, unpriced=0)


def test_an_order_whose_units_were_all_canceled_in_the_hub_is_a_cancellation_in_table_curve_and_inbox() -> None:
    shop, lamp = account(), variant("LAMP")
    gone = order(shop, timedelta(minutes=1), [(lamp, 2, 0, 1000)])
    part = order(shop, timedelta(minutes=1), [(lamp, 2, 0, 1000), (lamp, 1, 0, 500)])
    cancel(gone.public_id, reason="buyer", actor="user:ops")
    cancel(part.public_id, reason="buyer", actor="user:ops", line_id=part.lines.first().pk, units=1)  # type: ignore[union-attr]
    assert summary(EVERYTHING, NOW).totals[Period.HOUR] == Sales(orders=1, units=2, revenue_minor=1500, canceled_orders=1)
    assert [values[-1] for values in curves(EVERYTHING, NOW).values()] == [1500]
    SalesOrder.objects.filter(pk=part.pk).update(closed=True)
    tabs = {tab: list(of_tab(SalesOrder.objects.all(), tab, NOW).values_list("pk", flat=True)) for tab in ("done", "canceled")}
    assert tabs == {"done": [part.pk], "canceled": [gone.pk]}
    assert [row_of(EVERYTHING, SalesOrder.objects.get(pk=pk)).status for pk in (gone.pk, part.pk)] == ["canceled", "paid"]


def test_an_order_without_a_rate_is_counted_and_said_to_be_missing_in_the_money() -> None:
    order(account(), timedelta(minutes=1), [(variant("LAMP"), 1, 0, 1000)], base=None)
    assert summary(EVERYTHING, NOW).totals[Period.HOUR] == Sales(orders=1, units=1, revenue_minor=0, unpriced=1)


def test_an_account_that_sold_nothing_stands_there_with_zeros() -> None:
    account("Silent", "FR")
    found = summary(EVERYTHING, NOW)
    assert [(row.account.name, row.market, row.sales[Period.WEEK]) for row in found.rows] == [("Silent", "FR", Sales())]
    assert found.known_until == NOW


def test_of_a_shared_basket_only_the_own_lines_count() -> None:
    mine = User.objects.create(username="mine")
    shop = account()
    order(shop, timedelta(minutes=1), [(variant("A", mine), 1, 0, 3000), (variant("B"), 2, 0, 1000)])
    order(shop, timedelta(minutes=1), [(variant("C"), 1, 0, 9000)])
    assert summary(Scope(owner=mine.pk), NOW).totals[Period.HOUR] == Sales(orders=1, units=1, revenue_minor=3000)
    assert [values[-1] for values in curves(Scope(owner=mine.pk), NOW).values()] == [3000]


@pytest.mark.parametrize("seed", range(3))
def test_the_same_sums_as_by_hand(seed: int) -> None:
    chance = random.Random(seed)
    shops = [account("eBay DE", "DE"), account("eBay FR", "FR")]
    goods = [variant(f"V{i}") for i in range(4)]
    by_hand = {(shop.name, period): Sales() for shop in shops for period in Period}
    for _ in range(60):
        shop, ago = chance.choice(shops), timedelta(seconds=chance.randint(1, 9 * 86400))
        lines = []
        for what in chance.sample(goods, chance.randint(1, 3)):
            quantity = chance.randint(1, 5)
            lines.append((what, quantity, chance.choice([0, 0, 0, quantity // 2]), chance.randint(100, 9000)))
        canceled = chance.random() < 0.2
        order(shop, ago, lines, status="canceled" if canceled else "paid")
        kept = sum(quantity - gone for _, quantity, gone, _ in lines)
        money = sum((quantity - gone) * price for _, quantity, gone, price in lines)
        one = Sales(canceled_orders=1) if canceled else Sales(orders=1, units=kept, revenue_minor=money)
        for period in Period:
            if ago < LENGTH[period]:
                by_hand[shop.name, period] += one
    found = summary(EVERYTHING, NOW)
    assert {(row.account.name, period): row.sales[period] for row in found.rows for period in Period} == by_hand
    assert found.totals == {period: sum((by_hand[shop.name, period] for shop in shops), Sales()) for period in Period}
    week = {ref.name: sum(values[-7:]) for ref, values in curves(EVERYTHING, NOW).items()}
    assert week == {shop.name: by_hand[shop.name, Period.WEEK].revenue_minor for shop in shops}


def test_curves_have_a_number_a_day() -> None:
    shop, lamp = account(), variant("LAMP")
    for days in (0, 0, 1, 13, 14):
        order(shop, timedelta(days=days, minutes=1), [(lamp, 1, 0, 1000)])
    assert list(curves(EVERYTHING, NOW).values()) == [[1000, *[0] * 11, 1000, 2000]]


def test_a_variants_numbers_stand_beside_what_each_channel_shows() -> None:
    shop, lamp = account(), variant("LAMP")
    VariantStock.objects.create(variant=lamp, on_hand=9, reserved=4, atp=5, changed_at=NOW)
    offer = Offer.objects.create(account=shop, variant=lamp, market="DE", channel_sku="LAMP", wanted="live")
    OfferShown.objects.create(offer=offer, variant=lamp, account=shop, shown=3, shown_at=NOW)
    [found] = variant_numbers(EVERYTHING, language="en")
    assert (found.sku, found.on_hand, found.reserved, found.atp, found.changed_at) == ("LAMP", 9, 4, 5, NOW)
    assert [(one.account.name, one.quantity, one.at) for one in found.shown] == [("eBay DE", 3, NOW)]


def test_a_kit_is_as_many_as_its_scarcest_part_allows_at_each_place() -> None:
    kit, one, two = variant("KIT", kit=True), variant("ONE"), variant("TWO")
    kit.components.create(component=one, quantity=2)
    kit.components.create(component=two, quantity=1)
    for code, paused, levels in (("A", False, (5, 9)), ("B", False, (4, 1)), ("C", True, (99, 99)), ("D", False, (99, None))):
        place = Location.objects.create(code=code, name=code, kind="store", country="DE", paused=paused)
        for part, units in zip((one, two), levels, strict=True):
            if units is not None:
                StockLevel.objects.create(variant=part, location=place, on_hand=units)
    [found] = variant_numbers(EVERYTHING, language="en", skus=["kit"])
    assert (found.is_kit, found.atp) == (True, 3)  # 2 at A, 1 at B, none at the paused C, none at D where a part is missing


def test_pages_of_variants_join_to_all_of_them() -> None:
    for i in range(7):
        variant(f"s{i}" if i % 2 else f"S{i}")
    assert [row.sku for row in every_variant(EVERYTHING, language="en", size=3)] == ["S0", "s1", "S2", "s3", "S4", "s5", "S6"]


def test_the_sums_read_only_the_orders_of_the_window() -> None:
    """On many old orders the plan goes by the time placed."""
    shop = account()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO sales_order (public_id, account_id, channel_order_id, market, status, raw_status, placed_at, remote_updated_at,
                                        remote_rank, currency, total_minor, country, region, postcode_area, on_hold, historical, closed, created_at)
               SELECT gen_random_uuid(), %s, n::text, 'DE', 'paid', '', %s::timestamptz - n * interval '1 hour', %s, 1, 'EUR', 100, '', '', '',
                      false, true, true, %s FROM generate_series(200, 20000) AS n""",
            [shop.pk, NOW, NOW, NOW],
        )
        cursor.execute("ANALYZE sales_order")
    windows = {period.value: NOW - LENGTH[period] for period in Period}
    with psycopg.Cursor(sql.raw_connection()) as raw:
        raw.execute(b"EXPLAIN " + sql.statement("entrepot.insight", "sales_by_account"), {**EVERYTHING.params(), **windows, "now": NOW})
        plan = "\n".join(row[0] for row in raw.fetchall())
    assert "sales_order_placed" in plan
    assert "Seq Scan on sales_order" not in plan
