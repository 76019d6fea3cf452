"""Product types, their attributes and what each demands: a small catalog of the sandbox's own, in the channel's form.

An attribute is a list of objects; an object is told from its neighbors by its selectors (language, marketplace, channel code).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Any
META_SCHEMA = "https://schemas.amazon.com/selling-partners/definitions/product-types/meta-schema/v1"
VERSION = "SANDBOX-2026-11"
CONDITIONS = (
    "new_new",
    "new_open_box",
    "new_oem",
    "refurbished_refurbished",
    "used_like_new",
    "used_very_good",
    "used_good",
    "used_acceptable",
)
TEXT_LIMITS: Mapping[str, int] = {"item_name": 200, "brand": 100, "product_description": 2000, "bullet_point": 500, "manufacturer": 100}
TEXTS = (
    *TEXT_LIMITS,
    "color",
    "size",
    "material",
    "style",
    "department",
    "model_number",
    "part_number",
    "generic_keyword",
    "country_of_origin",
)
MEDIA = ("main_product_image_locator", *(f"other_product_image_locator_{number}" for number in range(1, 9)))
SELECTORS: Mapping[str, tuple[str, ...]] = {
    "fulfillment_availability": ("fulfillment_channel_code",),
    "purchasable_offer": ("marketplace_id", "currency", "audience"),
}
DEFAULT_SELECTORS = ("marketplace_id", "language_tag")
OFFER = ("condition_type", "purchasable_offer", "fulfillment_availability")
VARIATION = ("parentage_level", "child_parent_sku_relationship", "variation_theme")
OTHER = (
    "externally_assigned_product_identifier",
    "merchant_suggested_asin",
    "supplier_declared_has_product_identifier_exemption",
    "list_price",
    "item_package_weight",
    "item_package_dimensions",
    "merchant_shipping_group",
    "recommended_browse_nodes",
)


@dataclass(frozen=True)
class ProductType:
    """One product type: what a listing must have, beside the offer, to go live."""

    name: str
    title: str
    required: tuple[str, ...]
    themes: tuple[str, ...]

    @property
    def attributes(self) -> tuple[str, ...]:
        """Every attribute a listing of this type may have."""
        return (*TEXTS, *MEDIA, *OFFER, *VARIATION, *OTHER)

    def demanded(self, requirements: str, parentage: str) -> tuple[str, ...]:
        """The attributes that must be there, by the kind of submission and the place in a variation family."""
        if parentage == "parent":  # what varies is left out on the page that holds the variations
            varied = {part.lower() for theme in self.themes for part in theme.split("/")}
            return (*(name for name in self.required if name not in varied), "variation_theme")
        product = () if requirements == "LISTING_OFFER_ONLY" else self.required
        offer = () if requirements == "LISTING_PRODUCT_ONLY" else OFFER
        family = ("variation_theme", "child_parent_sku_relationship") if parentage == "child" else ()
        return (*product, *offer, *family)


CATALOG: Mapping[str, ProductType] = {
    kind.name: kind
    for kind in (
        ProductType("PRODUCT", "Product", ("item_name", "brand", "product_description"), ("COLOR", "SIZE", "SIZE/COLOR", "STYLE")),
        ProductType(
            "SHIRT", "Shirt", ("item_name", "brand", "product_description", "color", "size", "department"), ("SIZE", "COLOR", "SIZE/COLOR")
        ),
        ProductType("DRINKING_CUP", "Drinking cup", ("item_name", "brand", "product_description", "material"), ("COLOR", "SIZE")),
    )
}


def selectors(attribute: str) -> tuple[str, ...]:
    """What tells two objects of an attribute apart."""
    return SELECTORS.get(attribute, DEFAULT_SELECTORS)


def schema(kind: ProductType, requirements: str, currency: str, marketplace: str) -> Json:
    """The JSON schema of a product type, as the schema link serves it."""
    properties: dict[str, Json] = {name: _text(name, TEXT_LIMITS.get(name, 500), marketplace) for name in TEXTS}
    properties |= {name: _list({"media_location": {"type": "string", "format": "uri"}}, ["media_location"], name) for name in MEDIA}
    properties["condition_type"] = _list({"value": {"type": "string", "enum": list(CONDITIONS)}}, ["value"], "condition_type")
    properties["fulfillment_availability"] = _list(
        {
            "fulfillment_channel_code": {"type": "string", "examples": ["DEFAULT"]},
            "quantity": {"type": "integer", "minimum": 0},
            "lead_time_to_ship_max_days": {"type": "integer", "minimum": 0},
            "restock_date": {"type": "string", "format": "date"},
        },
        ["fulfillment_channel_code"],
        "fulfillment_availability",
    )
    value = {"type": "number", "exclusiveMinimum": 0}
    schedule = {"type": "array", "items": {"type": "object", "required": ["value_with_tax"], "properties": {"value_with_tax": value}}}
    properties["purchasable_offer"] = _list(
        {
            "currency": {"type": "string", "enum": [currency]},
            "marketplace_id": {"type": "string", "enum": [marketplace]},
            "our_price": {"type": "array", "items": {"type": "object", "required": ["schedule"], "properties": {"schedule": schedule}}},
        },
        ["currency", "our_price"],
        "purchasable_offer",
    )
    properties["parentage_level"] = _list({"value": {"type": "string", "enum": ["parent", "child"]}}, ["value"], "parentage_level")
    properties["variation_theme"] = _list({"name": {"type": "string", "enum": list(kind.themes)}}, ["name"], "variation_theme")
    relation = {"child_relationship_type": {"type": "string", "enum": ["variation"]}, "parent_sku": {"type": "string"}}
    properties["child_parent_sku_relationship"] = _list(relation, ["parent_sku"], "child_parent_sku_relationship")
    return {
        "$schema": META_SCHEMA,
        "$id": f"sandbox:{kind.name}:{requirements}",
        "type": "object",
        "required": list(kind.demanded(requirements, "")),
        "properties": properties,
    }


def groups() -> Json:
    """The property groups a form shows the attributes in."""
    return {
        "product_details": {"title": "Product Details", "description": "What the product is", "propertyNames": list(TEXTS)},
        "images": {"title": "Images", "description": "Pictures by address", "propertyNames": list(MEDIA)},
        "offer": {"title": "Offer", "description": "Price, condition and stock", "propertyNames": list(OFFER)},
        "variations": {"title": "Variations", "description": "The place in a family", "propertyNames": list(VARIATION)},
    }


def _list(properties: Mapping[str, Json], required: list[str], name: str) -> Json:
    item = {"type": "object", "required": required, "properties": dict(properties)}
    return {"title": name.replace("_", " ").capitalize(), "type": "array", "minItems": 1, "selectors": list(selectors(name)), "items": item}


def _text(name: str, limit: int, marketplace: str) -> Json:
    return _list(
        {
            "value": {"type": "string", "minLength": 1, "maxLength": limit},
            "language_tag": {"type": "string"},
            "marketplace_id": {"type": "string", "enum": [marketplace]},
        },
        ["value"],
        name,
    )
