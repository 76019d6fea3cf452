"""Encryption with keys from outside the database, and keyed hashes to search what is encrypted.

One key document (see app.keys) holds numbered keys; the newest seals, all open. A sealed document is
``key id (1 byte) + nonce (12) + AES-GCM``, bound to what it belongs to by associated data.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class CannotOpen(Exception):
    """The sealed bytes were made with another key, for another owner, or were changed."""


@dataclass(frozen=True)
class Keys:
    """``by_id``: key id (1-255) -> 32 bytes. ``current`` seals; the others only open."""

    by_id: Mapping[int, bytes]
    current: int

    def derived(self, key_id: int, purpose: str) -> bytes:
        return hmac.new(self.by_id[key_id], purpose.encode(), hashlib.sha256).digest()


class Sealer:
    """Seals JSON documents for one purpose."""

    def __init__(self, keys: Keys, purpose: str) -> None:
        self._current = keys.current
        self._ciphers = {key_id: AESGCM(keys.derived(key_id, "seal:" + purpose)) for key_id in keys.by_id}
        self._index_key = keys.derived(min(keys.by_id), "index:" + purpose)

    def seal(self, document: Mapping[str, Any], owner: str) -> bytes:
        """``document`` as bytes that only open together with the same ``owner``."""
        nonce = os.urandom(12)
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        return bytes((self._current,)) + nonce + self._ciphers[self._current].encrypt(nonce, text, owner.encode())

    def open(self, sealed: bytes, owner: str) -> dict[str, Any]:
        """The document again.

        Raises: CannotOpen when the key is unknown, the owner is another, or a bit was changed.
        """
        raw = bytes(sealed)
        if len(raw) < 1 + 12 + 16:
            raise CannotOpen("too short to be sealed")
        cipher = self._ciphers.get(raw[0])
        if cipher is None:
            raise CannotOpen("the key that sealed this is not in the key file")
        try:
            document: dict[str, Any] = json.loads(cipher.decrypt(raw[1:13], raw[13:], owner.encode()))
        except InvalidTag:
            raise CannotOpen("sealed for another owner, or changed since") from None
        return document

    def index(self, text: str) -> bytes | None:
        """A keyed hash of the normalized text for exact search; None for empty text."""
        normal = " ".join(text.casefold().split())
        if not normal:
            return None
        return hashlib.blake2b(normal.encode(), key=self._index_key, digest_size=16).digest()
