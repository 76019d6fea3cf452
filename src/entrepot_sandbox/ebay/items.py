"""Rules of inventory items and inventory item groups: complete replacement, membership, what a change does to live pages.

Source: docs/sources/ebay.md#inventory
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from entrepot_sandbox.ebay.errors import Problem, Refused, refused
from entrepot_sandbox.ebay.records import Body, Item
from entrepot_sandbox.ebay.shapes import ASPECTS, check
from entrepot_sandbox.ebay.shop import Shop

ITEM_FIELDS = (
    "availability",
    "condition",
    "conditionDescription",
    "conditionDescriptors",
    "packageWeightAndSize",
    "product",
)
GROUP_FIELDS = ("aspects", "description", "imageUrls", "subtitle", "title", "variantSKUs", "variesBy", "videoIds")
ITEM_SHAPE = {"availability": {"shipToLocationAvailability": {}}, "packageWeightAndSize": {}, "product": {"aspects": ASPECTS}}
GROUP_SHAPE = {"aspects": ASPECTS, "variantSKUs": [str], "variesBy": {"specifications": [{"name": str, "values": [str]}]}}
SKU_LENGTH = 50
TITLE_LENGTH = 80
MOST_UNITS = 2**31 - 1


def known(body: Mapping[str, Any], fields: tuple[str, ...]) -> Body:
    """A copy of the fields the marketplace knows; others and nulls are ignored."""
    return {name: copy.deepcopy(body[name]) for name in fields if body.get(name) is not None}


def whole_number(value: Any, name: str) -> int:
    """A quantity as sent.

    Raises: Refused 25709 when it is not a whole number of 0 or more, or one of more than 31 bits.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_UNITS:
        raise refused(400, 25709, fieldName=name)
    return value


def put_item(shop: Shop, sku: str, sent: Mapping[str, Any], locale: str) -> bool:
    """Make a SKU's record exactly what was sent, and revise the live pages that show it; True when it is new.

    A quantity that was left out is lost. Raises: Refused.
    """
    body = checked_item(sku, sent)
    known_before = shop.items.get(sku)
    live = shop.live_offers(sku)
    item = Item(sku, body, locale)
    if live:
        missing = missing_when_live(item)
        if missing:
            raise Refused(400, missing)
        shop.count_revision(live)
    shop.items[sku] = item
    for offer in live:
        changes: dict[str, Any] = {"title": shop.title_of(offer)}
        if offer.body.get("availableQuantity") is None:
            changes["quantity"] = item.quantity or 0
        shop.revise_window(offer, **changes)
    return known_before is None


def checked_item(sku: str, sent: Mapping[str, Any]) -> Body:
    """The item's body as it will be kept.

    Raises: Refused.
    """
    if not sku or len(sku) > SKU_LENGTH:
        raise refused(400, 25707)
    body = known(sent, ITEM_FIELDS)
    check(body, ITEM_SHAPE)
    ship_to = (body.get("availability") or {}).get("shipToLocationAvailability") or {}
    if ship_to.get("quantity") is not None:
        whole_number(ship_to["quantity"], "availability.shipToLocationAvailability.quantity")
    title = (body.get("product") or {}).get("title")
    if title is not None and (not isinstance(title, str) or len(title) > TITLE_LENGTH):
        raise refused(400, 25709, f"The title is longer than {TITLE_LENGTH} characters.", fieldName="product.title")
    return body


def missing_when_live(item: Item) -> list[Problem]:
    """What a live page must have and this item lacks."""
    missing = []
    if not item.product.get("title"):
        missing.append(Problem(25017, {"additionalInfo": "A title is required.", "fieldName": "product.title"}))
    if not item.body.get("condition"):
        missing.append(Problem(25021, {"additionalInfo": "A condition is required.", "fieldName": "condition"}))
    return missing


def item_of(shop: Shop, sku: str) -> Item:
    """The item of a SKU.

    Raises: Refused 404 with 25710.
    """
    item = shop.items.get(sku)
    if item is None:
        raise refused(404, 25710)
    return item


def delete_item(shop: Shop, sku: str) -> None:
    """Delete an item, its offers, its single listings and its place in a group.

    Raises: Refused 404 with 25710.
    """
    item_of(shop, sku)
    for offer in list(shop.offers_of.get(sku, ())):
        shop.end(offer)
        del shop.offers[offer.offer_id]
    shop.leave_group(sku)
    shop.offers_of.pop(sku, None)
    del shop.items[sku]


def put_group(shop: Shop, key: str, sent: Mapping[str, Any]) -> bool:
    """Make a group exactly what was sent; a member left out leaves the live page; True when it is new.

    Raises: Refused.
    """
    if not key or len(key) > SKU_LENGTH:
        raise refused(400, 25709, fieldName="inventoryItemGroupKey")
    body = known(sent, GROUP_FIELDS)
    check(body, GROUP_SHAPE)
    members = body.get("variantSKUs")
    if not members:
        raise refused(400, 25013, "variantSKUs is required.")
    _check_members(shop, key, members)
    before = shop.groups.get(key)
    live = [offer for sku in (before or {}).get("variantSKUs", ()) for offer in shop.live_offers(sku)]
    shop.count_revision(live)
    shop.put_group(key, body)
    for offer in live:
        if offer.sku in members:
            shop.revise_window(offer, title=shop.title_of(offer))
        else:
            shop.end(offer)
    return before is None


def _check_members(shop: Shop, key: str, members: list[Any]) -> None:
    unknown = [str(sku) for sku in members if sku not in shop.items]
    if unknown:
        raise refused(400, 25701, ", ".join(unknown))
    for sku in members:
        other = shop.group_of(sku)
        if other is not None and other != key:
            raise refused(400, 25703, skuValue=sku, inventoryItemGroupKey=other)
        for offer in shop.live_offers(sku):
            if shop.listings[str(offer.listing_id)].group_key is None:
                raise refused(400, 25704, skuValue=sku, listingId=str(offer.listing_id))


def group(shop: Shop, key: str, *, status: int = 404) -> Body:
    """A group's body.

    Raises: Refused 25705 with that status.
    """
    body = shop.groups.get(key)
    if body is None:
        raise refused(status, 25705, inventoryItemGroupKey=key)
    return body


def delete_group(shop: Shop, key: str) -> None:
    """Delete a group; its live page ends, its members stay as items with unpublished offers.

    Raises: Refused 404 with 25705.
    """
    for sku in group(shop, key).get("variantSKUs", ()):
        for offer in shop.live_offers(sku):
            shop.end(offer)
    shop.put_group(key, None)
