"""Messages lost, the hub down, a marketplace down, keys that do not fit, answers that make no sense: nothing is lost, and it goes on."""

from datetime import timedelta

import pytest
from django.db import transaction

from entrepot.catalog.models import Variant
from entrepot.channels import actions as channels
from entrepot.channels.models import Account
from entrepot.listings.models import Offer
from entrepot.orders.actions import assign_variant
from entrepot.orders.models import OrderLine, OrderQuarantine, SalesOrder
from tests.world import World
from tests.world.goods import credentials_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24)


def test_p6_an_order_is_found_by_the_poll_when_every_notification_is_lost(world: World) -> None:
    world.goods.product("QUIET")
    world.connect()
    world.sell("QUIET")
    for market in world.markets.values():
        market.fault("F7", operation="*", times=None, how="lost")
    orders = {name: market.buy("QUIET") for name, market in world.markets.items()}
    # three minutes between polls, two that Amazon holds an order back, one of grace
    world.until(lambda: all(orders[name] in world.orders_known(name) for name in orders), within=6 * MINUTE)
    world.until(world.converged)
    assert world.goods.reserved("QUIET") == 2


def test_p6_orders_of_a_day_of_downtime_come_in_when_the_hub_is_back(world: World) -> None:
    world.goods.product("NIGHT", units=50)
    world.connect()
    world.sell("NIGHT")
    orders: dict[str, set[str | None]] = {name: set() for name in world.markets}
    for _ in range(8):
        for name, market in world.markets.items():
            orders[name].add(market.buy("NIGHT"))
        world.turn(3 * HOUR, working=False)
    world.restart()
    world.until(lambda: all(orders[name] <= world.orders_known(name) for name in orders), within=5 * MINUTE)
    world.until(world.converged, within=5 * MINUTE)
    assert world.goods.reserved("NIGHT") == 16


def test_p7_f2_a_marketplace_down_for_a_whole_run_harms_no_other_and_catches_up(world: World) -> None:
    world.goods.product("DOWN", "UP", units=9)
    world.connect()
    world.sell("DOWN", "UP")
    world.ebay.fault("F2", times=None)
    for n in range(3):
        assert world.amazon.buy("UP")
        world.until(lambda left=8 - n: world.amazon.shows("UP") == left and world.goods.reserved("UP") == 9 - left, within=MINUTE)
    world.goods.count({"UP": 5})  # three of them are reserved
    took = world.until(lambda: world.amazon.shows("UP") == 2, within=MINUTE)  # the other channel's lane is not slowed by it (P19)
    assert took <= timedelta(seconds=30)
    world.amazon.buy("UP")
    world.for_(30 * MINUTE)
    assert world.alerts("account_failing")
    assert world.ebay.shows("UP") == 9
    world.ebay.mend()
    world.until(world.converged, within=6 * MINUTE)
    assert world.ebay.shows("UP") == 1
    world.until(lambda: not world.alerts("account_failing"), within=6 * MINUTE)


def test_f5_an_account_that_lost_access_says_so_and_goes_on_after_signing_in_again(world: World) -> None:
    world.goods.product("KEYS", units=6)
    world.connect()
    world.sell("KEYS")
    account = Account.objects.get(pk=world.accounts["ebay"])
    good = account.credentials
    channels.update_account(
        world.accounts["ebay"], actor="test", settings={}, credentials={"refresh_token": "revoked", "client_secret": "no"}
    )
    world.until(lambda: Account.objects.get(pk=account.pk).state == "reconnect", within=10 * MINUTE)
    world.until(lambda: world.alerts("account_cut_off"), within=MINUTE)
    missed = world.ebay.buy("KEYS")
    assert world.amazon.buy("KEYS")
    world.until(lambda: world.amazon.shows("KEYS") == 5 and world.goods.reserved("KEYS") == 1)
    assert world.ebay.shows("KEYS") == 5
    channels.update_account(world.accounts["ebay"], actor="test", settings={}, credentials=good)
    world.until(lambda: missed in world.orders_known("ebay"), within=6 * MINUTE)
    world.until(world.converged)
    assert [market.shows("KEYS") for market in world.markets.values()] == [4, 4]
    world.until(lambda: not world.alerts("account_cut_off"), within=MINUTE)


