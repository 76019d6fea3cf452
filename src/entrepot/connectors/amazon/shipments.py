"""Telling Amazon that a package left: confirmShipment of Orders v0, which stays when the v0 reads go.

Source: docs/sources/amazon.md#shipment-confirmation
"""

from typing import Any

from entrepot.channels.contract import Refused, Shipment
from entrepot.channels.reading import optional
from entrepot.connectors.amazon import codes
from entrepot.connectors.amazon.client import Client
from entrepot.connectors.amazon.orders import PATH as ORDERS


def confirmation(shipment: Shipment, marketplace_id: str) -> dict[str, Any]:
    """The request for one package. Our reference is Amazon's package reference, so a repeat edits and adds nothing."""
    known = codes.CARRIER.get(shipment.carrier.lower())
    package: dict[str, Any] = {
        "packageReferenceId": str(shipment.reference),
        "carrierCode": known or codes.OTHER_CARRIER,
        "trackingNumber": shipment.tracking,
        "shipDate": f"{shipment.shipped_at:%Y-%m-%dT%H:%M:%SZ}",
        "orderItems": [{"orderItemId": line.line, "quantity": line.quantity} for line in shipment.lines],
    }
    if known is None:
        package["carrierName"] = shipment.carrier
    return {"marketplaceId": marketplace_id, "packageDetail": package}


def is_confirmed(raw: Any, shipment: Shipment) -> bool:
    """Whether an order read with its packages holds this one already."""
    packages = optional(raw, "order.packages")
    return any(
        optional(package, "packageReferenceId") == str(shipment.reference) and optional(package, "trackingNumber") == shipment.tracking
        for package in (packages if isinstance(packages, list) else [])
    )


class Shipments:
    """ConfirmsShipments."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def confirm_shipment(self, shipment: Shipment) -> None:
        """Tell Amazon of the package. When Amazon refuses a repeat of what it already has, that is done too (F3)."""
        request = confirmation(shipment, self._client.marketplace_id)
        path = ("orders", "v0", "orders", shipment.order, "shipmentConfirmation")
        try:
            self._client.call("confirmShipment", "POST", *path, json=request, expect=(204,))
        except Refused as no:
            if not self._is_known(shipment):
                raise no from None

    def _is_known(self, shipment: Shipment) -> bool:
        try:
            order = self._client.read("getOrder", "GET", *ORDERS, shipment.order, params={"includedData": "PACKAGES"})
        except Refused:
            return False
        return is_confirmed(order, shipment)
