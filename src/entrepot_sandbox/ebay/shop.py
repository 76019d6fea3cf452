"""The marketplace's world: items, offers, live listings, orders. What a buyer sees and what a sale does.

Two layers on purpose: an item and an offer are what the seller wrote down, a window is what a buyer sees.
A revision reaches the window after the delay `revision_live`; a sale lowers the window and the records at once,
so a quantity written before a sale and live after it puts sold units on sale again, as the real service does.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.events import Journal
from entrepot_sandbox.core.faults import Fault
from entrepot_sandbox.core.world import NotEnoughLeft, UnknownSku
from entrepot_sandbox.ebay.errors import refused
from entrepot_sandbox.ebay.orders import Order, OrderLine, buyer_of
from entrepot_sandbox.ebay.records import Body, Item, Listing, Offer, Window

PACIFIC = ZoneInfo("America/Los_Angeles")
REVISIONS_A_DAY = 250
HANDLING = timedelta(days=3)


class Shop:
    """One seller's world on the marketplace. Time comes from the clock, chance from `random`, delays from `delay`."""

    def __init__(self, clock: Clock, random: Random, delay: Mapping[str, float], journal: Journal) -> None:
        self.clock = clock
        self.journal = journal
        self.random = random
        self.delay = delay
        self.items: dict[str, Item] = {}
        self.groups: dict[str, Body] = {}
        self._member_of: dict[str, str] = {}
        self.offers: dict[str, Offer] = {}
        self.offers_of: dict[str, list[Offer]] = {}
        self.listings: dict[str, Listing] = {}
        self.locations: dict[str, Body] = {}
        self.policies: dict[str, dict[str, Body]] = {"fulfillment": {}, "payment": {}, "return": {}}
        self.programs: list[str] = ["SELLING_POLICY_MANAGEMENT", "OUT_OF_STOCK_CONTROL"]
        self.orders: dict[str, Order] = {}
        self._pretends = False
        self._numbers = {
            "offer": 8_200_000_000,
            "listing": 256_000_000_000,
            "line": 10_070_000_000_000,
            "order": 3_000,
            "policy": 6_009_000_000,
            "refund": 5_300_000_000,
        }

    def next_number(self, kind: str) -> int:
        """The next number of a kind; numbers of one kind are never given twice."""
        self._numbers[kind] += 1
        return self._numbers[kind]

    def offer(self, offer_id: str) -> Offer:
        """The offer of an id.

        Raises: Refused 404 with 25713.
        """
        offer = self.offers.get(offer_id)
        if offer is None:
            raise refused(404, 25713, offer_id)
        return offer

    def group_of(self, sku: str) -> str | None:
        """The key of the group a SKU is a member of."""
        return self._member_of.get(sku)

    def put_group(self, key: str, body: Body | None) -> None:
        """Keep a group, or none under that key, and know its members by SKU."""
        for sku in self.groups.get(key, {}).get("variantSKUs", ()):
            self._member_of.pop(sku, None)
        self.groups.pop(key, None)
        if body is not None:
            self.groups[key] = body
            self._member_of.update(dict.fromkeys(body["variantSKUs"], key))

    def leave_group(self, sku: str) -> None:
        """Take a SKU out of its group."""
        key = self._member_of.pop(sku, None)
        if key is not None:
            self.groups[key]["variantSKUs"].remove(sku)

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
        return Window(self.title_of(offer), Decimal(str(price["value"])), price["currency"], self.wanted_quantity(offer) or 0)

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

    @contextlib.contextmanager
    def pretending(self, fault: Fault | None) -> Iterator[None]:
        """Under a fault: accept what is asked, keep it in the records, and never bring it into a window."""
        self._pretends = fault is not None
        try:
            yield
        finally:
            self._pretends = False

    def revise_window(self, offer: Offer, **changes: Any) -> None:
        """Bring a change into the window once it is live; an absolute quantity overwrites what was sold meanwhile."""
        if self._pretends:
            return
        listing_id = offer.listing_id
        self.clock.after(self.delay["revision_live"], lambda: self._go_live(offer, listing_id, changes))

    def _go_live(self, offer: Offer, listing_id: str | None, changes: Mapping[str, Any]) -> None:
        if offer.window is None or offer.listing_id != listing_id:
            return
        for name, value in changes.items():
            if getattr(offer.window, name) != value:
                setattr(offer.window, name, value)
                if name in ("quantity", "price"):
                    said = {name: str(value), "currency": offer.window.currency}
                    self.journal.note(name, mark="ok" if name == "quantity" else "plain", sku=offer.sku, **said)
        if "quantity" in changes and offer.body.get("availableQuantity") is not None:
            offer.body["availableQuantity"] = changes["quantity"]

    def end(self, offer: Offer, *, by_channel: bool = False) -> None:
        """Take an offer off its listing; the listing ends with its last offer."""
        if offer.window is None:
            return
        offer.last_seen, offer.window = offer.window, None
        listing = self.listings[str(offer.listing_id)]
        listing.offer_ids.remove(offer.offer_id)
        self.journal.note("rejected" if by_channel else "ended", mark="warn" if by_channel else "plain", sku=offer.sku)
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
        self.journal.note("by_hand", mark="warn", sku=sku, quantity=quantity)

    # Sales

    def buy(self, wanted: Sequence[tuple[str, int]], country: str) -> Order:
        """A buyer buys and pays; every line or none, and one line a SKU.

        Raises: UnknownSku, NotEnoughLeft.
        """
        asked: Counter[str] = Counter()
        for sku, quantity in wanted:
            asked[sku] += quantity
        chosen = [(self._for_sale(sku, quantity), quantity) for sku, quantity in asked.items()]
        now = self.clock.now()
        order_id = self._order_id()
        order = Order(
            order_id=order_id,
            created_at=now,
            modified_at=now,
            ship_by=now + HANDLING,
            marketplace_id=chosen[0][0].marketplace_id,
            buyer=buyer_of(self.random, country),
            lines=[self._sell(offer, quantity, order_id) for offer, quantity in chosen],
        )
        self.orders[order_id] = order
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

    def _sell(self, offer: Offer, quantity: int, order_id: str) -> OrderLine:
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
        self.journal.note("bought", sku=offer.sku, quantity=quantity, order=order_id)
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
