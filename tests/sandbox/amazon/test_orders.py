import pytest

from entrepot_sandbox.amazon.orders_http import SETS
from entrepot_sandbox.core.clock import iso
from entrepot_sandbox.core.http import Response
from tests.sandbox.amazon.client import Client

LONG_AGO = "2026-01-01T00:00:00Z"


@pytest.fixture
def client() -> Client:
    opened = Client()
    opened.publish("TENT", 10)
    return opened


def test_a_buyer_lowers_the_live_number_and_cannot_buy_beyond_it(client):
    client.buy("TENT", 7, country="FR")
    assert client.shown("TENT")["quantity"] == 3
    refused = client.control("buy", {"sku": "TENT", "quantity": 4})
    assert (refused.status, refused.parsed()) == (409, {"left": 3})
    assert client.shown("TENT")["quantity"] == 3
    assert client.control("buy", {"sku": "NOBODY", "quantity": 1}).status == 404
    assert len(client.control("world").parsed()["orders"]) == 1


def test_the_world_shows_one_row_an_order_line(client):
    order_id = client.buy("TENT", 2)
    row = {"id": order_id, "sku": "TENT", "quantity": 2, "status": "UNSHIPPED", "shipped": 0, "canceled": 0}
    assert client.control("world").parsed()["orders"] == [row]


def test_an_order_is_readable_at_once_but_searchable_after_two_minutes(client):
    order_id = client.buy("TENT", 2)
    assert client.get_order(order_id)["orderId"] == order_id
    assert client.search_orders(lastUpdatedAfter=LONG_AGO)["orders"] == []
    client.control("clock", {"advance_s": 119})
    assert client.search_orders(lastUpdatedAfter=LONG_AGO)["orders"] == []
    client.control("clock", {"advance_s": 1})
    (order,) = client.search_orders(lastUpdatedAfter=LONG_AGO)["orders"]
    assert order["orderId"] == order_id
    (line,) = order["orderItems"]
    assert (line["quantityOrdered"], line["product"]["sellerSku"]) == (2, "TENT")
    assert line["product"]["price"]["unitPrice"] == {"amount": "19.99", "currencyCode": "EUR"}


def test_the_dial_makes_searches_slower_or_quicker(client):
    client.control("delays", {"search": 900})
    client.buy("TENT")
    client.market.clock.advance(899)
    assert client.search_orders(createdAfter=LONG_AGO)["orders"] == []
    client.market.clock.advance(1)
    assert len(client.search_orders(createdAfter=LONG_AGO)["orders"]) == 1
    client.control("delays", {"search": 0})
    client.buy("TENT")
    assert len(client.search_orders(createdAfter=LONG_AGO)["orders"]) == 2


def test_buyer_address_money_and_state_come_only_when_asked_for(client):
    order_id = client.buy("TENT", 2, country="FR")
    assert set(client.get_order(order_id)) == {"orderId", "createdTime", "lastUpdatedTime", "programs", "salesChannel", "orderItems"}
    order = client.get_order(order_id, *SETS)
    assert order["recipient"]["deliveryAddress"]["countryCode"] == "FR"
    assert "@" in order["buyer"]["buyerEmail"]
    assert order["proceeds"]["grandTotal"] == {"amount": "39.98", "currencyCode": "EUR"}
    assert order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    assert order["orderItems"][0]["fulfillment"] == {"quantityFulfilled": 0, "quantityUnfulfilled": 2}


def test_an_order_waits_for_its_payment_when_the_dial_says_so(client):
    client.control("delays", {"payment": 1800})
    order_id = client.buy("TENT")
    order = client.get_order(order_id, "FULFILLMENT", "RECIPIENT", "BUYER")
    assert order["fulfillment"]["fulfillmentStatus"] == "PENDING"
    assert "recipient" not in order
    assert "buyer" not in order
    assert client.ship(order).status == 400
    client.market.clock.advance(1800)
    order = client.get_order(order_id, "FULFILLMENT", "RECIPIENT")
    assert order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    assert order["lastUpdatedTime"] > order["createdTime"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"createdAfter": LONG_AGO, "lastUpdatedAfter": LONG_AGO},
        {"createdAfter": LONG_AGO, "lastUpdatedBefore": LONG_AGO},
        {"createdAfter": "yesterday"},
        {"createdAfter": LONG_AGO, "createdBefore": "2025-01-01T00:00:00Z"},
        {"createdAfter": LONG_AGO, "maxResultsPerPage": "101"},
        {"createdAfter": LONG_AGO, "paginationToken": "nonsense"},
    ],
)
def test_a_search_that_the_manual_forbids_is_refused(client, query):
    answer = client.call("searchOrders", "GET", "/orders/2026-01-01/orders", **query)
    assert (answer.status, answer.parsed()["errors"][0]["code"]) == (400, "InvalidInput")


def test_the_before_bound_lies_two_minutes_in_the_past(client):
    now = client.market.clock.now()
    client.market.clock.advance(119)
    late = client.call("searchOrders", "GET", "/orders/2026-01-01/orders", lastUpdatedAfter=LONG_AGO, lastUpdatedBefore=iso(now))
    assert late.status == 400
    client.market.clock.advance(1)
    assert client.search_orders(lastUpdatedAfter=LONG_AGO, lastUpdatedBefore=iso(now))["lastUpdatedBefore"] == iso(now)


def ids_by_page(client: Client, size: int, most: int = 20) -> list[list[str]]:
    pages: list[list[str]] = []
    token: dict[str, str] = {}
    while len(pages) < most:
        answer = client.search_orders(createdAfter=LONG_AGO, maxResultsPerPage=str(size), **token)
        pages.append([order["orderId"] for order in answer["orders"]])
        if "pagination" not in answer:
            break
        token = {"paginationToken": answer["pagination"]["nextToken"]}
    return pages


