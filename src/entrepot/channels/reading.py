"""Small readers for a channel's JSON: each takes what a mapping relies on, or names the path that is wrong.

``text(raw, "price.value")`` follows dots. A missing or wrongly typed field raises Unreadable with its path; fields a
mapping can do without are read with ``optional``.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from entrepot.base.errors import UserError
from entrepot.base.money import Money, money
from entrepot.channels.transport import Unreadable

LARGEST = 10**15


def optional(raw: Any, path: str) -> Any:
    """The value at a dotted path, None when any part of it is missing or null."""
    value = raw
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def text(raw: Any, path: str) -> str:
    value = optional(raw, path)
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or value == "":
        raise Unreadable(path)
    return str(value)


def whole(raw: Any, path: str) -> int:
    """A whole number; a number written as text counts (F11). 1e999999 does not: it would cost minutes and gigabytes."""
    value = optional(raw, path)
    try:
        if isinstance(value, bool) or value is None:
            raise ValueError
        number = Decimal(str(value))
        if not abs(number) < LARGEST or number != number.to_integral_value():
            raise ValueError
        return int(number)
    except (ValueError, ArithmeticError):
        raise Unreadable(path) from None


def items(raw: Any, path: str) -> Sequence[Any]:
    value = optional(raw, path)
    if not isinstance(value, list):
        raise Unreadable(path)
    return value


def instant(raw: Any, path: str) -> datetime:
    """An ISO 8601 instant as UTC. One without a zone is refused rather than guessed (F16)."""
    try:
        at = datetime.fromisoformat(text(raw, path))
    except ValueError:
        raise Unreadable(path) from None
    if at.tzinfo is None:
        raise Unreadable(path, f"the time at {path} has no zone")
    return at.astimezone(UTC)


def optional_instant(raw: Any, path: str) -> datetime | None:
    return instant(raw, path) if optional(raw, path) not in (None, "") else None


def amount(raw: Any, path: str, currency: str) -> Money:
    """A decimal amount in ``currency`` at ``path``; finer than the currency can pay is unreadable, never rounded."""
    try:
        return money(text(raw, path), currency)
    except UserError as no:
        raise Unreadable(path, str(no)) from None
