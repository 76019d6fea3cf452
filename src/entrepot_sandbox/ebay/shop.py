"""The marketplace's world: items, offers, live listings, orders. What a buyer sees and what a sale does.

Two layers on purpose: an item and an offer are what the seller wrote down, a window is what a buyer sees.
A revision reaches the window after the delay `revision_live`; a sale lowers the window and the records at once,
so a quantity written before a sale and live after it puts sold units on sale again, as the real service does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.marketplace import NotEnoughLeft, UnknownSku
from entrepot_sandbox.ebay.errors import refused
from entrepot_sandbox.ebay.orders import Order, OrderLine, buyer_of

Body = dict[str, Any]
PACIFIC = ZoneInfo("America/Los_Angeles")
REVISIONS_A_DAY = 250
HANDLING = timedelta(days=3)


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


class Shop:
    """One seller's world on the marketplace. Time comes from the clock, chance from `random`, delays from `delay`."""

    def __init__(self, clock: Clock, random: Random, delay: Mapping[str, float]) -> None:
        self.clock = clock
        self.random = random
        self.delay = delay
        self.items: dict[str, Item] = {}
        self.groups: dict[str, Body] = {}
        self.offers: dict[str, Offer] = {}
        self.offers_of: dict[str, list[Offer]] = {}
        self.listings: dict[str, Listing] = {}
        self.locations: dict[str, Body] = {}
        self.policies: dict[str, dict[str, Body]] = {"fulfillment": {}, "payment": {}, "return": {}}
        self.programs: list[str] = ["SELLING_POLICY_MANAGEMENT", "OUT_OF_STOCK_CONTROL"]
        self.orders: dict[str, Order] = {}
        self._numbers = {"offer": 8_200_000_000, "listing": 256_000_000_000, "line": 10_070_000_000_000, "order": 3_000}

    def next_number(self, kind: str) -> int:
        """The next number of a kind; numbers of one kind are never given twice."""
        self._numbers[kind] += 1
        return self._numbers[kind]

    def group_of(self, sku: str) -> str | None:
        """The key of the group a SKU is a member of."""
        return next((key for key, body in self.groups.items() if sku in body.get("variantSKUs", ())), None)

    # What a buyer sees

    def wanted_quantity(self, offer: Offer) -> int | None:
        """What the seller's records say may be sold: the offer's own quantity, else the item's."""
        own = offer.body.get("availableQuantity")
        if own is not None:
            return int(own)
        item = self.items.get(offer.sku)
        return None if item is None else item.quantity

    def title_of(self, offer: Offer) -> str:
        """The title of an offer's listing: the group's for a variation."""
        key = self.group_of(offer.sku)
        if key is not None and self.groups[key].get("title"):
            return str(self.groups[key]["title"])
        item = self.items.get(offer.sku)
        return str(item.product.get("title", "")) if item else ""

    def window_of(self, offer: Offer) -> Window:
        """The window as the records ask for it."""
        price = offer.body["pricingSummary"]["price"]
        return Window(
            self.title_of(offer), Decimal(str(price["value"])), price["currency"], self.wanted_quantity(offer) or 0
        )

    def live_offers(self, sku: str) -> list[Offer]:
        """The published offers of a SKU, oldest first."""
        return [offer for offer in self.offers_of.get(sku, ()) if offer.published]

    # Revisions

    def count_revision(self, offers: Sequence[Offer]) -> None:
        """Count one revision of each listing touched.

        Raises: Refused 25019 when a listing was revised 250 times today (Pacific); then nothing is counted.
        """
        today = self.clock.now().astimezone(PACIFIC).date()
        touched = {offer.listing_id for offer in offers if offer.published and offer.listing_id}
        for listing_id in sorted(touched):
            if self.listings[listing_id].revisions.get(today, 0) >= REVISIONS_A_DAY:
                raise refused(
                    400,
                    25019,
                    f"The listing {listing_id} was revised {REVISIONS_A_DAY} times today and is blocked until tomorrow.",
                    listingId=listing_id,
                )
        for listing_id in touched:
            self.listings[listing_id].revisions = {today: self.listings[listing_id].revisions.get(today, 0) + 1}

    def revise_window(self, offer: Offer, **changes: Any) -> None:
        """Bring a change into the window once it is live; an absolute quantity overwrites what was sold meanwhile."""
        listing_id = offer.listing_id
        self.clock.after(self.delay["revision_live"], lambda: self._go_live(offer, listing_id, changes))

    def _go_live(self, offer: Offer, listing_id: str | None, changes: Mapping[str, Any]) -> None:
        if offer.window is None or offer.listing_id != listing_id:
            return
        for name, value in changes.items():
            setattr(offer.window, name, value)
        if "quantity" in changes and offer.body.get("availableQuantity") is not None:
            offer.body["availableQuantity"] = changes["quantity"]

    def end(self, offer: Offer, *, by_channel: bool = False) -> None:
        """Take an offer off its listing; the listing ends with its last offer."""
        if offer.window is None:
            return
        offer.last_seen, offer.window = offer.window, None
        listing = self.listings[str(offer.listing_id)]
        listing.offer_ids.remove(offer.offer_id)
        if not listing.offer_ids:
            listing.ended_at, listing.ended_by_channel = self.clock.now(), by_channel

    def put_by_hand(self, sku: str, quantity: int) -> None:
        """Somebody changes the live quantity in the seller's pages: records and window, at once.

        Raises: UnknownSku.
        """
        live = self.live_offers(sku)
        if not live:
            raise UnknownSku(sku)
        for offer in live:
            offer.window.quantity = quantity  # type: ignore[union-attr]
            if offer.body.get("availableQuantity") is not None:
                offer.body["availableQuantity"] = quantity
        self.items[sku].quantity = quantity

    # Sales

    def buy(self, wanted: Sequence[tuple[str, int]], country: str) -> Order:
        """A buyer buys and pays; every line or none.

        Raises: UnknownSku, NotEnoughLeft.
        """
        chosen = [(self._for_sale(sku, quantity), quantity) for sku, quantity in wanted]
        now = self.clock.now()
        order = Order(
            order_id=self._order_id(),
            created_at=now,
            modified_at=now,
            ship_by=now + HANDLING,
            marketplace_id=chosen[0][0].marketplace_id,
            buyer=buyer_of(self.random, country),
            lines=[self._sell(offer, quantity) for offer, quantity in chosen],
        )
        self.orders[order.order_id] = order
        self.clock.after(self.delay["order_visible"], lambda: setattr(order, "visible", True))
        return order

    def _for_sale(self, sku: str, quantity: int) -> Offer:
        if not self.offers_of.get(sku):
            raise UnknownSku(sku)
        left = 0
        for offer in self.live_offers(sku):
            if offer.window and offer.window.quantity >= quantity:
                return offer
            left = max(left, offer.window.quantity if offer.window else 0)
        raise NotEnoughLeft(left)

    def _sell(self, offer: Offer, quantity: int) -> OrderLine:
        window = offer.window
        assert window is not None
        for affected in self._sharing(offer):
            assert affected.window is not None
            affected.window.quantity = max(0, affected.window.quantity - quantity)
        if offer.body.get("availableQuantity") is not None:
            offer.body["availableQuantity"] = max(0, int(offer.body["availableQuantity"]) - quantity)
        item = self.items[offer.sku]
        if item.quantity is not None:
            item.quantity = max(0, item.quantity - quantity)
        offer.sold += quantity
        return OrderLine(
            line_id=str(self.next_number("line")),
            sku=offer.sku,
            title=window.title,
            listing_id=str(offer.listing_id),
            variation_id=offer.variation_id,
            aspects=self._variation_aspects(offer),
            quantity=quantity,
            unit_price=window.price,
            currency=window.currency,
        )

    def _sharing(self, sold: Offer) -> Iterator[Offer]:
        """The offers whose window falls with a sale: the one sold, and those that show the item's quantity too."""
        yield sold
        if sold.body.get("availableQuantity") is None:
            others = (offer for offer in self.live_offers(sold.sku) if offer is not sold)
            yield from (offer for offer in others if offer.body.get("availableQuantity") is None)

    def _variation_aspects(self, offer: Offer) -> list[tuple[str, str]]:
        key = self.listings[str(offer.listing_id)].group_key
        if key is None or key not in self.groups:
            return []
        specifications = (self.groups[key].get("variesBy") or {}).get("specifications") or []
        aspects = self.items[offer.sku].product.get("aspects") or {}
        return [(s["name"], str(aspects[s["name"]][0])) for s in specifications if aspects.get(s.get("name"))]

    def _order_id(self) -> str:
        number = self.next_number("order")
        return f"{number % 90 + 10:02d}-{number:05d}-{self.random.randrange(100_000):05d}"
