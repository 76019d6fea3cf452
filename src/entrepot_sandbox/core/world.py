"""What a buyer sees and does, in words common to all marketplaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


class UnknownSku(LookupError):
    """No listing has this SKU."""


class UnknownOrder(LookupError):
    """No order has this id."""


class NotEnoughLeft(Exception):
    """A buyer asked for more than the live listing has."""

    def __init__(self, left: int) -> None:
        super().__init__(f"only {left} left")
        self.left = left


class CannotCancel(Exception):
    """The order was shipped or canceled before."""


@dataclass(frozen=True)
class Shown:
    """One listing as a buyer sees it now. Units: price in major units, quantity in pieces; picture is an address."""

    sku: str
    title: str
    price: Decimal
    currency: str
    quantity: int
    live: bool
    picture: str = ""


@dataclass(frozen=True)
class Bought:
    """One order line as it stands now. Units: quantity, shipped and canceled in pieces."""

    id: str
    sku: str
    quantity: int
    status: str
    shipped: int
    canceled: int


@dataclass
class Told:
    """What the seller's own system says of itself, for the small line under each listing and the score."""

    listings: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    score: dict[str, Any] = field(default_factory=dict)
