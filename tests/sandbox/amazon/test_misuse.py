"""Whatever a stranger sends, Amazon's own error answers come back, and nothing that was kept breaks what is read later."""

import base64
import json

import pytest

from entrepot_sandbox.amazon import AmazonMarketplace
from entrepot_sandbox.amazon.login import SELLER_ID
from entrepot_sandbox.amazon.orders_http import SETS as ORDER_SETS
from entrepot_sandbox.amazon.shop import MARKETPLACE_ID
from entrepot_sandbox.amazon.sqs_http import ACCESS_KEY
from entrepot_sandbox.core.clock import Clock
from tests.sandbox.amazon.client import Client, listing
from tests.sandbox.misuse import RAW, Stranger, wrongs

ITEMS, PLACE = f"/listings/2021-08-01/items/{SELLER_ID}", f"?marketplaceIds={MARKETPLACE_ID}"
EVERYTHING = "includedData=summaries,attributes,issues,offers,fulfillmentAvailability,procurement,relationships,productTypes"
ORDERS = "/orders/2026-01-01/orders?createdAfter=2026-01-01T00:00:00Z"
SIGNED = {"authorization": f"Credential={ACCESS_KEY}/x"}


@pytest.fixture
def client() -> Client:
    opened = Client()
    opened.control("delays", {"live": 0})
    opened.put("TENT", listing(10**6))
    return opened


@pytest.fixture
def stranger(client: Client) -> Stranger:
    return Stranger(client.market, {"x-amz-access-token": client.token, "content-type": "application/json"})


def test_any_listing(stranger: Stranger) -> None:
    more = {"parentage_level": [{"value": "child"}], "child_parent_sku_relationship": [{"parent_sku": "P"}]}
    body = {"productType": "PRODUCT", "requirements": "LISTING", "attributes": listing(10**6, **more)}
    for wrong in (body, *wrongs(body), *RAW):
        stranger.send("PUT", f"{ITEMS}/TENT{PLACE}", wrong)
        stranger.send("GET", f"{ITEMS}{PLACE}&{EVERYTHING}&pageSize=1&variationParentSku=P")
        answer = stranger.send("POST", "/_sandbox/buy", {"sku": "TENT", "quantity": 2})
        if answer.status == 200:
            order_id = answer.parsed()["order_id"]
            stranger.send("GET", f"/orders/2026-01-01/orders/{order_id}?includedData={','.join(ORDER_SETS)}")
    stranger.look()


def test_any_patch(stranger: Stranger) -> None:
    for name, value in listing(5).items():
        patch = {"op": "merge", "path": f"/attributes/{name}", "value": value}
        for wrong in wrongs({"productType": "PRODUCT", "patches": [patch]}):
            stranger.send("PATCH", f"{ITEMS}/TENT{PLACE}", wrong)
            stranger.send("GET", "/_sandbox/world")
        stranger.look()


@pytest.mark.parametrize("price", [1e9 + 1, "1e999999", 10**30])
def test_a_price_beyond_what_a_page_can_show_is_refused(client: Client, price: object) -> None:
    assert client.put("TENT", listing(price=price)).parsed()["status"] == "INVALID"  # type: ignore[arg-type]
    assert client.shown("TENT")["price"] == 19.99


def test_a_quantity_beyond_31_bits_is_refused(client: Client) -> None:
    assert client.quantity("TENT", 2**31).parsed()["status"] == "INVALID"
    assert client.quantity("TENT", 2**31 - 1).parsed()["status"] == "ACCEPTED"


def test_any_shipment(stranger: Stranger, client: Client) -> None:
    order = client.get_order(client.buy("TENT", 3))
    package = {
        "packageReferenceId": "1",
        "carrierCode": "DHL",
        "trackingNumber": "T",
        "shipDate": "2026-03-02T09:00:00Z",
        "orderItems": [{"orderItemId": order["orderItems"][0]["orderItemId"], "quantity": 1}],
    }
    path = f"/orders/v0/orders/{order['orderId']}/shipmentConfirmation"
    stranger.every("POST", path, {"marketplaceId": MARKETPLACE_ID, "packageDetail": package})
    stranger.send("GET", f"/orders/2026-01-01/orders/{order['orderId']}?includedData={','.join(ORDER_SETS)}")


