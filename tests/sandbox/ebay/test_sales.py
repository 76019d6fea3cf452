"""Buyers, quantities, orders: what a sale does, when it shows, and what shipping and canceling change."""

import httpx
import pytest

from entrepot_sandbox.core.world import NotEnoughLeft
from tests.sandbox.ebay.conftest import FULFILLMENT, INVENTORY, Seller, errors


def test_a_sale_lowers_the_listing_the_offer_and_the_item(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 7)
    seller.buy("MUG-1", 2)
    assert seller.window("MUG-1")["quantity"] == 5
    assert seller.get(f"{INVENTORY}/offer/{offer_id}")["availableQuantity"] == 5
    item = seller.get(f"{INVENTORY}/inventory_item/MUG-1")
    assert item["availability"]["shipToLocationAvailability"]["quantity"] == 5


def test_nobody_buys_more_than_is_live(seller: Seller) -> None:
    seller.list("MUG-1", 2)
    answer = seller.control("buy", {"sku": "MUG-1", "quantity": 3})
    assert (answer.status_code, answer.json()) == (409, {"left": 2})
    assert seller.control("buy", {"sku": "NONE", "quantity": 1}).status_code == 404
    seller.buy("MUG-1", 2)
    assert seller.control("buy", {"sku": "MUG-1", "quantity": 1}).json() == {"left": 0}


def test_nobody_buys_from_an_ended_listing(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 2)
    seller.call("POST", f"{INVENTORY}/offer/{offer_id}/withdraw")
    answer = seller.control("buy", {"sku": "MUG-1", "quantity": 1})
    assert (answer.status_code, answer.json()) == (409, {"left": 0})


def test_a_quantity_written_over_an_unseen_sale_puts_the_unit_on_sale_again(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 1)
    seller.buy("MUG-1")
    seller.set_quantity(offer_id, 1, "MUG-1")
    assert seller.window("MUG-1")["quantity"] == 1


def test_a_revision_goes_live_after_its_delay_and_overwrites_what_was_sold_meanwhile(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 5)
    seller.control("delays", {"revision_live": 60})
    seller.set_quantity(offer_id, 4, "MUG-1")
    assert seller.window("MUG-1")["quantity"] == 5
    assert seller.get(f"{INVENTORY}/offer/{offer_id}")["availableQuantity"] == 5
    seller.buy("MUG-1", 3)
    assert seller.window("MUG-1")["quantity"] == 2
    seller.turn(60)
    assert seller.window("MUG-1")["quantity"] == 4
    assert seller.get(f"{INVENTORY}/offer/{offer_id}")["availableQuantity"] == 4
    seller.call("POST", f"{INVENTORY}/offer/{offer_id}/withdraw")
    assert seller.get(f"{INVENTORY}/offer/{offer_id}")["availableQuantity"] == 4


def test_an_order_is_found_by_searches_after_its_delay_and_by_its_id_at_once(seller: Seller) -> None:
    seller.list("MUG-1", 5)
    order_id = seller.buy("MUG-1", 2, "DE")
    assert seller.orders()["total"] == 0
    assert seller.get(f"{FULFILLMENT}/order/{order_id}")["orderId"] == order_id
    assert seller.orders(orderIds=order_id)["total"] == 1
    seller.turn(5)
    found = seller.orders()
    assert (found["total"], found["orders"][0]["orderId"]) == (1, order_id)


def test_an_order_says_who_bought_what_for_how_much(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 5)
    order = seller.get(f"{FULFILLMENT}/order/{seller.buy('MUG-1', 2, 'DE')}")
    line = order["lineItems"][0]
    assert (line["sku"], line["quantity"], line["lineItemCost"]) == ("MUG-1", 2, {"value": "25.80", "currency": "EUR"})
    assert line["legacyItemId"] == seller.get(f"{INVENTORY}/offer/{offer_id}")["listing"]["listingId"]
    assert order["pricingSummary"]["total"] == {"value": "25.80", "currency": "EUR"}
    assert (order["orderPaymentStatus"], order["orderFulfillmentStatus"]) == ("PAID", "NOT_STARTED")
    ship_to = order["fulfillmentStartInstructions"][0]["shippingStep"]["shipTo"]
    assert ship_to["contactAddress"]["countryCode"] == "DE"
    assert ship_to["fullName"]
    assert order["cancelStatus"] == {"cancelState": "NONE_REQUESTED", "cancelRequests": []}


def test_a_cart_becomes_one_order_with_several_lines(seller: Seller) -> None:
    seller.list("MUG-1", 5)
    seller.list("MUG-2", 5)
    order_id = seller.market.buy_many([("MUG-1", 1), ("MUG-2", 3)])
    assert [line["sku"] for line in seller.get(f"{FULFILLMENT}/order/{order_id}")["lineItems"]] == ["MUG-1", "MUG-2"]
    assert len(seller.world()["orders"]) == 2


