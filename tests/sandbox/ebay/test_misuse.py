"""Whatever a stranger sends, eBay's own error answers come back, and nothing that was kept breaks what is read later."""

import base64

import pytest

from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.ebay.http import Ebay
from tests.sandbox.ebay.conftest import FULFILLMENT, INVENTORY, Seller, item, offer
from tests.sandbox.misuse import RAW, Stranger, wrongs

ACCOUNT, NOTIFICATION, TAXONOMY = "/sell/account/v1", "/commerce/notification/v1", "/commerce/taxonomy/v1/category_tree/205"
IE = "EBAY_IE"
PRODUCT = {"title": "Red mug", "description": "Red.", "brand": "Kallo", "aspects": {"Color": ["Red"]}, "imageUrls": ["http://a.example"]}
GROUP = {
    "title": "Mugs",
    "aspects": {"Brand": ["Kallo"]},
    "variantSKUs": ["MUG-1"],
    "variesBy": {"specifications": [{"name": "Color", "values": ["Red"]}]},
}
GROUP_KEY = {"inventoryItemGroupKey": "MUGS", "marketplaceId": IE}


@pytest.fixture
def stranger(market: Ebay, seller: Seller) -> Stranger:
    seller.put_item("MUG-1", 10**6, product=PRODUCT)
    return Stranger(market, {**seller.headers, "Content-Type": "application/json"})


def sold(stranger: Stranger) -> None:
    """Buy, and read the order, where there is something to buy."""
    answer = stranger.send("POST", "/_sandbox/buy", {"sku": "MUG-1", "quantity": 2})
    if answer.status == 200:
        stranger.send("GET", f"{FULFILLMENT}/order/{answer.parsed()['order_id']}")


@pytest.mark.parametrize("body", [{"offers": ["x"]}, {"offers": "x"}, {"offers": [[]]}, {"shipToLocationAvailability": "x"}])
def test_a_price_and_quantity_that_is_no_object_is_refused(stranger: Stranger, body: dict[str, object]) -> None:
    answer = stranger.send("POST", f"{INVENTORY}/bulk_update_price_quantity", {"requests": [{"sku": "MUG-1", **body}]})
    assert (answer.status, [error["errorId"] for error in answer.parsed()["errors"]]) == (400, [25709])


@pytest.mark.parametrize("aspects", ["Brand", ["Brand"], {"Brand": "Kallo"}, {"Brand": [1]}])
def test_aspects_that_are_no_lists_of_texts_are_refused_and_never_kept(stranger: Stranger, aspects: object) -> None:
    answer = stranger.send("PUT", f"{INVENTORY}/inventory_item/MUG-1", item(product={**PRODUCT, "aspects": aspects}))
    (error,) = answer.parsed()["errors"]
    assert (answer.status, error["errorId"]) == (400, 25709)
    assert error["message"].startswith("Invalid value for product.aspects")
    assert stranger.send("GET", f"{INVENTORY}/inventory_item/MUG-1").parsed()["product"] == PRODUCT


def test_any_item(stranger: Stranger, seller: Seller) -> None:
    offer_id = seller.offer("MUG-1")
    body = {**item(10**6, product=PRODUCT), "packageWeightAndSize": {"weight": {"value": 1, "unit": "KILOGRAM"}}}
    for wrong in (*wrongs(body), *RAW):
        stranger.send("PUT", f"{INVENTORY}/inventory_item/MUG-1", wrong)
        stranger.send("POST", f"{INVENTORY}/offer/{offer_id}/publish", {})
        stranger.send("GET", f"{INVENTORY}/inventory_item")
        sold(stranger)
        stranger.send("POST", f"{INVENTORY}/offer/{offer_id}/withdraw", {})
    stranger.every(
        "POST", f"{INVENTORY}/bulk_create_or_replace_inventory_item", {"requests": [{"sku": "MUG-1", "locale": "en_US", **body}]}
    )
    stranger.every("POST", f"{INVENTORY}/bulk_get_inventory_item", {"requests": [{"sku": "MUG-1"}]})
    stranger.look()


