"""Orders: Amazon's JSON as our orders, and reading them page by page. Orders 2026-01-01.

Source: docs/sources/amazon.md#orders
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from entrepot.base.ids import RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import Address, Buyer, ChannelLine, ChannelOrder, OrderStatus, Page, Refused, Unreadable, UnreadableOrder
from entrepot.channels.reading import amount, instant, items, optional, optional_instant, text, whole
from entrepot.connectors.amazon import codes
from entrepot.connectors.amazon.client import Client

PATH = ("orders", "2026-01-01", "orders")
INCLUDED = "BUYER,RECIPIENT,PROCEEDS,CANCELLATION,FULFILLMENT"
# Amazon does not list orders changed in the last two minutes, and refuses a bound inside them.
HELD_BACK = timedelta(minutes=2)
# A bound nearer than this is left to Amazon, whose clock may differ from ours by minutes (F16).
CLOCK_MARGIN = timedelta(minutes=12)

# States in which Amazon has told the price. Before (payment pending) and after (canceled) it may be left out.
_PRICED = frozenset({OrderStatus.PAID, OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED})


# --- Amazon's JSON -> our words ----------------------------------------------------------------------------------


def order(raw: Any, account_currency: str) -> ChannelOrder:
    """One order. A status we do not know is UNKNOWN with Amazon's word in ``raw_status``.

    Units: amounts are decimal strings in the order's currency and stay exact; before payment they may be missing and
    are 0, in the account's currency.
    Raises: Unreadable, naming the path, when a field we rely on is missing or cannot be read.
    """
    word = text(raw, "fulfillment.fulfillmentStatus")
    status = codes.ORDER_STATUS.get(word, OrderStatus.UNKNOWN)
    currency = _currency(raw) or account_currency
    ship_by = optional_instant(raw, "fulfillment.shipByWindow.latestDateTime")
    lines = []
    for number, item in enumerate(items(raw, "orderItems")):
        with _inside(f"orderItems[{number}]"):
            lines.append(_line(item, currency, status, ship_by))
    asked = optional(raw, "proceeds.grandTotal")
    return ChannelOrder(
        remote_id=RemoteId(text(raw, "orderId")),
        placed_at=instant(raw, "createdTime"),
        updated_at=instant(raw, "lastUpdatedTime"),
        status=status,
        raw_status=word,
        currency=currency,
        total=amount(raw, "proceeds.grandTotal.amount", currency) if asked else _sum(lines, currency),
        lines=tuple(lines),
        market=codes.country_of(str(optional(raw, "salesChannel.marketplaceId") or "")),
        ship_to=_address(optional(raw, "recipient.deliveryAddress")),
        buyer=_buyer(raw),
        ship_by=ship_by,
        cancel_requested=any(line.cancel_requested for line in lines),
    )


def _line(item: Any, currency: str, status: OrderStatus, ship_by: datetime | None) -> ChannelLine:
    ordered = _units(item, "quantityOrdered")
    shipped = _units(item, "fulfillment.quantityFulfilled") if optional(item, "fulfillment") else 0
    listing = optional(item, "product.asin")
    return ChannelLine(
        remote_id=RemoteId(text(item, "orderItemId")),
        sku=Sku(_word(item, "product.sellerSku")),  # optional at Amazon; without it a person assigns the line (F10)
        title=str(optional(item, "product.title") or ""),
        quantity=ordered,
        unit_price=_unit_price(item, currency, status),
        shipped_quantity=shipped,
        canceled_quantity=_canceled(item, ordered, shipped, status),
        tax=_proceeds(item, "TAX", currency),
        shipping=_proceeds(item, "SHIPPING", currency),
        discount=_proceeds(item, "DISCOUNT", currency),
        listing_id=RemoteId(str(listing)) if listing else None,
        ship_by=ship_by,
        cancel_requested=_cancel_requested(item, status),
    )


def _canceled(item: Any, ordered: int, shipped: int, status: OrderStatus) -> int:
    """What was ordered and is neither shipped nor still to ship; of a canceled order all that was not shipped."""
    if status is OrderStatus.CANCELED:
        return max(0, ordered - shipped)
    if optional(item, "fulfillment.quantityUnfulfilled") is None:
        return 0
    return max(0, ordered - shipped - _units(item, "fulfillment.quantityUnfulfilled"))


def _cancel_requested(item: Any, status: OrderStatus) -> bool:
    """The buyer asks and nobody has decided yet: a request is not a cancellation."""
    asked, done = optional(item, "cancellation.cancellationRequest"), optional(item, "cancellation.cancellationExecution")
    return bool(asked) and not done and status in (OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.PARTLY_SHIPPED)


def _unit_price(item: Any, currency: str, status: OrderStatus) -> Money:
    if optional(item, "product.price.unitPrice") is None and status not in _PRICED:
        return Money(0, currency)
    stated = text(item, "product.price.unitPrice.currencyCode")
    if stated != currency:
        raise Unreadable("product.price.unitPrice.currencyCode", f"{stated} in an order in {currency}")
    return amount(item, "product.price.unitPrice.amount", currency)


def _proceeds(item: Any, kind: str, currency: str) -> Money | None:
    """The sum of one category of a line's proceeds, None when Amazon names none. A discount is positive for us."""
    found = None
    listed = optional(item, "proceeds.breakdowns")
    for number, part in enumerate(listed if isinstance(listed, list) else []):
        if optional(part, "type") == kind:
            with _inside(f"proceeds.breakdowns[{number}]"):
                value = amount(part, "subtotal.amount", currency)
            found = (found or Money(0, currency)) + value
    return Money(abs(found.minor), currency) if found is not None and kind == "DISCOUNT" else found


