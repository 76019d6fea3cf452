"""Our words -> eBay's JSON. Pure functions; each returns a whole object, because eBay replaces whole objects.

Source: docs/sources/ebay.md#inventory, #fulfillment
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any

from entrepot.base.money import Money
from entrepot.channels.contract import Group, OfferContent, Refused, Shipment
from entrepot.channels.reading import optional, text
from entrepot.connectors.ebay.codes import CONDITIONS, carrier, identifier

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Terms:
    """What all offers of an account share: marketplace, policies, location, category where an offer names none."""

    marketplace: str
    fulfillment_policy: str
    payment_policy: str
    return_policy: str
    location: str
    category: str


# --- items and groups ------------------------------------------------------------------------------------------------


def item(content: OfferContent, availability: Json) -> dict[str, Any]:
    """The inventory item of a variant. ``availability`` is written by ``available`` or kept from what eBay has."""
    product: dict[str, Any] = {
        "title": content.title,
        "description": content.description,
        "aspects": aspects(content),
    }
    if content.brand:
        product["brand"] = content.brand
    if mpn := product["aspects"].get("MPN"):
        product["mpn"] = mpn[0]
    if content.gtin:
        name, value = identifier(content.gtin)
        product[name] = [value]
    if content.pictures:
        product["imageUrls"] = list(content.pictures)
    made: dict[str, Any] = {
        "availability": availability,
        "condition": CONDITIONS.get(content.condition.lower(), content.condition.upper()),
        "product": product,
    }
    if content.weight_g is not None:
        made["packageWeightAndSize"] = {"weight": {"unit": "GRAM", "value": content.weight_g}}
    return made


def available(quantity: int) -> dict[str, Any]:
    return {"shipToLocationAvailability": {"quantity": quantity}}


def aspects(content: OfferContent) -> dict[str, list[str]]:
    """The item specifics: the seller's attributes, the brand, and the options that tell variations apart."""
    found = {name: texts(value) for name, value in content.attributes.items()}
    if content.brand:
        found.setdefault("Brand", [content.brand])
    found.update({name: [value] for name, value in content.options.items()})
    return found


def texts(value: Any) -> list[str]:
    """An attribute's value as eBay wants every value: a list of texts."""
    many = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return [str(one) for one in many]


def described(description: str, bullets: Sequence[str]) -> str:
    """The text of the page. eBay has no bullet points: they follow the description as a list."""
    if not bullets:
        return description
    points = "".join(f"<li>{escape(point)}</li>" for point in bullets)
    return f"{description}<ul>{points}</ul>"


def group(of: Group, members: Mapping[str, Json]) -> dict[str, Any]:
    """The group of a variation listing. ``members``: SKU -> the item's aspects, of every SKU to be in it."""
    varying = [option for option in of.options if any(option in found for found in members.values())]
    shared = _shared(members.values(), varying)
    made: dict[str, Any] = {
        "title": of.title,
        "description": of.description,
        "aspects": shared,
        "variantSKUs": list(members),
        "variesBy": {
            "aspectsImageVariesBy": varying[:1],
            "specifications": [{"name": option, "values": _values(members.values(), option)} for option in varying],
        },
    }
    if of.pictures:
        made["imageUrls"] = list(of.pictures)
    return made


def without(existing: Json, members: Mapping[str, Json]) -> dict[str, Any]:
    """A group as eBay has it, with only these members left."""
    specifications = optional(existing, "variesBy.specifications")
    varying = [text(one, "name") for one in specifications] if isinstance(specifications, list) else []
    kept = {name: value for name, value in existing.items() if name not in ("inventoryItemGroupKey", "variantSKUs", "variesBy")}
    left = [{"name": option, "values": _values(members.values(), option)} for option in varying]
    varies = {**existing["variesBy"], "specifications": left} if varying else {}
    return {**kept, "variantSKUs": list(members), "variesBy": varies}


def _values(members: Iterable[Json], option: str) -> list[str]:
    return list(dict.fromkeys(value for found in members for value in found.get(option, ())))


def _shared(members: Iterable[Json], varying: Sequence[str]) -> dict[str, list[str]]:
    """The aspects that all members have alike."""
    every = list(members)
    first = every[0] if every else {}
    return {name: list(value) for name, value in first.items() if name not in varying and all(one.get(name) == value for one in every)}


# --- offers ----------------------------------------------------------------------------------------------------------


def offer(content: OfferContent, terms: Terms, quantity: int) -> dict[str, Any]:
    """The offer of a variant, without the keys that only creation takes."""
    description = content.group.description if content.group else described(content.description, content.bullets)
    return {
        "availableQuantity": quantity,
        "categoryId": content.category or terms.category,
        "includeCatalogProductDetails": False,  # true, the default, lets eBay overwrite title, text and pictures
        "listingDescription": description,
        "listingDuration": "GTC",
        "listingPolicies": {
            "fulfillmentPolicyId": terms.fulfillment_policy,
            "paymentPolicyId": terms.payment_policy,
            "returnPolicyId": terms.return_policy,
        },
        "merchantLocationKey": terms.location,
        "pricingSummary": {"price": price(content.price)},
    }


