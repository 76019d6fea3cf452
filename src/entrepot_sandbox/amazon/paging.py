"""Pages with opaque tokens, and the ways paging goes wrong (F6)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from entrepot_sandbox.amazon.errors import invalid_input
from entrepot_sandbox.core.clock import iso, parse_instant
from entrepot_sandbox.core.http import Call

Row = TypeVar("Row")
TOKEN_LIFE = timedelta(hours=24)
TOKENS = ("pageToken", "paginationToken")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page and the token of the next; None on the last page."""

    rows: Sequence[Row]
    next_token: str | None


@dataclass(frozen=True)
class Position:
    """What a token holds: where the page begins, up to which instant rows count, and what was asked for."""

    start: int
    until: datetime | None
    digest: str
    issued_at: datetime
    nonce: int = 0

    def token(self) -> str:
        """The opaque text."""
        until = iso(self.until) if self.until else None
        fields = [self.start, until, self.digest, iso(self.issued_at), self.nonce]
        return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()


def position(call: Call, token: str, now: datetime) -> Position:
    """The position a token holds.

    Raises: Refusal when the token is foreign, older than a day, or the other parameters were not repeated.
    """
    try:
        start, until, digest, issued, nonce = json.loads(base64.urlsafe_b64decode(token.encode()))
        issued_at = parse_instant(issued)
        found = Position(int(start), parse_instant(until) if until else None, str(digest), issued_at or now, int(nonce))
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise invalid_input("the pagination token is not valid") from error
    if found.start < 0 or found.digest != digest_of(call):
        raise invalid_input("all parameters must be repeated with the pagination token")
    if now - found.issued_at > TOKEN_LIFE:
        raise invalid_input("the pagination token has expired")
    return found


def digest_of(call: Call) -> str:
    """What the other parameters ask for, in few characters."""
    asked = sorted((name, value) for name, value in call.request.query if name not in TOKENS)
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def page(call: Call, rows: Sequence[Row], size: int, *, token: str | None, now: datetime, until: datetime | None = None) -> Page[Row]:
    """The page a token asks for, or the first; F6 makes the next token repeat this page, skip one, or loop."""
    digest = digest_of(call)
    start = position(call, token, now).start if token else 0
    part = rows[start : start + size]
    following = start + size
    nonce = 0
    fault = call.fault("F6")
    if fault is not None and fault.how == "loop":
        return Page(part, token or Position(start, until, digest, now).token())
    if following >= len(rows):
        return Page(part, None)
    if fault is not None:
        following = start if fault.how == "repeat" else following + size
        nonce = 1
    return Page(part, Position(following, until, digest, now, nonce).token())
