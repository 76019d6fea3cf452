"""Whatever is sent, the sandbox answers in the channel's form and does not fall over."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from entrepot_sandbox.amazon.login import SELLER_ID
from entrepot_sandbox.amazon.product_types import CATALOG
from entrepot_sandbox.amazon.shop import MARKETPLACE_ID
from entrepot_sandbox.amazon.sqs_http import ACCESS_KEY
from entrepot_sandbox.core.http import Request
from tests.contract_checks import check_amazon
from tests.sandbox.amazon.client import Client, listing
from tests.shared import SHARED

anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inside: some.lists(inside, max_size=3) | some.dictionaries(some.text(max_size=10), inside, max_size=3),
    max_leaves=8,
)
attribute = some.sampled_from(sorted(CATALOG["PRODUCT"].attributes))
keys = some.sampled_from(["value", "quantity", "fulfillment_channel_code", "our_price", "schedule", "currency", "name", "parent_sku"])
entry = some.lists(some.dictionaries(keys, anything, max_size=3), max_size=2) | anything
relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def send(client: Client, operation: str, method: str, path: str, body: Any) -> None:
    client.market.quotas.reset()
    headers = {"x-amz-access-token": client.token}
    answer = client.market.handle(Request.make(method, path, headers=headers, body=json.dumps(body).encode()))
    assert answer.status in (200, 204, 400, 404, 409)
    if SHARED is not None:
        check_amazon(operation, answer.status, answer.parsed())


@relaxed
@given(name=attribute, value=entry)
def test_f21_any_attribute_value(name, value):
    client = Client()
    item = f"/listings/2021-08-01/items/{SELLER_ID}/X?marketplaceIds={MARKETPLACE_ID}"
    everything = "summaries,attributes,issues,offers,fulfillmentAvailability,relationships,productTypes"
    send(client, "putListingsItem", "PUT", item, {"productType": "PRODUCT", "attributes": {**listing(), name: value}})
    send(client, "putListingsItem", "PUT", item, {"productType": "PRODUCT", "attributes": listing()})
    patch = {"op": "merge", "path": f"/attributes/{name}", "value": value}
    send(client, "patchListingsItem", "PATCH", item, {"productType": "PRODUCT", "patches": [patch]})
    client.market.clock.advance(5)
    assert client.control("world").status == 200
    assert client.market.handle(Request.make("GET", "/_sandbox/")).status == 200
    send(client, "getListingsItem", "GET", f"{item}&includedData={everything}", {})


@relaxed
@given(body=anything, token=some.text(max_size=30))
def test_f21_any_body_of_any_operation(body, token):
    client = Client()
    client.publish("TENT")
    order = client.buy("TENT")
    shipment = f"/orders/v0/orders/{order}/shipmentConfirmation"
    send(client, "confirmShipment", "POST", shipment, body)
    send(client, "confirmShipment", "POST", shipment, {"marketplaceId": MARKETPLACE_ID, "packageDetail": body})
    send(client, "createSubscription", "POST", "/notifications/v1/subscriptions/ORDER_CHANGE", body)
    query = f"createdAfter=2026-01-01T00:00:00Z&paginationToken={json.dumps(token)[1:-1]}x"
    send(client, "searchOrders", "GET", f"/orders/2026-01-01/orders?{query}", {})
    signed = {"authorization": f"Credential={ACCESS_KEY}/x"}
    for action in ("ReceiveMessage", "DeleteMessage", "DeleteMessageBatch", "ChangeMessageVisibility", "GetQueueAttributes"):
        asked = {"AttributeNames": body, "Entries": body, "ReceiptHandle": body, "VisibilityTimeout": body}
        answer = client.market.handle(Request.make("POST", "/", headers={"x-amz-target": f"AmazonSQS.{action}", **signed}, body=asked))
        assert answer.status in (200, 400)
    for path in ("buy", "cancel", "clock", "faults", "delays", "buyers", "told"):
        assert client.control(path, json.dumps(body).encode()).status in (200, 400, 404, 409)
        assert client.control(path, json.dumps({"sku": "TENT", "fault": "F7", "delay_s": body, "times": body}).encode()).status in (
            200,
            400,
        )


def test_f21_a_lone_surrogate_comes_back_as_a_question_mark():
    client = Client()
    client.control("delays", {"live": 0})
    client.put("TENT", listing(item_name=[{"value": "Zelt \ud800"}]))
    assert client.shown("TENT")["title"] == "Zelt ?"
