"""A small seller on two sandbox marketplaces: real product code, a turned clock, loops driven by hand."""

from tests.world.goods import Goods as Goods
from tests.world.marketplace import Marketplace as Marketplace
from tests.world.world import World as World
