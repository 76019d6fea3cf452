"""A newer state of a known order: cancels, shipments made elsewhere, changed quantities and addresses (F7, F8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.base import clock, sql
from entrepot.base.ids import AccountId, Sku, VariantId
from entrepot.base.keyring import sealer
from entrepot.catalog import queries as catalog
from entrepot.channels.contract import ChannelLine, ChannelOrder, OrderStatus
from entrepot.inventory import actions as inventory
from entrepot.inventory import moves
from entrepot.inventory.types import Reason
from entrepot.listings import actions as listings
from entrepot.listings.types import ChannelSale
from entrepot.orders.models import OrderBuyer, OrderEvent, OrderLine, SalesOrder
from entrepot.orders.prepare import (
    BUYER,
    BUYER_COLUMNS,
    LINE_COLUMNS,
    ORDER_COLUMNS,
    RANK,
    Known,
    buyer_row,
    components,
    demand_ref,
    left_the_shelf,
    line_row,
    new_line,
    order_row,
    short_units,
)
from entrepot.orders.types import LineKind
from entrepot.people.deployment import base_currency

ACTOR = "channel"
FOLLOWED = (
    "market", "status", "raw_status", "placed_at", "remote_updated_at", "remote_rank", "currency", "total_minor",
    "base_total_minor", "base_rate", "base_rate_date",
)  # fmt: skip


@dataclass(slots=True)
class Held:
    """A known order that follows a newer state: its rows, locked; ``known``: line id -> what it sells; ``stock``: the variants
    whose headers that may need."""

    row: SalesOrder
    order: ChannelOrder
    lines: dict[str, OrderLine]
    known: dict[int, Known]

    @property
    def stock(self) -> set[VariantId]:
        return {variant for known in self.known.values() for variant, _ in known.parts}


def hold(newer: Mapping[int, ChannelOrder]) -> list[Held]:
    """Lock known orders (id -> newer state) and their lines, in id order, before any stock; overtaken ones are left out."""
    rows = SalesOrder.objects.select_for_update().filter(pk__in=newer).order_by("pk")
    behind = [row for row in rows if (row.remote_updated_at, row.remote_rank) < (newer[row.pk].updated_at, RANK[newer[row.pk].status])]
    lines = list(OrderLine.objects.select_for_update().filter(order_id__in=[row.pk for row in behind]).order_by("pk"))
    known = known_of_all(lines)
    return [_held(row, newer[row.pk], [line for line in lines if line.order_id == row.pk], known) for row in behind]


def bring_forward(held: Held, skus: Mapping[Sku, Known]) -> None:
    """The stored order follows the channel's newer state. The headers of its stock are locked by the caller.

    A line that the channel does not name any more is not wanted any more.
    """
    row, order = held.row, held.order
    changes: list[dict[str, Any]] = []
    for source in order.lines:
        line = held.lines.pop(source.remote_id, None)
        changes.extend(_add_line(held, source, skus.get(source.sku)) if line is None else _follow_line(held, line, source))
    for line in held.lines.values():
        changes.extend(_follow_line(held, line, None))
    if row.status != order.status.value:
        changes.append({"status": [row.status, order.status.value]})
    _follow_header(row, order)
    _follow_buyer(row, order)
    close_if_done(row)
    row.save()
    if changes:
        OrderEvent.objects.create(order=row, at=order.updated_at, kind="order.changed", actor=ACTOR, data={"changes": changes})


def cancel_units(line: OrderLine, units: int, *, source_key: str, at: datetime, actor: str) -> None:
    """Units of a line are not wanted any more: short ones first, then reserved ones go back to stock.

    The caller holds the line and the headers (lock_stock), and saves the line.
    """
    from_short = min(units, line.short)
    line.short -= from_short
    line.canceled += units
    reserved = units - from_short
    if reserved and line.variant_id is not None:
        inventory.release(
            demand_ref(line.pk),
            reason=Reason.CANCELED,
            source_key=source_key,
            occurred_at=at,
            actor=actor,
            units={component: reserved * each for component, each in known_of(line).parts},
        )


def known_of(line: OrderLine) -> Known:
    """What a stored line sells."""
    return known_of_all([line])[line.pk]


def known_of_all(lines: Sequence[OrderLine]) -> dict[int, Known]:
    """Line id -> what it sells; lines with a SKU that nobody knows are left out."""
    sold = {line.pk: VariantId(line.variant_id) for line in lines if line.variant_id is not None}
    kits = catalog.components_of(sold.values()) if sold else {}
    return {line: Known(variant, tuple(kits.get(variant, ()))) for line, variant in sold.items()}


def lock_stock(lines: Sequence[OrderLine]) -> dict[VariantId, moves.Header]:
    """The headers of all that these lines sell, at once. Their order is locked before (order, lines, headers, levels)."""
    return moves.lock(variant for known in known_of_all(lines).values() for variant, _ in known.parts)


def close_if_done(row: SalesOrder) -> None:
    """An order with nothing left to ship leaves the list of open ones. The caller saves the row."""
    row.closed = all(line.quantity == line.canceled + line.fulfilled for line in row.lines.all())


def leave_shelf(line_id: int, known: Known | None, units: int, fulfilled: int, at: datetime) -> None:
    """The channel says the goods are gone, and it was not us who told it: they have left the shelf all the same."""
    if known is not None and units > 0:
        inventory.ship(
            demand_ref(line_id),
            source_key=f"shipped-elsewhere:{line_id}:{fulfilled}",
            occurred_at=at,
            actor=ACTOR,
            units={component: units * each for component, each in known.parts},
        )


def _held(row: SalesOrder, order: ChannelOrder, lines: Sequence[OrderLine], known: Mapping[int, Known]) -> Held:
    return Held(row, order, {line.channel_line_id: line for line in lines}, {line.pk: known[line.pk] for line in lines if line.pk in known})


def _follow_line(held: Held, line: OrderLine, source: ChannelLine | None) -> list[dict[str, Any]]:
    """More units ordered, then fewer or canceled ones, then shipments that were not ours. ``source`` None: the line is gone."""
    before = (line.quantity, line.canceled, line.fulfilled)
    if source is not None:
        _follow_amounts(line, source)
    if line.kind == LineKind.CHARGE.value:
        line.quantity = line.fulfilled = source.quantity if source is not None else 0
        line.canceled = 0
    elif held.row.historical:
        _rewrite(held, line, source)
    else:
        _follow_units(held, line, source)
    line.save()
    after = (line.quantity, line.canceled, line.fulfilled)
    names = ("quantity", "canceled", "shipped")
    moved = {name: [old, new] for name, old, new in zip(names, before, after, strict=True) if old != new}
    return [{"sku": line.sku, **moved}] if moved else []


def _follow_units(held: Held, line: OrderLine, source: ChannelLine | None) -> None:
    """Units canceled here stay canceled, units shipped stay shipped, whatever the channel has not heard of yet."""
    order = held.order
    quantity = max(source.quantity if source is not None else 0, line.fulfilled)
    if quantity > line.quantity:
        more, line.quantity = quantity - line.quantity, quantity
        line.short += _reserve(held, line, more, cause=f"+{line.quantity}")
    dropped = line.quantity - quantity
    open_units = line.quantity - line.canceled - line.fulfilled
    asked = 0 if source is None or order.status is OrderStatus.CANCELED else source.canceled_quantity
    gone = min(source.shipped_quantity if source is not None else 0, quantity - asked)
    elsewhere = max(0, min(gone, line.fulfilled + open_units) - line.fulfilled)
    if order.status is OrderStatus.CANCELED:
        asked = quantity - line.fulfilled - elsewhere
    removed = min(open_units - elsewhere, dropped + asked - line.canceled)
    if removed > 0:
        cancel_units(line, removed, source_key=f"canceled:{line.pk}:{RANK[order.status]}", at=order.updated_at, actor=ACTOR)
        if line.variant_id is not None:
            listings.count_returns([_sale(held.row, line, removed, order.updated_at)])
    line.canceled -= dropped
    line.quantity = quantity
    if elsewhere:
        lay_there, line.short = left_the_shelf(line.quantity - line.canceled - line.fulfilled, line.short, elsewhere)
        line.fulfilled += elsewhere
        leave_shelf(line.pk, held.known.get(line.pk), lay_there, line.fulfilled, order.updated_at)


def _rewrite(held: Held, line: OrderLine, source: ChannelLine | None) -> None:
    """A past order touches no stock, so its newest state simply stands."""
    if source is None:
        line.quantity = line.canceled = line.fulfilled = 0
        return
    newest = new_line(line.pk, source, held.known.get(line.pk), held.order.status, historical=True)
    line.quantity, line.canceled, line.fulfilled = source.quantity, newest.canceled, newest.fulfilled


def _follow_amounts(line: OrderLine, source: ChannelLine) -> None:
    line.title = source.title[:500]
    line.unit_price_minor = source.unit_price.minor
    line.discount_minor = source.discount.minor if source.discount else 0
    line.shipping_minor = source.shipping.minor if source.shipping else 0
    line.tax_minor = source.tax.minor if source.tax else 0


def _sale(row: SalesOrder, line: OrderLine, units: int, at: datetime) -> ChannelSale:
    return ChannelSale(AccountId(row.account_id), VariantId(line.variant_id or 0), units, at, row.market)


def _add_line(held: Held, source: ChannelLine, known: Known | None) -> list[dict[str, Any]]:
    """A line that the channel added: stored as empty, then it follows like any other."""
    row = held.row
    line_id = sql.rows(__package__, "new_ids", {"orders": 0, "lines": 1})[0].id
    new = new_line(line_id, source, known, held.order.status, historical=row.historical)
    if not source.charge and not row.historical:
        new.canceled = source.quantity
    sql.run(__package__, "insert_lines", dict(zip(LINE_COLUMNS, ([value] for value in line_row(row.pk, new)), strict=True)))
    if not source.charge and not row.historical:
        line = OrderLine.objects.get(pk=line_id)
        line.quantity = line.canceled = 0
        if known is not None:
            held.known[line_id] = known
        _follow_units(held, line, source)
        line.save()
    return [{"sku": source.sku, "added": source.quantity}]


def _reserve(held: Held, line: OrderLine, units: int, *, cause: str) -> int:
    """Reserve further units of a line, sold at the time of this state; the units that nobody has."""
    row, at, known = held.row, held.order.updated_at, held.known.get(line.pk)
    asked = components(line.pk, known, units)
    if known is not None:
        listings.count_sales([_sale(row, line, units, at)], clock.now())
    missing = inventory.reserve_sold(asked, account=AccountId(row.account_id), sold_at={demand_ref(line.pk): at}, actor=ACTOR, cause=cause)
    return short_units(line.pk, known, units, missing)


def _follow_header(row: SalesOrder, order: ChannelOrder) -> None:
    newest = dict(zip(ORDER_COLUMNS, order_row(row.pk, row.public_id, order, base=base_currency(), closed=row.closed), strict=True))
    for name in FOLLOWED:
        setattr(row, name, newest[name])
    row.ship_by = order.ship_by or row.ship_by
    if not order.cancel_requested:
        row.cancel_requested_at = None
    elif row.cancel_requested_at is None:
        row.cancel_requested_at = order.updated_at


def _follow_buyer(row: SalesOrder, order: ChannelOrder) -> None:
    """A changed address replaces the old one; an answer without personal data (already purged there) keeps ours."""
    if not (order.ship_to.name or order.ship_to.street or order.buyer.email or order.buyer.name):
        return
    row.country, row.region, row.postcode_area = order.ship_to.country[:2], order.ship_to.region[:80], order.ship_to.postcode[:3]
    values = dict(zip(BUYER_COLUMNS, buyer_row(row.pk, row.public_id, order), strict=True))
    OrderBuyer.objects.update_or_create(order_id=values.pop("order_id"), defaults=values)


def opened_buyer(row: SalesOrder) -> dict[str, Any]:
    """The buyer's data in the clear. The door that asks for it checks the right and writes the audit row."""
    sealed = OrderBuyer.objects.filter(order_id=row.pk).values_list("sealed", flat=True).first()
    return sealer(BUYER).open(bytes(sealed), f"order:{row.public_id}") if sealed else {}
