"""The marketplace's world: listings that take their time to go live, and buyers who lower them.

Source: Listings Items API 2021-08-01, its use case guide, and the notes on merging a listing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from entrepot_sandbox.amazon import attributes as read
from entrepot_sandbox.amazon import errors
from entrepot_sandbox.amazon.attributes import Attributes
from entrepot_sandbox.amazon.errors import Issue
from entrepot_sandbox.amazon.product_types import CATALOG, OFFER
from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.events import Journal
from entrepot_sandbox.core.world import NotEnoughLeft, Shown, UnknownSku

MARKETPLACE_ID = "A1PA6795UKMFR9"
CURRENCY = "EUR"
LANGUAGE = "de_DE"


@dataclass
class Listing:
    """One SKU of the seller. `attributes` are what is live; what was accepted and waits is in the clock's agenda."""

    sku: str
    asin: str
    product_type: str
    created_at: datetime
    updated_at: datetime
    requirements: str = "LISTING"
    attributes: Attributes = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    processed: bool = False
    ended: bool = False

    @property
    def title(self) -> str:
        """What the buyer reads."""
        return str(read.first(self.attributes, "item_name") or "")

    @property
    def picture(self) -> str:
        """The address of the main picture, if the seller gave one."""
        return str(read.first(self.attributes, "main_product_image_locator", "media_location") or "")

    @property
    def quantity(self) -> int:
        """Units a buyer may still buy."""
        return (read.quantity(self.attributes) or 0) if self.live else 0

    @property
    def price(self) -> Decimal | None:
        """What a buyer pays."""
        return read.price(self.attributes, CURRENCY)

    @property
    def parent(self) -> bool:
        """Whether it only holds a variation family together."""
        return read.parentage(self.attributes) == "parent"

    @property
    def discoverable(self) -> bool:
        """Whether the page exists; a missing or wrong offer takes away the offer, not the page."""
        faulty = {name for issue in self.issues if issue["severity"] == "ERROR" for name in issue["attributeNames"]}
        return self.processed and not self.ended and faulty <= set(OFFER)

    @property
    def live(self) -> bool:
        """Whether a buyer sees an offer, though it may be sold out."""
        return self.discoverable and not self.parent and self.price is not None

    @property
    def status(self) -> list[str]:
        """The states the summary names."""
        return [*(["BUYABLE"] if self.live and self.quantity > 0 else []), *(["DISCOVERABLE"] if self.discoverable else [])]


@dataclass(frozen=True)
class Submission:
    """The answer to a change: accepted, refused, or found valid in a preview."""

    sku: str
    status: str
    id: str
    issues: Sequence[Issue]
    asin: str | None = None


@dataclass(frozen=True)
class Fate:
    """What faults make of a submission that was accepted."""

    rejected: bool = False
    not_applied: bool = False


