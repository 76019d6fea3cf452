"""One order: its lines with where each unit is, its work and packages, and what happened."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from entrepot.base.ids import OrderLineId
from entrepot.fulfillment.models import FulfillmentOrder, ShippedPackage
from entrepot.insight.queries.names import titles
from entrepot.inventory.models import Reservation
from entrepot.orders.models import OrderEvent, OrderLine, OrderNote, SalesOrder


@dataclass(frozen=True)
class Reserved:
    """Units of one variant at one place; of a kit each component stands by itself."""

    sku: str
    location: str
    quantity: int
    short: int
    since: datetime


@dataclass(frozen=True)
class LineView:
    """quantity = canceled + fulfilled + short + reserved or in work (IN1)."""

    id: OrderLineId
    channel_line_id: str
    sku: str
    title: str
    product: UUID | None
    is_charge: bool
    quantity: int
    canceled: int
    fulfilled: int
    short: int
    unit_price_minor: int
    amount_minor: int
    tax_minor: int
    shipping_minor: int
    reserved: Sequence[Reserved]

    @property
    def open(self) -> int:
        return self.quantity - self.canceled - self.fulfilled


@dataclass(frozen=True)
class PackageView:
    reference: int
    carrier: str
    tracking: str
    shipped_at: datetime
    told_at: datetime | None
    refused: str


@dataclass(frozen=True)
class WorkView:
    """What one location shall ship; ``lines``: (SKU, asked, shipped)."""

    public_id: UUID
    location: str
    state: str
    created_at: datetime
    lines: Sequence[tuple[str, int, int]]
    packages: Sequence[PackageView]


@dataclass(frozen=True)
class EventView:
    at: datetime
    kind: str
    actor: str
    values: Mapping[str, object]


def lines(order: SalesOrder, language: str) -> list[LineView]:
    """In the channel's order, charges last."""
    rows = list(OrderLine.objects.filter(order=order).select_related("variant__product").order_by("kind", "pk"))
    rows.sort(key=lambda row: row.kind == "charge")
    named = titles({row.variant.product_id for row in rows if row.variant}, language)
    held = _reserved(rows)
    return [
        LineView(
            id=OrderLineId(row.pk),
            channel_line_id=row.channel_line_id,
            sku=row.sku,
            title=named.get(row.variant.product_id, row.title) if row.variant else row.title,
            product=row.variant.product.public_id if row.variant else None,
            is_charge=row.kind == "charge",
            quantity=row.quantity,
            canceled=row.canceled,
            fulfilled=row.fulfilled,
            short=row.short,
            unit_price_minor=row.unit_price_minor,
            amount_minor=row.unit_price_minor * row.quantity - row.discount_minor,
            tax_minor=row.tax_minor,
            shipping_minor=row.shipping_minor,
            reserved=held[row.pk],
        )
        for row in rows
    ]


def work(order: SalesOrder) -> list[WorkView]:
    """Fulfillment orders, the oldest first, each with its packages."""
    rows = FulfillmentOrder.objects.filter(order=order).select_related("location").order_by("pk")
    return [
        WorkView(
            row.public_id,
            row.location.name,
            row.state,
            row.created_at,
            [(line.order_line.sku, line.quantity, line.shipped) for line in row.lines.select_related("order_line").order_by("pk")],
            [_package(package) for package in row.packages.order_by("reference")],
        )
        for row in rows
    ]


def events(order: SalesOrder) -> list[EventView]:
    """Newest first: what the order's own events say, when it was placed and came in, and its packages."""
    rows = OrderEvent.objects.filter(order=order).order_by("-at", "-pk")[:200]
    found = [EventView(row.at, row.kind, row.actor, row.data) for row in rows]
    found.append(EventView(order.placed_at, "order.placed", "buyer", {}))
    found.append(EventView(order.created_at, "order.created", "channel", {"historical": order.historical}))
    for package in ShippedPackage.objects.filter(order=order).select_related("fulfillment_order__location"):
        values = {"carrier": package.carrier, "tracking": package.tracking}
        found.append(EventView(package.shipped_at, "package.shipped", package.fulfillment_order.location.name, values))
        if package.told_at:
            found.append(EventView(package.told_at, "package.told", "system", values))
    return sorted(found, key=lambda one: one.at, reverse=True)


def notes(order: SalesOrder) -> list[tuple[datetime, str, str]]:
    return list(OrderNote.objects.filter(order=order).order_by("-at").values_list("at", "author", "text"))


def _package(row: ShippedPackage) -> PackageView:
    return PackageView(row.reference, row.carrier, row.tracking, row.shipped_at, row.told_at, row.refused)


def _reserved(rows: Sequence[OrderLine]) -> dict[int, list[Reserved]]:
    references = {f"order-line:{row.pk}": row.pk for row in rows}
    found: dict[int, list[Reserved]] = defaultdict(list)
    for row in Reservation.objects.filter(demand_ref__in=list(references)).select_related("location", "variant"):
        found[references[row.demand_ref]].append(Reserved(row.variant.sku, row.location.name, row.quantity, row.short, row.created_at))
    return found
