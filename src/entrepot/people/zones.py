"""Time zones that a person may choose, and instants that a person typed."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entrepot.base.errors import UserError


class NotATime(UserError):
    code = "not_a_time"


def known_zone(name: str) -> None:
    """Raises: ValidationError for a name that is none of the time zone database's."""
    if name not in available_timezones():
        raise ValidationError(_("There is no time zone “%(zone)s”. Write it like Europe/Berlin."), params={"zone": name})


def instant(text: str, zone: str) -> datetime:
    """An instant a person typed, in UTC: ISO 8601, or "2026-11-20 14:02"; without an offset it is a time of ``zone``.

    In an address the "+" of an offset may have become a blank. Raises: NotATime.
    """
    plain = re.sub(r"(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$", r"\1+\2", text.strip())
    try:
        if not re.match(r"[\d-]{8,10}[T ]\d", plain):
            raise ValueError(plain)  # a date alone names no minute
        found = datetime.fromisoformat(plain)
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotATime(
            gettext("“{text}” is no time. Write it like 2026-11-20 14:02 or 2026-11-20T14:02:31+01:00.").format(text=text)
        ) from None