def test_any_offer(stranger: Stranger, market: Ebay) -> None:
    body = {**offer(market, "MUG-1"), "availableQuantity": 5, "listingDescription": "A mug."}
    for wrong in (*wrongs(body), *RAW):
        stranger.send("POST", f"{INVENTORY}/offer", wrong)
        stranger.send("POST", f"{INVENTORY}/offer", body)
        for offer_id in list(market.shop.offers):
            stranger.send("POST", f"{INVENTORY}/offer/{offer_id}/publish", {})
            stranger.send("PUT", f"{INVENTORY}/offer/{offer_id}", wrong)
            stranger.send("GET", f"{INVENTORY}/offer/{offer_id}")
            sold(stranger)
            stranger.send("DELETE", f"{INVENTORY}/offer/{offer_id}")
    stranger.every("POST", f"{INVENTORY}/bulk_create_offer", {"requests": [body]})
    stranger.every("POST", f"{INVENTORY}/bulk_publish_offer", {"requests": [{"offerId": "1"}]})
    stranger.look()


def test_any_price_and_quantity(stranger: Stranger, seller: Seller, market: Ebay) -> None:
    offer_id = seller.list("MUG-1")
    change = {"offerId": offer_id, "availableQuantity": 4, "price": {"value": "1.00", "currency": "EUR"}}
    body = {"requests": [{"sku": "MUG-1", "shipToLocationAvailability": {"quantity": 3}, "offers": [change]}]}
    for wrong in (body, *wrongs(body), *RAW):
        stranger.send("POST", f"{INVENTORY}/bulk_update_price_quantity", wrong)
        sold(stranger)
        stranger.look()
        market.clock.advance(3600)
        seller.log_in()
        stranger.headers = seller.headers


def test_any_group(stranger: Stranger, seller: Seller) -> None:
    seller.offer("MUG-1")
    for wrong in (*wrongs(GROUP), *RAW):
        stranger.send("PUT", f"{INVENTORY}/inventory_item_group/MUGS", wrong)
        stranger.send("POST", f"{INVENTORY}/offer/publish_by_inventory_item_group", GROUP_KEY)
        stranger.send("GET", f"{INVENTORY}/inventory_item_group/MUGS")
        sold(stranger)
        stranger.send("POST", f"{INVENTORY}/offer/withdraw_by_inventory_item_group", GROUP_KEY)
        stranger.send("DELETE", f"{INVENTORY}/inventory_item_group/MUGS")
    stranger.every("POST", f"{INVENTORY}/offer/publish_by_inventory_item_group", GROUP_KEY)
    stranger.every("POST", f"{INVENTORY}/offer/withdraw_by_inventory_item_group", GROUP_KEY)


def test_any_shipment_and_refund(stranger: Stranger, seller: Seller) -> None:
    seller.list("MUG-1", 10**6)
    order = f"{FULFILLMENT}/order/{seller.buy('MUG-1', 10**5)}"
    line_id = seller.get(order)["lineItems"][0]["lineItemId"]
    package = {"lineItems": [{"lineItemId": line_id, "quantity": 1}], "shippingCarrierCode": "UPS", "trackingNumber": "A1"}
    stranger.every("POST", f"{order}/shipping_fulfillment", {**package, "shippedDate": "2026-03-02T09:00:00.000Z"})
    money = {"value": "0.01", "currency": "EUR"}
    stranger.every("POST", f"{order}/issue_refund", {"reasonForRefund": "OTHER", "orderLevelRefundAmount": money})
    stranger.every("POST", f"{order}/issue_refund", {"reasonForRefund": "OTHER", "refundItems": [{"refundAmount": money}]})
    stranger.send("GET", f"{order}/shipping_fulfillment")
    stranger.send("GET", order)


