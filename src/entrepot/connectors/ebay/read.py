"""eBay's JSON -> our words. Pure functions; a missing field we rely on raises Unreadable with its path.

Source: docs/sources/ebay.md#orders, #fulfillment, #listing-states
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from entrepot.base.ids import RemoteId, Sku
from entrepot.base.money import Money, rounded
from entrepot.channels.contract import (
    Address,
    Buyer,
    ChannelLine,
    ChannelOrder,
    Listing,
    OrderStatus,
    Outcome,
    Page,
    Problem,
    Quota,
    Receipt,
    Unreadable,
    UnreadableOrder,
    Wanted,
)
from entrepot.channels.reading import amount, instant, items, optional, optional_instant, text, whole
from entrepot.connectors.ebay import codes

Json = Mapping[str, Any]

OVERLAP = 10  # orders that a page shares with the one before
MARKS = 3

# --- orders ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a page of a search starts, and the last orders of the page before: the next page must still show one of them."""

    offset: int = 0
    marks: tuple[str, ...] = ()

    @classmethod
    def of(cls, cursor: str | None) -> "Place":
        """Raises: Unreadable for a cursor that is none of ours."""
        if cursor is None:
            return cls()
        offset, _, marks = cursor.partition(":")
        if not offset.isdecimal():
            raise Unreadable("cursor")
        return cls(int(offset), tuple(marks.split(",")))

    def __str__(self) -> str:
        return f"{self.offset}:{','.join(self.marks)}"


def page(raw: Json, place: Place, marketplace: str) -> Page:
    """One page of getOrders, and where the next one starts. Orders of the seller's other marketplaces are left out.

    The set is live and has no cursor: pages overlap by a few orders, so that one that leaves the set hides no other.
    Raises: Unreadable when the page does not go on where the last one ended: it came again or one was skipped (F6).
    """
    found = items(raw, "orders")
    orders: list[ChannelOrder] = []
    unreadable: list[UnreadableOrder] = []
    for entry in found:
        if not belongs(entry, marketplace):
            continue
        try:
            orders.append(order(entry))
        except Unreadable as no:
            unreadable.append(UnreadableOrder(RemoteId(_word(entry, "orderId")), no.path, entry))
    cursor = _next(place, [_word(entry, "orderId") for entry in found], whole(raw, "total"))
    return Page(sorted(orders, key=lambda one: one.updated_at), unreadable, cursor)


def _next(place: Place, ids: list[str], total: int) -> str | None:
    read = place.offset + len(ids)
    if not ids and place.offset >= total:
        return None
    known = [at for at, order_id in enumerate(ids) if order_id in place.marks]
    if not ids or read > total or (place.marks and not known):
        raise Unreadable("orders", f"the page at {place.offset} does not continue the page before it")
    if read == total:
        return None
    if known and known[-1] == len(ids) - 1:
        raise Unreadable("orders", f"the page at {place.offset} came again")
    return str(Place(max(place.offset + 1, read - OVERLAP), tuple(ids[-MARKS:])))


def order(raw: Json, shipped: Mapping[str, int] | None = None) -> ChannelOrder:
    """One order of getOrders or getOrder. ``shipped``: line -> units, from the order's fulfillments, where they were read.

    Units: amounts arrive as decimal text in the currency of the order's total and stay exact.
    """
    currency = text(raw, "pricingSummary.total.currency")
    payment = text(raw, "orderPaymentStatus")
    fulfillment = text(raw, "orderFulfillmentStatus")
    cancel = str(optional(raw, "cancelStatus.cancelState") or "NONE_REQUESTED")
    status = codes.order_status(payment, fulfillment, cancel)
    asked = cancel_requested(raw)
    lines = [
        _located(f"lineItems[{place}]", entry, currency, status is OrderStatus.CANCELED, asked, shipped or {})
        for place, entry in enumerate(items(raw, "lineItems"))
    ]
    if not lines:
        raise Unreadable("lineItems", "the order has no lines")
    return ChannelOrder(
        remote_id=RemoteId(text(raw, "orderId")),
        placed_at=instant(raw, "creationDate"),
        updated_at=instant(raw, "lastModifiedDate"),
        status=status,
        currency=currency,
        total=amount(raw, "pricingSummary.total.value", currency),
        lines=lines,
        market=codes.country(str(optional(raw["lineItems"][0], "purchaseMarketplaceId") or "")),
        raw_status=f"{payment} / {fulfillment} / {cancel}",
        ship_to=address(optional(raw, "fulfillmentStartInstructions")),
        buyer=buyer(raw),
        ship_by=min((line.ship_by for line in lines if line.ship_by), default=None),
        cancel_requested=asked,
    )


