"""The last units on two channels: allotted, none is sold twice (P3); pooled, an oversell reaches a person within 60 s (P4)."""

from datetime import timedelta

from django.db import connection

from entrepot.channels.models import ChannelCall
from entrepot.insight.queries import convergence
from tests.world import World


def test_a_product_is_listed_on_both_channels_and_a_sale_lowers_the_other(world: World) -> None:
    world.goods.product("LAMP-1", "LAMP-2", units=9)
    world.connect()
    world.sell("LAMP-1", "LAMP-2")
    order = world.amazon.buy("LAMP-1", 2)
    took = world.until(lambda: world.ebay.shows("LAMP-1") == 7)
    assert took <= timedelta(seconds=30)
    assert order in world.orders_known("amazon")
    assert (world.ebay.shows("LAMP-2"), world.amazon.shows("LAMP-2")) == (9, 9)
    assert (world.goods.on_hand("LAMP-1"), world.goods.reserved("LAMP-1")) == (9, 2)


def test_p3_the_last_unit_sells_once_on_two_channels_when_allotted(world: World) -> None:
    world.goods.product("LAST", units=1)
    world.connect()
    world.goods.allot("LAST")
    world.sell_somewhere("LAST")
    bought = [market.buy("LAST") for market in world.markets.values()]
    assert sum(order is not None for order in bought) == 1
    world.until(world.converged)
    world.for_(timedelta(minutes=20))
    assert [market.shows("LAST") for market in world.markets.values()] == [0, 0]
    assert convergence.short_units(["LAST"]) == {"LAST": 0}


def test_p3_forty_buyers_race_for_ten_allotted_units_on_two_channels(world: World) -> None:
    world.goods.product("RACE", units=10)
    world.connect()
    world.goods.allot("RACE")
    world.sell_somewhere("RACE")
    world.for_(timedelta(minutes=1))
    shown = sum(market.shows("RACE") for market in world.markets.values())
    sold = sum(world.markets[name].buy("RACE") is not None for name in ("amazon", "ebay") * 20)
    assert sold == shown == 10
    world.until(world.converged)
    assert convergence.short_units(["RACE"]) == {"RACE": 0}
    assert convergence.breaches(list(world.accounts.values())) == 0
    assert world.goods.reserved("RACE") == 10


def test_p4_a_pooled_oversell_is_raised_with_proposals_within_sixty_seconds(world: World) -> None:
    world.goods.product("POOL", units=1)
    world.goods.place("SPARE")
    world.connect()
    world.sell("POOL")
    first, second = world.amazon.buy("POOL"), world.ebay.buy("POOL")
    assert first
    assert second
    world.goods.receive({"POOL": 3}, "SPARE")  # a place that feeds neither account
    world.until(lambda: {first} <= world.orders_known("amazon") and {second} <= world.orders_known("ebay"))
    took = world.until(lambda: world.alerts("shortage"), within=timedelta(seconds=60))
    assert took <= timedelta(seconds=60)
    [alert] = world.alerts("shortage")
    acts = [proposal["act"] for proposal in alert.proposals]
    assert acts[-2:] == ["back_order", "cancel"]
    assert any(act not in ("back_order", "cancel") for act in acts), "the other place that has the goods is proposed"
    assert sum(convergence.short_units(["POOL"]).values()) == 1
    world.goods.receive({"POOL": 1})
    world.until(lambda: not world.alerts("shortage"), within=timedelta(seconds=60))
    assert sum(convergence.short_units(["POOL"]).values()) == 0


def test_a_canceled_order_puts_its_unit_back_on_every_channel(world: World) -> None:
    world.goods.product("BACK", units=4)
    world.connect()
    world.sell("BACK")
    order = world.ebay.buy("BACK", 2)
    assert order
    world.until(lambda: world.amazon.shows("BACK") == 2)
    world.ebay.cancel(order)
    world.until(lambda: world.amazon.shows("BACK") == 4 and world.ebay.shows("BACK") == 4)
    assert world.goods.reserved("BACK") == 0


def test_threads_of_a_connector_open_no_database_connection_and_their_calls_are_logged(world: World) -> None:
    skus = [f"MANY-{n}" for n in range(6)]
    for sku in skus:
        world.goods.product(sku)
    world.connect("amazon")
    world.sell(*skus)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        assert cursor.fetchone() == (2,)  # the worker's locks and its ears
    assert ChannelCall.objects.filter(operation="putListingsItem").count() == len(skus)
