"""Exchange rates: the European Central Bank's reference rates as the library CurrencyConverter carries them.

A day without a rate (weekend, holiday, newer than the data) takes the last one before it; the date the rate is of is
returned with it and kept with what was converted.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache, lru_cache

from currency_converter import CurrencyConverter

from entrepot.base.money import Money, rounded

SOURCE = "European Central Bank reference rates"
_SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Rate:
    """One unit of a currency costs ``value`` of the base currency; ``of`` is the day of the reference rate."""

    value: Decimal
    of: date


@lru_cache(maxsize=65536)
def rate(currency: str, base: str, on: date) -> Rate | None:
    """The rate that holds on a day; None for a currency the bank does not quote."""
    if currency == base:
        return Rate(Decimal(1), on)
    book = _book()
    if not {currency, base} <= book.currencies:
        return None
    day = on
    for quoted in {currency, base} - {"EUR"}:
        first, last = book.bounds[quoted]
        if on < first:
            return None
        day = min(day, last)
    while any(quoted != "EUR" and book._rates[quoted].get(day) is None for quoted in (currency, base)):
        day -= timedelta(days=1)
    value = Decimal(book.convert(1, currency, base, date=day)).quantize(_SIX_PLACES, rounding=ROUND_HALF_EVEN)
    return Rate(value, day)


def converted(amount: Money, base: str, on: date) -> tuple[Money, Rate] | None:
    """The amount in the base currency, rounded once half up, with its rate; None where there is no rate."""
    found = rate(amount.currency, base, on)
    if found is None:
        return None
    return rounded(amount.major() * found.value, base), found


@cache
def _book() -> CurrencyConverter:
    return CurrencyConverter(fallback_on_missing_rate=False, fallback_on_wrong_date=False, decimal=True)
