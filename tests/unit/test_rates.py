"""Exchange rates of days on which no rate was published (GO6)."""

from datetime import date
from decimal import Decimal

import pytest

from entrepot.base.money import Money
from entrepot.localization.rates import converted, rate


@pytest.mark.parametrize(("currency", "base"), [("GBP", "EUR"), ("EUR", "GBP"), ("GBP", "USD")])
def test_a_sunday_takes_the_rate_of_the_friday_before_and_says_so(currency: str, base: str) -> None:
    friday, sunday = rate(currency, base, date(2010, 12, 3)), rate(currency, base, date(2010, 12, 5))
    assert friday is not None
    assert friday.of == date(2010, 12, 3)
    assert sunday == friday


def test_a_day_before_all_rates_and_an_unquoted_currency_have_none() -> None:
    assert rate("GBP", "EUR", date(1990, 1, 1)) is None
    assert rate("AED", "EUR", date(2010, 12, 3)) is None
    assert rate("AED", "AED", date(1990, 1, 1)) is not None


def test_a_converted_amount_keeps_its_rate() -> None:
    found = converted(Money(1000, "GBP"), "EUR", date(2010, 12, 5))
    assert found is not None
    amount, by = found
    assert amount == Money(round(Decimal(1000) * by.value), "EUR")