def new_offer(content: OfferContent, terms: Terms, quantity: int) -> dict[str, Any]:
    return {"sku": content.sku, "marketplaceId": terms.marketplace, "format": "FIXED_PRICE", **offer(content, terms, quantity)}


def price(money: Money) -> dict[str, str]:
    return {"value": str(money.major()), "currency": money.currency}


def price_quantity(sku: str, offer_id: str, *, quantity: int | None = None, money: Money | None = None) -> dict[str, Any]:
    """One entry of bulkUpdatePriceQuantity. The item's own quantity follows the offer's, which may not be above it."""
    change: dict[str, Any] = {"offerId": offer_id}
    made: dict[str, Any] = {"sku": sku}
    if quantity is not None:
        change["availableQuantity"] = quantity
        made["shipToLocationAvailability"] = {"quantity": quantity}
    if money is not None:
        change["price"] = price(money)
    return {**made, "offers": [change]}


def same(wanted: Any, existing: Any) -> bool:
    """Whether what eBay has contains all that is wanted; numbers written as text compare as numbers."""
    if isinstance(wanted, Mapping):
        return isinstance(existing, Mapping) and all(same(value, existing.get(name)) for name, value in wanted.items())
    if isinstance(wanted, str) and isinstance(existing, str | int | float) and wanted != existing:
        try:
            return Decimal(wanted) == Decimal(str(existing))
        except InvalidOperation:
            return False
    return bool(wanted == existing)


# --- location, shipment ----------------------------------------------------------------------------------------------


def location(given: Mapping[str, str], country: str) -> dict[str, Any]:
    """The warehouse offers ship from: postcode and country, or city, region and country.

    Raises: Refused, before anything is sent, when the account's settings lack them.
    """
    address = {
        "postalCode": given.get("location_postcode", ""),
        "city": given.get("location_city", ""),
        "stateOrProvince": given.get("location_region", ""),
        "country": given.get("location_country") or country,
    }
    if not address["postalCode"] and not (address["city"] and address["stateOrProvince"]):
        raise Refused("Give the postcode your goods ship from, in the settings of this account.", code="location_postcode")
    return {
        "name": given.get("location_name") or "Warehouse",
        "location": {"address": {name: value for name, value in address.items() if value}},
        "locationTypes": ["WAREHOUSE"],
        "merchantLocationStatus": "ENABLED",
    }


def tracking_number(text: str) -> str:
    """Letters and digits only: eBay takes nothing else."""
    return "".join(character for character in text if character.isascii() and character.isalnum())


def fulfillment(shipment: Shipment) -> dict[str, Any]:
    made: dict[str, Any] = {
        "lineItems": [{"lineItemId": line.line, "quantity": line.quantity} for line in shipment.lines],
        "shippedDate": instant(shipment.shipped_at),
    }
    if number := tracking_number(shipment.tracking):
        made["shippingCarrierCode"] = carrier(shipment.carrier)
        made["trackingNumber"] = number
    return made


def instant(at: datetime) -> str:
    """2026-03-02T09:00:00.000Z, the only way eBay writes and reads times."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def modified_since(since: datetime, until: datetime | None) -> str:
    """The filter of getOrders. Without ``until`` the range is open: nothing leaves it while its pages are read."""
    return f"lastmodifieddate:[{instant(since)}..{instant(until) if until else ''}]"


# --- what stays as it is when eBay's objects are replaced ------------------------------------------------------------

KEPT_OF_OFFER = (
    "charity",
    "extendedProducerResponsibility",
    "hideBuyerDetails",
    "lotSize",
    "quantityLimitPerBuyer",
    "regulatory",
    "secondaryCategoryId",
    "storeCategoryNames",
    "tax",
)


def kept_of_offer(existing: Json) -> dict[str, Any]:
    return {name: existing[name] for name in KEPT_OF_OFFER if existing.get(name) is not None}


def kept_availability(item: Json) -> dict[str, Any]:
    """The quantities an item has, in the shape a write takes (a read has more in it)."""
    ship_to = optional(item, "availability.shipToLocationAvailability")
    kept = {name: value for name in ("quantity", "availabilityDistributions") if (value := optional(ship_to, name)) is not None}
    pickup = optional(item, "availability.pickupAtLocationAvailability")
    made: dict[str, Any] = {"shipToLocationAvailability": kept} if kept else {}
    if pickup:
        made["pickupAtLocationAvailability"] = pickup
    return made
