"""Money as whole numbers of a currency's smallest unit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import get_currency_precision, list_currencies
from django.utils.translation import gettext

from entrepot.base.errors import UserError


class WrongMoney(UserError):
    code = "wrong_money"


LARGEST = 10**15  # in major units: fits the database's bigint with three decimals, and keeps 1e999999 from being expanded


@lru_cache(maxsize=512)
def decimals(currency: str) -> int:
    """How many decimals ``currency`` has: JPY 0, EUR 2, KWD 3.

    Raises: WrongMoney for text that is no ISO 4217 code.
    """
    if not re.fullmatch(r"[A-Z]{3}", currency) or currency not in list_currencies():
        raise WrongMoney(gettext("“{currency}” is not a currency. Use an ISO code such as EUR.").format(currency=currency))
    return int(get_currency_precision(currency))


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """``minor`` units of ``currency``: Money(1250, "EUR") is 12.50 EUR."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.major()} {self.currency}"

    def major(self) -> Decimal:
        """The amount in major units, exact: Decimal("12.50")."""
        return Decimal(self.minor).scaleb(-decimals(self.currency))

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise WrongMoney(gettext("{one} and {other} are different currencies and do not add.").format(one=self, other=other))


def money(text: str | int | Decimal, currency: str) -> Money:
    """An amount in major units as Money, exact.

    Raises: WrongMoney when the text is no number or finer than the currency can pay (nothing is rounded here).
    """
    places = decimals(currency)
    try:
        amount = Decimal(str(text).strip())
    except InvalidOperation:
        raise WrongMoney(gettext("“{text}” is not an amount of {currency}.").format(text=text, currency=currency)) from None
    if not amount.is_finite() or abs(amount) >= LARGEST:
        raise WrongMoney(gettext("“{text}” is not an amount of {currency}.").format(text=str(text)[:40], currency=currency))
    minor = int(amount.scaleb(places))
    if Decimal(minor).scaleb(-places) != amount:
        raise WrongMoney(
            gettext("{amount} {currency} is finer than {currency} can pay ({decimals} decimals).").format(
                amount=str(text)[:60], currency=currency, decimals=places
            )
        )
    return Money(minor, currency)


def rounded(amount: Decimal, currency: str) -> Money:
    """A computed amount in major units as Money, rounded once, half up (GO6)."""
    minor = amount.scaleb(decimals(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Money(int(minor), currency)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` in whole parts by ``weights``, largest remainder first, so that the parts sum to the total.

    Ties go to the earlier part. Weights are >= 0; when all are 0 they count as equal.
    """
    shares = list(weights) if any(weights) else [1] * len(weights)
    if not shares:
        return []
    whole = sum(shares)
    parts = [total * share // whole for share in shares]
    rests = sorted(range(len(shares)), key=lambda i: (-(total * shares[i] % whole), i))
    for i in rests[: total - sum(parts)]:
        parts[i] += 1
    return parts
