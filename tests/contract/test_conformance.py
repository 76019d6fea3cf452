"""Every connector against its sandbox: the level is measured here and nowhere claimed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest

from entrepot.channels.conformance import Level, SandboxWorld
from entrepot.channels.conformance.suite import checks, result_of
from entrepot.channels.conformance.trial import Check
from entrepot.channels.registry import connector
from entrepot_sandbox.core.server import running
from tests.contract_checks_ebay import api_of, check_ebay_request
from tests.shared import SHARED

SETTINGS = {
    "ebay": {"location_postcode": "97205", "alert_email": "alerts@example.com"},
    "amazon": {},
}


class EbayRequests(httpx.BaseTransport):
    """Judges every request by eBay's own files. Answers are not judged here: the checks spoil some on purpose."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode()
        api = api_of(target)
        if api is not None:
            check_ebay_request(api, request.method, target, request.read(), request.headers)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def _judged_ebay() -> httpx.Client:
    return httpx.Client(transport=EbayRequests() if SHARED else None, timeout=10)


CLIENTS: dict[str, Callable[[], httpx.Client]] = {"ebay": _judged_ebay}


@dataclass(frozen=True)
class Marketplace:
    name: str
    world: SandboxWorld


@pytest.fixture(scope="module", params=sorted(SETTINGS))
def marketplace(request: pytest.FixtureRequest) -> Iterator[Marketplace]:
    name = request.param
    with running(name, seed=0) as printed:
        world = SandboxWorld(printed["channels"][name], settings=SETTINGS[name], client=CLIENTS.get(name))
        yield Marketplace(name, world)
        world.close()


@pytest.mark.parametrize("each", checks(), ids=lambda each: f"{each.level.replace(' ', '_')}-{each.run.__name__}")
def test_the_connector_holds(marketplace: Marketplace, each: Check) -> None:
    result = result_of(each, connector(marketplace.name), marketplace.world)
    assert result.held, f"{result.name}: {result.problem}"


def test_every_level_has_checks() -> None:
    assert {each.level for each in checks()} == set(Level)
    assert len({each.name for each in checks()}) == len(checks())
