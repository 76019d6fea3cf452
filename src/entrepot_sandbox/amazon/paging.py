"""Pages with opaque tokens, and the ways paging goes wrong (F6)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from entrepot_sandbox.amazon.errors import invalid_input
from entrepot_sandbox.core.clock import iso, parse_instant
from entrepot_sandbox.core.http import Call

Row = TypeVar("Row")
TOKEN_LIFE = timedelta(hours=24)
TOKENS = ("pageToken", "paginationToken")
Mark = tuple[str, str]  # what rows are sorted by, and the row's own id


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page and the token of the next; None on the last page."""

    rows: Sequence[Row]
    next_token: str | None


@dataclass(frozen=True)
class Position:
    """What a token holds: the row its page comes after (None: the first page), up to which instant rows count, and what was asked for.

    A row, not a number of rows: rows that leave the answer between two pages move no other row out of it.
    """

    after: Mark | None
    until: datetime | None
    digest: str
    issued_at: datetime
    nonce: int = 0

    def token(self) -> str:
        """The opaque text."""
        until = iso(self.until) if self.until else None
        fields = [self.after, until, self.digest, iso(self.issued_at), self.nonce]
        return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()


def position(call: Call, token: str, now: datetime) -> Position:
    """The position a token holds.

    Raises: Refusal when the token is foreign, older than a day, or the other parameters were not repeated.
    """
    try:
        after, until, digest, issued, nonce = json.loads(base64.urlsafe_b64decode(token.encode()))
        issued_at = parse_instant(issued)
        found = Position(_mark(after), parse_instant(until) if until else None, str(digest), issued_at or now, int(nonce))
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise invalid_input("the pagination token is not valid") from error
    if found.digest != digest_of(call):
        raise invalid_input("all parameters must be repeated with the pagination token")
    if now - found.issued_at > TOKEN_LIFE:
        raise invalid_input("the pagination token has expired")
    return found


def digest_of(call: Call) -> str:
    """What the other parameters ask for, in few characters."""
    asked = sorted((name, value) for name, value in call.request.query if name not in TOKENS)
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def _mark(after: list[str] | None) -> Mark | None:
    if after is None:
        return None
    key, row_id = after
    return str(key), str(row_id)


def page(
    call: Call,
    rows: Sequence[Row],
    size: int,
    *,
    mark: Callable[[Row], Mark],
    token: str | None,
    now: datetime,
    until: datetime | None = None,
    descending: bool = False,
) -> Page[Row]:
    """The page a token asks for, or the first, of rows sorted by their mark.

    F6 makes the next token repeat this page, skip one, or loop.
    """
    digest = digest_of(call)
    after = position(call, token, now).after if token else None
    left = [row for row in rows if after is None or (mark(row) < after if descending else mark(row) > after)]
    part = left[:size]
    fault = call.fault("F6")
    if fault is not None and fault.how == "loop":
        return Page(part, token or Position(after, until, digest, now).token())
    if len(left) <= size:
        return Page(part, None)
    if fault is None:
        return Page(part, Position(mark(part[-1]), until, digest, now).token())
    last = after if fault.how == "repeat" else mark(left[: 2 * size][-1])
    return Page(part, Position(last, until, digest, now, nonce=1).token())
