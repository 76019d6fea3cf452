"""The secret keys of an installation, all derived from one that lives outside the database."""

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# Known to everybody who reads this file, so it protects nothing: for demonstrations and tests only.
DEMO_KEY = base64.urlsafe_b64encode(b"entrepot demo key, not a secret!").decode()

_ENVIRONMENT = "ENTREPOT_KEY"
_SIZE = 32


class KeyRefused(Exception):
    """The secret key is missing, weak or open to others; the message says what to do."""


@dataclass(frozen=True)
class SealingKey:
    """One generation of the key that seals buyer data (AES-256-GCM), with the id stored beside each sealed value."""

    id: str
    key: bytes


@dataclass(frozen=True)
class Keys:
    """What each use gets; newest generation first. Old generations still open what they sealed."""

    django_secret: str
    fernet: tuple[bytes, ...]
    sealing: tuple[SealingKey, ...]
    index: bytes

    def __repr__(self) -> str:
        return f"Keys({', '.join(generation.id for generation in self.sealing)})"


def load_keys(home: Path, demo: bool) -> Keys:
    """The keys of this installation.

    The root key is ENTREPOT_KEY, or the file `key` in the home, made at the first start with mode 0600. Either holds 32 random
    bytes in URL-safe base64; after a rotation several, newest first, parted by commas or lines. The blind index of buyers is
    derived from the oldest, so that what was indexed stays findable.
    Raises: KeyRefused when the key is malformed, guessable, readable by others, or the demonstration's outside a demonstration.
    """
    if text := os.environ.get(_ENVIRONMENT):
        return _keys(text, source=_ENVIRONMENT, demo=demo)
    file = home / "key"
    if not file.exists():
        _create(file)
    if file.stat().st_mode & 0o077:
        raise KeyRefused(f"The key file {file} can be read by other users. Make it yours alone: chmod 600 '{file}'")
    return _keys(file.read_text(), source=str(file), demo=demo)


def _create(file: Path) -> None:
    """Write a new key whole or not at all; of two first starts at once, the first one's key stays."""
    partial = file.with_name(f"key.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(base64.urlsafe_b64encode(secrets.token_bytes(_SIZE)).decode() + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(partial, file)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def _keys(text: str, *, source: str, demo: bool) -> Keys:
    roots = [_root(word, source=source, demo=demo) for word in text.replace(",", " ").split()]
    if not roots:
        raise KeyRefused(f"{source} is empty. It must hold 32 random bytes in URL-safe base64. {_CURE}")
    return Keys(
        django_secret=base64.urlsafe_b64encode(_derived(roots[0], "django")).decode(),
        fernet=tuple(base64.urlsafe_b64encode(_derived(root, "credentials")) for root in roots),
        sealing=tuple(SealingKey(hashlib.sha256(b"id" + root).hexdigest()[:8], _derived(root, "buyers")) for root in roots),
        index=_derived(roots[-1], "buyer index"),
    )


def _root(word: str, *, source: str, demo: bool) -> bytes:
    try:
        root = base64.b64decode(word, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        root = b""
    if len(root) != _SIZE:
        raise KeyRefused(f"The key in {source} is not 32 bytes in URL-safe base64. {_CURE}")
    if word == DEMO_KEY and not demo:
        raise KeyRefused(f"The key in {source} is the demonstration's, which everybody knows. {_CURE}")
    if len(set(root)) < 12 and not demo:
        raise KeyRefused(f"The key in {source} is an example, not random. {_CURE}")
    return root


def _derived(root: bytes, use: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=_SIZE, salt=None, info=f"entrepot {use}".encode()).derive(root)


_CURE = (
    'Make one: python3 -c "import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())" '
    "- or unset ENTREPOT_KEY, and a key file is made in the home."
)
