"""A seller's client on an eBay sandbox with a turned clock; every exchange is judged by eBay's own files."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.http import Request
from entrepot_sandbox.ebay.http import Ebay
from tests.contract_checks_ebay import Judged
from tests.shared import SHARED

Json = Any
INVENTORY, FULFILLMENT = "/sell/inventory/v1", "/sell/fulfillment/v1"
LANGUAGE = {"Content-Language": "en-US"}


class InProcess(httpx.BaseTransport):
    """Hands httpx requests to a marketplace without any socket."""

    def __init__(self, market: Ebay) -> None:
        self._market = market

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = Request.make(request.method, request.url.raw_path.decode(), headers=dict(request.headers), body=request.read())
        answer = self._market.handle(asked)
        if answer.drop:
            raise httpx.ReadError("the connection was closed")
        body = answer.body if answer.cut is None else answer.body[: answer.cut]
        return httpx.Response(answer.status, headers=dict(answer.headers), content=body)


@dataclass
class Seller:
    """A seller's own small client: the fewest words for what the tests do."""

    market: Ebay
    judge: Judged | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        transport = InProcess(self.market)
        self.judge = Judged(transport) if SHARED else None
        self.http = httpx.Client(base_url="http://127.0.0.1", transport=self.judge or transport)
        self.log_in()

    def grant(self, **form: str) -> httpx.Response:
        facts = self.market.facts()
        basic = base64.b64encode(f"{facts['client_id']}:{facts['client_secret']}".encode()).decode()
        return self.http.post("/identity/v1/oauth2/token", data=form, headers={"Authorization": f"Basic {basic}"})

    def log_in(self) -> None:
        token = self.grant(grant_type="refresh_token", refresh_token=self.market.refresh_token).json()["access_token"]
        self.headers = {"Authorization": f"Bearer {token}", **LANGUAGE}

    def call(self, method: str, target: str, body: Json = None, **headers: str) -> httpx.Response:
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body is None:
            return self.http.request(method, target, headers={"Content-Type": "application/json", **sent})
        return self.http.request(method, target, json=body, headers=sent)

    def get(self, target: str) -> Json:
        answer = self.call("GET", target)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # What sellers do

    def put_item(self, sku: str, quantity: int | None = 10, **changes: Json) -> httpx.Response:
        return self.call("PUT", f"{INVENTORY}/inventory_item/{sku}", item(quantity, **changes))

    def offer(self, sku: str, **changes: Json) -> str:
        answer = self.call("POST", f"{INVENTORY}/offer", offer(self.market, sku, **changes))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["offerId"])

    def list(self, sku: str, quantity: int = 10, **changes: Json) -> str:
        """A live listing of a SKU; its offer id."""
        self.put_item(sku, quantity)
        offer_id = self.offer(sku, **changes)
        assert self.publish(offer_id).status_code == 200
        return offer_id

    def publish(self, offer_id: str) -> httpx.Response:
        return self.call("POST", f"{INVENTORY}/offer/{offer_id}/publish")

    def set_quantity(self, offer_id: str, quantity: int, sku: str) -> httpx.Response:
        change = {"sku": sku, "offers": [{"offerId": offer_id, "availableQuantity": quantity}]}
        return self.call("POST", f"{INVENTORY}/bulk_update_price_quantity", {"requests": [change]})

    def orders(self, filter_text: str = "", **more: Json) -> Json:
        parameters = {**({"filter": filter_text} if filter_text else {}), **more}
        return self.get(f"{FULFILLMENT}/order?{httpx.QueryParams(parameters)}")

    # What the control plane does

    def control(self, path: str, body: Json) -> httpx.Response:
        return self.http.post(f"/_sandbox/{path}", json=body)

    def buy(self, sku: str, quantity: int = 1, country: str = "US") -> str:
        answer = self.control("buy", {"sku": sku, "quantity": quantity, "country": country})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["order_id"])

    def turn(self, seconds: float) -> None:
        assert self.control("clock", {"advance_s": seconds}).status_code == 200

    def fault(self, name: str, operation: str = "*", times: int | None = 1, **own: Json) -> None:
        body = {"fault": name, "operation": operation, "times": times, "retry_after_s": None, **own}
        assert self.control("faults", body).status_code == 200

    def world(self) -> Json:
        return self.http.get("/_sandbox/world").json()

    def window(self, sku: str) -> Json:
        """What a buyer sees of a SKU."""
        return next(row for row in self.world()["listings"] if row["sku"] == sku)


def item(quantity: int | None = 10, **changes: Json) -> dict[str, Json]:
    """An inventory item with just what publishing asks for. A change to None leaves the field out."""
    body: dict[str, Json] = {
        "product": {"title": "Red mug", "description": "A mug that is red.", "brand": "Kallo"},
        "condition": "NEW",
    }
    if quantity is not None:
        body["availability"] = {"shipToLocationAvailability": {"quantity": quantity}}
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def offer(market: Ebay, sku: str, **changes: Json) -> dict[str, Json]:
    """An offer with the ids the sandbox prints. A change to None leaves the field out."""
    facts = market.facts()
    body: dict[str, Json] = {
        "sku": sku,
        "marketplaceId": facts["marketplace_id"],
        "format": "FIXED_PRICE",
        "categoryId": facts["category_id"],
        "merchantLocationKey": "main-warehouse",
        "listingPolicies": {
            "paymentPolicyId": facts["payment_policy_id"],
            "returnPolicyId": facts["return_policy_id"],
            "fulfillmentPolicyId": facts["fulfillment_policy_id"],
        },
        "pricingSummary": {"price": {"value": "12.90", "currency": facts["currency"]}},
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def errors(answer: httpx.Response) -> list[int]:
    """The error ids of a refusal."""
    return [each["errorId"] for each in answer.json()["errors"]]


def parameters(answer: httpx.Response) -> Mapping[str, str]:
    """The parameters of a refusal's first error."""
    return {each["name"]: each["value"] for each in answer.json()["errors"][0]["parameters"]}


@pytest.fixture
def market() -> Ebay:
    """An empty shop whose clock only moves when it is turned."""
    return Ebay(Clock.virtual(), seed=0)


@pytest.fixture
def seller(market: Ebay) -> Seller:
    """The seller of that shop."""
    return Seller(market)


@pytest.fixture
def seller_of() -> Callable[[int], Seller]:
    """The seller of the shop of a seed."""
    return lambda seed: Seller(Ebay(Clock.virtual(), seed=seed))
