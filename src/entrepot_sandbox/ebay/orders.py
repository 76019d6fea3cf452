"""Orders as the marketplace keeps them: lines, shipments, cancellations, and who bought."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random

from entrepot_sandbox.core.world import CannotCancel


@dataclass(frozen=True)
class Buyer:
    """An invented buyer with an address that could exist."""

    username: str
    full_name: str
    email: str
    phone: str
    street: str
    city: str
    state: str
    postal_code: str
    country: str


@dataclass
class OrderLine:
    """One line of an order. Units: `unit_price` in major units of `currency`."""

    line_id: str
    sku: str
    title: str
    listing_id: str
    variation_id: str | None
    aspects: list[tuple[str, str]]
    quantity: int
    unit_price: Decimal
    currency: str
    shipped: int = 0

    @property
    def cost(self) -> Decimal:
        return self.unit_price * self.quantity

    @property
    def status(self) -> str:
        return fulfillment_status(self.shipped, self.quantity)


@dataclass(frozen=True)
class Shipment:
    """One package. Its id is the tracking number, or 999 and a count where there is none."""

    fulfillment_id: str
    lines: tuple[tuple[str, int], ...]
    shipped_at: datetime
    carrier: str | None
    tracking_number: str | None


@dataclass(frozen=True)
class CancelRequest:
    """A buyer's wish to cancel, open or closed."""

    request_id: str
    requested_at: datetime
    closed_at: datetime | None = None


@dataclass
class Order:
    """One order. `visible` turns true when searches find it; asked for by id it is there at once."""

    order_id: str
    created_at: datetime
    modified_at: datetime
    ship_by: datetime
    marketplace_id: str
    buyer: Buyer
    lines: list[OrderLine]
    visible: bool = False
    shipments: list[Shipment] = field(default_factory=list)
    cancel_requests: list[CancelRequest] = field(default_factory=list)
    canceled_at: datetime | None = None
    refunds: list[tuple[str, Decimal, datetime]] = field(default_factory=list)

    @property
    def status(self) -> str:
        return fulfillment_status(sum(line.shipped for line in self.lines), sum(line.quantity for line in self.lines))

    @property
    def total(self) -> Decimal:
        return sum((line.cost for line in self.lines), Decimal(0))

    @property
    def refunded(self) -> Decimal:
        return sum((amount for _, amount, _ in self.refunds), Decimal(0))

    @property
    def payment_status(self) -> str:
        if not self.refunded:
            return "PAID"
        return "FULLY_REFUNDED" if self.refunded >= self.total else "PARTIALLY_REFUNDED"

    @property
    def cancel_state(self) -> str:
        if self.canceled_at is not None:
            return "CANCELED"
        return "IN_PROGRESS" if self.cancel_requests else "NONE_REQUESTED"

    def shipment(self, fulfillment_id: str) -> Shipment | None:
        """The shipment of that id."""
        return next((shipment for shipment in self.shipments if shipment.fulfillment_id == fulfillment_id), None)

    def cancel(self, now: datetime, *, request_only: bool) -> None:
        """The buyer cancels, or asks for it; a canceled order is refunded whole. The listing's quantity stays lowered.

        Raises: CannotCancel when something was shipped or the order is canceled already.
        """
        if self.canceled_at is not None or self.shipments:
            raise CannotCancel(self.order_id)
        number = f"5{self.order_id.replace('-', '')}{len(self.cancel_requests)}"
        self.modified_at = now
        if request_only:
            self.cancel_requests.append(CancelRequest(number, now))
            return
        self.cancel_requests = [CancelRequest(number, now, now)]
        self.canceled_at = now
        self.refunds.append((f"6{number}", self.total, now))


def fulfillment_status(shipped: int, ordered: int) -> str:
    """NOT_STARTED, IN_PROGRESS or FULFILLED."""
    if shipped <= 0:
        return "NOT_STARTED"
    return "FULFILLED" if shipped >= ordered else "IN_PROGRESS"


PLACES = {
    "US": [("Maple Avenue", "Portland", "OR", "97205"), ("Cedar Street", "Austin", "TX", "78701")],
    "IE": [("Quay Street", "Galway", "Galway", "H91 E2R8"), ("Patrick Street", "Cork", "Cork", "T12 W8KX")],
    "GB": [("Mill Lane", "Leeds", "West Yorkshire", "LS1 4DY"), ("Harbour Road", "Bristol", "Bristol", "BS1 5TY")],
    "DE": [("Lindenweg", "Köln", "Nordrhein-Westfalen", "50667"), ("Hafenstraße", "Hamburg", "Hamburg", "20457")],
    "FR": [("rue des Lilas", "Lyon", "Rhône", "69002"), ("avenue du Port", "Nantes", "Loire-Atlantique", "44000")],
    "RU": [("улица Садовая", "Казань", "Татарстан", "420111"), ("Лесной проспект", "Пермь", "Пермский край", "614000")],
}
ELSEWHERE = [("Market Street", "Capital City", "Central", "10000")]
NAMES = ["Alex Morgan", "Chris Weber", "Dana Petit", "Jamie Novak", "Kim Larsen", "Robin Costa", "Sam Ivanova"]


def buyer_of(random: Random, country: str) -> Buyer:
    """An invented buyer in a country, by chance."""
    name = random.choice(NAMES)
    street, city, state, postal_code = random.choice(PLACES.get(country, ELSEWHERE))
    handle = f"{name.split()[0].lower()}_{random.randrange(10_000):04d}"
    return Buyer(
        username=handle,
        full_name=name,
        email=f"{handle}@members.example.com",
        phone=f"555-01{random.randrange(100):02d}",
        street=f"{random.randrange(1, 200)} {street}",
        city=city,
        state=state,
        postal_code=postal_code,
        country=country,
    )
