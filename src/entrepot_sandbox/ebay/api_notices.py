"""Notification API v1 on the wire: config, topics, destinations, subscriptions, public keys.

Source: docs/sources/ebay.md#notification
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from entrepot_sandbox.core.http import Call, Response, Route
from entrepot_sandbox.ebay.errors import refused
from entrepot_sandbox.ebay.notices import SCHEMA_VERSION, TOPICS, Notices
from entrepot_sandbox.ebay.wire import NO_CONTENT, Api, body_of, query, shown_page, whole

SCOPE = "https://api.ebay.com/oauth/api_scope"


class NoticesApi(Api):
    """What an application registers to be told of sales."""

    base = "/commerce/notification/v1"
    bucket = "commerce.notification"

    @property
    def notices(self) -> Notices:
        return self.market.notices

    def routes(self) -> list[Route]:
        destination, subscription = "/destination/{id}", "/subscription/{id}"
        return [
            self.route("GET", "/config", "getConfig", self.get_config),
            self.route("PUT", "/config", "updateConfig", self.put_config),
            self.route("GET", "/topic", "getTopics", self.list_topics),
            self.route("GET", "/topic/{id}", "getTopic", self.get_topic),
            self.route("GET", "/public_key/{id}", "getPublicKey", self.public_key),
            self.route("GET", "/destination", "getDestinations", self.list_destinations),
            self.route("POST", "/destination", "createDestination", self.create_destination),
            self.route("GET", destination, "getDestination", self.get_destination),
            self.route("PUT", destination, "updateDestination", self.update_destination),
            self.route("DELETE", destination, "deleteDestination", self.delete_destination),
            self.route("GET", "/subscription", "getSubscriptions", self.list_subscriptions),
            self.route("POST", "/subscription", "createSubscription", self.create_subscription),
            self.route("GET", subscription, "getSubscription", self.get_subscription),
            self.route("PUT", subscription, "updateSubscription", self.update_subscription),
            self.route("DELETE", subscription, "deleteSubscription", self.delete_subscription),
            self.route("POST", f"{subscription}/enable", "enableSubscription", self.enable),
            self.route("POST", f"{subscription}/disable", "disableSubscription", self.disable),
            self.route("POST", f"{subscription}/test", "testSubscription", self.test),
        ]

    def get_config(self, call: Call) -> Response:
        if self.notices.alert_email is None:
            raise refused(404, 195026)
        return Response.json({"alertEmail": self.notices.alert_email})

    def put_config(self, call: Call) -> Response:
        self.notices.set_email(body_of(call))
        return NO_CONTENT

    def list_topics(self, call: Call) -> Response:
        return self._page(call, "/topic", "topics", [_topic(topic) for topic in TOPICS])

    def get_topic(self, call: Call) -> Response:
        if call.params["id"] not in TOPICS:
            raise refused(404, 195002)
        return Response.json(_topic(call.params["id"]))

    def public_key(self, call: Call) -> Response:
        if call.params["id"] != self.market.signer.kid:
            raise refused(404, 195001)
        return Response.json(self.market.signer.public_key())

    def list_destinations(self, call: Call) -> Response:
        rows = [{"destinationId": key, **body} for key, body in self.notices.destinations.items()]
        return self._page(call, "/destination", "destinations", rows)

    def create_destination(self, call: Call) -> Response:
        return self._made("/destination", self.notices.put_destination(body_of(call)))

    def get_destination(self, call: Call) -> Response:
        return Response.json({"destinationId": call.params["id"], **self.notices.destination(call.params["id"])})

    def update_destination(self, call: Call) -> Response:
        self.notices.put_destination(body_of(call), call.params["id"])
        return NO_CONTENT

    def delete_destination(self, call: Call) -> Response:
        self.notices.delete_destination(call.params["id"])
        return NO_CONTENT

    def list_subscriptions(self, call: Call) -> Response:
        rows = [{"subscriptionId": key, **body} for key, body in self.notices.subscriptions.items()]
        return self._page(call, "/subscription", "subscriptions", rows)

    def create_subscription(self, call: Call) -> Response:
        made = self.notices.create_subscription(body_of(call), self.market.clock.now())
        return self._made("/subscription", made)

    def get_subscription(self, call: Call) -> Response:
        return Response.json({"subscriptionId": call.params["id"], **self.notices.subscription(call.params["id"])})

    def update_subscription(self, call: Call) -> Response:
        self.notices.update_subscription(call.params["id"], body_of(call))
        return NO_CONTENT

    def delete_subscription(self, call: Call) -> Response:
        self.notices.subscription(call.params["id"])
        del self.notices.subscriptions[call.params["id"]]
        return NO_CONTENT

    def enable(self, call: Call) -> Response:
        self.notices.set_status(call.params["id"], "ENABLED")
        return NO_CONTENT

    def disable(self, call: Call) -> Response:
        self.notices.set_status(call.params["id"], "DISABLED")
        return NO_CONTENT

    def test(self, call: Call) -> Response:
        self.market.post_test(self.notices.subscription(call.params["id"]))
        return Response(202)

    def _made(self, path: str, made: str) -> Response:
        return Response.json({}, 201, {"location": self.address(f"{path}/{quote(made)}")})

    def _page(self, call: Call, path: str, name: str, rows: Sequence[dict[str, Any]]) -> Response:
        limit = whole(call, "limit", 20, 10, 100, 195004)
        start = whole(call, "continuation_token", 0, 0, 10**6, 195005)
        shown, following = shown_page(call, rows, start, limit)
        answer: dict[str, Any] = {
            "href": self.address(f"{path}?{query({'limit': limit, 'continuation_token': start or None})}"),
            "limit": limit,
            "total": len(rows),
            name: list(shown),
        }
        if following is not None:
            answer["next"] = self.address(f"{path}?{query({'limit': limit, 'continuation_token': following})}")
        return Response.json(answer)


def _topic(topic: str) -> dict[str, Any]:
    scope, description = TOPICS[topic]
    payload = {"format": ["JSON"], "schemaVersion": SCHEMA_VERSION, "deliveryProtocol": "HTTPS", "deprecated": False}
    return {
        "topicId": topic,
        "description": description,
        "scope": scope,
        "context": "SELLER" if scope == "USER" else "DEVELOPER",
        "status": "ENABLED",
        "filterable": False,
        "authorizationScopes": [f"{SCOPE}/sell.fulfillment" if scope == "USER" else SCOPE],
        "supportedPayloads": [payload],
    }
