"""ebay-rest, a client written by others from eBay's own files, sells on the running sandbox.

Nothing of the client is changed but the addresses it asks: it has no option for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import ebay_rest
import ebay_rest.token
import httpx
import pytest
from ebay_rest import API
from ebay_rest.api import commerce_taxonomy, developer_analytics, sell_account, sell_fulfillment, sell_inventory

from entrepot_sandbox.core.server import running

BASES = {
    sell_inventory: "/sell/inventory/v1",
    sell_fulfillment: "/sell/fulfillment/v1",
    sell_account: "/sell/account/v1",
    commerce_taxonomy: "/commerce/taxonomy/v1",
    developer_analytics: "/developer/analytics/v1_beta",
}
JSON = "application/json"


@pytest.fixture
def facts() -> Iterator[dict[str, Any]]:
    with running("ebay", seed=0) as printed:
        yield printed["channels"]["ebay"]


@pytest.fixture
def api(facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> API:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setattr(ebay_rest.token._OAuth2Api, "_get_endpoint", lambda self: facts["token_url"])
    for module, base in BASES.items():
        configuration = module.Configuration()
        configuration.host = facts["url"] + base
        monkeypatch.setattr(module.Configuration, "_default", configuration)
    return API(
        application={
            "app_id": facts["client_id"],
            "cert_id": facts["client_secret"],
            "dev_id": "x",
            "redirect_uri": facts["url"],
        },
        user={
            "email_or_username": "seller",
            "password": "x",
            "refresh_token": facts["refresh_token"],
            "refresh_token_expiry": (datetime.now(UTC) + timedelta(days=300)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        },
        header={
            "accept_language": "en-US",
            "content_language": "en-US",
            "country": "US",
            "currency": "USD",
            "marketplace_id": "EBAY_US",
        },
    )


def test_a_third_party_client_lists_stocks_reads_orders_and_ships(api: API, facts: dict[str, Any]) -> None:
    control = httpx.Client(base_url=facts["control_url"])
    sku = "MUG/1 red"

    place = {"location": {"address": {"postalCode": "D01X2P2", "country": "IE"}}, "name": "Shop"}
    api.sell_inventory_create_inventory_location(body=place, content_type=JSON, merchant_location_key="shop")
    item = {
        "product": {"title": "Red mug", "description": "A mug that is red.", "brand": "Kallo"},
        "condition": "NEW",
        "availability": {"shipToLocationAvailability": {"quantity": 5}},
    }
    api.sell_inventory_create_or_replace_inventory_item(body=item, content_language="en-US", content_type=JSON, sku=sku)
    offer = {
        "sku": sku,
        "marketplaceId": facts["marketplace_id"],
        "format": "FIXED_PRICE",
        "categoryId": facts["category_id"],
        "merchantLocationKey": "shop",
        "listingPolicies": {
            "paymentPolicyId": facts["payment_policy_id"],
            "returnPolicyId": facts["return_policy_id"],
            "fulfillmentPolicyId": facts["fulfillment_policy_id"],
        },
        "pricingSummary": {"price": {"value": "12.90", "currency": facts["currency"]}},
    }
    made = api.sell_inventory_create_offer(body=offer, content_language="en-US", content_type=JSON)
    assert api.sell_inventory_publish_offer(offer_id=made["offer_id"])["listing_id"]
    assert _window(control, sku) == (5, True)

    change = {"requests": [{"sku": sku, "offers": [{"offerId": made["offer_id"], "availableQuantity": 2}]}]}
    api.sell_inventory_bulk_update_price_quantity(body=change, content_type=JSON)
    assert _window(control, sku) == (2, True)

    order_id = control.post("/buy", json={"sku": sku, "quantity": 2, "country": "FR"}).json()["order_id"]
    control.post("/clock", json={"advance_s": 60})
    rows = [row["record"] for row in api.sell_fulfillment_get_orders() if "record" in row]
    assert [row["order_id"] for row in rows] == [order_id]
    assert (rows[0]["line_items"][0]["sku"], rows[0]["line_items"][0]["quantity"]) == (sku, 2)
    offers = [row["record"] for row in api.sell_inventory_get_offers(sku=sku) if "record" in row]
    assert (offers[0]["available_quantity"], offers[0]["status"]) == (0, "PUBLISHED")

    package = {"trackingNumber": "1Z999", "shippingCarrierCode": "UPS"}
    api.sell_fulfillment_create_shipping_fulfillment(body=package, content_type=JSON, order_id=order_id)
    assert api.sell_fulfillment_get_order(order_id=order_id)["order_fulfillment_status"] == "FULFILLED"
    with pytest.raises(ebay_rest.Error) as conflict:
        api.sell_fulfillment_create_shipping_fulfillment(body=package, content_type=JSON, order_id=order_id)
    assert conflict.value.number == 99_409

    api.sell_inventory_withdraw_offer(offer_id=made["offer_id"])
    assert _window(control, sku) == (0, False)
    limits = api.developer_analytics_get_rate_limits(api_context="sell", api_name="inventory")["rate_limits"]
    assert limits[0]["resources"][0]["rates"][0]["remaining"] < 2_000_000


def _window(control: httpx.Client, sku: str) -> tuple[int, bool]:
    row = next(row for row in control.get("/world").json()["listings"] if row["sku"] == sku)
    return row["quantity"], row["live"]