def test_a_cart_cannot_hold_more_of_a_sku_than_is_live(seller: Seller) -> None:
    seller.list("MUG-1", 1)
    seller.list("MUG-2", 5)
    with pytest.raises(NotEnoughLeft):
        seller.market.buy_many([("MUG-2", 1), ("MUG-1", 1), ("MUG-1", 1)])
    assert (seller.window("MUG-1")["quantity"], seller.window("MUG-2")["quantity"]) == (1, 5)
    assert seller.world()["orders"] == []


def test_searches_filter_by_creation_modification_and_status(seller: Seller) -> None:
    seller.list("MUG-1", 9)
    old = seller.buy("MUG-1")
    seller.turn(3600)
    new = seller.buy("MUG-1")
    seller.turn(10)
    ids = lambda text: [order["orderId"] for order in seller.orders(text)["orders"]]  # noqa: E731
    assert ids("creationdate:[2026-03-02T09:30:00.000Z..]") == [new]
    assert ids("creationdate:[2026-03-02T08:00:00.000Z..2026-03-02T09:30:00.000Z]") == [old]
    ship(seller, old)
    assert ids("lastmodifieddate:[2026-03-02T10:00:05.000Z..]") == [old]
    assert ids("orderfulfillmentstatus:{NOT_STARTED|IN_PROGRESS}") == [new]
    assert ids("orderfulfillmentstatus:{FULFILLED|IN_PROGRESS}") == [old]
    both = "lastmodifieddate:[2026-03-02T10:00:05.000Z..],creationdate:[2026-03-02T09:30:00.000Z..]"
    assert ids(both) == [new], "of two date filters only the creation date counts"


