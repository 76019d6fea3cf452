"""A small client for the tests: it speaks to the marketplace in process, and checks every word against Amazon's models."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from entrepot_sandbox.amazon import AmazonMarketplace
from entrepot_sandbox.amazon.login import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SELLER_ID
from entrepot_sandbox.amazon.shop import MARKETPLACE_ID
from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.http import Request, Response
from tests.contract_checks import check_amazon, check_amazon_request
from tests.shared import SHARED

Json = Any


@dataclass
class Client:
    """One seller's client on a virtual clock."""

    market: AmazonMarketplace = field(default_factory=lambda: AmazonMarketplace(Clock.virtual(), seed=0))
    token: str = ""

    def __post_init__(self) -> None:
        self.token = self.login()["access_token"]

    def login(self, **form: str) -> Json:
        """A token for the seller."""
        asked = {
            "grant_type": "refresh_token",
            "refresh_token": REFRESH_TOKEN,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            **form,
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.market.handle(Request.make("POST", "/auth/o2/token", headers=headers, body=urlencode(asked).encode())).parsed()

    def grantless(self) -> str:
        """A token for calls that need no seller."""
        return self.login(grant_type="client_credentials", scope="sellingpartnerapi::notifications")["access_token"]

    def call(
        self, operation: str, method: str, path: str, *, body: Json = None, token: str | None = None, lawful: bool = True, **query: str
    ) -> Response:
        """One call. With the shared contracts at hand the answer, and a lawful request, are checked against the model."""
        target = path + (f"?{urlencode(query)}" if query else "")
        headers = {"x-amz-access-token": self.token if token is None else token, "content-type": "application/json"}
        raw = b"" if body is None else json.dumps(body).encode()
        response = self.market.handle(Request.make(method, target, headers=headers, body=raw))
        if SHARED is not None:
            if lawful:
                check_amazon_request(operation, query=query, body=body)
            check_amazon(operation, response.status, response.parsed())
        return response

    def put(self, sku: str, attributes: Json | None = None, *, product_type: str = "PRODUCT", **query: str) -> Response:
        """Make or replace a listing."""
        body = {"productType": product_type, "requirements": "LISTING", "attributes": attributes or listing()}
        return self.call("putListingsItem", "PUT", _item(sku), body=body, **{"marketplaceIds": MARKETPLACE_ID, **query})

    def patch(self, sku: str, *patches: Json, **query: str) -> Response:
        """Change attributes of a listing."""
        body = {"productType": "PRODUCT", "patches": list(patches)}
        return self.call("patchListingsItem", "PATCH", _item(sku), body=body, **{"marketplaceIds": MARKETPLACE_ID, **query})

    def quantity(self, sku: str, quantity: int) -> Response:
        """Change the quantity alone."""
        return self.patch(sku, merge_quantity(quantity))

    def get(self, sku: str, *sets: str) -> Response:
        """Read a listing."""
        query = {"marketplaceIds": MARKETPLACE_ID, **({"includedData": ",".join(sets)} if sets else {})}
        return self.call("getListingsItem", "GET", _item(sku), **query)

    def delete(self, sku: str) -> Response:
        """End a listing."""
        return self.call("deleteListingsItem", "DELETE", _item(sku), marketplaceIds=MARKETPLACE_ID)

    def search_orders(self, **query: str) -> Json:
        """Search orders; the parsed answer."""
        answer = self.call("searchOrders", "GET", "/orders/2026-01-01/orders", **query)
        assert answer.status == 200, answer.body
        return answer.parsed()

    def get_order(self, order_id: str, *sets: str) -> Json:
        """Read one order."""
        query = {"includedData": ",".join(sets)} if sets else {}
        return self.call("getOrder", "GET", f"/orders/2026-01-01/orders/{order_id}", **query).parsed()["order"]

    def ship(self, order: Json, *, reference: str = "1", quantity: int | None = None, tracking: str = "TRACK1", **detail: Json) -> Response:
        """Confirm a package of the first line of an order."""
        item = order["orderItems"][0]
        package = {
            "packageReferenceId": reference,
            "carrierCode": "DHL",
            "trackingNumber": tracking,
            "shipDate": "2026-03-02T10:00:00Z",
            "orderItems": [{"orderItemId": item["orderItemId"], "quantity": quantity or item["quantityOrdered"]}],
            **detail,
        }
        path = f"/orders/v0/orders/{order['orderId']}/shipmentConfirmation"
        return self.call("confirmShipment", "POST", path, body={"marketplaceId": MARKETPLACE_ID, "packageDetail": package})

    def control(self, path: str, body: Json = None) -> Response:
        """A call of the control plane."""
        method = "GET" if body is None else "POST"
        return self.market.handle(Request.make(method, f"/_sandbox/{path}", body=b"" if body is None else body))

    def shown(self, sku: str) -> Json:
        """The listing as the control plane says a buyer sees it."""
        return next(row for row in self.control("world").parsed()["listings"] if row["sku"] == sku)

    def publish(self, sku: str, quantity: int = 5) -> None:
        """Put a listing and wait until it is live."""
        assert self.put(sku, listing(quantity)).parsed()["status"] == "ACCEPTED"
        self.market.clock.advance(self.market.delay["live"])

    def buy(self, sku: str, quantity: int = 1, **more: str) -> str:
        """Buy, and give the order id."""
        answer = self.control("buy", {"sku": sku, "quantity": quantity, **more})
        assert answer.status == 200, answer.body
        return answer.parsed()["order_id"]


def listing(quantity: int = 5, price: float = 19.99, **more: Json) -> Json:
    """The attributes a listing needs, and no more."""
    return {
        "item_name": [{"value": "Tent for two", "language_tag": "de_DE", "marketplace_id": MARKETPLACE_ID}],
        "brand": [{"value": "Norgrat"}],
        "product_description": [{"value": "A light tent for two people."}],
        "condition_type": [{"value": "new_new"}],
        "purchasable_offer": [
            {"currency": "EUR", "marketplace_id": MARKETPLACE_ID, "our_price": [{"schedule": [{"value_with_tax": price}]}]}
        ],
        "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}],
        **more,
    }


def merge_quantity(quantity: int) -> Json:
    """The patch that changes the quantity alone."""
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}]
    return {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}


def _item(sku: str) -> str:
    return f"/listings/2021-08-01/items/{SELLER_ID}/{quote(sku, safe='')}"
