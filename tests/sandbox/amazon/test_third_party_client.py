"""python-amazon-sp-api, which was not written for this sandbox, works against it unchanged."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sp_api import api as sp_api
from sp_api.auth import AccessTokenClient, access_token_client
from sp_api.base import SellingApiForbiddenException, SellingApiNotFoundException, SellingApiRequestThrottledException

from entrepot_sandbox.core import server
from tests.sandbox.amazon.client import listing, merge_quantity

SKU = "TENT/2P grün"


@pytest.fixture(scope="module")
def facts() -> Iterator[dict[str, Any]]:
    with server.running("amazon", seed=0) as channels:
        yield channels["channels"]["amazon"]


@pytest.fixture
def open_api(facts: dict[str, Any]) -> Iterator[Any]:
    access_token_client.cache.clear()
    access_token_client.grantless_cache.clear()
    httpx.post(f"{facts['control_url']}/reset", json={"seed": 0}, trust_env=False)
    httpx.post(f"{facts['control_url']}/delays", json={"live": 0, "notify": 0}, trust_env=False)
    host = facts["url"].removeprefix("http://")
    login = type("Login", (AccessTokenClient,), {"scheme": "http://", "host": host})
    credentials = {"lwa_app_id": facts["client_id"], "lwa_client_secret": facts["client_secret"], "refresh_token": facts["refresh_token"]}
    place = SimpleNamespace(endpoint=facts["url"], marketplace_id=facts["marketplace_id"], region="eu-west-1")
    yield lambda api: api(marketplace=place, credentials=credentials, auth_token_client_class=login)
    access_token_client.cache.clear()
    access_token_client.grantless_cache.clear()


def control(facts: dict[str, Any], path: str, body: Any = None) -> Any:
    url = f"{facts['control_url']}/{path}"
    return (httpx.get(url, trust_env=False) if body is None else httpx.post(url, json=body, trust_env=False)).json()


def test_list_sell_read_ship_and_end(facts, open_api):
    listings, orders = open_api(sp_api.ListingsItemsV20210801), open_api(sp_api.OrdersV20260101)
    seller, place = facts["seller_id"], [facts["marketplace_id"]]
    body = {"productType": facts["product_type"], "requirements": "LISTING", "attributes": listing(5)}
    assert listings.put_listings_item(seller, SKU, marketplaceIds=place, body=body).payload["status"] == "ACCEPTED"
    item = listings.get_listings_item(seller, SKU, marketplaceIds=place, includedData=["summaries", "fulfillmentAvailability"])
    assert item.payload["sku"] == SKU
    assert item.payload["summaries"][0]["status"] == ["BUYABLE", "DISCOVERABLE"]

    patch = {"productType": facts["product_type"], "patches": [merge_quantity(3)]}
    assert listings.patch_listings_item(seller, SKU, marketplaceIds=place, body=patch).payload["status"] == "ACCEPTED"
    assert control(facts, "world")["listings"][0]["quantity"] == 3

    order_id = control(facts, "buy", {"sku": SKU, "quantity": 2, "country": "FR"})["order_id"]
    control(facts, "clock", {"advance_s": 120})
    found = orders.search_orders(lastUpdatedAfter="2026-01-01T00:00:00Z", includedData=["FULFILLMENT", "RECIPIENT"])
    assert [order["orderId"] for order in found.payload["orders"]] == [order_id]
    order = orders.get_order(order_id, includedData=["BUYER", "RECIPIENT"]).payload["order"]
    assert order["recipient"]["deliveryAddress"]["countryCode"] == "FR"

    package = {
        "packageReferenceId": "1",
        "carrierCode": "DHL",
        "trackingNumber": "JD0001",
        "shipDate": "2026-11-25T10:00:00Z",
        "orderItems": [{"orderItemId": order["orderItems"][0]["orderItemId"], "quantity": 2}],
    }
    open_api(sp_api.OrdersV0).confirm_shipment(order_id, marketplaceId=facts["marketplace_id"], packageDetail=package)
    assert control(facts, "world")["orders"][0]["shipped"] == 2

    assert listings.delete_listings_item(seller, SKU, marketplaceIds=place).payload["status"] == "ACCEPTED"
    assert not control(facts, "world")["listings"][0]["live"]


def test_subscribe_through_the_grantless_token(facts, open_api):
    notifications = open_api(sp_api.Notifications)
    made = notifications.create_destination("orders", arn=facts["sqs_queue_arn"]).payload
    kept = notifications.create_subscription("ORDER_CHANGE", destination_id=made["destinationId"]).payload
    assert notifications.get_subscription("ORDER_CHANGE").payload["subscriptionId"] == kept["subscriptionId"]


def test_errors_are_the_clients_own_exceptions(facts, open_api):
    listings, orders = open_api(sp_api.ListingsItemsV20210801), open_api(sp_api.OrdersV20260101)
    with pytest.raises(SellingApiNotFoundException):
        listings.get_listings_item(facts["seller_id"], "NOBODY", marketplaceIds=[facts["marketplace_id"]])
    control(facts, "faults", {"fault": "F1", "operation": "getOrder", "times": 1, "retry_after_s": 2})
    with pytest.raises(SellingApiRequestThrottledException):
        orders.get_order("000-0000000-0000000")
    control(facts, "faults", {"fault": "F5", "operation": "getOrder", "times": 1})
    with pytest.raises(SellingApiForbiddenException):
        orders.get_order("000-0000000-0000000")


def test_boto3_reads_the_queue(facts, open_api):
    boto3 = pytest.importorskip("boto3")
    notifications = open_api(sp_api.Notifications)
    if not notifications.get_destinations().payload:
        made = notifications.create_destination("orders", arn=facts["sqs_queue_arn"]).payload
        notifications.create_subscription("ORDER_CHANGE", destination_id=made["destinationId"])
    control(facts, "reset", {"seed": 1})
    order_id = control(facts, "buy", {"sku": "SBX-MUG-450", "quantity": 1})["order_id"]
    queue = boto3.client(
        "sqs",
        endpoint_url=facts["sqs_endpoint"],
        region_name=facts["sqs_region"],
        aws_access_key_id=facts["sqs_access_key"],
        aws_secret_access_key=facts["sqs_secret_key"],
    )
    (message,) = queue.receive_message(QueueUrl=facts["sqs_queue_url"], WaitTimeSeconds=10)["Messages"]
    assert order_id in message["Body"]
    queue.delete_message(QueueUrl=facts["sqs_queue_url"], ReceiptHandle=message["ReceiptHandle"])
    counts = queue.get_queue_attributes(QueueUrl=facts["sqs_queue_url"], AttributeNames=["All"])["Attributes"]
    assert (counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]) == ("0", "0")