def test_wrong_credentials_from_the_start_ask_to_connect_again(world: World) -> None:
    world.goods.product("FIRST")
    world.connect("amazon")
    world.connect("ebay", refresh_token="never-valid")
    world.sell("FIRST", on=("amazon",))
    world.until(lambda: Account.objects.get(pk=world.accounts["ebay"]).state == "reconnect")
    assert Account.objects.get(pk=world.accounts["ebay"]).state_reason
    secret, _ = credentials_of(world.ebay)
    channels.update_account(world.accounts["ebay"], actor="test", settings={}, credentials=secret)
    world.sell("FIRST", on=("ebay",))


def test_f10_an_order_for_an_unknown_sku_is_stored_raised_and_repaired_by_a_person(world: World) -> None:
    world.goods.product("KNOWN", "SOLD-AS", units=5)
    world.connect()
    world.sell("KNOWN", "SOLD-AS")
    # the seller renames the SKU of the offer here, the marketplace goes on selling under the old one
    Offer.objects.filter(account_id=world.accounts["ebay"], channel_sku="SOLD-AS").update(channel_sku="RENAMED")
    Variant.objects.filter(sku="SOLD-AS").update(sku="RENAMED")
    order, fine = world.ebay.buy("SOLD-AS"), world.ebay.buy("KNOWN")
    world.until(lambda: {order, fine} <= world.orders_known("ebay"))
    world.until(lambda: world.alerts("unknown_sku"), within=MINUTE)
    line = OrderLine.objects.get(order__channel_order_id=order)
    assert (line.variant_id, line.sku, line.quantity) == (None, "SOLD-AS", 1)
    with transaction.atomic():
        assign_variant(line.pk, "RENAMED", actor="test")
    world.until(lambda: not world.alerts("unknown_sku"), within=MINUTE)
    assert world.goods.reserved("RENAMED") == 1


BROKEN = ["cut", "truncated", "html", "empty", "charset"]


@pytest.mark.parametrize("how", BROKEN)
def test_f4_a_malformed_answer_while_orders_are_read_loses_none(world: World, how: str) -> None:
    world.goods.product("TORN", units=8)
    world.connect()
    world.sell("TORN")
    orders = {name: market.buy("TORN") for name, market in world.markets.items()}
    world.amazon.fault("F4", operation="searchOrders", times=2, how=how)
    world.amazon.fault("F4", operation="getOrder", times=2, how=how)
    world.ebay.fault("F4", operation="getOrders", times=2, how=how)
    world.ebay.fault("F4", operation="getOrder", times=2, how=how)
    world.until(lambda: all(orders[name] in world.orders_known(name) for name in orders), within=15 * MINUTE)
    world.until(world.converged)
    assert SalesOrder.objects.count() == 2
    assert not OrderQuarantine.objects.filter(resolved_at=None).exists()


@pytest.mark.parametrize("how", BROKEN)
def test_f4_a_malformed_answer_while_publishing_makes_no_second_listing(world: World, how: str) -> None:
    world.goods.product("NEW-1", "NEW-2")
    world.connect()
    world.amazon.fault("F4", operation="putListingsItem", times=2, how=how)
    for operation in ("createOrReplaceInventoryItem", "createOffer", "publishOffer", "publishOfferByInventoryItemGroup"):
        world.ebay.fault("F4", operation=operation, times=1, how=how)
    world.sell("NEW-1", "NEW-2")
    world.until(world.converged)
    for market in world.markets.values():
        assert sorted(page.sku for page in market.pages().values() if page.live) == ["NEW-1", "NEW-2"]


@pytest.mark.parametrize("how", BROKEN)
def test_f4_a_malformed_answer_to_a_quantity_is_sent_again(world: World, how: str) -> None:
    world.goods.product("COUNTED")
    world.connect()
    world.sell("COUNTED")
    world.amazon.fault("F4", operation="patchListingsItem", times=2, how=how)
    world.ebay.fault("F4", operation="bulkUpdatePriceQuantity", times=2, how=how)
    world.goods.count({"COUNTED": 3})
    world.until(lambda: all(market.shows("COUNTED") == 3 for market in world.markets.values()), within=5 * MINUTE)
    world.until(world.converged)
