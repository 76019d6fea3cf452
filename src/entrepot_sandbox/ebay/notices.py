"""Notifications: destinations that proved themselves by a challenge, subscriptions, and messages signed with ECC.

Source: docs/sources/ebay.md#notification
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from entrepot_sandbox.core.clock import iso
from entrepot_sandbox.ebay.errors import refused
from entrepot_sandbox.ebay.orders import Order, OrderLine

Body = dict[str, Any]
Ask = Callable[[str], bytes]  # GET an address; b"" when it does not answer 200

ORDER_CONFIRMATION = "ORDER_CONFIRMATION"
TOPICS = {
    ORDER_CONFIRMATION: ("USER", "A buyer completed the checkout of a line item."),
    "MARKETPLACE_ACCOUNT_DELETION": ("APPLICATION", "A user asked for the deletion of personal data."),
    "AUTHORIZATION_REVOCATION": ("APPLICATION", "A user withdrew the consent given to the application."),
}
SCHEMA_VERSION = "1.0"
STATUSES = ("ENABLED", "DISABLED")
TOKEN = re.compile(r"[A-Za-z0-9_-]{32,80}")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
ASK_TIMEOUT_S = 5


def ask(url: str) -> bytes:
    """GET an address of the seller, once, for its challenge."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=ASK_TIMEOUT_S) as answer:
            return bytes(answer.read(65_536)) if answer.status == 200 else b""
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError):
        return b""


class Signer:
    """Signs messages as the service does: base64 of JSON with alg, kid, signature and digest."""

    def __init__(self) -> None:
        secret = int.from_bytes(hashlib.sha256(b"entrepot sandbox ebay notification key").digest(), "big")
        self._key = ec.derive_private_key(secret, ec.SECP256R1())
        self.kid = str(uuid.uuid5(uuid.NAMESPACE_DNS, "notification.ebay.sandbox"))

    def public_key(self) -> Body:
        """The public key as `getPublicKey` answers it: PEM in one line."""
        pem = self._key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return {"algorithm": "ECDSA", "digest": "SHA1", "key": pem.decode().replace("\n", "")}

    def header(self, message: bytes) -> str:
        """The X-EBAY-SIGNATURE of a message."""
        signature = base64.b64encode(self._key.sign(message, ec.ECDSA(hashes.SHA1()))).decode()  # noqa: S303
        envelope = {"alg": "ecdsa", "kid": self.kid, "signature": signature, "digest": "SHA1"}
        return base64.b64encode(json.dumps(envelope, separators=(",", ":")).encode()).decode()