def test_pages_hold_every_order_once(client):
    ids = [client.buy("TENT") for _ in range(7)]
    client.market.clock.advance(120)
    pages = ids_by_page(client, 3)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(order_id for page in pages for order_id in page) == sorted(ids)


def test_an_order_updated_between_two_pages_pushes_no_other_one_out(client):
    ids = []
    for _ in range(4):
        ids.append(client.buy("TENT"))
        client.market.clock.advance(1)
    client.market.clock.advance(120)
    query = {"lastUpdatedAfter": LONG_AGO, "maxResultsPerPage": "2"}
    first = client.search_orders(**query)
    assert client.ship(client.get_order(ids[0])).status == 204
    second = client.search_orders(**query, paginationToken=first["pagination"]["nextToken"])
    assert [order["orderId"] for order in first["orders"] + second["orders"]] == ids


def test_the_other_parameters_must_be_repeated_with_the_token(client):
    for _ in range(3):
        client.buy("TENT")
    client.market.clock.advance(120)
    token = client.search_orders(createdAfter=LONG_AGO, maxResultsPerPage="2")["pagination"]["nextToken"]

    def follow(size: str) -> Response:
        query = {"createdAfter": LONG_AGO, "maxResultsPerPage": size, "paginationToken": token}
        return client.call("searchOrders", "GET", "/orders/2026-01-01/orders", **query)

    assert follow("3").status == 400
    assert follow("2").status == 200
    client.market.clock.advance(25 * 3600)
    client.token = client.login()["access_token"]
    assert follow("2").status == 400


def test_f6_a_page_comes_twice_is_skipped_or_points_to_itself(client):
    for _ in range(6):
        client.buy("TENT")
    client.market.clock.advance(120)
    plain = ids_by_page(client, 2)
    client.control("faults", {"fault": "F6", "operation": "searchOrders", "how": "repeat"})
    assert ids_by_page(client, 2) == [plain[0], plain[0], plain[1], plain[2]]
    client.control("faults", {"fault": "F6", "operation": "searchOrders", "how": "skip"})
    assert ids_by_page(client, 2) == [plain[0], plain[2]]
    client.control("faults", {"fault": "F6", "operation": "searchOrders", "how": "loop", "times": None, "after": 1})
    client.market.quotas.reset()
    assert ids_by_page(client, 2, most=6) == [plain[0], *[plain[1]] * 5]


def test_a_package_is_confirmed_and_the_same_reference_edits_it(client):
    order = client.get_order(client.buy("TENT", 3))
    assert client.ship(order, quantity=1).status == 204
    after = client.get_order(order["orderId"], *SETS)
    assert after["fulfillment"]["fulfillmentStatus"] == "PARTIALLY_SHIPPED"
    assert client.ship(order, quantity=2, tracking="TRACK2").status == 204
    after = client.get_order(order["orderId"], *SETS)
    assert after["orderItems"][0]["fulfillment"] == {"quantityFulfilled": 2, "quantityUnfulfilled": 1}
    assert [package["trackingNumber"] for package in after["packages"]] == ["TRACK2"]
    assert client.ship(order, reference="2", quantity=2).status == 400
    assert client.ship(order, reference="2", quantity=1).status == 204
    assert client.get_order(order["orderId"], "FULFILLMENT")["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert client.control("world").parsed()["orders"][0]["shipped"] == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"packageReferenceId": "0"},
        {"packageReferenceId": "A1"},
        {"shipDate": "02/21/2022"},
        {"carrierCode": "Other"},
        {"trackingNumber": ""},
        {"orderItems": [{"orderItemId": "1", "quantity": 1}]},
        {"orderItems": []},
    ],
)
def test_a_shipment_that_says_something_wrong_is_refused(client, wrong):
    order = client.get_order(client.buy("TENT"))
    assert client.ship(order, **wrong).status == 400
    assert client.control("world").parsed()["orders"][0]["shipped"] == 0


def test_f9_a_buyer_cancels_before_shipping_or_only_asks(client):
    asked, canceled, shipped = (client.buy("TENT") for _ in range(3))
    assert client.control("cancel", {"order_id": asked, "request_only": True}).status == 200
    order = client.get_order(asked, "CANCELLATION", "FULFILLMENT")
    assert order["orderItems"][0]["cancellation"]["cancellationRequest"]["requester"] == "BUYER"
    assert order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    assert client.control("cancel", {"order_id": canceled}).status == 200
    order = client.get_order(canceled, "CANCELLATION", "FULFILLMENT")
    assert order["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
    assert client.ship(order).status == 400
    assert client.ship(client.get_order(shipped)).status == 204
    assert client.control("cancel", {"order_id": shipped}).status == 409
    assert client.control("cancel", {"order_id": "000"}).status == 404
    assert client.shown("TENT")["quantity"] == 7
    rows = {row["id"]: row["canceled"] for row in client.control("world").parsed()["orders"]}
    assert rows == {asked: 0, canceled: 1, shipped: 0}


def test_units_of_an_unpaid_order_come_back_when_it_is_canceled(client):
    client.control("delays", {"payment": 1800})
    order_id = client.buy("TENT", 4)
    client.control("cancel", {"order_id": order_id})
    assert client.shown("TENT")["quantity"] == 10
    client.market.clock.advance(2000)
    assert client.get_order(order_id, "FULFILLMENT")["fulfillment"]["fulfillmentStatus"] == "CANCELLED"


def test_an_unknown_order_is_not_found(client):
    answer = client.call("getOrder", "GET", "/orders/2026-01-01/orders/000-0000000-0000000")
    assert (answer.status, answer.parsed()["errors"][0]["code"]) == (404, "NotFound")
