"""Quantities shown, and what is shown, read back.

Source: docs/sources/ebay.md#price-and-quantity, #listing-states
"""

from collections.abc import Iterator, Sequence

from entrepot.base.ids import Sku
from entrepot.channels.contract import Listing, Outcome, Problem, Quota, Receipt, Wanted
from entrepot.channels.reading import text
from entrepot.connectors.ebay import read, write
from entrepot.connectors.ebay.session import Session, receipt


class Availability(Session):
    def set_availability(self, wanted: Sequence[Wanted]) -> list[Receipt]:
        """Show these absolute quantities: one call a SKU, as eBay wants it. Zero keeps the page, out of stock."""
        return self.in_turn([[one] for one in wanted], lambda package: [self._show(package[0])])

    def _show(self, wanted: Wanted) -> Receipt:
        offer_id = wanted.remote_id or self._offer_id(wanted.sku)
        if offer_id is None:
            problem = Problem("not_published", "eBay has no offer of this SKU: publish it first.", "sku", wanted.sku)
            return receipt(wanted, Outcome.REFUSED, problems=(problem,))
        change = write.price_quantity(wanted.sku, offer_id, quantity=wanted.quantity, money=wanted.price)
        return read.availability_receipt(wanted, offer_id, self.client.update_price_quantity(change))

    def _offer_id(self, sku: str) -> str | None:
        existing = read.offer_of(self.client.get_offers(sku), self.marketplace)
        return text(existing, "offerId") if existing else None

    # --- read back -------------------------------------------------------------------------------------------------

    def read_listings(self, skus: Sequence[Sku]) -> list[Listing]:
        """What eBay has for these SKUs on this marketplace; one it does not know is left out."""
        items = self.client.get_items(skus)
        return [found for sku in skus if (found := self._listing(sku, items.get(sku))) is not None]

    def all_listings(self) -> Iterator[Listing]:
        """Every offer of the account on this marketplace: the items page by page, then one call an item."""
        for item in self.client.items():
            found = self._listing(text(item, "sku"), item)
            if found is not None:
                yield found

    def _listing(self, sku: str, item: read.Json | None) -> Listing | None:
        offer = read.offer_of(self.client.get_offers(sku), self.marketplace)
        return read.listing(offer, item) if offer else None

    def read_quota(self) -> list[Quota]:
        """Calls left today, of the application and of this seller."""
        return read.quotas(self.client.rate_limits()) + read.quotas(self.client.user_rate_limits())
