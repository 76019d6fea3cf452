"""What publishing asks for, and how offers become live pages, variations of one, and offers again.

Source: docs/sources/ebay.md#inventory
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from entrepot_sandbox.ebay.categories import is_leaf, required_aspects
from entrepot_sandbox.ebay.errors import Problem, Refused, refused
from entrepot_sandbox.ebay.items import group, missing_when_live
from entrepot_sandbox.ebay.records import Listing, Offer
from entrepot_sandbox.ebay.shop import Shop

NO_COUNTRY = "No <Item.Country> exists or <Item.Country> is specified as an empty tag in the request."


def problems_of(shop: Shop, offer: Offer, *, live: bool = False) -> list[Problem]:
    """Everything that keeps an offer from being a live page. A live page may show 0 units, a new one may not."""
    found: list[Problem] = []
    item = shop.items[offer.sku]
    location = _location(shop, offer)
    if location is None:
        found.append(Problem(25002, {"additionalInfo": NO_COUNTRY}))
    elif location["merchantLocationStatus"] != "ENABLED":
        found.append(Problem(25012, {"additionalInfo": "The location is disabled."}))
    if not is_leaf(str(offer.body.get("categoryId"))):
        found.append(Problem(25005, {"additionalInfo": "A leaf category ID is required."}))
    found.extend(_policy_problems(shop, offer))
    if not (offer.body.get("pricingSummary") or {}).get("price"):
        found.append(Problem(25003, {"additionalInfo": "A price is required."}))
    quantity = shop.wanted_quantity(offer)
    if quantity is None or (quantity <= 0 and not live):
        found.append(Problem(25004, {"additionalInfo": "The quantity must be a valid number greater than 0."}))
    found.extend(missing_when_live(item))
    if not _description(shop, offer):
        found.append(Problem(25016, {"fieldName": "listingDescription", "additionalInfo": "A description is required."}))
    found.extend(_aspect_problems(shop, offer))
    return found


def _location(shop: Shop, offer: Offer) -> dict[str, Any] | None:
    """Where an offer ships from: the place it names; one that names none takes the account's only place.

    eBay itself demands the name. The sandbox is lenient here so that what it prints is enough to publish with.
    """
    named = offer.body.get("merchantLocationKey")
    if named is None and len(shop.locations) == 1:
        return next(iter(shop.locations.values()))
    return shop.locations.get(str(named))


def _policy_problems(shop: Shop, offer: Offer) -> list[Problem]:
    chosen = offer.body.get("listingPolicies") or {}
    found = []
    for kind, error_id in (("fulfillment", 25007), ("payment", 25008), ("return", 25009)):
        policy = shop.policies[kind].get(str(chosen.get(f"{kind}PolicyId")))
        if policy is None or policy["marketplaceId"] != offer.marketplace_id:
            found.append(Problem(error_id, {"additionalInfo": f"A {kind} policy of {offer.marketplace_id} is required."}))
    return found


def _description(shop: Shop, offer: Offer) -> str:
    key = shop.group_of(offer.sku)
    of_group = shop.groups[key].get("description") if key is not None else None
    return str(offer.body.get("listingDescription") or of_group or shop.items[offer.sku].product.get("description") or "")


def _aspect_problems(shop: Shop, offer: Offer) -> list[Problem]:
    product = shop.items[offer.sku].product
    key = shop.group_of(offer.sku)
    shared = (shop.groups[key].get("aspects") or {}) if key is not None else {}
    given = {**shared, **(product.get("aspects") or {})}
    if product.get("brand"):
        given.setdefault("Brand", [product["brand"]])
    return [
        Problem(
            25002,
            {"additionalInfo": f"The item specific {name} is missing. Add {name} to this listing.", "aspectName": name},
        )
        for name in required_aspects(str(offer.body.get("categoryId")))
        if not given.get(name)
    ]


def raise_if_any(problems: Sequence[Problem]) -> None:
    """Refuse with all problems at once."""
    if problems:
        raise Refused(400, problems)


def publish(shop: Shop, offer_id: str) -> str:
    """Make a single offer a live page; its listing id. A withdrawn offer gets a new one.

    Raises: Refused.
    """
    offer = shop.offer(offer_id)
    if shop.group_of(offer.sku) is not None:
        raise refused(400, 25732)
    if offer.published:
        raise refused(400, 25002, "The offer is already published.", listingId=str(offer.listing_id))
    raise_if_any(problems_of(shop, offer))
    listing = _new_listing(shop, offer.marketplace_id, None)
    _open_window(shop, offer, listing)
    return listing.listing_id


def publish_group(shop: Shop, key: str, marketplace_id: str) -> str:
    """Make all offers of a group one live page with variations, or add the missing ones to it; its listing id.

    Members without an offer or without a record that could be listed are left out. Raises: Refused.
    """
    members = [
        offer
        for sku in group(shop, key, status=400).get("variantSKUs", ())
        for offer in shop.offers_of.get(sku, ())
        if offer.marketplace_id == marketplace_id
    ]
    if not members:
        raise refused(400, 25725)
    for offer in members:
        raise_if_any(problems_of(shop, offer, live=offer.published) + _variation_problems(shop, key, offer))
    new = [offer for offer in members if not offer.published]
    live = [offer for offer in members if offer.published]
    shop.count_revision(live[:1])
    listing = shop.listings[str(live[0].listing_id)] if live else _new_listing(shop, marketplace_id, key)
    for offer in new:
        _open_window(shop, offer, listing)
        offer.variation_id = offer.variation_id or str(400_000_000_000 + int(offer.offer_id))
    return listing.listing_id


def _variation_problems(shop: Shop, key: str, offer: Offer) -> list[Problem]:
    specifications = (shop.groups[key].get("variesBy") or {}).get("specifications") or []
    if not specifications:
        return [Problem(25013, {"additionalInfo": "variesBy.specifications is required."})]
    aspects = shop.items[offer.sku].product.get("aspects") or {}
    return [
        Problem(25013, {"additionalInfo": f"{offer.sku} has no value of {specification.get('name')}."})
        for specification in specifications
        if not set(aspects.get(specification.get("name")) or ()) & set(specification.get("values") or ())
    ]


def _new_listing(shop: Shop, marketplace_id: str, key: str | None) -> Listing:
    listing = Listing(str(shop.next_number("listing")), marketplace_id, key, [])
    shop.listings[listing.listing_id] = listing
    return listing


def _open_window(shop: Shop, offer: Offer, listing: Listing) -> None:
    offer.listing_id, offer.rejected, offer.sold = listing.listing_id, None, 0
    offer.window = shop.window_of(offer)
    listing.offer_ids.append(offer.offer_id)
    shop.journal.note("published", sku=offer.sku, quantity=offer.window.quantity)


def withdraw(shop: Shop, offer_id: str) -> str:
    """End an offer's listing, or take its variation off the page; the offer stays and can be published again.

    Raises: Refused.
    """
    offer = shop.offer(offer_id)
    if not offer.published:
        raise refused(400, 25002, "The offer is not published.", offerId=offer_id)
    shop.end(offer)
    return str(offer.listing_id)


def withdraw_group(shop: Shop, key: str, marketplace_id: str) -> None:
    """End the page of a group.

    Raises: Refused 25725 when it has none.
    """
    live = [
        offer
        for sku in group(shop, key, status=400).get("variantSKUs", ())
        for offer in shop.live_offers(sku)
        if offer.marketplace_id == marketplace_id
    ]
    if not live:
        raise refused(400, 25725)
    for offer in live:
        shop.end(offer)