def test_any_location_and_policy(stranger: Stranger) -> None:
    place = {"location": {"address": {"country": "IE", "postalCode": "D1"}}, "name": "Shed", "locationTypes": ["WAREHOUSE"]}
    for number, wrong in enumerate((*wrongs(place), *RAW)):
        for path in (f"K{number}", f"K{number}/update_location_details", "main-warehouse/update_location_details"):
            stranger.send("POST", f"{INVENTORY}/location/{path}", wrong)
        stranger.send("DELETE", f"{INVENTORY}/location/K{number}")
    stranger.send("GET", f"{INVENTORY}/location")
    for kind in ("fulfillment", "payment", "return"):
        policy = {"name": "N", "marketplaceId": IE, "categoryTypes": [{"name": "ALL"}], "returnsAccepted": True}
        stranger.every("POST", f"{ACCOUNT}/{kind}_policy", policy)
        stranger.send("GET", f"{ACCOUNT}/{kind}_policy?marketplace_id={IE}")
    for path in ("opt_in", "opt_out"):
        stranger.every("POST", f"{ACCOUNT}/program/{path}", {"programType": "OUT_OF_STOCK_CONTROL"})


def test_any_destination_and_subscription(stranger: Stranger, market: Ebay) -> None:
    market.notices.ask = lambda url: b"{}"
    stranger.every("PUT", f"{NOTIFICATION}/config", {"alertEmail": "ops@shop.example"})
    config = {"endpoint": "https://shop.example/hook", "verificationToken": "x" * 40}
    stranger.every("POST", f"{NOTIFICATION}/destination", {"name": "n", "status": "ENABLED", "deliveryConfig": config})
    for endpoint in ("http://[::1", "https://shop.example/\ud800", "https://shop.example:99999999/"):
        body = {"name": "n", "status": "ENABLED", "deliveryConfig": {**config, "endpoint": endpoint}}
        assert stranger.send("POST", f"{NOTIFICATION}/destination", body).status in (400, 409)
    payload = {"format": "JSON", "schemaVersion": "1.0", "deliveryProtocol": "HTTPS"}
    market.notices.destinations["D"] = {"name": "n", "status": "ENABLED", "deliveryConfig": config}
    subscription = {"topicId": "ORDER_CONFIRMATION", "status": "ENABLED", "destinationId": "D", "payload": payload}
    stranger.every("POST", f"{NOTIFICATION}/subscription", subscription)


def test_any_search_and_address(stranger: Stranger, seller: Seller) -> None:
    names = ("limit", "offset", "filter", "orderIds", "fieldGroups", "sku", "marketplace_id", "continuation_token", "category_id", "q")
    lists = (f"{FULFILLMENT}/order", f"{INVENTORY}/inventory_item", f"{INVENTORY}/offer", f"{INVENTORY}/location")
    for target in (*lists, f"{NOTIFICATION}/topic", f"{TAXONOMY}/get_category_suggestions", f"{ACCOUNT}/payment_policy"):
        stranger.every_word(f"{target}?sku=MUG-1", *names)
    for word in ("[..]", "[0001-01-01T00:00:00+14:00..]", "[9999-12-31T23:59:59-14:00..]", "{|}"):
        stranger.send("GET", f"{FULFILLMENT}/order?filter=creationdate:{word}")
    stranger.every_route(Ebay(Clock.virtual(), seed=0).routes())


@pytest.mark.parametrize("keys", [b"", b"\xff", "é:ü".encode(), b"%ED%A0%80:x", b"a:b"])
def test_any_client_at_the_token_endpoint(stranger: Stranger, keys: bytes) -> None:
    basic = f"Basic {base64.b64encode(keys).decode()}"
    for raw in (b"", b"\xff", b"grant_type=refresh_token", b"grant_type=%ff&scope=%00"):
        assert stranger.send("POST", "/identity/v1/oauth2/token", raw, authorization=basic).status == 401
