"""A seller with one account and stock, and channel orders in a line of code."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from entrepot.base.ids import AccountId, LocationId, RemoteId, Sku, VariantId
from entrepot.base.money import Money
from entrepot.channels.contract import Address, Buyer, ChannelLine, ChannelOrder, OrderStatus
from entrepot.inventory import actions as inventory
from entrepot.inventory.models import StockLevel
from entrepot.orders import intake
from entrepot.orders.models import OrderLine, SalesOrder
from entrepot.people.deployment import set_up
from tests.db.listings import world

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Shop:
    account: AccountId
    place: LocationId
    variants: dict[str, VariantId] = field(default_factory=dict)

    def has(self, sku: str, units: int, place: LocationId | None = None) -> VariantId:
        if sku not in self.variants:
            self.variants[sku] = world.variant(sku)
        world.stock(self.variants[sku], place or self.place, units)
        return self.variants[sku]

    def takes(self, *orders: ChannelOrder, historical: bool = False) -> intake.IntakeResult:
        return intake.take(self.account, orders, historical=historical)

    def stock(self, sku: str) -> tuple[int, int]:
        """(on hand, reserved) over all places."""
        rows = StockLevel.objects.filter(variant_id=self.variants[sku]).values_list("on_hand", "reserved")
        return sum(r[0] for r in rows), sum(r[1] for r in rows)

    def adjust(self, sku: str, delta: int, key: str, place: LocationId | None = None) -> None:
        with transaction.atomic():
            inventory.adjust(self.variants[sku], place or self.place, delta, reason=world.Reason.CORRECTION, source_key=key, actor="test")


def open_shop(**account: object) -> Shop:
    set_up(base_currency_code="EUR", time_zone="UTC", demo=False)
    one = world.account(**account)
    place = world.location(feeds=[one])
    return Shop(one, place)


def line(sku: str, quantity: int = 1, number: str = "1", **more: Any) -> ChannelLine:
    price = more.pop("price", Money(1000, "EUR"))
    return ChannelLine(RemoteId(number), Sku(sku), f"Title of {sku}", quantity, price, **more)


def order(number: str, *lines: ChannelLine, at: float = 0, status: OrderStatus = OrderStatus.PAID, **more: Any) -> ChannelOrder:
    """``at``: minutes after START of this state."""
    values: dict[str, Any] = {
        "currency": "EUR", "total": Money(sum(one.unit_price.minor * one.quantity for one in lines), "EUR"), "market": "DE",
        "ship_to": Address(name="Ada Byron", street=("1 Canary Row",), city="Kyiv", postcode="01001", country="UA", phone="+380 44 1"),
        "buyer": Buyer(name="Ada Byron", email="ada@canary.example"),
    }  # fmt: skip
    values.update(more)
    return ChannelOrder(RemoteId(number), START, START + MINUTE * at, status, lines=list(lines), **values)


def changed(
    before: ChannelOrder, at: float, *, status: OrderStatus | None = None, lines: Sequence[ChannelLine] | None = None
) -> ChannelOrder:
    return replace(
        before, updated_at=START + MINUTE * at, status=status or before.status, lines=list(lines) if lines is not None else before.lines
    )


def lines_of(number: str) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order__channel_order_id=number).order_by("channel_line_id"))


def units(number: str) -> list[tuple[int, int, int, int]]:
    """(quantity, canceled, fulfilled, short) of each line."""
    return [(one.quantity, one.canceled, one.fulfilled, one.short) for one in lines_of(number)]


def row(number: str) -> SalesOrder:
    return SalesOrder.objects.get(channel_order_id=number)


_STATE = """
SELECT 'order', channel_order_id, status, raw_status, placed_at::text, remote_updated_at::text, currency, total_minor::text,
       base_total_minor::text, country, region, postcode_area, ship_by::text, (cancel_requested_at IS NOT NULL)::text || closed::text
  FROM sales_order
UNION ALL
SELECT 'line', o.channel_order_id, l.channel_line_id, l.sku, l.quantity::text, l.canceled::text, l.fulfilled::text, l.short::text,
       l.unit_price_minor::text, l.discount_minor::text, l.tax_minor::text, l.title, l.variant_id::text, l.kind
  FROM order_line l JOIN sales_order o ON o.id = l.order_id WHERE l.quantity > 0
UNION ALL
SELECT 'reservation', o.channel_order_id, l.channel_line_id, r.variant_id::text, r.location_id::text, r.kind, r.quantity::text,
       r.short::text, '', '', '', '', '', ''
  FROM reservation r JOIN order_line l ON r.demand_ref = 'order-line:' || l.id JOIN sales_order o ON o.id = l.order_id
UNION ALL
SELECT 'level', variant_id::text, location_id::text, on_hand::text, reserved::text, '', '', '', '', '', '', '', '', '' FROM stock_level
UNION ALL
SELECT 'header', variant_id::text, on_hand::text, reserved::text, atp::text, exposed::text, '', '', '', '', '', '', '', ''
  FROM variant_stock
"""


def state_rows() -> list[tuple[object, ...]]:
    """What is true now: orders, lines, reservations, levels, header totals; without ids that depend on the way here."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        return sorted(cursor.fetchall(), key=repr)
