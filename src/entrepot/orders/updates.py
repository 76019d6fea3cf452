"""A newer state of a known order: cancels, shipments made elsewhere, changed quantities and addresses (F7, F8)."""

from datetime import datetime
from typing import Any

from entrepot.base import clock, sql
from entrepot.base.ids import AccountId, VariantId
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
    RANK,
    Known,
    buyer_row,
    components,
    demand_ref,
    in_base,
    line_row,
    new_line,
    short_units,
)
from entrepot.people.deployment import base_currency

ACTOR = "channel"


def bring_forward(order_id: int, order: ChannelOrder, skus: dict[str, Known]) -> int:
    """The stored order follows the channel's newer state; 1, or 0 when it was overtaken meanwhile."""
    row = SalesOrder.objects.select_for_update().get(pk=order_id)
    if (row.remote_updated_at, row.remote_rank) >= (order.updated_at, RANK[order.status]):
        return 0
    stored = {line.channel_line_id: line for line in row.lines.select_for_update().order_by("id")}
    changes: list[dict[str, Any]] = []
    for source in order.lines:
        line = stored.get(source.remote_id)
        changes.extend(_add_line(row, source, skus.get(source.sku), order) if line is None else _follow_line(row, line, source, order))
    if row.status != order.status.value:
        changes.append({"status": [row.status, order.status.value]})
    _follow_header(row, order)
    _follow_buyer(row, order)
    close_if_done(row)
    row.save()
    if changes:
        OrderEvent.objects.create(order=row, at=order.updated_at, kind="order.changed", actor=ACTOR, data={"changes": changes})
    return 1


def cancel_units(line: OrderLine, units: int, *, source_key: str, at: datetime, actor: str) -> int:
    """Units of a line are not wanted any more: short ones first, then reserved ones go back to stock; how many went back.

    The caller holds the line and saves it.
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
    return reserved


def known_of(line: OrderLine) -> Known:
    """What a stored line sells."""
    variant = VariantId(line.variant_id or 0)
    return Known(variant, tuple(catalog.components_of([variant]).get(variant, ())))


def close_if_done(row: SalesOrder) -> None:
    """An order with nothing left to ship leaves the list of open ones. The caller saves the row."""
    row.closed = all(line.quantity == line.canceled + line.fulfilled for line in row.lines.all())


def _follow_line(row: SalesOrder, line: OrderLine, source: ChannelLine, order: ChannelOrder) -> list[dict[str, Any]]:
    """More units ordered, then cancels, then shipments that were not ours."""
    at, changes = order.updated_at, []
    if source.quantity > line.quantity:
        changes.append({"sku": line.sku, "quantity": [line.quantity, source.quantity]})
        more = source.quantity - line.quantity
        line.quantity = source.quantity
        line.short += _reserve(row, line, more, order, cause=f"+{line.quantity}")
    fewer = max(0, line.quantity - source.quantity)
    open_units = line.quantity - line.fulfilled - line.canceled
    wanted = line.quantity if order.status is OrderStatus.CANCELED else source.canceled_quantity + fewer
    more_canceled = min(open_units, wanted - line.canceled)
    if more_canceled > 0:
        total = line.canceled + more_canceled
        changes.append({"sku": line.sku, "canceled": [line.canceled, total]})
        reserved = cancel_units(line, more_canceled, source_key=f"cancel:{line.pk}:{total}", at=at, actor=ACTOR)
        if reserved:
            listings.count_returns([_sale(row, line, reserved, at)])
    elsewhere = min(source.shipped_quantity, line.quantity - line.canceled) - line.fulfilled
    if elsewhere > 0:
        changes.append({"sku": line.sku, "shipped": [line.fulfilled, line.fulfilled + elsewhere]})
        _shipped_elsewhere(line, elsewhere, at)
    line.save()
    return changes


def _shipped_elsewhere(line: OrderLine, units: int, at: datetime) -> None:
    """The channel says the goods are gone, and it was not us who told it: they have left the shelf all the same."""
    line.fulfilled += units
    covered = units - max(0, line.short - (line.quantity - line.canceled - line.fulfilled))
    line.short = min(line.short, line.quantity - line.canceled - line.fulfilled)
    if line.variant_id is not None and covered > 0:
        inventory.ship(
            demand_ref(line.pk),
            source_key=f"shipped-elsewhere:{line.pk}:{line.fulfilled}",
            occurred_at=at,
            actor=ACTOR,
            units={component: covered * each for component, each in known_of(line).parts},
        )


def _sale(row: SalesOrder, line: OrderLine, units: int, at: datetime) -> ChannelSale:
    return ChannelSale(AccountId(row.account_id), VariantId(line.variant_id or 0), units, at, row.market)


def _add_line(row: SalesOrder, source: ChannelLine, known: Known | None, order: ChannelOrder) -> list[dict[str, Any]]:
    line_id = sql.rows(__package__, "new_ids", {"orders": 0, "lines": 1})[0].id
    new = new_line(line_id, source, known, order.status, historical=row.historical)
    sql.run(__package__, "insert_lines", dict(zip(LINE_COLUMNS, ([value] for value in line_row(row.pk, new)), strict=True)))
    if not source.charge and new.open_units and not row.historical:
        line = OrderLine.objects.get(pk=line_id)
        line.short = _reserve(row, line, new.open_units, order, cause="")
        line.save(update_fields=["short"])
    return [{"sku": source.sku, "added": source.quantity}]


def _reserve(row: SalesOrder, line: OrderLine, units: int, order: ChannelOrder, *, cause: str) -> int:
    """Reserve further units of a line, sold at the time of this state; the units that nobody has."""
    account = AccountId(row.account_id)
    known = known_of(line) if line.variant_id is not None else None
    asked = components(line.pk, known, units)
    moves.lock(one.variant for one in asked)
    if known is not None:
        listings.count_sales([_sale(row, line, units, order.updated_at)], clock.now())
    missing = inventory.reserve_sold(asked, account=account, sold_at={demand_ref(line.pk): order.updated_at}, actor=ACTOR, cause=cause)
    return short_units(line.pk, known, units, missing)


def _follow_header(row: SalesOrder, order: ChannelOrder) -> None:
    row.status, row.raw_status = order.status.value, order.raw_status[:60]
    row.remote_updated_at, row.remote_rank = order.updated_at, RANK[order.status]
    row.total_minor = order.total.minor
    row.base_total_minor, row.base_rate, row.base_rate_date = in_base(order.total, base_currency(), row.placed_at)
    row.ship_by = order.ship_by or row.ship_by
    if order.cancel_requested and row.cancel_requested_at is None:
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
