"""What a product type allows: the variation themes a group may name. Product Type Definitions 2020-09-01.

Source: docs/sources/amazon.md#product-types
"""

import threading
from collections.abc import Sequence
from typing import Any

from entrepot.channels.contract import Transport
from entrepot.channels.reading import optional, text
from entrepot.channels.transport import body
from entrepot.connectors.amazon.client import Client

PATH = ("definitions", "2020-09-01", "productTypes")


def themes(schema: Any) -> list[str]:
    """The variation themes of a product type's schema that Amazon does not mean to remove."""
    name = optional(schema, "properties.variation_theme.items.properties.name")
    allowed, leaving = optional(name, "enum"), optional(name, "$lifecycle.enumDeprecated")
    return [str(theme) for theme in allowed if theme not in (leaving or [])] if isinstance(allowed, list) else []


def theme(attributes: Sequence[str], allowed: Sequence[str]) -> str:
    """The allowed theme that varies exactly these attributes; Amazon fixes the order and, in old types, says COLOR_NAME.

    Where none fits, the attributes in our order: Amazon's refusal then names what it does not take.
    """
    wanted = {attribute.upper() for attribute in attributes}
    fitting = (name for name in allowed if {part.removesuffix("_NAME") for part in name.upper().split("/")} == wanted)
    return next(fitting, "/".join(attribute.upper() for attribute in attributes))


class ProductTypes:
    """The product types of one account, each read once while the account is open."""

    def __init__(self, client: Client, transport: Transport) -> None:
        self._client = client
        self._transport = transport
        self._lock = threading.Lock()
        self._themes: dict[str, list[str]] = {}

    def themes(self, product_type: str) -> list[str]:
        with self._lock:
            if product_type not in self._themes:
                self._themes[product_type] = themes(self._schema(product_type))
            return self._themes[product_type]

    def _schema(self, product_type: str) -> Any:
        params = {"marketplaceIds": self._client.marketplace_id, "sellerId": self._client.seller_id, "requirements": "LISTING"}
        definition = self._client.read("getDefinitionsProductType", "GET", *PATH, product_type, params=params)
        return body(self._transport.send("productTypeSchema", "GET", text(definition, "schema.link.resource")))
