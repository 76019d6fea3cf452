"""Both sandbox marketplaces on sockets, and for each test a seller of its own; every invariant is recomputed at its end."""

from collections.abc import Iterator

import pytest

from entrepot_sandbox.core.server import running
from tests.db import sound
from tests.world import Marketplace, World
from tests.world.world import opened


@pytest.fixture(scope="session")
def markets() -> Iterator[dict[str, Marketplace]]:
    with running("amazon", "ebay", seed=0) as printed:
        found = {name: Marketplace(name, facts) for name, facts in printed["channels"].items()}
        yield found
        for market in found.values():
            market.close()


@pytest.fixture
def world(markets: dict[str, Marketplace], transactional_db: None) -> Iterator[World]:
    with opened(markets) as made:
        yield made
        assert sound.breaches() == []
