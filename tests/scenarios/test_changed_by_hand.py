"""Somebody changes a quantity in the marketplace's own pages: repaired, or asked, as the account is set (F14)."""

from datetime import timedelta

from entrepot.listings import actions as listings
from entrepot.listings.models import OfferShown
from tests.world import World

MINUTE = timedelta(minutes=1)


def test_f14_a_quantity_changed_by_hand_is_repaired(world: World) -> None:
    world.goods.product("HAND", units=5)
    world.connect()
    world.sell("HAND")
    for market in world.markets.values():
        market.by_hand("HAND", 9)
    listings.read_back_soon(list(world.accounts.values()))
    world.until(lambda: all(market.shows("HAND") == 5 for market in world.markets.values()))


def test_f14_an_account_that_asks_leaves_a_number_that_harms_nobody_and_shows_it(world: World) -> None:
    world.goods.product("MINE", units=30)
    world.connect("amazon", on_manual_change="ask")
    world.sell("MINE")
    cap = world.amazon.shows("MINE")
    world.amazon.by_hand("MINE", cap + 4)
    listings.read_back_soon(list(world.accounts.values()))
    world.until(lambda: OfferShown.objects.get().manual_quantity == cap + 4)
    world.for_(2 * MINUTE)
    assert world.amazon.shows("MINE") == cap + 4
    world.goods.count({"MINE": cap + 1})  # now it promises more than there is
    world.until(lambda: world.amazon.shows("MINE") <= cap + 1)


def test_f14_an_allotted_quantity_raised_by_hand_is_found_within_the_quarter_hour(world: World) -> None:
    world.goods.product("GUARD", units=6)
    world.connect()
    world.goods.allot("GUARD")
    world.sell_somewhere("GUARD")
    world.for_(MINUTE)
    raised = world.ebay.shows("GUARD") + 4
    world.ebay.by_hand("GUARD", raised)
    world.until(lambda: world.ebay.shows("GUARD") < raised, within=17 * MINUTE)
    world.until(lambda: sum(market.shows("GUARD") for market in world.markets.values()) <= 6, within=40 * MINUTE)
