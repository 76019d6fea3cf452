"""What was decided once for this deployment."""

from functools import cache

from django.utils.translation import gettext

from entrepot.base.errors import UserError
from entrepot.people.models import Deployment


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


def set_up(*, base_currency_code: str, time_zone: str, demo: bool) -> bool:
    """Write the deployment's row at the first start; False when it stood already, unchanged."""
    _, made = Deployment.objects.get_or_create(
        pk=True, defaults={"base_currency": base_currency_code, "time_zone": time_zone, "demo": demo}
    )
    base_currency.cache_clear()
    return made
