"""Fulfillment API v1 on the wire: searches over orders, one order, packages, refunds.

Source: docs/sources/ebay.md#fulfillment
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from entrepot_sandbox.core.clock import parse_instant
from entrepot_sandbox.core.http import Call, Response, Route
from entrepot_sandbox.ebay.errors import refused
from entrepot_sandbox.ebay.order_json import order_json, shipment_json
from entrepot_sandbox.ebay.orders import Order, Shipment
from entrepot_sandbox.ebay.shapes import misfit
from entrepot_sandbox.ebay.wire import Api, body_of, query, shown_page, whole

FILTER = re.compile(r"\s*(?P<name>[A-Za-z]+)\s*:\s*(?P<value>\[[^\]]*\]|\{[^}]*\}|[^,]*)\s*(?:,|$)")
STATUS_CHOICES = ({"NOT_STARTED", "IN_PROGRESS"}, {"FULFILLED", "IN_PROGRESS"})
DATE_FILTERS = ("creationdate", "lastmodifieddate")
DEFAULT_WINDOW = timedelta(days=90)
OLDEST = timedelta(days=730)
MOST_ORDER_IDS = 50
CLOCK_TOLERANCE = timedelta(minutes=1)
TRACKING = re.compile(r"[A-Za-z0-9]+")
UNTRACKED = "999"
Span = tuple[datetime, datetime | None]


class OrdersApi(Api):
    """Orders, and what the seller does with them."""

    base = "/sell/fulfillment/v1"
    bucket = "sell.fulfillment"

    def routes(self) -> list[Route]:
        packages = "/order/{order}/shipping_fulfillment"
        return [
            self.route("GET", "/order", "getOrders", self.search),
            self.route("GET", "/order/{order}", "getOrder", self.get),
            self.route("POST", packages, "createShippingFulfillment", self.ship),
            self.route("GET", packages, "getShippingFulfillments", self.list_shipments),
            self.route("GET", f"{packages}/{{fulfillment}}", "getShippingFulfillment", self.get_shipment),
            self.route("POST", "/order/{order}/issue_refund", "issueRefund", self.refund),
        ]

    def search(self, call: Call) -> Response:
        _check_field_groups(call)
        ids = call.request.all("orderIds")
        if ids:
            return self._by_id(ids)
        limit = whole(call, "limit", 50, 1, 200, 31100)
        offset = whole(call, "offset", 0, 0, 10**7, 31000)
        text = call.request.first("filter") or ""
        found = self._matching(text)
        shown, following = shown_page(call, found, offset, limit)
        kept = {"filter": text, "limit": limit}
        answer: dict[str, Any] = {
            "href": self.address(f"/order?{query({**kept, 'offset': offset})}"),
            "total": len(found),
            "limit": limit,
            "offset": offset,
            "orders": [self._json(order, with_requests=False) for order in shown],
        }
        if following is not None:
            answer["next"] = self.address(f"/order?{query({**kept, 'offset': following})}")
        if offset:
            answer["prev"] = self.address(f"/order?{query({**kept, 'offset': max(0, offset - limit)})}")
        return Response.json(answer)

    def _by_id(self, ids: list[str]) -> Response:
        if len(ids) > MOST_ORDER_IDS:
            raise refused(400, 30900)
        found = [self.shop.orders[order_id] for order_id in dict.fromkeys(ids) if order_id in self.shop.orders]
        return Response.json(
            {
                "href": self.address(f"/order?{query({'orderIds': ','.join(ids)})}"),
                "total": len(found),
                "limit": MOST_ORDER_IDS,
                "offset": 0,
                "orders": [self._json(order, with_requests=False) for order in found],
            }
        )

    def _matching(self, text: str) -> list[Order]:
        """The orders a search finds, newest first. Of the two date filters only the creation date is used."""
        now = self.market.clock.now()
        chosen = filters(text)
        spans = {name: span(chosen[name], now) for name in DATE_FILTERS if name in chosen}
        wanted = statuses(chosen["orderfulfillmentstatus"]) if "orderfulfillmentstatus" in chosen else None
        if not spans:
            spans["creationdate"] = (now - DEFAULT_WINDOW, None)

        def matches(order: Order) -> bool:
            if not order.visible or (wanted is not None and order.status not in wanted):
                return False
            if "creationdate" in spans:
                return within(order.created_at, spans["creationdate"])
            return within(order.modified_at, spans["lastmodifieddate"])

        newest_first = reversed(list(self.shop.orders.values()))
        return [order for order in newest_first if matches(order)]

    def get(self, call: Call) -> Response:
        _check_field_groups(call)
        return Response.json(self._json(self._order(call), with_requests=True))

    def _order(self, call: Call, status: int = 404) -> Order:
        order_id = call.params["order"]
        order = self.shop.orders.get(order_id)
        if order is None:
            raise refused(status, 32100, orderId=order_id)
        return order

    def _json(self, order: Order, *, with_requests: bool) -> dict[str, Any]:
        here = f"/order/{quote(order.order_id)}/shipping_fulfillment"
        hrefs = [self.address(f"{here}/{quote(shipment.fulfillment_id)}") for shipment in order.shipments]
        location = next(iter(self.shop.locations.values()), {})
        return order_json(order, seller=self.market.seller, hrefs=hrefs, with_requests=with_requests, location=location)

    # Packages

    def ship(self, call: Call) -> Response:
        order, body = self._order(call, 400), body_of(call)
        now = self.market.clock.now()
        shipment = self._checked(order, body, now)
        for line in order.lines:
            line.shipped += sum(quantity for line_id, quantity in shipment.lines if line_id == line.line_id)
        order.shipments.append(shipment)
        order.modified_at = now
        self.market.journal.note("shipped", order=order.order_id, tracking=shipment.tracking_number or "")
        place = f"/order/{quote(order.order_id)}/shipping_fulfillment/{quote(shipment.fulfillment_id)}"
        return Response(201, {"location": self.address(place)})

    def _checked(self, order: Order, body: dict[str, Any], now: datetime) -> Shipment:
        """The package as it will be kept.

        Raises: Refused; 409 with 34500 when the order has a package with this tracking number.
        """
        tracking, carrier = body.get("trackingNumber"), body.get("shippingCarrierCode")
        if bool(tracking) != bool(carrier) or (tracking and not TRACKING.fullmatch(str(tracking))):
            raise refused(400, 32300)
        if tracking and order.shipment(str(tracking)) is not None:
            raise refused(409, 34500)
        if order.canceled_at is not None:
            raise refused(400, 32600, "The order is canceled.")
        shipped_at = now
        if body.get("shippedDate"):
            shipped = parse_instant(str(body["shippedDate"]))
            if shipped is None or shipped > now + timedelta(days=1):
                raise refused(400, 32500)
            shipped_at = shipped
        lines = _packed(order, body.get("lineItems"))
        untracked = sum(1 for shipment in order.shipments if shipment.tracking_number is None)
        fulfillment_id = str(tracking) if tracking else f"{UNTRACKED}{untracked or ''}"
        return Shipment(fulfillment_id, lines, shipped_at, carrier or None, tracking or None)

    def list_shipments(self, call: Call) -> Response:
        order = self._order(call, 400)
        rows = [shipment_json(shipment) for shipment in order.shipments]
        return Response.json({"fulfillments": rows, "total": len(rows)})

    def get_shipment(self, call: Call) -> Response:
        shipment = self._order(call, 400).shipment(call.params["fulfillment"])
        if shipment is None:
            raise refused(404, 34900, fulfillmentId=call.params["fulfillment"])
        return Response.json(shipment_json(shipment))

    def refund(self, call: Call) -> Response:
        order, body = self._order(call), body_of(call)
        if not body.get("reasonForRefund"):
            raise refused(400, 34910, "reasonForRefund is required.")
        value = _refund_value(order, body)
        if order.refunded + value > order.total:
            raise refused(409, 34910, "More than was paid.")
        refund_id = str(self.shop.next_number("refund"))
        order.refunds.append((refund_id, value, self.market.clock.now()))
        order.modified_at = self.market.clock.now()
        return Response.json({"refundId": refund_id, "refundStatus": "PENDING"})


def _check_field_groups(call: Call) -> None:
    group = call.request.first("fieldGroups")
    if group not in (None, "", "TAX_BREAKDOWN"):
        raise refused(400, 32800, fieldGroup=str(group))


def filters(text: str) -> dict[str, str]:
    """A filter's criteria by name.

    Raises: Refused 30700 for a name that is not known.
    """
    chosen: dict[str, str] = {}
    place = 0
    while place < len(text):
        found = FILTER.match(text, place)
        name = found["name"].lower() if found else ""
        if found is None or name not in (*DATE_FILTERS, "orderfulfillmentstatus"):
            raise refused(400, 30700, fieldName=found["name"] if found else text[place:])
        chosen[name] = found["value"].strip()
        place = found.end()
    return chosen


def span(text: str, now: datetime) -> Span:
    """The span of `[from..to]` or `[from..]`.

    Raises: Refused 30810 to 30850.
    """
    start_text, _, end_text = text.strip("[]").partition("..")
    if not start_text.strip():
        raise refused(400, 30820)
    start, end = parse_instant(start_text.strip()), parse_instant(end_text.strip()) if end_text.strip() else None
    if start is None or (end_text.strip() and end is None):
        raise refused(400, 30810)
    if start > now + CLOCK_TOLERANCE or (end is not None and end > now + CLOCK_TOLERANCE):
        raise refused(400, 30850)
    if end is not None and start > end:
        raise refused(400, 30840)
    if start < now - OLDEST:
        raise refused(400, 30830)
    return start, end


def statuses(text: str) -> set[str]:
    """The fulfillment statuses of `{A|B}`; only two combinations are supported.

    Raises: Refused 30800.
    """
    wanted = {part.strip() for part in text.strip("{}").split("|")}
    if wanted not in STATUS_CHOICES:
        raise refused(400, 30800, fieldValue=text, fieldName="orderfulfillmentstatus")
    return wanted


def within(instant: datetime, limits: Span) -> bool:
    """Whether an instant lies in a span; both ends belong to it."""
    return limits[0] <= instant and (limits[1] is None or instant <= limits[1])


def _packed(order: Order, sent: Any) -> tuple[tuple[str, int], ...]:
    """The lines of a package, one unit of each that names no quantity; all that is left when no line is named.

    Raises: Refused.
    """
    lines = {line.line_id: line for line in order.lines}
    if not sent:
        left_over = [(line.line_id, line.quantity - line.shipped) for line in order.lines if line.shipped < line.quantity]
        sent = [{"lineItemId": line_id, "quantity": quantity} for line_id, quantity in left_over]
    if not isinstance(sent, list) or not all(isinstance(entry, dict) for entry in sent):
        raise refused(400, 32600)
    ids = [str(entry.get("lineItemId")) for entry in sent]
    if len(set(ids)) != len(ids):
        raise refused(400, 32210)
    packed: list[tuple[str, int]] = []
    for line_id, entry in zip(ids, sent, strict=True):
        line = lines.get(line_id)
        if line is None:
            raise refused(400, 32200, lineItemId=line_id)
        left = line.quantity - line.shipped
        quantity = entry.get("quantity", 1)
        if isinstance(quantity, bool) or not isinstance(quantity, int) or not 0 < quantity <= left:
            raise refused(400, 32600, "The quantity is more than is left to ship.")
        packed.append((line_id, quantity))
    if not packed:
        raise refused(400, 32600, "Nothing is left to ship.")
    return tuple(packed)


def _refund_value(order: Order, body: dict[str, Any]) -> Decimal:
    if misfit(body, {"refundItems": [{}]}) is not None:
        raise refused(400, 34910, "refundItems is a list of items with their refundAmount.")
    amounts = [item.get("refundAmount") for item in body.get("refundItems") or ()] or [body.get("orderLevelRefundAmount")]
    try:
        values = [Decimal(str(entry["value"])) for entry in amounts]
        right = all(entry["currency"] == order.lines[0].currency for entry in amounts)
    except (InvalidOperation, KeyError, TypeError) as error:
        raise refused(400, 34910, "An amount needs value and currency.") from error
    if not right or any(not value.is_finite() or value <= 0 for value in values):
        raise refused(400, 34910, "The amount must be greater than 0, in the order's currency.")
    return sum(values, Decimal(0))