def belongs(raw: Json, marketplace: str) -> bool:
    """Whether an order is of this marketplace: where its first line was listed, not where it was bought.

    eBay gives all orders of the seller; without this, two accounts of one seller would count every sale twice.
    """
    lines = listed(raw, "lineItems")
    return not lines or optional(lines[0], "listingMarketplaceId") in (None, marketplace)


def cancel_requested(raw: Json) -> bool:
    """A buyer asked to cancel and nobody has answered. getOrders tells it by the state alone, getOrder by the requests too."""
    if optional(raw, "cancelStatus.cancelState") == "IN_PROGRESS":
        return True
    return any(optional(entry, "cancelRequestState") == "REQUESTED" for entry in listed(raw, "cancelStatus.cancelRequests"))


def _located(place: str, raw: Json, currency: str, canceled: bool, asked: bool, shipped: Mapping[str, int]) -> ChannelLine:
    try:
        return line(raw, currency, canceled=canceled, cancel_requested=asked, shipped=shipped)
    except Unreadable as no:
        raise Unreadable(f"{place}.{no.path}") from None


def line(raw: Json, currency: str, *, canceled: bool, cancel_requested: bool, shipped: Mapping[str, int]) -> ChannelLine:
    """One line. A line without SKU (a listing made outside this API) is kept with an empty one, for repair by a person."""
    line_id, quantity = text(raw, "lineItemId"), whole(raw, "quantity")
    if quantity < 1:
        raise Unreadable("quantity")
    cost = _money(raw, "lineItemCost", currency)
    reduced = _optional_money(raw, "discountedLineItemCost", currency)
    return ChannelLine(
        remote_id=RemoteId(line_id),
        sku=Sku(str(optional(raw, "sku") or "")),
        title=str(optional(raw, "title") or ""),
        quantity=quantity,
        unit_price=rounded(cost.major() / Decimal(quantity), currency),
        canceled_quantity=quantity if canceled else 0,
        shipped_quantity=quantity if optional(raw, "lineItemFulfillmentStatus") == "FULFILLED" else min(quantity, shipped.get(line_id, 0)),
        tax=_taxes(raw, currency),
        shipping=_optional_money(raw, "deliveryCost.shippingCost", currency),
        discount=cost - reduced if reduced is not None else None,
        listing_id=_remote(raw, "legacyItemId"),
        ship_by=optional_instant(raw, "lineItemFulfillmentInstructions.shipByDate"),
        cancel_requested=cancel_requested,
    )


def _taxes(raw: Json, currency: str) -> Money | None:
    found = [_optional_money(entry, "amount", currency) for entry in listed(raw, "taxes")]
    known = [tax for tax in found if tax is not None]
    return sum(known[1:], known[0]) if known else None


def _money(raw: Json, path: str, currency: str) -> Money:
    """An amount that must be in the order's currency: two currencies in one order do not add."""
    if text(raw, f"{path}.currency") != currency:
        raise Unreadable(f"{path}.currency")
    return amount(raw, f"{path}.value", currency)


def _optional_money(raw: Json, path: str, currency: str) -> Money | None:
    return _money(raw, path, currency) if optional(raw, path) is not None else None


def _remote(raw: Json, path: str) -> RemoteId | None:
    value = optional(raw, path)
    return RemoteId(str(value)) if value not in (None, "") else None


def address(instructions: Any) -> Address:
    """Where the goods go; empty for a pick-up, a digital order, or an order older than 90 days."""
    first = instructions[0] if isinstance(instructions, list) and instructions else {}
    to = optional(first, "shippingStep.shipTo") or {}
    there = optional(to, "contactAddress") or {}
    street = [part for name in ("addressLine1", "addressLine2") if (part := _word(there, name))]
    return Address(
        name=_word(to, "fullName"),
        company=_word(to, "companyName"),
        street=tuple(street),
        city=_word(there, "city"),
        region=_word(there, "stateOrProvince"),
        postcode=_word(there, "postalCode"),
        country=_word(there, "countryCode"),
        phone=_word(to, "primaryPhone.phoneNumber"),
    )


def buyer(raw: Json) -> Buyer:
    return Buyer(
        name=_word(raw, "buyer.buyerRegistrationAddress.fullName"),
        email=_word(raw, "buyer.buyerRegistrationAddress.email"),
        phone=_word(raw, "buyer.buyerRegistrationAddress.primaryPhone.phoneNumber"),
        remote_id=_word(raw, "buyer.username"),
        note=_word(raw, "buyerCheckoutNotes"),
    )


