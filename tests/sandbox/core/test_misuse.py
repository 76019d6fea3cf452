"""Whatever a stranger sends to the control plane, it answers; and where the sandbox itself goes wrong, it says so as the channel would."""

import pytest

from entrepot_sandbox.amazon import AmazonMarketplace
from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.faults import KNOWN
from entrepot_sandbox.core.http import Call, Request, Response, Route, Router
from entrepot_sandbox.core.marketplace import Marketplace
from entrepot_sandbox.core.server import channels
from entrepot_sandbox.ebay.http import Ebay
from tests.sandbox.misuse import RAW, Stranger, wrongs

SEARCHES = {"amazon": "/orders/2026-01-01/orders?createdAfter=2026-01-01T00:00:00Z", "ebay": "/sell/fulfillment/v1/order"}


@pytest.fixture(params=["amazon", "ebay"])
def market(request: pytest.FixtureRequest) -> Marketplace:
    return channels([request.param])[0].open(Clock.virtual(), 1)


@pytest.fixture
def stranger(market: Marketplace) -> Stranger:
    return Stranger(market, {})


def test_any_control_call(market: Marketplace, stranger: Stranger) -> None:
    sku = next(shown.sku for shown in market.shown() if shown.live)
    calls = {
        "buy": {"sku": sku, "quantity": 1, "country": "DE"},
        "cancel": {"order_id": "x", "request_only": True},
        "clock": {"advance_s": 1, "speed": 1},
        "reset": {"seed": 1},
        "delays": dict(market.delay),
        "buyers": {"race": {"buyers": 1, "quantity": 1, "sku": sku}},
        "told": {"listings": {sku: {"has": 1, "wanted": 2}}, "score": {"sold_twice": 0, "without_guard": 1}},
    }
    for path, body in calls.items():
        for wrong in (body, *wrongs(body), *RAW):
            stranger.send("POST", f"/_sandbox/{path}", wrong)
        stranger.look()
        stranger.send("POST", "/_sandbox/reset", {"seed": 1})
    for raw in (b"", b"buy=x", b"speed=9", b"switch=x", b"lang=%ff&reset=1", b"q=%ED%A0%80"):
        assert market.handle(Request.make("POST", "/_sandbox/page", body=raw)).status == 303
    assert stranger.send("POST", "/_sandbox/page", b"\xff").status == 400


@pytest.mark.parametrize("name", KNOWN)
def test_any_fault(market: Marketplace, stranger: Stranger, name: str) -> None:
    numbers = {"retry_after_s": 1, "after": 0, "delay_s": 1, "status": 503, "item": 0, "quantity": 3}
    for how in KNOWN[name] or ("",):
        if how == "huge":
            continue
        body = {"fault": name, "operation": "*", "times": 1, "how": how, "field": "x", **numbers}
        for wrong in wrongs(body):
            stranger.send("POST", "/_sandbox/faults", wrong)
            answer = market.handle(Request.make("GET", SEARCHES[market.name]))
            assert 200 <= answer.status <= 599
            stranger.send("POST", "/_sandbox/faults", {})
    stranger.look()


def failing(call: Call) -> Response:
    raise RuntimeError("a mistake in the sandbox")


def test_a_mistake_in_the_sandbox_is_the_channels_own_500_and_its_trace_is_in_the_log(market, caplog):
    market.router = Router([Route("GET", "/mistake", "mistake", failing, open=True)])
    answer = market.handle(Request.make("GET", "/mistake"))
    assert answer.status == 500
    (error,) = answer.parsed()["errors"]
    assert error["message"]
    assert error.get("code") or error.get("errorId")
    assert "RuntimeError: a mistake in the sandbox" in caplog.text


class BlindAmazon(AmazonMarketplace):
    def shown(self):
        raise RuntimeError("a mistake in the sandbox")


class BlindEbay(Ebay):
    def shown(self):
        raise RuntimeError("a mistake in the sandbox")


@pytest.mark.parametrize("blind", [BlindAmazon, BlindEbay])
def test_a_mistake_in_the_control_plane_is_told_and_logged_too(blind, caplog):
    answer = blind(Clock.virtual(), 1).handle(Request.make("GET", "/_sandbox/world"))
    assert (answer.status, list(answer.parsed())) == (500, ["error"])
    assert "RuntimeError: a mistake in the sandbox" in caplog.text


def test_a_mistake_in_what_is_due_is_logged_and_neither_stops_the_clock_nor_spoils_an_answer(market, stranger, caplog):
    done: list[str] = []

    def mistake() -> None:
        raise RuntimeError("a mistake in the sandbox")

    market.clock.after(1, mistake)
    market.clock.after(2, lambda: done.append("what was due later"))
    assert stranger.send("POST", "/_sandbox/clock", {"advance_s": 3}).status == 200
    assert done == ["what was due later"]
    assert "RuntimeError: a mistake in the sandbox" in caplog.text
