"""The marketplace's records: what the seller wrote about a SKU, what is offered, what is live."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Body = dict[str, Any]


@dataclass
class Item:
    """What the seller wrote about one SKU. Units: quantity in `body` is what all marketplaces share."""

    sku: str
    body: Body
    locale: str = "en_US"

    @property
    def quantity(self) -> int | None:
        """The ship-to-home quantity; None when the last replacement left it out."""
        ship_to = (self.body.get("availability") or {}).get("shipToLocationAvailability") or {}
        quantity = ship_to.get("quantity")
        return None if quantity is None else int(quantity)

    @quantity.setter
    def quantity(self, quantity: int) -> None:
        availability = self.body.setdefault("availability", {})
        availability.setdefault("shipToLocationAvailability", {})["quantity"] = quantity

    @property
    def product(self) -> Body:
        return dict(self.body.get("product") or {})


@dataclass
class Window:
    """What a buyer sees of one offer while its listing is live."""

    title: str
    price: Decimal
    currency: str
    quantity: int


@dataclass
class Offer:
    """One SKU offered on one marketplace. It has a window while it is published."""

    offer_id: str
    body: Body
    listing_id: str | None = None
    variation_id: str | None = None
    window: Window | None = None
    last_seen: Window | None = None
    sold: int = 0
    rejected: str | None = None

    @property
    def sku(self) -> str:
        return str(self.body["sku"])

    @property
    def marketplace_id(self) -> str:
        return str(self.body["marketplaceId"])

    @property
    def published(self) -> bool:
        return self.window is not None


@dataclass
class Listing:
    """One live or ended page: one offer, or the variations of a group."""

    listing_id: str
    marketplace_id: str
    group_key: str | None
    offer_ids: list[str]
    ended_at: datetime | None = None
    ended_by_channel: bool = False
    revisions: dict[date, int] = field(default_factory=dict)