def _word(raw: Any, path: str) -> str:
    return str(optional(raw, path) or "")


def shipped_units(fulfillments: Iterable[Json]) -> dict[str, int]:
    """Line -> units that left, summed over the order's packages."""
    units: dict[str, int] = {}
    for package in fulfillments:
        for entry in items(package, "lineItems"):
            line_id = text(entry, "lineItemId")
            units[line_id] = units.get(line_id, 0) + (whole(entry, "quantity") if "quantity" in entry else 1)
    return units


def holds_package(fulfillments: Iterable[Json], wanted: Json) -> bool:
    """Whether a package is already reported: by its tracking number, without one by its lines and the moment it left."""
    number = wanted.get("trackingNumber")
    for package in fulfillments:
        if number and number in (optional(package, "shipmentTrackingNumber"), optional(package, "fulfillmentId")):
            return True
        if not number and not optional(package, "shipmentTrackingNumber") and _alike(package, wanted):
            return True
    return False


def _alike(package: Json, wanted: Json) -> bool:
    moment: datetime | None = optional_instant(package, "shippedDate")
    return moment == instant(wanted, "shippedDate") and shipped_units([package]) == shipped_units([wanted])


# --- listings --------------------------------------------------------------------------------------------------------


def offer_of(offers: Iterable[Json], marketplace: str) -> Json | None:
    """The fixed-price offer of a SKU on a marketplace: eBay keeps one at most."""
    for one in offers:
        if optional(one, "marketplaceId") == marketplace and optional(one, "format") in (None, "FIXED_PRICE"):
            return one
    return None


def is_live(offer: Json) -> bool:
    """Whether the offer is a live page now. A page that is out of stock is live and shows 0."""
    status = optional(offer, "listing.listingStatus")
    return optional(offer, "status") == "PUBLISHED" and (status is None or str(status) in codes.LIVE_LISTINGS)


def listing(offer: Json, item: Json | None) -> Listing:
    """An offer read back. Quantity and price are those of the offer; the item's quantity counts where it has none."""
    quantity = optional(offer, "availableQuantity")
    if quantity is None:
        quantity = optional(item, "availability.shipToLocationAvailability.quantity") or 0
    price = optional(offer, "pricingSummary.price")
    return Listing(
        sku=Sku(text(offer, "sku")),
        live=is_live(offer),
        quantity=whole({"availableQuantity": quantity}, "availableQuantity"),
        price=amount(price, "value", text(price, "currency")) if price else None,
        title=_word(item, "product.title"),
        remote_id=RemoteId(text(offer, "offerId")),
        problems=on_hold(offer),
    )


def on_hold(offer: Json) -> tuple[Problem, ...]:
    if optional(offer, "listing.listingOnHold") is True:
        return (Problem("listing_on_hold", "eBay put the listing on hold for a policy violation."),)
    return ()


def availability_receipt(wanted: Wanted, offer_id: str, entries: Iterable[Json]) -> Receipt:
    """The answer for one offer of bulkUpdatePriceQuantity. eBay took it; what a buyer sees may follow later.

    Raises: Unreadable when no entry is about the offer.
    """
    for entry in entries:
        if str(optional(entry, "offerId")) != offer_id:
            continue
        status = whole(entry, "statusCode")
        outcome = Outcome.ACCEPTED if status < 300 else Outcome.UNKNOWN if status >= 500 else Outcome.REFUSED
        found = codes.problems(optional(entry, "errors")) + codes.problems(optional(entry, "warnings"))
        return Receipt(wanted.offer, outcome, wanted.version, RemoteId(offer_id), found)
    raise Unreadable("responses", f"no entry for offer {offer_id}")


def quotas(raw: Json) -> list[Quota]:
    """Every rate of getRateLimits or getUserRateLimits."""
    return [
        Quota(text(resource, "name"), whole(rate, "limit"), whole(rate, "remaining"), optional_instant(rate, "reset"))
        for api in listed(raw, "rateLimits")
        for resource in listed(api, "resources")
        for rate in listed(resource, "rates")
    ]


def group_key(item: Json | None) -> str | None:
    """The group an item is a variation of."""
    return next((str(key) for name in ("inventoryItemGroupKeys", "groupIds") for key in listed(item, name) if key), None)


def aspects(item: Json | None) -> dict[str, list[str]]:
    found = optional(item, "product.aspects")
    if not isinstance(found, Mapping):
        return {}
    return {str(name): [str(value) for value in values] for name, values in found.items() if isinstance(values, list)}


def listed(raw: Any, name: str) -> list[Any]:
    """A list we can do without."""
    value = optional(raw, name)
    return value if isinstance(value, list) else []
