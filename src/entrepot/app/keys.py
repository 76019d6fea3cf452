"""The secret keys of an installation, kept outside the database."""

import base64
import binascii
import os
import secrets
from pathlib import Path

from entrepot.base.crypto import Keys

# Known to everybody who reads this file, so it protects nothing: for demonstrations and tests only.
DEMO_KEY = base64.urlsafe_b64encode(b"entrepot demo key, not a secret!").decode()

_ENVIRONMENT = "ENTREPOT_KEY"
_SIZE = 32
_CURE = (
    'Make one: python3 -c "import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())" '
    "- or unset ENTREPOT_KEY, and a key file is made in the home."
)


class KeyRefused(Exception):
    """The secret key is missing, weak or open to others; the message says what to do."""


def load_keys(home: Path, demo: bool) -> Keys:
    """The keys of this installation: ENTREPOT_KEY, or the file `key` in the home, made at the first start with mode 0600.

    Either holds one key a line (or parted by commas): 32 random bytes in URL-safe base64, after a rotation `number:key` each;
    the highest number seals, all open. A key without a number is number 1.
    Raises: KeyRefused when a key is malformed, guessable, readable by others, or the demonstration's outside a demonstration.
    """
    if (text := os.environ.get(_ENVIRONMENT)) is not None:
        return _keys(text, source=_ENVIRONMENT, demo=demo)
    make_key_file(home)
    file = home / "key"
    if file.stat().st_mode & 0o077:
        raise KeyRefused(f"The key file {file} can be read by other users. Make it yours alone: chmod 600 '{file}'")
    return _keys(file.read_text(), source=str(file), demo=demo)


def make_key_file(home: Path) -> None:
    """The home has a key file, unless the key comes from the environment.

    Raises: KeyRefused when a database is there already: a new key would not open what the lost one sealed.
    """
    file = home / "key"
    if _ENVIRONMENT in os.environ or file.exists():
        return
    if (home / "postgres" / "data").exists():
        raise KeyRefused(f"The key file {file} is gone, and the database beside it was sealed with it. Restore the file from a backup.")
    _create(file)


def _create(file: Path) -> None:
    """Write a new key whole or not at all; of two first starts at once, the first one's key stays."""
    partial = file.with_name(f"key.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write("1:" + base64.urlsafe_b64encode(secrets.token_bytes(_SIZE)).decode() + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(partial, file)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def _keys(text: str, *, source: str, demo: bool) -> Keys:
    by_id: dict[int, bytes] = {}
    for word in text.replace(",", " ").split():
        number, colon, key = word.rpartition(":")
        key_id = int(number) if number.isdecimal() else 0 if colon else 1
        if not 1 <= key_id <= 255 or key_id in by_id:
            raise KeyRefused(f"A key in {source} has no number of its own from 1 to 255 before its colon.")
        by_id[key_id] = _key(key, source=source, demo=demo)
    if not by_id:
        raise KeyRefused(f"{source} is empty. It must hold 32 random bytes in URL-safe base64. {_CURE}")
    return Keys(by_id=by_id, current=max(by_id))


def _key(word: str, *, source: str, demo: bool) -> bytes:
    try:
        key = base64.b64decode(word, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _SIZE:
        raise KeyRefused(f"A key in {source} is not 32 bytes in URL-safe base64. {_CURE}")
    if word == DEMO_KEY and not demo:
        raise KeyRefused(f"The key in {source} is the demonstration's, which everybody knows. {_CURE}")
    if len(set(key)) < 12:
        raise KeyRefused(f"The key in {source} is an example, not random. {_CURE}")
    return key
