"""The last units on two channels: allotted, none is sold twice (P3); pooled, an oversell reaches a person within 60 s (P4)."""

from datetime import timedelta

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
