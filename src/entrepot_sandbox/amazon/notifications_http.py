"""The Notifications API, and the ORDER_CHANGE message as it lies in the seller's queue.

Source: Notifications API v1; OrderChangeNotification schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from entrepot_sandbox.amazon import orders as rules
from entrepot_sandbox.amazon.errors import Refusal, invalid_input, not_found
from entrepot_sandbox.amazon.login import SELLER_ID
from entrepot_sandbox.amazon.orders import Item, Order
from entrepot_sandbox.amazon.shop import MARKETPLACE_ID
from entrepot_sandbox.core.clock import iso
from entrepot_sandbox.core.http import Call, Json, Response, Route

if TYPE_CHECKING:
    from entrepot_sandbox.amazon.http import AmazonMarketplace

ORDER_CHANGE = "ORDER_CHANGE"
TYPES = (ORDER_CHANGE,)
CHANGES = ("BuyerRequestedChange", "DeliveryTipChange", "OrderStatusChange")
APPLICATION_ID = "amzn1.sellerapps.app.sandbox"
OLD_STATUS = {
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
}


class NotificationsApi:
    """Destinations and subscriptions of the seller. They outlive a reset, as keys do."""

    def __init__(self, market: AmazonMarketplace) -> None:
        self._market = market
        self._destinations: dict[str, Json] = {}
        self._subscriptions: dict[str, Json] = {}

    def routes(self) -> Iterable[Route]:
        """The operations."""
        destinations, subscriptions = "/notifications/v1/destinations", "/notifications/v1/subscriptions"
        return [
            Route("POST", destinations, "createDestination", self._create_destination),
            Route("GET", destinations, "getDestinations", self._get_destinations),
            Route("GET", f"{destinations}/{{destinationId}}", "getDestination", self._get_destination),
            Route("DELETE", f"{destinations}/{{destinationId}}", "deleteDestination", self._delete_destination),
            Route("POST", f"{subscriptions}/{{notificationType}}", "createSubscription", self._subscribe),
            Route("GET", f"{subscriptions}/{{notificationType}}", "getSubscription", self._get_subscription),
            Route("GET", f"{subscriptions}/{{notificationType}}/{{subscriptionId}}", "getSubscriptionById", self._get_by_id),
            Route("DELETE", f"{subscriptions}/{{notificationType}}/{{subscriptionId}}", "deleteSubscriptionById", self._delete_by_id),
        ]

    def order_changed(self, order: Order, change: str) -> None:
        """Put a message in the subscriber's queue, after the delay `notify`; F7 may double, delay or lose it."""
        subscription = self._subscriptions.get(ORDER_CHANGE)
        if subscription is None or change not in _changes(subscription):
            return
        market = self._market
        body = json.dumps(self._message(order, change, subscription["subscriptionId"]), ensure_ascii=False)
        for delay in market.faults.delivery_delays(ORDER_CHANGE, market.delay["notify"]):
            market.queue.send(body, delay)

    def _create_destination(self, call: Call) -> Response:
        body = _body(call)
        specification = body.get("resourceSpecification")
        sqs = specification.get("sqs") if isinstance(specification, dict) else None
        name = body.get("name")
        if not isinstance(sqs, dict) or not isinstance(name, str) or not name:
            raise invalid_input("name and resourceSpecification.sqs are required; the sandbox has no EventBridge")
        if sqs.get("arn") != self._market.queue_arn:
            raise invalid_input(f"no permission to send to {sqs.get('arn')}; the queue here is {self._market.queue_arn}")
        if any(known["resource"]["sqs"]["arn"] == sqs["arn"] for known in self._destinations.values()):
            raise Refusal(409, "Conflict", "A destination for this resource exists.")
        destination: dict[str, Any] = {"name": name, "destinationId": self._new_id(), "resource": {"sqs": {"arn": sqs["arn"]}}}
        self._destinations[destination["destinationId"]] = destination
        return _payload(destination)

    def _get_destinations(self, call: Call) -> Response:
        return _payload(list(self._destinations.values()))

    def _get_destination(self, call: Call) -> Response:
        return _payload(self._destination(call.params["destinationId"]))

    def _delete_destination(self, call: Call) -> Response:
        key = self._destination(call.params["destinationId"])["destinationId"]
        if any(subscription["destinationId"] == key for subscription in self._subscriptions.values()):
            raise Refusal(409, "Conflict", "The destination is in use by a subscription.")
        del self._destinations[key]
        return Response.json({})

    def _subscribe(self, call: Call) -> Response:
        kind = _type(call)
        body = _body(call)
        if body.get("payloadVersion") != "1.0":
            raise invalid_input("payloadVersion takes 1.0")
        destination = self._destination(str(body.get("destinationId")))
        if kind in self._subscriptions:
            raise Refusal(409, "Conflict", "A subscription for this notification type exists.")
        directive = _directive(body)
        more = {"processingDirective": directive} if directive else {}
        subscription = {"subscriptionId": self._new_id(), "payloadVersion": "1.0", "destinationId": destination["destinationId"], **more}
        self._subscriptions[kind] = subscription
        return _payload(subscription)

    def _get_subscription(self, call: Call) -> Response:
        subscription = self._subscriptions.get(_type(call))
        if subscription is None:
            raise not_found("no subscription for this notification type")
        return _payload(subscription)

    def _get_by_id(self, call: Call) -> Response:
        return _payload(self._by_id(call))

    def _delete_by_id(self, call: Call) -> Response:
        self._by_id(call)
        del self._subscriptions[_type(call)]
        return Response.json({})

    def _by_id(self, call: Call) -> Json:
        subscription = self._subscriptions.get(_type(call))
        if subscription is None or subscription["subscriptionId"] != call.params["subscriptionId"]:
            raise not_found("no subscription of that id")
        return subscription

    def _destination(self, key: str) -> Json:
        if key not in self._destinations:
            raise not_found(f"no destination {key}")
        return self._destinations[key]

    def _new_id(self) -> str:
        return self._market.new_uuid()

    def _message(self, order: Order, change: str, subscription_id: str) -> Json:
        now = iso(self._market.clock.now())
        reason = "Buyer Requested Cancel" if change == "BuyerRequestedChange" else "Order status changed"
        notification = {
            "NotificationLevel": "OrderLevel",
            "SellerId": SELLER_ID,
            "AmazonOrderId": order.id,
            "OrderChangeType": change,
            "OrderChangeTrigger": {"TimeOfOrderChange": iso(order.updated_at), "ChangeReason": reason},
            "Summary": {
                "MarketplaceId": MARKETPLACE_ID,
                "OrderStatus": OLD_STATUS[order.status],
                "PurchaseDate": iso(order.placed_at),
                "DestinationPostalCode": order.buyer.postal_code if order.paid else None,
                "FulfillmentType": "MFN",
                "OrderType": "StandardOrder",
                **rules.summary(order),
                "EarliestShipDate": iso(order.placed_at),
                "LatestShipDate": iso(order.ship_by),
                "OrderItems": [_line(item) for item in order.items],
            },
        }
        return {
            "NotificationVersion": "1.0",
            "NotificationType": ORDER_CHANGE,
            "PayloadVersion": "1.0",
            "EventTime": now,
            "Payload": {"OrderChangeNotification": notification},
            "NotificationMetadata": {
                "ApplicationId": APPLICATION_ID,
                "SubscriptionId": subscription_id,
                "PublishTime": now,
                "NotificationId": self._new_id(),
            },
        }


