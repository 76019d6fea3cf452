"""Orders read, packages reported.

Source: docs/sources/ebay.md#fulfillment
"""

from datetime import datetime, timedelta

from entrepot.base.ids import RemoteId
from entrepot.channels.contract import ChannelOrder, OrderStatus, Page, Refused, Shipment
from entrepot.connectors.ebay import read, write
from entrepot.connectors.ebay.session import Session

PRESENT = timedelta(minutes=10)


class Orders(Session):
    def read_orders(self, *, since: datetime, until: datetime, cursor: str | None = None) -> Page:
        """Orders changed since then, each page sorted by us; eBay gives no order and no cursor.

        A range that ends about now is left open: its end could lie in eBay's future (error 30850), and an open range
        loses no order to a change while its pages are read.
        """
        place = read.Place.of(cursor)
        closed = until if until < self.access.clock() - PRESENT else None
        raw = self.client.get_orders(write.modified_since(since, closed), place.offset)
        return read.page(raw, place, self.marketplace)

    def read_order(self, remote_id: RemoteId) -> ChannelOrder:
        """One order with the cancel requests, which searches leave empty; a partly shipped one with its packages.

        Raises: Refused when there is none, or it was listed on another marketplace of the seller.
        """
        raw = self.client.get_order(remote_id)
        if not read.belongs(raw, self.marketplace):
            raise Refused(f"order {remote_id} is not of {self.marketplace}", code="other_marketplace", status=404)
        found = read.order(raw)
        if found.status is not OrderStatus.PARTLY_SHIPPED:
            return found
        return read.order(raw, read.shipped_units(self.client.get_fulfillments(remote_id)))

    def confirm_shipment(self, shipment: Shipment) -> None:
        """Report a package once: eBay would take it twice, so what it has is read first (F3).

        Raises: Refused when eBay does not accept the lines, the carrier or the number.
        """
        wanted = write.fulfillment(shipment)
        if read.holds_package(self.client.get_fulfillments(shipment.order), wanted):
            return
        try:
            self.client.create_fulfillment(shipment.order, wanted)
        except Refused as no:
            if no.status != 409 or not read.holds_package(self.client.get_fulfillments(shipment.order), wanted):
                raise
