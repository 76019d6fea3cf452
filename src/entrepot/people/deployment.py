"""What was decided once for this deployment."""

from functools import cache
from zoneinfo import available_timezones

from django.utils.translation import gettext

from entrepot.base.errors import UserError
from entrepot.people.models import Deployment

UTC = "UTC"


class NotSetUp(UserError):
    code = "not_set_up"


@cache
def base_currency() -> str:
    """The currency that sums are shown in; set at the first start, never changed."""
    currency = Deployment.objects.values_list("base_currency", flat=True).first()
    if currency is None:
        raise NotSetUp(gettext("This installation has no base currency yet. Run “entrepot init --currency EUR”."))
    return currency


def change_base_currency(currency: str) -> None:
    """Another base currency; the caller has made sure that nothing is priced or sold yet."""
    Deployment.objects.update(base_currency=currency)
    base_currency.cache_clear()


def default_time_zone() -> str:
    """The time zone that new users read times in until they choose their own."""
    return Deployment.objects.values_list("time_zone", flat=True).first() or UTC


def set_up(*, base_currency_code: str, time_zone: str | None, demo: bool) -> bool:
    """The deployment's row stands, with this time zone and demo flag where they are given; True when it was made.

    The base currency of a row that stands already is left alone. Raises: UserError for a time zone that is none.
    """
    if time_zone is not None and time_zone not in available_timezones():
        raise UserError(gettext("“{zone}” is no time zone. Write it as Europe/Berlin or Asia/Shanghai.").format(zone=time_zone))
    row, made = Deployment.objects.get_or_create(
        pk=True, defaults={"base_currency": base_currency_code, "time_zone": time_zone or UTC, "demo": demo}
    )
    wanted = (time_zone or row.time_zone, demo or row.demo)
    if wanted != (row.time_zone, row.demo):
        row.time_zone, row.demo = wanted
        row.save(update_fields=["time_zone", "demo"])
    base_currency.cache_clear()
    return made
