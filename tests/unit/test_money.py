"""Money is exact: whole smallest units, no float, nothing rounded unasked (P13)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.money import Money, WrongMoney, decimals, money, rounded, split


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "EUR", 1250), ("12.5", "EUR", 1250), ("12.500", "EUR", 1250), (" 7 ", "JPY", 7), ("7.0", "JPY", 7), ("1.234", "KWD", 1234),
        ("-0.01", "USD", -1), ("0", "EUR", 0), ("1E2", "EUR", 10000), (19, "EUR", 1900), (Decimal("0.1"), "EUR", 10),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly(text, currency, minor):
    assert money(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("12.505", "EUR"), ("7.5", "JPY"), ("1.2345", "KWD"), ("", "EUR"), ("twelve", "EUR"), ("NaN", "EUR"), ("Infinity", "EUR"),
        ("1,50", "EUR"), ("1e999999", "EUR"), ("-1e999999", "EUR"), ("1e-999999", "EUR"), ("1.0000000000000000000000000000000000001", "EUR"),
        ("1", "EURO"), ("1", "eur"), ("1", "XYZ"), ("1", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_paid_is_refused_and_never_rounded(text, currency):
    with pytest.raises(WrongMoney):
        money(text, currency)


@given(minor=st.integers(-(10**14), 10**14), currency=st.sampled_from(["EUR", "JPY", "KWD", "USD"]))
def test_an_amount_survives_its_own_text(minor, currency):
    assert money(str(Money(minor, currency).major()), currency) == Money(minor, currency)


def test_different_currencies_do_not_add():
    assert Money(5, "EUR") + Money(7, "EUR") - Money(2, "EUR") == Money(10, "EUR")
    assert -Money(5, "EUR") * 3 == Money(-15, "EUR")
    for wrong in (lambda: Money(1, "EUR") + Money(1, "USD"), lambda: Money(1, "EUR") - Money(1, "USD")):
        with pytest.raises(WrongMoney):
            wrong()


def test_decimals_are_the_currencys():
    assert [decimals(code) for code in ("JPY", "EUR", "KWD")] == [0, 2, 3]


@pytest.mark.parametrize(("amount", "minor"), [("1.005", 101), ("1.0049", 100), ("-1.005", -101), ("0.004", 0)])
def test_a_computed_amount_is_rounded_once_half_up(amount, minor):
    assert rounded(Decimal(amount), "EUR") == Money(minor, "EUR")


@given(total=st.integers(-(10**9), 10**9), weights=st.lists(st.integers(0, 10**6), max_size=12))
def test_the_parts_of_a_split_sum_to_the_whole_and_are_near_their_share_f63(total, weights):
    parts = split(total, weights)
    assert len(parts) == len(weights)
    if weights:
        assert sum(parts) == total
        shares = weights if any(weights) else [1] * len(weights)
        assert all(abs(part * sum(shares) - total * share) < sum(shares) for part, share in zip(parts, shares, strict=True))


def test_a_split_gives_what_is_over_to_the_largest_rest_and_on_ties_to_the_first():
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(10, [5, 3, 2]) == [5, 3, 2]
    assert split(3, [0, 0]) == [2, 1]
    assert split(1, [0, 5, 0]) == [0, 1, 0]
