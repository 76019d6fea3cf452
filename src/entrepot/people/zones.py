"""Time zones that a person may choose."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def known_zone(name: str) -> None:
    """Raises: ValidationError for a name that is none of the time zone database's."""
    if name not in available_timezones():
        raise ValidationError(_("There is no time zone “%(zone)s”. Write it like Europe/Berlin."), params={"zone": name})
