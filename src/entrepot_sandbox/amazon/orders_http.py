"""The wire format of the Orders API 2026-01-01, and of confirmShipment, which stays in Orders v0."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot_sandbox.amazon.errors import invalid_input, not_found
from entrepot_sandbox.amazon.orders import Item, Order, Package, WrongShipment
from entrepot_sandbox.amazon.paging import page, position
from entrepot_sandbox.amazon.shop import MARKETPLACE_ID
from entrepot_sandbox.core.clock import iso, parse_instant
from entrepot_sandbox.core.http import Call, Json, Response, Route

if TYPE_CHECKING:
    from entrepot_sandbox.amazon.http import AmazonMarketplace

SETS = (
    "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION",
    "FULFILLMENT", "PACKAGES", "TAX", "PAYMENT", "FULFILLMENT_ORDERS",
)  # fmt: skip
STATUSES = ("PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE")
SETTLED = timedelta(minutes=2)
CHANNEL_NAME = "sandbox.example"


class OrdersApi:
    """Search, read, and confirm shipment."""

    def __init__(self, market: AmazonMarketplace) -> None:
        self._market = market

    def routes(self) -> Iterable[Route]:
        """The operations."""
        return [
            Route("GET", "/orders/2026-01-01/orders", "searchOrders", self._search),
            Route("GET", "/orders/2026-01-01/orders/{orderId}", "getOrder", self._get),
            Route("POST", "/orders/v0/orders/{orderId}/shipmentConfirmation", "confirmShipment", self._confirm),
        ]

    def _search(self, call: Call) -> Response:
        now = self._market.clock.now()
        by, since, until = self._window(call, now)
        token = call.request.first("paginationToken")
        if token:
            until = position(call, token, now).until or until
        visible = min(until, now - timedelta(seconds=self._market.delay["search"]))
        rows = [order for order in self._market.orders.between(by, since, visible) if _wanted(call, order)]
        part = page(call, rows, _page_size(call), mark=lambda order: order.mark(by), token=token, now=now, until=until)
        sets = _sets(call)
        return Response.json(
            {
                "orders": [order_json(order, sets) for order in part.rows],
                **({"pagination": {"nextToken": part.next_token}} if part.next_token else {}),
                ("createdBefore" if by == "created" else "lastUpdatedBefore"): iso(until),
            }
        )

    def _window(self, call: Call, now: datetime) -> tuple[str, datetime, datetime]:
        created, updated = _instant(call, "createdAfter"), _instant(call, "lastUpdatedAfter")
        created_before, updated_before = _instant(call, "createdBefore"), _instant(call, "lastUpdatedBefore")
        if (created is None) == (updated is None):
            raise invalid_input("exactly one of createdAfter and lastUpdatedAfter is required")
        if (created is not None and updated_before is not None) or (updated is not None and created_before is not None):
            raise invalid_input("createdAfter goes with createdBefore, lastUpdatedAfter with lastUpdatedBefore")
        by, since = ("created", created) if created is not None else ("lastUpdated", updated)
        given = created_before or updated_before
        # The channel only answers for times that have settled. With the dial `search` below two minutes, earlier.
        settled = now - min(SETTLED, timedelta(seconds=self._market.delay["search"]))
        if given is not None and given > settled:
            raise invalid_input(f"{by}Before must be at least two minutes before the time of the request")
        if since is None or (given is not None and given < since):
            raise invalid_input(f"{by}Before must not be earlier than {by}After")
        return by, since, given or settled

    def _get(self, call: Call) -> Response:
        return Response.json({"order": order_json(self._order(call), _sets(call))})

    def _confirm(self, call: Call) -> Response:
        order = self._order(call)
        body = call.request.json()
        detail = body.get("packageDetail") if isinstance(body, dict) else None
        if not isinstance(detail, dict) or body.get("marketplaceId") != MARKETPLACE_ID:
            raise invalid_input("marketplaceId and packageDetail are required")
        package = _package(detail, self._market.clock.now())
        if order.status in ("PENDING", "CANCELLED"):
            raise invalid_input(f"the order is {order.status} and cannot be shipped")
        if call.fault("not_applied") is None:
            try:
                self._market.orders.ship(order, package)
            except WrongShipment as wrong:
                raise invalid_input(str(wrong)) from wrong
        return Response(204)

    def _order(self, call: Call) -> Order:
        order = self._market.orders.by_id.get(call.params["orderId"])
        if order is None:
            raise not_found(f"Order {call.params['orderId']} not found")
        return order


def order_json(order: Order, sets: Iterable[str]) -> Json:
    """One order with the data sets asked for; buyer and address only once it is paid."""
    wanted = set(sets)
    body: dict[str, Any] = {
        "orderId": order.id,
        "createdTime": iso(order.placed_at),
        "lastUpdatedTime": iso(order.updated_at),
        "programs": [],
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": MARKETPLACE_ID, "marketplaceName": CHANNEL_NAME},
    }
    if "BUYER" in wanted and order.paid:
        body["buyer"] = {"buyerName": order.buyer.name, "buyerEmail": order.buyer.email}
    if "RECIPIENT" in wanted and order.paid:
        body["recipient"] = {"deliveryAddress": _address(order)}
    if "PROCEEDS" in wanted:
        body["proceeds"] = {"grandTotal": _money(order, order.total)}
    if "FULFILLMENT" in wanted:
        body["fulfillment"] = {
            "fulfillmentStatus": order.status,
            "fulfilledBy": "MERCHANT",
            "fulfillmentServiceLevel": "STANDARD",
            "shipByWindow": {"earliestDateTime": iso(order.placed_at), "latestDateTime": iso(order.ship_by)},
            "deliverByWindow": {"earliestDateTime": iso(order.ship_by), "latestDateTime": iso(order.deliver_by)},
        }
    body["orderItems"] = [_item(order, item, wanted) for item in order.items]
    if "PACKAGES" in wanted and order.packages:
        body["packages"] = [_package_json(package) for package in order.packages.values()]
    return body


def _item(order: Order, item: Item, wanted: set[str]) -> Json:
    body: dict[str, Any] = {
        "orderItemId": item.id,
        "quantityOrdered": item.quantity,
        "product": {
            "asin": item.asin,
            "title": item.title,
            "sellerSku": item.sku,
            "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
            "price": {"unitPrice": _money(order, item.unit_price)},
        },
    }
    total = (item.quantity - item.canceled) * item.unit_price
    if "PROCEEDS" in wanted:
        body["proceeds"] = {
            "proceedsTotal": _money(order, total),
            "breakdowns": [{"type": "ITEM", "subtotal": _money(order, total)}],
        }
    if "CANCELLATION" in wanted and item.cancel_asked:
        body["cancellation"] = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "NO_LONGER_NEEDED"}}
        if item.canceled:
            body["cancellation"]["cancellationExecution"] = {"cancelledBy": "BUYER", "cancelReason": "NO_LONGER_NEEDED"}
    if "FULFILLMENT" in wanted:
        body["fulfillment"] = {"quantityFulfilled": item.shipped, "quantityUnfulfilled": item.open}
    return body


def _address(order: Order) -> Json:
    buyer = order.buyer
    address = {
        "name": buyer.name,
        "addressLine1": buyer.street,
        "city": buyer.city,
        "stateOrRegion": buyer.region,
        "postalCode": buyer.postal_code,
        "countryCode": buyer.country,
        "phone": buyer.phone,
        "addressType": "RESIDENTIAL",
    }
    return {key: value for key, value in address.items() if value}


def _package_json(package: Package) -> Json:
    return {
        "packageReferenceId": package.reference,
        "createdTime": iso(package.confirmed_at),
        "packageStatus": {"status": "SHIPPED"},
        "carrier": package.carrier,
        "shipTime": package.shipped_at,
        "shippingService": package.method,
        "trackingNumber": package.tracking,
        "packageItems": [{"orderItemId": item_id, "quantity": quantity} for item_id, quantity in package.items],
    }


def _money(order: Order, amount: Decimal) -> Json:
    return {"amount": f"{amount:.2f}", "currencyCode": order.currency}


def _package(detail: dict[str, Any], now: datetime) -> Package:
    for name in ("packageReferenceId", "carrierCode", "trackingNumber", "shipDate"):
        if not isinstance(detail.get(name), str) or not detail[name]:
            raise invalid_input(f"packageDetail.{name} is required")
    reference = detail["packageReferenceId"]
    if not reference.isascii() or not reference.isdigit() or not reference.strip("0"):
        raise invalid_input("packageDetail.packageReferenceId is a positive number")
    carrier = detail["carrierCode"]
    if carrier.lower() == "other":
        carrier = str(detail.get("carrierName") or "")
        if not carrier:
            raise invalid_input("packageDetail.carrierName is required when carrierCode is Other")
    shipped_at = parse_instant(detail["shipDate"])
    if shipped_at is None:
        raise invalid_input("packageDetail.shipDate is an ISO 8601 time")
    items = detail.get("orderItems")
    if not isinstance(items, list) or not items:
        raise invalid_input("packageDetail.orderItems is required")
    lines = tuple(_package_item(item) for item in items)
    method = str(detail.get("shippingMethod") or "Standard")
    return Package(reference, carrier, method, detail["trackingNumber"], iso(shipped_at), lines, now)


def _package_item(item: Any) -> tuple[str, int]:
    quantity = item.get("quantity") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(item.get("orderItemId"), str):
        raise invalid_input("packageDetail.orderItems[].orderItemId is required")
    if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 1:
        raise invalid_input("packageDetail.orderItems[].quantity is a number above 0")
    return item["orderItemId"], quantity


def _wanted(call: Call, order: Order) -> bool:
    statuses = call.request.all("fulfillmentStatuses")
    if not set(statuses) <= set(STATUSES):
        raise invalid_input(f"fulfillmentStatuses takes {', '.join(STATUSES)}")
    places = call.request.all("marketplaceIds")
    by = call.request.all("fulfilledBy")
    return (not statuses or order.status in statuses) and (not places or MARKETPLACE_ID in places) and (not by or "MERCHANT" in by)


def _sets(call: Call) -> list[str]:
    wanted = call.request.all("includedData")
    if not set(wanted) <= set(SETS):
        raise invalid_input(f"includedData takes {', '.join(SETS)}")
    return wanted


def _instant(call: Call, name: str) -> datetime | None:
    text = call.request.first(name)
    if text is None:
        return None
    instant = parse_instant(text)
    if instant is None:
        raise invalid_input(f"{name} is an ISO 8601 time")
    return instant


def _page_size(call: Call) -> int:
    text = call.request.first("maxResultsPerPage", "100") or ""
    if not text.isascii() or not text.isdigit() or len(text) > 5 or not 1 <= int(text) <= 100:
        raise invalid_input("maxResultsPerPage is a number from 1 to 100")
    return int(text)
