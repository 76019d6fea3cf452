"""Two kits and a single product share one component, on both channels: forty carts, no component sold twice."""

from random import Random

import pytest

from entrepot.orders.models import OrderLine
from tests.world import World


def _open(world: World) -> None:
    world.goods.product("POT", units=30)
    world.goods.product("LID", units=12)
    world.goods.kit("SET-OF-TWO", {"POT": 2, "LID": 1})
    world.goods.kit("POT-AND-LID", {"POT": 1, "LID": 1})
    world.connect()


@pytest.mark.parametrize("seed", [7])
def test_forty_calm_carts_leave_every_channel_with_the_right_number(world: World, seed: int) -> None:
    _open(world)
    world.sell("POT", "SET-OF-TWO", "POT-AND-LID")
    chance, pots, lids = Random(seed), 30, 12
    needs = {"POT": (1, 0), "SET-OF-TWO": (2, 1), "POT-AND-LID": (1, 1)}
    sold = 0
    for _ in range(40):
        sku, market = chance.choice(sorted(needs)), chance.choice([world.amazon, world.ebay])
        if market.buy(sku) is None:
            continue
        sold += 1
        pots, lids = pots - needs[sku][0], lids - needs[sku][1]
        if chance.random() < 0.5:
            world.turn()
    world.until(lambda: OrderLine.objects.count() == sold)
    short = sum(OrderLine.objects.values_list("short", flat=True))
    assert world.goods.reserved("LID") == min(12, 12 - lids)
    if pots >= 0 and lids >= 0:
        assert short == 0
        assert (world.goods.reserved("POT"), world.goods.reserved("LID")) == (30 - pots, 12 - lids)
    world.until(world.converged)


def test_p3_forty_carts_at_once_oversell_no_allotted_component(world: World) -> None:
    _open(world)
    world.goods.allot("POT")
    world.goods.allot("LID")
    for sku in ("POT", "SET-OF-TWO", "POT-AND-LID"):
        for account in world.accounts.values():
            world.offer(account, sku)
    world.until(lambda: sum(market.shows(sku) for market in world.markets.values() for sku in ("POT", "SET-OF-TWO", "POT-AND-LID")) >= 12)
    chance, sold = Random(11), 0
    for _ in range(40):
        market = chance.choice([world.amazon, world.ebay])
        sold += market.buy(chance.choice(["POT", "SET-OF-TWO", "POT-AND-LID"])) is not None
    assert sold >= 12
    world.until(lambda: OrderLine.objects.count() == sold)
    world.until(world.converged)
    assert sum(OrderLine.objects.values_list("short", flat=True)) == 0
