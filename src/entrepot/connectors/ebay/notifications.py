"""Webhooks: one destination and one subscription, the answer to eBay's challenge, signatures, hints.

Source: docs/sources/ebay.md#notification
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from entrepot.base.ids import RemoteId
from entrepot.channels.contract import Access, Hint, HintKind, Refused
from entrepot.channels.reading import optional, optional_instant, text
from entrepot.connectors.ebay.keys import Keys, PublicKey
from entrepot.connectors.ebay.read import listed
from entrepot.connectors.ebay.session import Session

TOPIC = "ORDER_CONFIRMATION"

Json = Mapping[str, Any]


class Notifications(Session):
    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._keys = Keys(self.client, access.clock)

    # --- subscribe -------------------------------------------------------------------------------------------------

    def subscribe(self, address: str) -> None:
        """One destination for the address and one enabled subscription to it. The address must answer already.

        Raises: Refused when the challenge failed, the address is not https, or the application has no alert e-mail.
        """
        self._ensure_config()
        self._ensure_subscription(self._ensure_destination(address))

    def _ensure_config(self) -> None:
        config = self.client.get_config()
        if config is not None and config.get("alertEmail"):
            return
        email = self.given.get("alert_email")
        if not email:
            raise Refused("eBay wants an e-mail for its alerts: give one in the settings of this account.", code="alert_email")
        self.client.put_config({"alertEmail": email})

    def _ensure_destination(self, address: str) -> str:
        wanted = {
            "name": "entrepot",
            "status": "ENABLED",
            "deliveryConfig": {"endpoint": address, "verificationToken": verification_token(self.given["client_secret"])},
        }
        for existing in self.client.destinations():
            if optional(existing, "deliveryConfig.endpoint") != address:
                continue
            destination_id = text(existing, "destinationId")
            if optional(existing, "status") != "ENABLED" or optional(existing, "deliveryConfig") != wanted["deliveryConfig"]:
                self.client.update_destination(destination_id, wanted)
            return destination_id
        return self.client.create_destination(wanted)

    def _ensure_subscription(self, destination_id: str) -> None:
        wanted = {"status": "ENABLED", "destinationId": destination_id, "payload": payload(self.client.get_topic(TOPIC))}
        for existing in self.client.subscriptions():
            if optional(existing, "topicId") != TOPIC:
                continue
            if optional(existing, "status") != "ENABLED" or optional(existing, "destinationId") != destination_id:
                self.client.update_subscription(text(existing, "subscriptionId"), wanted)
            return
        self.client.create_subscription({"topicId": TOPIC, **wanted})

    def answer_challenge(self, query: Mapping[str, str], address: str) -> Json | None:
        code = query.get("challenge_code")
        if not code:
            return None
        told = f"{code}{verification_token(self.given['client_secret'])}{address}"
        return {"challengeResponse": hashlib.sha256(told.encode()).hexdigest()}

    # --- receive ---------------------------------------------------------------------------------------------------

    def hints(self, headers: Mapping[str, str], body: bytes) -> list[Hint]:
        """The order the message is about. The signature holds no time: an old or repeated message is one more hint.

        Raises: Refused when the signature is missing or wrong or the body is no notification; Unavailable or Throttled
        when the key cannot be asked for now (the message may be kept and tried again).
        """
        signature = next((value for name, value in headers.items() if name.lower() == "x-ebay-signature"), "")
        kid, signed = envelope(signature)
        if not verified(self._keys.get(kid), signed, body):
            raise Refused("the signature is wrong", code="bad_signature", status=401)
        return hints(body)


def verification_token(client_secret: str) -> str:
    """The secret that eBay's challenge is answered with: derived, so that every process knows it and nobody types it."""
    return hmac.new(client_secret.encode(), b"entrepot ebay verification token", hashlib.sha256).hexdigest()


def payload(topic: Json) -> dict[str, str]:
    """The payload to subscribe with: the topic's newest schema that is not on its way out."""
    offered = [entry for entry in listed(topic, "supportedPayloads") if not optional(entry, "deprecated")]
    version = max((text(entry, "schemaVersion") for entry in offered), default="1.0")
    return {"format": "JSON", "schemaVersion": version, "deliveryProtocol": "HTTPS"}


def envelope(signature: str) -> tuple[str, bytes]:
    """Key id and signature from the header: base64 of a JSON document.

    Raises: Refused.
    """
    try:
        document = json.loads(base64.b64decode(signature, validate=True))
        kid, signed = document["kid"], base64.b64decode(document["signature"], validate=True)
        if not isinstance(kid, str) or not 0 < len(kid) <= 200:
            raise ValueError("kid")
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("the signature header is missing or malformed", code="bad_signature", status=401) from None
    return kid, signed


def verified(key: PublicKey | None, signature: bytes, message: bytes) -> bool:
    if key is None:
        return False
    digest = hashes.SHA256() if key[1].upper().replace("-", "") == "SHA256" else hashes.SHA1()  # noqa: S303 - eBay signs with it
    try:
        key[0].verify(signature, message, ec.ECDSA(digest))
    except InvalidSignature:
        return False
    return True


def hints(body: bytes) -> list[Hint]:
    """What a verified message points at: nothing, for a topic we do not follow.

    Raises: Refused for a body that is no notification (F21).
    """
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("the message is no JSON", code="bad_message") from None
    if optional(raw, "metadata.topic") != TOPIC:
        return []
    order_id = optional(raw, "notification.data.order.orderId")
    key = optional(raw, "notification.notificationId")
    if not order_id or not key:
        raise Refused("the message names no order", code="bad_message")
    sent_at = optional_instant(raw, "notification.publishDate")
    return [Hint(str(key), HintKind.ORDER, RemoteId(str(order_id)), sent_at)]