@dataclass
class Notices:
    """What the application registered. It outlives a reset of the world, as keys and tokens do."""

    ask: Ask = ask
    alert_email: str | None = None
    destinations: dict[str, Body] = field(default_factory=dict)
    subscriptions: dict[str, Body] = field(default_factory=dict)
    made: int = 0

    def new_id(self, kind: str) -> str:
        """An id for a destination or a subscription, the same in every run."""
        self.made += 1
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{kind} {self.made}"))

    def set_email(self, sent: Mapping[str, Any]) -> None:
        """Keep the address for alerts. Raises: Refused 195025."""
        email = sent.get("alertEmail")
        if not isinstance(email, str) or "@" not in email:
            raise refused(400, 195025)
        self.alert_email = email

    def put_destination(self, sent: Mapping[str, Any], destination_id: str | None = None) -> str:
        """Register an endpoint, or change it, after it answered the challenge; its id.

        Raises: Refused; 195020 when the challenge is not answered as it should be.
        """
        if self.alert_email is None:
            raise refused(409, 195003)
        if destination_id is not None:
            self.destination(destination_id)
        body = _checked_destination(sent)
        endpoint, token = body["deliveryConfig"]["endpoint"], body["deliveryConfig"]["verificationToken"]
        for other_id, other in self.destinations.items():
            if other_id != destination_id and other["deliveryConfig"]["endpoint"] == endpoint:
                raise refused(409, 195021)
        new_id = destination_id or self.new_id("destination")
        code = hashlib.sha256(f"{new_id} {endpoint}".encode()).hexdigest()
        if not self._answers(endpoint, token, code):
            raise refused(409, 195020)
        self.destinations[new_id] = body
        return new_id

    def _answers(self, endpoint: str, token: str, code: str) -> bool:
        expected = hashlib.sha256(f"{code}{token}{endpoint}".encode()).hexdigest()
        joint = "&" if "?" in endpoint else "?"
        answer = self.ask(f"{endpoint}{joint}challenge_code={quote(code)}")
        try:
            return bool(json.loads(answer)["challengeResponse"] == expected)
        except (ValueError, KeyError, TypeError):
            return False

    def destination(self, destination_id: str) -> Body:
        """The destination of an id. Raises: Refused 404 with 195022."""
        body = self.destinations.get(destination_id)
        if body is None:
            raise refused(404, 195022)
        return body

    def delete_destination(self, destination_id: str) -> None:
        """Forget a destination nothing is sent to. Raises: Refused; 409 with 195024 while it is used."""
        self.destination(destination_id)
        if any(subscription["destinationId"] == destination_id for subscription in self.subscriptions.values()):
            raise refused(409, 195024)
        del self.destinations[destination_id]

    def create_subscription(self, sent: Mapping[str, Any], now: datetime) -> str:
        """Subscribe a destination to a topic; the subscription's id.

        Raises: Refused; 409 with 195012 when the topic is subscribed already.
        """
        if self.alert_email is None:
            raise refused(409, 195003)
        topic = sent.get("topicId")
        if not isinstance(topic, str) or topic not in TOPICS:
            raise refused(400, 195027)
        body = self._checked_subscription(sent)
        if any(existing["topicId"] == topic for existing in self.subscriptions.values()):
            raise refused(409, 195012)
        subscription_id = self.new_id("subscription")
        self.subscriptions[subscription_id] = {"topicId": topic, "creationDate": iso(now), **body}
        return subscription_id

    def update_subscription(self, subscription_id: str, sent: Mapping[str, Any]) -> None:
        """Change where and whether a subscription is delivered. Raises: Refused."""
        body = self.subscription(subscription_id)
        body.update(self._checked_subscription(sent))

    def set_status(self, subscription_id: str, status: str) -> None:
        """Enable or disable a subscription. Raises: Refused."""
        body = self.subscription(subscription_id)
        if status == "ENABLED" and self.destination(body["destinationId"])["status"] != "ENABLED":
            raise refused(409, 195015)
        body["status"] = status

    def subscription(self, subscription_id: str) -> Body:
        """The subscription of an id. Raises: Refused 404 with 195013."""
        body = self.subscriptions.get(subscription_id)
        if body is None:
            raise refused(404, 195013)
        return body

    def receivers(self, topic: str) -> list[str]:
        """The endpoints that get a topic now."""
        wanted = (s for s in self.subscriptions.values() if s["topicId"] == topic and s["status"] == "ENABLED")
        destinations = (self.destinations[s["destinationId"]] for s in wanted)
        return [d["deliveryConfig"]["endpoint"] for d in destinations if d["status"] == "ENABLED"]

    def _checked_subscription(self, sent: Mapping[str, Any]) -> Body:
        status, destination_id = sent.get("status"), sent.get("destinationId")
        payload = sent.get("payload") or {}
        if status not in STATUSES:
            raise refused(400, 195006)
        if not isinstance(destination_id, str) or destination_id not in self.destinations:
            raise refused(400, 195007)
        if not isinstance(payload, dict):
            raise refused(400, 195009)
        if payload.get("schemaVersion", SCHEMA_VERSION) != SCHEMA_VERSION:
            raise refused(400, 195008)
        if payload.get("format", "JSON") != "JSON":
            raise refused(400, 195009)
        if payload.get("deliveryProtocol", "HTTPS") != "HTTPS":
            raise refused(400, 195010)
        if status == "ENABLED" and self.destinations[destination_id]["status"] != "ENABLED":
            raise refused(409, 195015)
        kept = {"format": "JSON", "schemaVersion": SCHEMA_VERSION, "deliveryProtocol": "HTTPS"}
        return {"status": status, "destinationId": destination_id, "payload": kept}


def _checked_destination(sent: Mapping[str, Any]) -> Body:
    name, status, config = sent.get("name"), sent.get("status"), sent.get("deliveryConfig") or {}
    if not isinstance(name, str) or not 0 < len(name) <= 64 or "<" in name:
        raise refused(400, 195016)
    if status not in STATUSES:
        raise refused(400, 195018)
    if not isinstance(config, dict):
        raise refused(400, 195017)
    endpoint, token = config.get("endpoint"), config.get("verificationToken")
    if not isinstance(endpoint, str) or not _may_receive(endpoint):
        raise refused(400, 195017)
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise refused(400, 195019)
    return {"name": name, "status": status, "deliveryConfig": {"endpoint": endpoint, "verificationToken": token}}


def _may_receive(endpoint: str) -> bool:
    """HTTPS, as the service asks; plain HTTP only on this machine, where there is no certificate."""
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        return False
    return (
        endpoint.isascii() and bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
    )


def message(topic: str, notice_id: str, data: Body, now: datetime) -> bytes:
    """A notification as it is posted: compact, so that parsing and printing it again gives the signed bytes."""
    body = {
        "metadata": {"topic": topic, "schemaVersion": SCHEMA_VERSION, "deprecated": False},
        "notification": {
            "notificationId": notice_id,
            "eventDate": iso(now),
            "publishDate": iso(now),
            "publishAttemptCount": 1,
            "data": data,
        },
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def confirmation(order: Order, line: OrderLine, seller: str) -> Body:
    """What an ORDER_CONFIRMATION says of one line item."""
    return {
        "user": {"userId": f"U{seller}", "username": seller},
        "order": {
            "orderId": order.order_id,
            "orderLineItems": [{"orderLineItemId": line.line_id, "listingId": line.listing_id, "quantity": line.quantity}],
        },
    }