def _line(item: Item) -> Json:
    return {
        "OrderItemId": item.id,
        "SellerSKU": item.sku,
        "SupplySourceId": None,
        "OrderItemStatus": "Shipped" if item.shipped and not item.open else "Unshipped",
        "Quantity": item.quantity,
        "QuantityShipped": item.shipped,
        "IsBuyerRequestedCancel": item.cancel_asked,
    }


def _changes(subscription: Json) -> tuple[str, ...]:
    wanted = (subscription.get("processingDirective") or {}).get("eventFilter") or {}
    return tuple(wanted.get("orderChangeTypes") or ("BuyerRequestedChange", "OrderStatusChange"))


def _directive(body: dict[str, Any]) -> Json:
    directive = body.get("processingDirective") or {}
    wanted = directive.get("eventFilter", {}) if isinstance(directive, dict) else None
    if not isinstance(wanted, dict) or not set(_texts(wanted.get("orderChangeTypes", []))) <= set(CHANGES):
        raise invalid_input(f"processingDirective.eventFilter.orderChangeTypes takes {', '.join(CHANGES)}")
    return directive


def _texts(value: Any) -> list[str]:
    return [str(entry) for entry in value] if isinstance(value, list) else [str(value)]


def _type(call: Call) -> str:
    kind = call.params["notificationType"]
    if kind not in TYPES:
        raise invalid_input(f"the sandbox sends {', '.join(TYPES)}")
    return kind


def _body(call: Call) -> dict[str, Any]:
    body = call.request.json()
    if not isinstance(body, dict):
        raise invalid_input("the body is a JSON object")
    return body


def _payload(payload: Json) -> Response:
    return Response.json({"payload": payload})
