"""After each test here every invariant is recomputed; a test that breaks one on purpose is marked `breaks`."""

from collections.abc import Iterator

import pytest

from tests.db import sound


@pytest.fixture(autouse=True)
def _every_invariant_holds(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if {"transactional_db", "db"} & set(request.fixturenames) and not request.node.get_closest_marker("breaks"):
        assert sound.breaches() == []
