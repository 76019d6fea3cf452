import pytest

from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.http import Request, Response
from entrepot_sandbox.core.marketplace import Marketplace
from entrepot_sandbox.core.server import channels


@pytest.fixture(params=["amazon", "ebay"])
def market(request: pytest.FixtureRequest) -> Marketplace:
    return channels([request.param])[0].open(Clock.virtual(), 7)


def control(market: Marketplace, path: str, body: object = None) -> Response:
    method = "GET" if body is None else "POST"
    return market.handle(Request.make(method, f"/_sandbox/{path}", body=b"" if body is None else body))


def world(market: Marketplace) -> dict:
    return control(market, "world").parsed()


def some_sku(market: Marketplace, least: int = 1) -> str:
    return next(row["sku"] for row in world(market)["listings"] if row["live"] and row["quantity"] >= least)


def quantity(market: Marketplace, sku: str) -> int:
    return next(row["quantity"] for row in world(market)["listings"] if row["sku"] == sku)


def test_the_world_says_what_a_buyer_sees_and_reading_it_changes_nothing(market):
    first = world(market)
    assert first == world(market)
    assert set(first) == {"listings", "orders"}
    for row in first["listings"]:
        assert set(row) == {"sku", "title", "price", "currency", "quantity", "live"}
        assert isinstance(row["price"], float)
        assert isinstance(row["quantity"], int)
        assert isinstance(row["live"], bool)


def test_buying_lowers_the_number_and_never_goes_beyond_it(market):
    sku = some_sku(market, 2)
    left = quantity(market, sku)
    answer = control(market, "buy", {"sku": sku, "quantity": left - 1, "country": "FR"})
    assert (answer.status, set(answer.parsed())) == (200, {"order_id"})
    refused = control(market, "buy", {"sku": sku, "quantity": 2, "country": "FR"})
    assert (refused.status, refused.parsed()) == (409, {"left": 1})
    assert quantity(market, sku) == 1
    (order,) = world(market)["orders"]
    assert set(order) == {"id", "sku", "quantity", "status", "shipped", "canceled"}
    assert (order["id"], order["sku"], order["quantity"], order["shipped"], order["canceled"]) == (
        answer.parsed()["order_id"], sku, left - 1, 0, 0,
    )  # fmt: skip


def test_an_unknown_sku_is_not_found(market):
    assert control(market, "buy", {"sku": "NOBODY", "quantity": 1}).status == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("buy", {"quantity": 1}),
        ("buy", {"sku": "A", "quantity": 0}),
        ("buy", {"sku": "A", "quantity": "2"}),
        ("buy", b"{"),
        ("buy", []),
        ("clock", {"advance_s": -1}),
        ("clock", {"advance_s": "1 h"}),
        ("clock", b'{"advance_s": Infinity}'),
        ("clock", {"advance_s": 1e11}),
        ("faults", {"fault": "F99"}),
        ("faults", {"fault": "F1", "times": 0}),
        ("faults", {"fault": "F1", "retry_after_s": 1e300}),
        ("faults", {"fault": "F2", "status": 0}),
        ("faults", {"fault": "F14", "times": 10**12}),
        ("reset", {"seed": "seven"}),
        ("delays", {"nothing": 1}),
        ("reset", {"seed": 10**4000}),
        ("buyers", {"burst": 7}),
        ("buyers", {"burst": {"buyers": 10**12}}),
        ("buyers", {"race": {"sku": "A", "buyers": 10**12}}),
        ("buyers", {"per_hour": 1e-300}),
        ("buyers", {"per_hour": 1e9}),
        ("page", b"\xff"),
        ("told", {"listings": []}),
    ],
)
def test_a_control_call_that_makes_no_sense_is_refused_with_a_reason(market, path, body):
    before = world(market)
    answer = control(market, path, body)
    assert answer.status == 400
    assert answer.parsed()["error"]
    assert world(market) == before


def test_an_unknown_control_address_names_those_there_are(market):
    answer = control(market, "sell", {})
    assert answer.status == 404
    assert "buy" in answer.parsed()["error"]


def test_the_clock_is_turned_and_says_the_time(market):
    before = market.clock.now()
    answer = control(market, "clock", {"advance_s": 3600}).parsed()
    assert (market.clock.now() - before).total_seconds() == 3600
    assert answer == {"now": "2026-03-02T10:00:00.000Z"}


def test_a_clock_turned_to_the_end_of_time_stops_there_and_still_answers(market):
    for _ in range(30):
        assert control(market, "clock", {"advance_s": 1e10, "speed": 1e10}).status == 200
    assert control(market, "clock", {}).parsed()["now"] == "9000-01-01T00:00:00.000Z"
    assert control(market, "buy", {"sku": some_sku(market)}).status == 200
    assert control(market, "state").status == 200


def test_faults_are_planned_listed_and_cleared(market):
    body = {"fault": "F1", "operation": "*", "times": 3, "retry_after_s": None}
    assert control(market, "faults", body).parsed() == {"waiting": [body]}
    assert control(market, "state").parsed()["faults"]["waiting"] == [body]
    assert control(market, "faults", {}).parsed() == {"waiting": []}


def test_a_race_sells_each_unit_once(market):
    sku = some_sku(market)
    left = quantity(market, sku)
    answer = control(market, "buyers", {"race": {"sku": sku, "buyers": left + 9}}).parsed()
    assert answer == {"bought": left, "too_late": 9}
    assert quantity(market, sku) == 0
    assert sum(order["quantity"] for order in world(market)["orders"]) == left
    assert control(market, "buyers", {"race": {"sku": "NOBODY", "buyers": 2}}).status == 404


def test_a_burst_comes_within_its_seconds(market):
    sku = some_sku(market, 3)
    before = quantity(market, sku)
    control(market, "buyers", {"burst": {"sku": sku, "buyers": 3, "within_s": 10}})
    assert quantity(market, sku) == before
    market.clock.advance(10)
    assert quantity(market, sku) == before - 3


def test_buyers_come_at_the_rate_that_was_set_and_stop_when_told(market):
    control(market, "buyers", {"per_hour": 60})
    control(market, "clock", {"advance_s": 3600})
    seen = market.buyers.bought + market.buyers.too_late
    assert 35 <= seen <= 90
    control(market, "buyers", {"per_hour": 0})
    control(market, "clock", {"advance_s": 3600})
    assert market.buyers.bought + market.buyers.too_late == seen


def test_the_same_seed_and_the_same_calls_give_the_same_world(market):
    def run() -> dict:
        control(market, "reset", {"seed": 11})
        control(market, "buyers", {"per_hour": 30})
        control(market, "clock", {"advance_s": 3600})
        return {"listings": world(market)["listings"], "orders": [{**row, "id": ""} for row in world(market)["orders"]]}

    assert run() == run()


def test_a_reset_leaves_no_orders_no_faults_and_no_buyers(market):
    first = world(market)
    control(market, "buyers", {"per_hour": 100})
    control(market, "faults", {"fault": "F2", "times": None})
    control(market, "delays", dict.fromkeys(market.delays, 7))
    control(market, "clock", {"advance_s": 3600})
    assert control(market, "reset", {"seed": 7}).status == 200
    market.clock.advance(3600)
    state = control(market, "state").parsed()
    assert world(market) == first
    assert (state["buyers"]["per_hour"], state["faults"]["waiting"]) == (0, [])
    assert state["delays"] == dict(market.delays)
