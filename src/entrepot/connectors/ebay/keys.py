"""The public keys that eBay signs its messages with.

Source: docs/sources/ebay.md#notification
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from entrepot.channels.contract import Rate, Refused, Throttled, Unavailable
from entrepot.channels.reading import text
from entrepot.channels.transport import Bucket
from entrepot.connectors.ebay.client import Client

KEEP = timedelta(hours=1)  # what eBay recommends
NEW_IDS = Rate(1 / 15, 11)  # ten in a minute, then four a minute: 5,760 of the 10,000 calls that eBay allows a day

Json = Mapping[str, Any]
PublicKey = tuple[ec.EllipticCurvePublicKey, str]


class Keys:
    """Each key is asked for once an hour.

    Anybody can post a message with an invented key id. Ids that eBay does not know are kept apart, so that they push no
    real key out, and new ids are asked about only now and then, so that the quota is left for the real ones.
    """

    def __init__(self, client: Client, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, tuple[PublicKey, datetime]] = {}
        self._unknown: dict[str, datetime] = {}
        self._new_ids = Bucket(NEW_IDS, clock().timestamp())
        self._lock = threading.Lock()

    def get(self, kid: str) -> PublicKey | None:
        """None when eBay does not know the id.

        Raises: Throttled when too many new ids came; Unavailable and the others of getPublicKey.
        """
        now = self._clock()
        with self._lock:
            held = self._known.get(kid)
            if held is not None and now - held[1] < KEEP:
                return held[0]
            self._unknown = {one: at for one, at in self._unknown.items() if now - at < KEEP}
            if kid in self._unknown:
                return None
            wait = self._new_ids.take(now.timestamp()) if held is None else 0.0
        if wait > 0:
            raise Throttled(timedelta(seconds=wait), "too many messages with key ids that were never seen")
        key = self._ask(kid)
        with self._lock:
            self._known.pop(kid, None)
            if key is None:
                self._unknown[kid] = now
            else:
                self._known[kid] = key, now
        return key

    def _ask(self, kid: str) -> PublicKey | None:
        try:
            raw = self._client.get_public_key(kid)
        except Refused as no:
            if no.status == 403:  # our own right is missing: that says nothing of the key
                raise Unavailable(f"eBay does not tell its keys: {no.message}", sent=False) from no
            return None
        return public_key(raw) if raw is not None else None


def public_key(raw: Json) -> PublicKey | None:
    """The key of getPublicKey: PEM in one line, or its base64 alone; None when it is none we can use."""
    words = text(raw, "key").replace("-----BEGIN PUBLIC KEY-----", "").replace("-----END PUBLIC KEY-----", "")
    pem = f"-----BEGIN PUBLIC KEY-----\n{''.join(words.split())}\n-----END PUBLIC KEY-----\n"
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError:
        return None
    return (key, str(raw.get("digest") or "SHA1")) if isinstance(key, ec.EllipticCurvePublicKey) else None
