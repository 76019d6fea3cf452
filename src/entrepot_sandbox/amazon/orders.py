"""Orders: what a buyer bought, how it is paid, packed, shipped or canceled.

Source: Orders API 2026-01-01 and confirmShipment of Orders v0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from entrepot_sandbox.amazon.people import Person
from entrepot_sandbox.amazon.shop import Listing
from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.events import Journal
from entrepot_sandbox.core.world import Bought, CannotCancel, UnknownOrder

SHIP_WITHIN = timedelta(days=2)
DELIVER_WITHIN = timedelta(days=6)
KEPT = timedelta(days=730)


@dataclass
class Item:
    """One line. Units: unit_price in major units, quantities in pieces."""

    id: str
    sku: str
    asin: str
    title: str
    quantity: int
    unit_price: Decimal
    shipped: int = 0
    canceled: int = 0
    cancel_asked: bool = False

    @property
    def open(self) -> int:
        """Units neither shipped nor canceled."""
        return self.quantity - self.shipped - self.canceled


@dataclass(frozen=True)
class Package:
    """One package of an order, by the seller's own number."""

    reference: str
    carrier: str
    method: str
    tracking: str
    shipped_at: str
    items: tuple[tuple[str, int], ...]
    confirmed_at: datetime


@dataclass
class Order:
    """One order."""

    id: str
    buyer: Person
    currency: str
    placed_at: datetime
    updated_at: datetime
    items: list[Item]
    paid: bool = True
    packages: dict[str, Package] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """The fulfillment status, from the lines."""
        if all(item.canceled == item.quantity for item in self.items):
            return "CANCELLED"
        if not self.paid:
            return "PENDING"
        if all(item.open == 0 for item in self.items):
            return "SHIPPED"
        return "PARTIALLY_SHIPPED" if any(item.shipped for item in self.items) else "UNSHIPPED"

    @property
    def total(self) -> Decimal:
        """What the buyer pays, canceled units left out."""
        return sum(((item.quantity - item.canceled) * item.unit_price for item in self.items), Decimal(0))

    def instant(self, by: str) -> datetime:
        """When it was `created` or last updated."""
        return self.placed_at if by == "created" else self.updated_at

    def mark(self, by: str) -> tuple[str, str]:
        """Where it stands in a search sorted by that instant, exact and as text."""
        return self.instant(by).isoformat(timespec="microseconds"), self.id

    @property
    def ship_by(self) -> datetime:
        """The latest the seller may hand it over."""
        return self.placed_at + SHIP_WITHIN

    @property
    def deliver_by(self) -> datetime:
        """The latest the buyer expects it."""
        return self.placed_at + DELIVER_WITHIN


class WrongShipment(ValueError):
    """A shipment confirmation names units the order does not have."""


class Orders:
    """All orders, and the news about them. `tell(order, change)` is called when the notification is due."""

    def __init__(self, clock: Clock, random: Random, journal: Journal, delay: dict[str, float], tell: Callable[[Order, str], None]) -> None:
        self._clock, self._random, self._journal, self._delay, self._tell = clock, random, journal, delay, tell
        self.by_id: dict[str, Order] = {}

    def place(self, listing: Listing, quantity: int, buyer: Person, currency: str) -> Order:
        """A buyer bought; the payment is through after the delay `payment`."""
        now = self._clock.now()
        item = Item(self._digits(14), listing.sku, listing.asin, listing.title, quantity, listing.price or Decimal(0))
        order = Order(self._new_id(), buyer, currency, now, now, [item], paid=self._delay["payment"] <= 0)
        self.by_id[order.id] = order
        self._journal.note("bought", sku=listing.sku, quantity=quantity, order=order.id)
        self._tell(order, "OrderStatusChange")
        if not order.paid:
            self._clock.after(self._delay["payment"], lambda: self._pay(order))
        return order

    def cancel(self, order_id: str, *, request_only: bool) -> Order:
        """The buyer cancels what has not been shipped, or asks the seller to.

        Raises: UnknownOrder, CannotCancel.
        """
        order = self.by_id.get(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        if order.status not in ("PENDING", "UNSHIPPED"):
            raise CannotCancel(f"the order is {order.status}")
        for item in order.items:
            item.cancel_asked = True
            item.canceled = 0 if request_only else item.quantity
        self._touch(order)
        self._journal.note("cancel_asked" if request_only else "canceled", mark="warn", order=order.id)
        self._tell(order, "BuyerRequestedChange" if request_only else "OrderStatusChange")
        return order

    def ship(self, order: Order, package: Package) -> None:
        """Confirm a package; the same reference again edits it.

        Raises: WrongShipment.
        """
        before = order.packages.get(package.reference)
        returned = dict(before.items) if before else {}
        by_id = {item.id: item for item in order.items}
        for item_id, units in package.items:
            item = by_id.get(item_id)
            if item is None:
                raise WrongShipment(f"order item {item_id} is not in the order")
            if units > item.open + returned.get(item_id, 0):
                raise WrongShipment(f"order item {item_id} has {item.open + returned.get(item_id, 0)} units left to ship")
        for item_id, units in returned.items():
            by_id[item_id].shipped -= units
        for item_id, units in package.items:
            by_id[item_id].shipped += units
        order.packages[package.reference] = package
        self._touch(order)
        self._journal.note("shipped", order=order.id, tracking=package.tracking)
        self._tell(order, "OrderStatusChange")

    def bought(self) -> list[Bought]:
        """One row an order line."""
        return [
            Bought(order.id, item.sku, item.quantity, order.status, item.shipped, item.canceled)
            for order in self.by_id.values()
            for item in order.items
        ]

    def between(self, by: str, since: datetime, until: datetime) -> Sequence[Order]:
        """The orders created or updated (`by`) from one instant to another, oldest first; none older than two years."""
        oldest = self._clock.now() - KEPT
        found = [order for order in self.by_id.values() if since <= order.instant(by) <= until and order.placed_at >= oldest]
        return sorted(found, key=lambda order: order.mark(by))

    def _pay(self, order: Order) -> None:
        if order.status == "PENDING":
            order.paid = True
            self._touch(order)
            self._tell(order, "OrderStatusChange")

    def _touch(self, order: Order) -> None:
        order.updated_at = self._clock.now()

    def _new_id(self) -> str:
        return f"{self._digits(3)}-{self._digits(7)}-{self._digits(7)}"

    def _digits(self, count: int) -> str:
        return "".join(self._random.choices("0123456789", k=count))


def summary(order: Order) -> dict[str, Any]:
    """How many units are shipped and open, for a notification."""
    return {
        "NumberOfItemsShipped": sum(item.shipped for item in order.items),
        "NumberOfItemsUnshipped": sum(item.open for item in order.items),
    }
