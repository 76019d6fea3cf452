"""Rules of offers: one a SKU, marketplace and format; complete replacement; price and quantity in bulk.

Source: docs/sources/ebay.md#inventory
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from entrepot_sandbox.ebay.errors import Refused, refused
from entrepot_sandbox.ebay.items import known, whole_number
from entrepot_sandbox.ebay.publishing import problems_of, raise_if_any
from entrepot_sandbox.ebay.records import Body, Offer
from entrepot_sandbox.ebay.shapes import check
from entrepot_sandbox.ebay.shop import Shop

KEY_FIELDS = ("sku", "marketplaceId", "format")
OFFER_FIELDS = (
    "availableQuantity",
    "categoryId",
    "charity",
    "extendedProducerResponsibility",
    "hideBuyerDetails",
    "includeCatalogProductDetails",
    "listingDescription",
    "listingDuration",
    "listingPolicies",
    "listingStartDate",
    "lotSize",
    "merchantLocationKey",
    "pricingSummary",
    "quantityLimitPerBuyer",
    "regulatory",
    "secondaryCategoryId",
    "storeCategoryNames",
    "tax",
)
OFFER_SHAPE: Body = {"listingPolicies": {}, "pricingSummary": {}}
BULK_SHAPE: Body = {"offers": [{}], "shipToLocationAvailability": {}}
MOST_PRICE = Decimal(1_000_000_000)
CURRENCY = {
    "EBAY_IE": "EUR",
    "EBAY_US": "USD",
    "EBAY_CA": "CAD",
    "EBAY_GB": "GBP",
    "EBAY_AU": "AUD",
    "EBAY_AT": "EUR",
    "EBAY_FR": "EUR",
    "EBAY_DE": "EUR",
    "EBAY_IT": "EUR",
    "EBAY_NL": "EUR",
    "EBAY_ES": "EUR",
    "EBAY_CH": "CHF",
    "EBAY_PL": "PLN",
}


def create_offer(shop: Shop, sent: Mapping[str, Any]) -> Offer:
    """Create an unpublished offer.

    Raises: Refused; 25002 with the existing offer's id when the SKU has one on that marketplace in that format.
    """
    keys = known(sent, KEY_FIELDS)
    for name in KEY_FIELDS:
        if not isinstance(keys.get(name), str) or not keys[name]:
            raise refused(400, 25709, f"The {name} is required.", fieldName=name)
    if keys["marketplaceId"] not in CURRENCY:
        raise refused(400, 25709, fieldName="marketplaceId")
    if keys["format"] != "FIXED_PRICE":
        raise refused(400, 25709, "This marketplace sells at fixed prices only.", fieldName="format")
    if keys["sku"] not in shop.items:
        raise refused(400, 25702, skuValue=keys["sku"])
    for existing in shop.offers_of.get(keys["sku"], ()):
        if existing.marketplace_id == keys["marketplaceId"]:
            raise refused(400, 25002, "Offer entity already exists.", offerId=existing.offer_id)
    offer = Offer(str(shop.next_number("offer")), {**keys, **checked_offer(shop, keys["marketplaceId"], sent)})
    shop.offers[offer.offer_id] = offer
    shop.offers_of.setdefault(offer.sku, []).append(offer)
    return offer


def checked_offer(shop: Shop, marketplace_id: str, sent: Mapping[str, Any]) -> Body:
    """The offer's own fields as they will be kept.

    Raises: Refused.
    """
    body = known(sent, OFFER_FIELDS)
    check(body, OFFER_SHAPE)
    if "availableQuantity" in body:
        whole_number(body["availableQuantity"], "availableQuantity")
    price = (body.get("pricingSummary") or {}).get("price")
    if price is not None:
        body["pricingSummary"]["price"] = checked_price(price, marketplace_id)
    body.setdefault("listingDuration", "GTC")
    body.setdefault("includeCatalogProductDetails", True)
    return body


def checked_price(price: Any, marketplace_id: str) -> Body:
    """A price as it will be kept.

    Raises: Refused 25003 when it is not above 0, above what a page can show, or in another currency than the marketplace's.
    """
    try:
        value = Decimal(str(price["value"]))
        currency = price["currency"]
    except (InvalidOperation, KeyError, TypeError) as error:
        raise refused(400, 25003, "A price needs value and currency.") from error
    if not value.is_finite() or not 0 < value <= MOST_PRICE:
        raise refused(400, 25003, f"The price must be greater than 0 and at most {MOST_PRICE}.")
    if currency != CURRENCY[marketplace_id]:
        raise refused(400, 25003, f"{marketplace_id} sells in {CURRENCY[marketplace_id]}.")
    return {"value": str(price["value"]), "currency": currency}


def update_offer(shop: Shop, offer_id: str, sent: Mapping[str, Any]) -> Offer:
    """Make an offer exactly what was sent; a live one must still have everything a live page needs.

    Raises: Refused.
    """
    offer = shop.offer(offer_id)
    keys = {name: offer.body[name] for name in KEY_FIELDS}
    before = offer.body
    offer.body = {**keys, **checked_offer(shop, offer.marketplace_id, sent)}
    if offer.published:
        try:
            raise_if_any(problems_of(shop, offer, live=True))
            shop.count_revision([offer])
        except Refused:
            offer.body = before
            raise
        window = shop.window_of(offer)
        shop.revise_window(offer, title=window.title, price=window.price, currency=window.currency, quantity=window.quantity)
    return offer


def delete_offer(shop: Shop, offer_id: str) -> None:
    """Delete an offer and end its listing; a variation that has sold stays on its page.

    Raises: Refused.
    """
    offer = shop.offer(offer_id)
    if offer.published and shop.listings[str(offer.listing_id)].group_key is not None:
        if offer.sold:
            raise refused(400, 25002, "A variation with sales cannot be removed. Set its quantity to 0.")
        shop.leave_group(offer.sku)
    shop.end(offer)
    shop.offers_of[offer.sku].remove(offer)
    del shop.offers[offer_id]


def set_price_quantity(shop: Shop, sent: Mapping[str, Any], *, refuse: int | None = None) -> list[tuple[str | None, Refused | None]]:
    """Change the quantity of a SKU and price or quantity of its offers; an outcome per offer, each on its own.

    `refuse` is the place of an entry to refuse by fault. Raises: Refused when the request as a whole makes no sense.
    """
    check(sent, BULK_SHAPE)
    sku = sent.get("sku")
    changes = sent.get("offers") or []
    ids = [str(change.get("offerId")) for change in changes]
    if len(changes) > 25:
        raise refused(400, 25730, "25")
    if len(set(ids)) != len(ids):
        raise refused(400, 25731)
    if sku is None and len(changes) == 1 and ids[0] in shop.offers:
        sku = shop.offers[ids[0]].sku
    if not isinstance(sku, str) or sku not in shop.items:
        raise refused(400, 25702, skuValue=str(sku))
    shared = (sent.get("shipToLocationAvailability") or {}).get("quantity")
    if shared is None and not changes:
        raise refused(400, 25709, "Give a quantity or an offer.", fieldName="requests")
    outcomes: list[tuple[str | None, Refused | None]] = []
    by_fault = refused(400, 25002, "The item was refused.")
    if shared is not None:
        refusal = _tried(partial(_set_shared, shop, sku, shared))
        if not changes or refusal is not None:
            outcomes.append((None, refusal))
    for place, change in enumerate(changes):
        refusal = by_fault if place == refuse else _tried(partial(_set_offer, shop, sku, change))
        outcomes.append((change.get("offerId"), refusal))
    return outcomes


def _tried(change: Callable[[], None]) -> Refused | None:
    try:
        change()
    except Refused as refusal:
        return refusal
    return None


def _set_shared(shop: Shop, sku: str, quantity: Any) -> None:
    number = whole_number(quantity, "shipToLocationAvailability.quantity")
    showing = [offer for offer in shop.live_offers(sku) if offer.body.get("availableQuantity") is None]
    shop.count_revision(showing)
    shop.items[sku].quantity = number
    for offer in showing:
        shop.revise_window(offer, quantity=number)


def _set_offer(shop: Shop, sku: str, change: Mapping[str, Any]) -> None:
    offer = shop.offer(str(change.get("offerId")))
    if offer.sku != sku:
        raise refused(400, 25709, "The offer belongs to another SKU.", fieldName="offerId")
    quantity, price = change.get("availableQuantity"), change.get("price")
    if quantity is None and price is None:
        raise refused(400, 25709, "Give a price or a quantity.", fieldName="offers")
    changes: dict[str, Any] = {}
    if quantity is not None:
        changes["quantity"] = whole_number(quantity, "availableQuantity")
    checked = None if price is None else checked_price(price, offer.marketplace_id)
    if checked is not None:
        changes["price"] = Decimal(checked["value"])
    if offer.published:
        shop.count_revision([offer])
    if quantity is not None:
        offer.body["availableQuantity"] = quantity
    if checked is not None:
        offer.body.setdefault("pricingSummary", {})["price"] = checked
    shop.revise_window(offer, **changes)