@pytest.mark.parametrize(
    ("query", "error_id"),
    [
        ("limit=201", 31100),
        ("limit=x", 31100),
        ("offset=-1", 31000),
        ("filter=color:{RED}", 30700),
        ("filter=creationdate:[yesterday..]", 30810),
        ("filter=creationdate:[..2026-03-01T00:00:00.000Z]", 30820),
        ("filter=creationdate:[2020-03-01T00:00:00.000Z..]", 30830),
        ("filter=creationdate:[2026-03-02T00:00:00.000Z..2026-03-01T00:00:00.000Z]", 30840),
        ("filter=creationdate:[2031-03-02T00:00:00.000Z..]", 30850),
        ("filter=orderfulfillmentstatus:{NOT_STARTED}", 30800),
        ("orderIds=" + ",".join(str(number) for number in range(51)), 30900),
        ("fieldGroups=ALL", 32800),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(seller: Seller, query: str, error_id: int) -> None:
    answer = seller.call("GET", f"{FULFILLMENT}/order?{query}")
    assert (answer.status_code, errors(answer)) == (400, [error_id])


def test_searches_are_paged_with_total_and_next(seller: Seller) -> None:
    seller.list("MUG-1", 9)
    placed = [seller.buy("MUG-1") for _ in range(5)]
    seller.turn(5)
    first = seller.orders(limit=2)
    second = seller.get(first["next"].removeprefix("http://127.0.0.1"))
    third = seller.get(second["next"].removeprefix("http://127.0.0.1"))
    assert [page["total"] for page in (first, second, third)] == [5, 5, 5]
    assert "next" not in third
    assert [order["orderId"] for page in (first, second, third) for order in page["orders"]] == placed[::-1]


def ship(seller: Seller, order_id: str, tracking: str = "1Z999", lines: object = None) -> httpx.Response:
    body = {"shippingCarrierCode": "UPS", "trackingNumber": tracking}
    return seller.call("POST", f"{FULFILLMENT}/order/{order_id}/shipping_fulfillment", {**body, **({"lineItems": lines} if lines else {})})


def test_a_package_answers_its_address_and_nothing_else(seller: Seller) -> None:
    seller.list("MUG-1", 5)
    order_id = seller.buy("MUG-1", 2)
    answer = ship(seller, order_id)
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["location"].endswith(f"/order/{order_id}/shipping_fulfillment/1Z999")
    order = seller.get(f"{FULFILLMENT}/order/{order_id}")
    assert (order["orderFulfillmentStatus"], order["fulfillmentHrefs"]) == ("FULFILLED", [answer.headers["location"]])
    assert seller.world()["orders"][0] == {
        "id": order_id,
        "sku": "MUG-1",
        "quantity": 2,
        "status": "FULFILLED",
        "shipped": 2,
        "canceled": 0,
    }


def test_the_same_tracking_number_twice_is_a_conflict(seller: Seller) -> None:
    seller.list("MUG-1", 5)
    order_id = seller.buy("MUG-1", 2)
    line_id = seller.get(f"{FULFILLMENT}/order/{order_id}")["lineItems"][0]["lineItemId"]
    one = [{"lineItemId": line_id, "quantity": 1}]
    assert ship(seller, order_id, "A1", one).status_code == 201
    assert ship(seller, order_id, "A1", one).status_code == 409
    assert seller.get(f"{FULFILLMENT}/order/{order_id}")["orderFulfillmentStatus"] == "IN_PROGRESS"
    assert ship(seller, order_id, "A2", one).status_code == 201
    shipped = seller.get(f"{FULFILLMENT}/order/{order_id}/shipping_fulfillment")
    assert (shipped["total"], [each["fulfillmentId"] for each in shipped["fulfillments"]]) == (2, ["A1", "A2"])


def test_a_line_named_without_a_quantity_is_one_unit_and_no_line_named_is_all_that_is_left(seller: Seller) -> None:
    seller.list("MUG-1", 5)
    order_id = seller.buy("MUG-1", 3)
    line_id = seller.get(f"{FULFILLMENT}/order/{order_id}")["lineItems"][0]["lineItemId"]
    assert ship(seller, order_id, "A1", [{"lineItemId": line_id}]).status_code == 201
    assert seller.world()["orders"][0]["shipped"] == 1
    assert ship(seller, order_id, "A2").status_code == 201
    assert seller.world()["orders"][0]["shipped"] == 3
    assert ship(seller, order_id, "A3").status_code == 400


@pytest.mark.parametrize(
    ("body", "error_id"),
    [
        ({"trackingNumber": "A1"}, 32300),
        ({"trackingNumber": "A 1", "shippingCarrierCode": "UPS"}, 32300),
        ({"lineItems": [{"lineItemId": "1", "quantity": 1}]}, 32200),
        ({"shippedDate": "soon"}, 32500),
    ],
)
def test_a_package_that_makes_no_sense_is_refused(seller: Seller, body: dict[str, object], error_id: int) -> None:
    seller.list("MUG-1", 5)
    path = f"{FULFILLMENT}/order/{seller.buy('MUG-1')}/shipping_fulfillment"
    answer = seller.call("POST", path, body)
    assert (answer.status_code, errors(answer)) == (400, [error_id])
    assert seller.get(path)["total"] == 0


def test_cancel_requests_show_in_one_order_and_never_in_searches_F9(seller: Seller) -> None:
    seller.list("MUG-1", 5)
    order_id = seller.buy("MUG-1", 2)
    seller.turn(10)
    assert seller.control("cancel", {"order_id": order_id, "request_only": True}).status_code == 200
    assert seller.orders()["orders"][0]["cancelStatus"] == {"cancelState": "IN_PROGRESS", "cancelRequests": []}
    alone = seller.get(f"{FULFILLMENT}/order/{order_id}")["cancelStatus"]
    assert alone["cancelRequests"][0]["cancelRequestState"] == "REQUESTED"


def test_a_canceled_order_is_refunded_and_cannot_be_shipped_F9(seller: Seller) -> None:
    seller.list("MUG-1", 5)
    order_id = seller.buy("MUG-1", 2)
    seller.control("cancel", {"order_id": order_id})
    order = seller.get(f"{FULFILLMENT}/order/{order_id}")
    assert (order["cancelStatus"]["cancelState"], order["orderPaymentStatus"]) == ("CANCELED", "FULLY_REFUNDED")
    assert ship(seller, order_id).status_code == 400
    assert (seller.world()["orders"][0]["canceled"], seller.window("MUG-1")["quantity"]) == (2, 3)


def test_a_shipped_order_cannot_be_canceled_F9(seller: Seller) -> None:
    seller.list("MUG-1", 5)
    order_id = seller.buy("MUG-1")
    ship(seller, order_id)
    assert seller.control("cancel", {"order_id": order_id}).status_code == 409


def test_a_refund_is_counted_and_never_more_than_was_paid(seller: Seller) -> None:
    seller.list("MUG-1", 5)
    order_id = seller.buy("MUG-1")
    path = f"{FULFILLMENT}/order/{order_id}/issue_refund"
    body = {"reasonForRefund": "BUYER_CANCEL", "orderLevelRefundAmount": {"value": "10.00", "currency": "EUR"}}
    assert seller.call("POST", path, body).status_code == 200
    assert seller.get(f"{FULFILLMENT}/order/{order_id}")["orderPaymentStatus"] == "PARTIALLY_REFUNDED"
    assert seller.call("POST", path, body).status_code == 409
