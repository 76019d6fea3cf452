"""The fast way in: ORDER_CHANGE messages through the seller's own queue. Notifications v1.

A message says "look at this order now"; nothing in it is believed. The poll is the truth.
Source: docs/sources/amazon.md#notifications
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from entrepot.base.ids import RemoteId
from entrepot.channels.contract import Hint, HintKind, Refused, Unreadable
from entrepot.channels.reading import items, optional, optional_instant, text
from entrepot.channels.transport import body
from entrepot.connectors.amazon.client import NOTIFICATIONS_PATH, Client
from entrepot.connectors.amazon.queue import Queue

DESTINATIONS = (NOTIFICATIONS_PATH, "v1", "destinations")
SUBSCRIPTIONS = (NOTIFICATIONS_PATH, "v1", "subscriptions", "ORDER_CHANGE")
VERSION = "1.0"
DESTINATION_NAME = "entrepot"
ALREADY_THERE = 409


@dataclass(frozen=True)
class Read:
    """What became of one message. ``ours`` False: another seller's, to be left in the queue for its reader."""

    ours: bool
    hint: Hint | None = None


def subscription(destination_id: str) -> dict[str, Any]:
    """The request: changes of state and buyers' wishes to cancel; tips are no matter of stock."""
    wanted = {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": ["OrderStatusChange", "BuyerRequestedChange"]}
    return {"payloadVersion": VERSION, "destinationId": destination_id, "processingDirective": {"eventFilter": wanted}}


def message(content: str, seller_id: str) -> Read:
    """One message of the queue. What is no ORDER_CHANGE, or cannot be read, is ours without a hint: the poll finds it.

    Orders that Amazon fulfills give no hint: they are not read either.
    """
    try:
        raw = json.loads(content)
        told = optional(raw, "Payload.OrderChangeNotification")
        if optional(raw, "NotificationType") != "ORDER_CHANGE" or told is None:
            return Read(ours=True)
        if text(told, "SellerId") != seller_id:
            return Read(ours=False)
        if optional(told, "Summary.FulfillmentType") == "AFN":
            return Read(ours=True)
        return Read(
            ours=True,
            hint=Hint(
                key=text(raw, "NotificationMetadata.NotificationId"),
                kind=HintKind.ORDER,
                remote_id=RemoteId(text(told, "AmazonOrderId")),
                sent_at=_when(raw),
            ),
        )
    except (ValueError, RecursionError, Unreadable):
        return Read(ours=True)


def _when(raw: Any) -> datetime | None:
    try:
        return optional_instant(raw, "NotificationMetadata.PublishTime")
    except Unreadable:
        return None


class Notifications:
    """ReadsNotifications."""

    def __init__(self, client: Client, queue: Queue) -> None:
        self._client = client
        self._queue = queue

    def ensure_subscribed(self) -> None:
        """One destination for the queue and one subscription that points to it; a wrong subscription is replaced."""
        destination = self._destination() or self._create_destination()
        held = self._subscription()
        if held is not None and optional(held, "destinationId") == destination:
            return
        if held is not None:
            path = (*SUBSCRIPTIONS, text(held, "subscriptionId"))
            self._client.call("deleteSubscriptionById", "DELETE", *path, grantless=True)
        try:
            self._client.call("createSubscription", "POST", *SUBSCRIPTIONS, json=subscription(destination))
        except Refused as no:
            if no.status != ALREADY_THERE:
                raise

    def read_notifications(self, *, wait: timedelta) -> tuple[list[Hint], Callable[[], None]]:
        """The orders that messages point at, and the function that removes those messages.

        Another seller's messages, in a queue that accounts share, are neither told nor removed.
        """
        hints, handles = [], []
        for handle, content in self._queue.receive(wait):
            read = message(content, self._client.seller_id)
            if read.hint is not None:
                hints.append(read.hint)
            if read.ours:
                handles.append(handle)
        return hints, lambda: self._queue.remove(handles)

    def _destination(self) -> str | None:
        answer = self._client.read("getDestinations", "GET", *DESTINATIONS, grantless=True)
        for destination in items(answer, "payload"):
            if optional(destination, "resource.sqs.arn") == self._queue.arn:
                return text(destination, "destinationId")
        return None

    def _create_destination(self) -> str:
        request = {"name": DESTINATION_NAME, "resourceSpecification": {"sqs": {"arn": self._queue.arn}}}
        try:
            answer = self._client.call("createDestination", "POST", *DESTINATIONS, json=request, grantless=True)
        except Refused as no:
            found = self._destination() if no.status == ALREADY_THERE else None
            if found is None:
                raise
            return found
        return text(body(answer), "payload.destinationId")

    def _subscription(self) -> Any:
        """The subscription there is, None when there is none."""
        try:
            answer = self._client.read("getSubscription", "GET", *SUBSCRIPTIONS, params={"payloadVersion": VERSION})
        except Refused as no:
            if no.status == 404:
                return None
            raise
        return optional(answer, "payload")