def test_any_destination_and_subscription(stranger: Stranger, client: Client) -> None:
    grantless = Stranger(client.market, {"x-amz-access-token": client.grantless()})
    body = {"name": "n", "resourceSpecification": {"sqs": {"arn": client.market.queue_arn}}}
    grantless.every("POST", "/notifications/v1/destinations", body)
    (destination,) = grantless.send("GET", "/notifications/v1/destinations").parsed()["payload"]
    directive = {"eventFilter": {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": ["OrderStatusChange"]}}
    body = {"payloadVersion": "1.0", "destinationId": destination["destinationId"], "processingDirective": directive}
    for wrong in (*wrongs(body), *RAW):
        answer = stranger.send("POST", "/notifications/v1/subscriptions/ORDER_CHANGE", wrong)
        client.buy("TENT")
        if answer.status == 200:
            kept = answer.parsed()["payload"]["subscriptionId"]
            grantless.send("DELETE", f"/notifications/v1/subscriptions/ORDER_CHANGE/{kept}")


@pytest.mark.parametrize("action", ["ReceiveMessage", "DeleteMessageBatch", "ChangeMessageVisibility", "SendMessage", "Nothing"])
def test_any_call_of_the_queue(stranger: Stranger, client: Client, action: str) -> None:
    body = {
        "QueueUrl": client.market.facts()["sqs_queue_url"],
        "MaxNumberOfMessages": 1,
        "VisibilityTimeout": 1,
        "AttributeNames": ["All"],
        "Entries": [{"Id": "1", "ReceiptHandle": "r"}],
        "MessageBody": "m",
    }
    queue = Stranger(client.market, {**SIGNED, "x-amz-target": f"AmazonSQS.{action}"})
    queue.every("POST", "/", body)
    form = Stranger(client.market, {**SIGNED, "content-type": "application/x-www-form-urlencoded"})
    for fields in ("MaxNumberOfMessages=" + "9" * 5000, f"DeleteMessageBatchRequestEntry.{'9' * 5000}.Id=1", "AttributeName.1=%ED%A0%80"):
        form.send("POST", "/000000000000/entrepot-sandbox-orders", f"Action={action}&{fields}".encode())


def test_any_search_and_address(stranger: Stranger) -> None:
    names = ("pageSize", "sortBy", "pageToken", "includedData", "identifiers", "createdBefore", "withStatus", "mode", "keywords")
    for target in (f"{ITEMS}{PLACE}", f"{ITEMS}/TENT{PLACE}", f"/definitions/2020-09-01/productTypes{PLACE}"):
        stranger.every_word(target, *names)
    stranger.every_word(ORDERS, "createdBefore", "lastUpdatedBefore", "maxResultsPerPage", "paginationToken", "fulfillmentStatuses")
    stranger.every_route(AmazonMarketplace(Clock.virtual(), seed=0).routes())


@pytest.mark.parametrize(
    "fields", [[], [None] * 5, [["a", "b"], None, None, None, None], [["a"], 0, 0, 0, 0], [{}, 1, [], {}, {}], [1, 2, 3, "2026-03-02", "x"]]
)
def test_a_token_made_by_hand_is_refused(stranger: Stranger, fields: list[object]) -> None:
    token = base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()
    assert stranger.send("GET", f"{ORDERS}&paginationToken={token}").status == 400
    assert stranger.send("GET", f"{ITEMS}{PLACE}&pageToken={token}").status == 400


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", ""])
def test_any_body_at_the_token_endpoint(client: Client, kind: str) -> None:
    stranger = Stranger(client.market, {"content-type": kind})
    stranger.every("POST", "/auth/o2/token", {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "x", "client_secret": "x"})
