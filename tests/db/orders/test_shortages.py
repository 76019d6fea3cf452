"""Units that nobody had, or that a report took away, are covered when stock comes, oldest order first (ST9, P4)."""

from datetime import timedelta

import pytest
from django.db import transaction

from entrepot.inventory import actions as inventory
from entrepot.inventory.models import Reservation
from entrepot.orders import shortages
from entrepot.orders.models import OrderEvent
from tests.db.listings import world
from tests.db.orders.shop import START, changed, line, open_shop, order, row, units

pytestmark = pytest.mark.django_db(transaction=True)


def placed(number, *lines, minute):
    from dataclasses import replace

    return replace(order(number, *lines), placed_at=START + timedelta(minutes=minute))


def test_what_comes_in_covers_the_oldest_order_first_and_tells_its_time_line():
    shop = open_shop()
    shop.has("RED", 0)
    shop.takes(placed("LATE", line("RED", 2), minute=9), placed("EARLY", line("RED", 2), minute=1))
    assert shortages.cover() == 0
    shop.adjust("RED", 3, "delivery")
    assert shortages.cover() == 3
    assert (units("EARLY"), units("LATE"), shop.stock("RED")) == ([(2, 0, 0, 0)], [(2, 0, 0, 1)], (3, 3))
    assert OrderEvent.objects.filter(kind="order.covered", order=row("EARLY")).count() == 1
    assert shortages.cover() == 0


def test_a_sold_unit_is_covered_also_from_safety_stock_but_not_from_what_a_channel_may_still_sell_promise_10():
    shop = open_shop()
    red = shop.has("RED", 0)
    shop.takes(order("A", line("RED", 2)))
    with transaction.atomic():
        inventory.set_safety_stock(red, shop.place, 5, actor="t")
    shop.adjust("RED", 2, "delivery")
    offer = world.offer(red, shop.account)
    world.OfferShown.objects.filter(offer_id=offer).update(exposure=1)
    world.VariantStock.objects.filter(variant_id=red).update(exposed=1, allotted=True)
    assert (shortages.cover(), units("A")) == (1, [(2, 0, 0, 1)])


def test_stock_at_a_place_that_does_not_feed_the_account_covers_nothing_and_blocks_nobody():
    shop = open_shop()
    elsewhere = world.location()
    shop.has("RED", 0)
    shop.has("RED", 9, elsewhere)
    shop.has("BLUE", 0)
    shop.takes(placed("OLD", line("RED", 1), minute=1), placed("NEW", line("BLUE", 1), minute=2))
    shop.adjust("BLUE", 1, "delivery")
    assert shortages.cover(limit=1) == 1
    assert (units("OLD"), units("NEW")) == ([(1, 0, 0, 1)], [(1, 0, 0, 0)])


def test_a_count_below_reserved_makes_the_line_short_and_another_place_covers_it_st9():
    shop = open_shop()
    second = world.location()
    inventory.feed(shop.account, [shop.place, second], actor="t")
    shop.has("RED", 3)
    shop.takes(order("A", line("RED", 3)))
    shop.has("RED", 5, second)
    shop.adjust("RED", -2, "count", shop.place)
    assert Reservation.objects.get().short == 2
    assert shortages.take_over_reported() == 1
    assert units("A") == [(3, 0, 0, 2)]
    assert shortages.take_over_reported() == 0
    assert shortages.cover() == 2
    assert sorted(Reservation.objects.values_list("location_id", "quantity", "short")) == [(shop.place, 1, 0), (second, 2, 0)]


def test_a_kit_that_lost_one_part_gives_its_other_parts_back_and_is_covered_whole_later():
    shop = open_shop()
    a, b = shop.has("A", 4), shop.has("B", 2)
    sku = world.Variant.objects.get(pk=world.kit({a: 2, b: 1})).sku
    shop.takes(order("K", line(sku, 2)))
    assert (shop.stock("A"), shop.stock("B")) == ((4, 4), (2, 2))
    shop.adjust("A", -1, "broken")
    shortages.take_over_reported()
    assert (units("K"), shop.stock("A"), shop.stock("B")) == ([(2, 0, 0, 1)], (3, 2), (2, 1))
    assert shortages.cover() == 0
    shop.adjust("A", 1, "found")
    assert shortages.cover() == 1
    assert (units("K"), shop.stock("A"), shop.stock("B")) == ([(2, 0, 0, 0)], (4, 4), (2, 2))


def test_a_canceled_order_is_not_covered():
    from entrepot.channels.contract import OrderStatus

    shop = open_shop()
    shop.has("RED", 0)
    first = order("A", line("RED", 1))
    shop.takes(first)
    shop.takes(changed(first, 1, status=OrderStatus.CANCELED))
    shop.adjust("RED", 5, "delivery")
    assert (shortages.cover(), shop.stock("RED")) == (0, (5, 0))
