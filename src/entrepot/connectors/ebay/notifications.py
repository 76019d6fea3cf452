"""Webhooks: one destination and one subscription, the answer to eBay's challenge, signatures, hints.

Source: docs/sources/ebay.md#notification
"""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from entrepot.base.ids import RemoteId
from entrepot.channels.contract import Access, Hint, HintKind, Refused, Unavailable
from entrepot.channels.reading import optional, optional_instant, text
from entrepot.connectors.ebay.read import listed
from entrepot.connectors.ebay.session import Session

TOPIC = "ORDER_CONFIRMATION"
KEEP_KEY = timedelta(hours=1)  # what eBay recommends
MOST_KEYS = 32

Json = Mapping[str, Any]
PublicKey = tuple[ec.EllipticCurvePublicKey, str]


class Notifications(Session):
    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._keys: dict[str, tuple[PublicKey | None, datetime]] = {}
        self._keys_lock = threading.Lock()

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
        if not verified(self._key(kid), signed, body):
            raise Refused("the signature is wrong", code="bad_signature", status=401)
        return hints(body)

    def _key(self, kid: str) -> PublicKey | None:
        """The key of an id, asked for once an hour; an unknown id is remembered too, so that it costs no second call."""
        now = self.access.clock()
        with self._keys_lock:
            held = self._keys.get(kid)
            if held is not None and now - held[1] < KEEP_KEY:
                return held[0]
        try:
            raw = self.client.get_public_key(kid)
        except Refused as no:
            if no.status == 403:  # our own right is missing: that says nothing of the key
                raise Unavailable(f"eBay does not tell its keys: {no.message}", sent=False) from no
            raw = None
        key = public_key(raw) if raw is not None else None
        with self._keys_lock:
            while len(self._keys) >= MOST_KEYS:
                del self._keys[next(iter(self._keys))]
            self._keys[kid] = (key, now)
        return key


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


def public_key(raw: Json) -> PublicKey | None:
    """The key of getPublicKey: PEM in one line, or its base64 alone; None when it is none we can use."""
    words = text(raw, "key").replace("-----BEGIN PUBLIC KEY-----", "").replace("-----END PUBLIC KEY-----", "")
    pem = f"-----BEGIN PUBLIC KEY-----\n{''.join(words.split())}\n-----END PUBLIC KEY-----\n"
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError:
        return None
    return (key, str(raw.get("digest") or "SHA1")) if isinstance(key, ec.EllipticCurvePublicKey) else None


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