class Shop:
    """All listings of the seller in this marketplace."""

    def __init__(self, clock: Clock, random: Random, journal: Journal, delay: dict[str, float]) -> None:
        self._clock, self._random, self._journal, self._delay = clock, random, journal, delay
        self.listings: dict[str, Listing] = {}

    # What the seller does

    def put(self, sku: str, product_type: str, requirements: str, wanted: Attributes, *, preview: bool, fate: Fate) -> Submission:
        """Make or fully replace a listing. What is accepted goes live after the delay `live`."""
        kind = CATALOG[product_type]
        problems = read.issues(kind, requirements, wanted, CURRENCY)
        if not _blocked(problems):
            problems += self._family_problems(wanted)
        if _blocked(problems):
            return self._submission(sku, "INVALID", problems)
        if preview:
            return self._submission(sku, "VALID", problems)
        listing = self._listing_for(sku, product_type)
        kept = read.known(kind, wanted)
        self._later(listing, fate, lambda: self._replace(listing, product_type, requirements, kept, problems))
        return self._submission(sku, "ACCEPTED", problems)

    def patch(
        self, sku: str, product_type: str, changes: Sequence[tuple[str, str, list[dict[str, Any]]]], *, preview: bool, fate: Fate
    ) -> Submission:
        """Change top-level attributes of a listing; what is accepted goes live after the delay `live`."""
        listing = self.listings.get(sku)
        if listing is None or listing.ended:
            return self._submission(sku, "INVALID", [errors.unknown_sku()])
        kind = CATALOG[product_type]
        touched = {name: values for operation, name, values in changes if operation != "delete"}
        problems = [problem for problem in read.issues(kind, "LISTING", touched, CURRENCY) if problem["code"] != "90220"]
        if _blocked(problems):
            return self._submission(sku, "INVALID", problems)
        if preview:
            return self._submission(sku, "VALID", problems)
        known = [change for change in changes if change[1] in kind.attributes]
        self._later(listing, fate, lambda: self._change(listing, known))
        return self._submission(sku, "ACCEPTED", problems)

    def delete(self, sku: str, *, fate: Fate) -> Submission:
        """End a listing; it is gone after the delay `live`."""
        listing = self.listings.get(sku)
        if listing is not None and not listing.ended:
            self._later(listing, fate, lambda: self._end(listing))
        return self._submission(sku, "ACCEPTED", [])

    def find(self, sku: str) -> Listing | None:
        """The seller's listing of that SKU."""
        listing = self.listings.get(sku)
        return None if listing is None or listing.ended else listing

    def children(self, sku: str) -> list[str]:
        """The SKUs of a variation family's children."""
        return sorted(child.sku for child in self.listings.values() if not child.ended and read.parent_sku(child.attributes) == sku)

    # What a buyer sees and does

    def shown(self) -> list[Shown]:
        """Every listing a buyer may come upon; parents are not for sale."""
        return [
            Shown(listing.sku, listing.title, listing.price or Decimal(0), CURRENCY, listing.quantity, listing.live, listing.picture)
            for listing in self.listings.values()
            if not listing.parent
        ]

    def sell(self, sku: str, quantity: int) -> Listing:
        """Take units off the live number.

        Raises: UnknownSku, NotEnoughLeft.
        """
        listing = self.listings.get(sku)
        if listing is None or listing.parent:
            raise UnknownSku(sku)
        if listing.quantity < quantity:
            raise NotEnoughLeft(listing.quantity)
        self.set_quantity(listing, listing.quantity - quantity)
        return listing

    def set_quantity(self, listing: Listing, left: int) -> None:
        """Make the live number this, at once."""
        listing.attributes = read.with_quantity(listing.attributes, left)
        listing.updated_at = self._clock.now()

    # What the marketplace does by itself

    def _later(self, listing: Listing, fate: Fate, change: Callable[[], None]) -> None:
        if fate.not_applied:
            return

        def process() -> None:
            change()
            listing.updated_at = self._clock.now()
            if fate.rejected:
                listing.issues = [*listing.issues, errors.rejected_later()]
                self._journal.note("rejected", mark="warn", sku=listing.sku)

        self._clock.after(self._delay["live"], process)

    def _replace(self, listing: Listing, product_type: str, requirements: str, wanted: Attributes, problems: list[Issue]) -> None:
        news = "published" if not listing.live else "revised"
        listing.product_type, listing.requirements = product_type, requirements
        listing.attributes, listing.issues = wanted, list(problems)
        listing.processed, listing.ended = True, False
        self._journal.note(news, sku=listing.sku, quantity=listing.quantity)

    def _change(self, listing: Listing, changes: Sequence[tuple[str, str, list[dict[str, Any]]]]) -> None:
        if listing.ended:
            return
        before = (listing.quantity, listing.price)
        for operation, name, values in changes:
            listing.attributes = read.patched(listing.attributes, operation, name, values)
        listing.issues = read.issues(CATALOG[listing.product_type], listing.requirements, listing.attributes, CURRENCY)
        if listing.quantity != before[0]:
            self._journal.note("quantity", sku=listing.sku, quantity=listing.quantity)
        if listing.price != before[1]:
            self._journal.note("price", mark="plain", sku=listing.sku, price=str(listing.price), currency=CURRENCY)

    def _end(self, listing: Listing) -> None:
        listing.ended = True
        self._journal.note("ended", mark="plain", sku=listing.sku)

    def _listing_for(self, sku: str, product_type: str) -> Listing:
        listing = self.listings.get(sku)
        if listing is None or listing.ended:
            now = self._clock.now()
            listing = self.listings[sku] = Listing(sku, self._new_asin(), product_type, now, now)
        return listing

    def _family_problems(self, wanted: Attributes) -> list[Issue]:
        parent = read.parent_sku(wanted)
        if read.parentage(wanted) != "child" or parent is None:
            return []
        return [] if self.find(parent) is not None else [errors.unknown_parent(parent)]

    def _submission(self, sku: str, status: str, issues: Sequence[Issue]) -> Submission:
        listing = self.find(sku)
        number = self._random.getrandbits(128)
        return Submission(sku, status, f"{number:032x}", issues, listing.asin if listing else None)

    def _new_asin(self) -> str:
        return "B0" + "".join(self._random.choices("0123456789ABCDEFGHJKLMNPQRSTVWXYZ", k=8))


def _blocked(issues: Sequence[Issue]) -> bool:
    return any(issue["severity"] == "ERROR" for issue in issues)
