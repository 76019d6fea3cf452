"""Answers lost after the work was done (F3), messages doubled, late and out of order (F7): one effect each."""

from datetime import timedelta

import pytest
from django.db import transaction

from entrepot.fulfillment import actions as fulfillment
from entrepot.fulfillment.models import FulfillmentOrder, ShippedPackage
from entrepot.orders.models import OrderLine, SalesOrder
from tests.world import World

MINUTE = timedelta(minutes=1)


def ship(order: str) -> None:
    work = FulfillmentOrder.objects.get(order__channel_order_id=order)
    with transaction.atomic():
        fulfillment.ship(work.public_id, carrier="DHL", tracking="JD0146000012345", key=f"ship {order}", actor="test")


@pytest.mark.parametrize("how", ["drop", "504"])
def test_f3_a_lost_answer_to_publishing_makes_no_second_listing(world: World, how: str) -> None:
    world.goods.product("ONCE-1", "ONCE-2")
    world.goods.product("ALONE")
    world.connect()
    world.amazon.fault("F3", operation="putListingsItem", times=2, how=how)
    for operation in ("createOrReplaceInventoryItem", "createOffer", "publishOffer", "publishOfferByInventoryItemGroup"):
        world.ebay.fault("F3", operation=operation, times=1, how=how)
    world.sell("ONCE-1", "ONCE-2", "ALONE")
    world.until(world.converged)
    for market in world.markets.values():
        assert sorted(page.sku for page in market.pages().values() if page.live) == ["ALONE", "ONCE-1", "ONCE-2"]


@pytest.mark.parametrize("how", ["drop", "504"])
def test_f3_a_lost_answer_to_a_shipment_ships_once(world: World, how: str) -> None:
    world.goods.product("PARCEL", units=9)
    world.connect()
    world.sell("PARCEL")
    orders = {name: market.buy("PARCEL", 2) for name, market in world.markets.items()}
    world.until(lambda: FulfillmentOrder.objects.count() == 2)
    world.amazon.fault("F3", operation="confirmShipment", times=1, how=how)
    world.ebay.fault("F3", operation="createShippingFulfillment", times=1, how=how)
    for order in orders.values():
        assert order is not None
        ship(order)
    world.until(lambda: not ShippedPackage.objects.filter(told_at=None).exists())
    assert [market.waiting_faults() for market in world.markets.values()] == [0, 0]
    for market in world.markets.values():
        assert [(sale.quantity, sale.shipped) for sale in market.sales()] == [(2, 2)]
    assert (world.goods.on_hand("PARCEL"), world.goods.reserved("PARCEL")) == (5, 0)
    world.until(lambda: set(SalesOrder.objects.values_list("status", flat=True)) == {"shipped"}, within=10 * MINUTE)


@pytest.mark.parametrize("how", ["drop", "504"])
def test_f3_a_lost_answer_to_a_quantity_of_an_allotted_variant_oversells_nothing(world: World, how: str) -> None:
    world.goods.product("TIGHT", units=10)
    world.connect()
    world.goods.allot("TIGHT")
    world.sell_somewhere("TIGHT")
    world.amazon.fault("F3", operation="patchListingsItem", times=2, how=how)
    world.ebay.fault("F3", operation="bulkUpdatePriceQuantity", times=2, how=how)
    world.goods.receive({"TIGHT": 6})  # every channel is raised, and the answers are lost
    for _ in range(12):
        for market in world.markets.values():
            market.buy("TIGHT")
        world.for_(MINUTE)
    world.until(world.converged, within=40 * MINUTE)
    assert sum(OrderLine.objects.values_list("short", flat=True)) == 0


@pytest.mark.parametrize("how", ["duplicate", "late", "reorder", "lost"])
def test_f7_messages_doubled_late_reordered_or_lost_give_the_same_state(world: World, how: str) -> None:
    world.goods.product("NEWS", units=9)
    world.connect()
    world.sell("NEWS")
    for market in world.markets.values():
        market.fault("F7", operation="*", times=None, how=how, delay_s=25 * 3600 if how == "late" else 30)
    bought = {name: [market.buy("NEWS"), market.buy("NEWS")] for name, market in world.markets.items()}
    for name, market in world.markets.items():
        canceled = bought[name][1]
        assert canceled is not None
        market.cancel(canceled)
    world.until(lambda: all(set(orders) <= world.orders_known(name) for name, orders in bought.items()), within=10 * MINUTE)
    world.until(lambda: world.goods.reserved("NEWS") == 2, within=10 * MINUTE)
    world.turn(timedelta(hours=26))  # what was late arrives
    world.for_(2 * MINUTE)
    assert SalesOrder.objects.count() == 4
    assert sorted(OrderLine.objects.values_list("quantity", "canceled")) == [(1, 0), (1, 0), (1, 1), (1, 1)]
    assert (world.goods.on_hand("NEWS"), world.goods.reserved("NEWS")) == (9, 2)
    world.until(world.converged)
    assert [market.shows("NEWS") for market in world.markets.values()] == [7, 7]