def _currency(raw: Any) -> str:
    """The order's currency: of its total, or of the first line that has a price."""
    stated = optional(raw, "proceeds.grandTotal.currencyCode")
    if stated:
        return str(stated)
    listed = optional(raw, "orderItems")
    found = (optional(item, "product.price.unitPrice.currencyCode") for item in listed) if isinstance(listed, list) else ()
    return next((str(code) for code in found if code), "")


def _sum(lines: Sequence[ChannelLine], currency: str) -> Money:
    total = Money(0, currency)
    for line in lines:
        total += line.unit_price * line.quantity
        for more in (line.tax, line.shipping):
            total += more or Money(0, currency)
        total -= line.discount or Money(0, currency)
    return total


def _address(raw: Any) -> Address:
    street = [str(optional(raw, f"addressLine{n}") or "") for n in (1, 2, 3)]
    return Address(
        name=_word(raw, "name"),
        company=_word(raw, "companyName"),
        street=tuple(part for part in street if part),
        city=_word(raw, "city") or _word(raw, "municipality"),
        region=_word(raw, "stateOrRegion") or _word(raw, "districtOrCounty"),
        postcode=_word(raw, "postalCode"),
        country=_word(raw, "countryCode"),
        phone=_word(raw, "phone"),
    )


def _buyer(raw: Any) -> Buyer:
    return Buyer(
        name=_word(raw, "buyer.buyerName"),
        email=_word(raw, "buyer.buyerEmail"),
        phone=_word(raw, "recipient.deliveryAddress.phone"),
        note=_word(raw, "recipient.deliveryPreference.addressInstruction"),
    )


def _word(raw: Any, path: str) -> str:
    return str(optional(raw, path) or "")


def _units(raw: Any, path: str) -> int:
    value = whole(raw, path)
    if value < 0:
        raise Unreadable(path, f"{value} units at {path}")
    return value


@contextmanager
def _inside(prefix: str) -> Iterator[None]:
    """Paths that fail inside the block are told from the top of the document."""
    try:
        yield
    except Unreadable as no:
        path = f"{prefix}.{no.path}"
        raise Unreadable(path, no.message.replace(no.path, path)) from no


# --- the ability -------------------------------------------------------------------------------------------------


class Orders:
    """ReadsOrders. Only what the seller ships: Amazon's own fulfillment does not touch our stock."""

    def __init__(self, client: Client, currency: str, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._currency = currency
        self._clock = clock

    def read_orders(self, *, since: datetime, until: datetime, cursor: str | None = None) -> Page:
        """Orders changed in [since, until], a page a call; a page token works only with the query it came from.

        Amazon keeps back the last two minutes; ``complete_until`` says how far the answer really reaches.
        """
        now = self._clock()
        after, before, token = cursor.split("|", 2) if cursor else (_iso(min(since, now - CLOCK_MARGIN)), _bound(until, now), "")
        params = {
            "lastUpdatedAfter": after,
            "marketplaceIds": self._client.marketplace_id,
            "fulfilledBy": "MERCHANT",
            "includedData": INCLUDED,
            "maxResultsPerPage": str(codes.LIMITS.orders_a_page),
        }
        params |= {"lastUpdatedBefore": before} if before else {}
        params |= {"paginationToken": token} if token else {}
        answer = self._client.read("searchOrders", "GET", *PATH, params=params)
        found, unreadable = self._readable(items(answer, "orders"))
        following = optional(answer, "pagination.nextToken")
        return Page(
            orders=found,
            unreadable=unreadable,
            cursor=f"{after}|{before}|{following}" if following else None,
            complete_until=min(until, optional_instant(answer, "lastUpdatedBefore") or now - HELD_BACK),
        )

    def read_order(self, remote_id: RemoteId) -> ChannelOrder:
        """One order as it is now.

        Raises: Refused when Amazon does not know it, or it was placed in another store of the seller: messages tell of
        the orders of all, and two accounts of one seller would count the sale twice.
        """
        answer = self._client.read("getOrder", "GET", *PATH, remote_id, params={"includedData": INCLUDED})
        if optional(answer, "order.salesChannel.marketplaceId") not in (None, "", self._client.marketplace_id):
            raise Refused(f"order {remote_id} is not of {self._client.marketplace_id}", code="other_marketplace", status=404)
        with _inside("order"):
            return order(optional(answer, "order"), self._currency)

    def _readable(self, raws: Sequence[Any]) -> tuple[list[ChannelOrder], list[UnreadableOrder]]:
        found, unreadable = [], []
        for raw in raws:
            try:
                found.append(order(raw, self._currency))
            except Unreadable as no:
                kept: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {"value": raw}
                unreadable.append(UnreadableOrder(RemoteId(_word(raw, "orderId")), no.path, kept))
        return found, unreadable


def _bound(until: datetime, now: datetime) -> str:
    """The end of the window for Amazon; empty where Amazon shall take the newest it shows."""
    return _iso(until) if until < now - CLOCK_MARGIN else ""


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
