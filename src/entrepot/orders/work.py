"""What the floor above does to orders: see what is reserved where, and ship it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from entrepot.base.errors import WrongState
from entrepot.base.ids import AccountId, LocationId, VariantId
from entrepot.inventory import actions as inventory
from entrepot.inventory import queries as stock
from entrepot.orders.models import OrderLine, SalesOrder
from entrepot.orders.prepare import demand_ref
from entrepot.orders.updates import close_if_done, known_of, lock_stock


@dataclass(frozen=True)
class LockedOrder:
    """An order held by the caller's transaction. ``lines``: line id -> (the channel's line id, units not yet shipped,
    canceled or short)."""

    id: int
    public_id: UUID
    account: AccountId
    channel_order_id: str
    lines: Mapping[int, tuple[str, int]]


def lock(order_id: int) -> LockedOrder:
    """Hold an order: cancels, shipments and newer states of it wait until this transaction ends."""
    row = SalesOrder.objects.select_for_update().get(pk=order_id)
    lines = {line.pk: (line.channel_line_id, _open(line)) for line in row.lines.order_by("id")}
    return LockedOrder(row.pk, row.public_id, AccountId(row.account_id), row.channel_order_id, lines)


def reserved_units(order: LockedOrder) -> dict[LocationId, dict[int, int]]:
    """Where the open units of an order are reserved: location -> line id -> sell units (of a kit, whole kits)."""
    lines = {demand_ref(line.pk): line for line in OrderLine.objects.filter(order_id=order.id, variant_id__isnull=False)}
    found: dict[LocationId, dict[int, int]] = {}
    for (ref, location), components in stock.reserved_for(lines).items():
        line = lines[ref]
        units = min(components.get(component, 0) // each for component, each in known_of(line).parts)
        if units:
            found.setdefault(location, {})[line.pk] = units
    return found


def ship_units(order: LockedOrder, units: Mapping[int, int], *, location: LocationId, source_key: str, at: datetime, actor: str) -> None:
    """These units of the order's lines (line id -> units) have left the location; the order closes when nothing is left.

    Raises: WrongState when a line has fewer open units.
    """
    row = SalesOrder.objects.get(pk=order.id)
    lines = list(OrderLine.objects.select_for_update().filter(pk__in=units).order_by("id"))
    lock_stock(lines)
    for line in lines:
        count = units[line.pk]
        if count > _open(line):
            raise WrongState(
                gettext("{sku}: {left} left to ship, {count} asked. Open the order again.").format(
                    sku=line.sku, left=_open(line), count=count
                )
            )
        inventory.ship(
            demand_ref(line.pk),
            source_key=f"{source_key}:{line.pk}",
            occurred_at=at,
            actor=actor,
            units=_components(line, count),
            location=location,
        )
        line.fulfilled += count
        line.save(update_fields=["fulfilled"])
    close_if_done(row)
    row.save(update_fields=["closed"])


def _open(line: OrderLine) -> int:
    return line.quantity - line.canceled - line.fulfilled - line.short


def _components(line: OrderLine, units: int) -> dict[VariantId, int]:
    return {component: units * each for component, each in known_of(line).parts}
