"""What stands in an address or a form, as values; None for what cannot be read."""

from datetime import datetime
from uuid import UUID

from django.utils.dateparse import parse_datetime


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def as_instant(text: str) -> datetime | None:
    """An ISO instant with its offset ("+" may have become a blank in the address)."""
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def whole(text: str | None) -> int | None:
    """A whole number a person typed, with or without separators."""
    plain = (text or "").strip().replace(",", "").replace("−", "-").replace("\u00a0", "").replace(" ", "")
    digits = plain[1:] if plain[:1] in ("+", "-") else plain
    return int(plain) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else None
