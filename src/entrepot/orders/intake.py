"""Order intake: one call takes a batch of channel orders, in one transaction (DESIGN 4).

A marketplace order is a fact: it is always stored. What cannot be covered is a shortage on its line, what cannot be
understood waits in quarantine; nothing is lost and nothing else of the batch suffers. The units are reserved in the same
transaction at a provisional location, so that none is unreserved between here and sourcing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import DataError, IntegrityError
from django.utils.translation import gettext_noop

from entrepot.base import clock, sql, told
from entrepot.base.crash import crashpoint
from entrepot.base.ids import AccountId, Sku, VariantId, new_public_id
from entrepot.base.transactions import repeated
from entrepot.catalog import queries as catalog
from entrepot.catalog.actions import kits
from entrepot.channels.actions import notify
from entrepot.channels.contract import ChannelOrder, UnreadableOrder
from entrepot.inventory import actions as inventory
from entrepot.inventory import moves
from entrepot.listings import actions as listings
from entrepot.listings.types import ChannelSale
from entrepot.orders import quarantine, updates
from entrepot.orders.prepare import (
    BUYER_COLUMNS,
    LINE_COLUMNS,
    ORDER_COLUMNS,
    RANK,
    BadOrder,
    Known,
    NewLine,
    buyer_row,
    check,
    components,
    left_the_shelf,
    line_row,
    new_line,
    order_row,
    short_units,
)
from entrepot.orders.types import IntakeResult
from entrepot.people.deployment import base_currency

ACTOR = "order intake"


@dataclass(slots=True)
class _New:
    """An order about to be stored, with its ids."""

    id: int
    public_id: Any
    order: ChannelOrder
    lines: list[NewLine]


def take(account: AccountId, orders: Sequence[ChannelOrder], *, historical: bool = False) -> IntakeResult:
    """Store what is new, bring forward what is known, reserve, and tell the lanes. Each order commits or is quarantined.

    The same order any number of times, in any order, through any door, leads to the same state (P5): an older state of
    a known order changes nothing. ``historical``: past orders, stored as fulfilled, with no effect on stock or alerts.
    """
    good: dict[str, ChannelOrder] = {}
    result = IntakeResult()
    for order in orders:
        try:
            check(order)
        except BadOrder as bad:
            quarantine.keep(account, order.remote_id, bad.kept, quarantine.document(order))
            result = replace(result, quarantined=result.quarantined + 1)
            continue
        before = good.get(order.remote_id)
        if before is None or _state(before) < _state(order):
            good[order.remote_id] = order
    return result + _take_in_halves(account, list(good.values()), historical=historical)


def take_unreadable(account: AccountId, unreadable: Sequence[UnreadableOrder]) -> None:
    """Orders that the connector could not read wait in quarantine with the place where reading failed."""
    for order in unreadable:
        quarantine.keep(account, order.remote_id, told.kept(gettext_noop("It cannot be read at {path}."), path=order.path), dict(order.raw))


def _take_in_halves(account: AccountId, orders: list[ChannelOrder], *, historical: bool) -> IntakeResult:
    """The whole batch in one transaction; where the database refuses it, halves, until the bad order stands alone."""
    if not orders:
        return IntakeResult()

    def whole() -> IntakeResult:
        result = _take(account, orders, historical=historical)
        crashpoint("intake.before_commit")
        return result

    try:
        result = repeated(whole)
        crashpoint("intake.after_commit")
        quarantine.came_in(account, orders)
        return result
    except (DataError, IntegrityError) as refused:
        if _came_in_between(refused):  # by another door; at least one more of the batch is known now
            return _take_in_halves(account, orders, historical=historical)
        if len(orders) == 1:
            reason = str(refused).splitlines()[0]
            why = told.kept(gettext_noop("The database refuses it: {reason}"), reason=reason)
            quarantine.keep(account, orders[0].remote_id, why, quarantine.document(orders[0]))
            return IntakeResult(quarantined=1)
    half = len(orders) // 2
    first = _take_in_halves(account, orders[:half], historical=historical)
    return first + _take_in_halves(account, orders[half:], historical=historical)


def _came_in_between(refused: Exception) -> bool:
    diagnosis = getattr(refused.__cause__, "diag", None)
    return diagnosis is not None and diagnosis.constraint_name == "sales_order_once"


def _take(account: AccountId, orders: Sequence[ChannelOrder], *, historical: bool) -> IntakeResult:
    ids = [order.remote_id for order in orders]
    known = {row.channel_order_id: row for row in sql.rows(__package__, "known_orders", {"account_id": account, "channel_order_ids": ids})}
    new = [order for order in orders if order.remote_id not in known]
    newer = {
        row.id: order
        for order in orders
        if (row := known.get(order.remote_id)) and (row.remote_updated_at, row.remote_rank) < _state(order)
    }
    skus = known_skus(account, {line.sku for order in chain(new, newer.values()) for line in order.lines if line.sku and not line.charge})
    held = updates.hold(newer) if newer else []
    if not historical and (new or held):
        notify("availability", "")  # heard at the commit
    fresh = _store(account, new, skus, historical=historical) if new else []
    _lock_stock([] if historical else new, held, skus)
    short = 0 if historical else _reserve(account, fresh)
    _store_lines(fresh)
    for one in held:
        updates.bring_forward(one, skus)
    updated = len(held)
    return IntakeResult(created=len(new), updated=updated, unchanged=len(orders) - len(new) - updated, short_units=short)


def _lock_stock(new: Sequence[ChannelOrder], held: Sequence[updates.Held], skus: Mapping[Sku, Known]) -> None:
    """Every header that this batch may touch, at once: with one order of locks no two batches wait for each other."""
    orders = chain(new, (one.order for one in held))
    wanted = {
        variant for order in orders for line in order.lines if line.sku in skus and not line.charge for variant, _ in skus[line.sku].parts
    }
    moves.lock(wanted.union(*(one.stock for one in held)))


def known_skus(account: AccountId, skus: set[Sku]) -> dict[Sku, Known]:
    """What an account's SKUs mean here; SKUs that nobody knows are left out."""
    if not skus:
        return {}
    rows = sql.rows(__package__, "known_skus", {"account_id": account, "skus": sorted(skus)})
    packed = {VariantId(row.variant_id) for row in rows if row.is_kit}
    if packed:
        kits.hold(packed)
    parts = catalog.components_of(packed) if packed else {}
    return {Sku(row.sku): Known(VariantId(row.variant_id), tuple(parts.get(VariantId(row.variant_id), ()))) for row in rows}


def _store(account: AccountId, orders: Sequence[ChannelOrder], skus: Mapping[Sku, Known], *, historical: bool) -> list[_New]:
    """Insert new orders and their buyers: all that needs no stock, so that what others wait for is held as short as can be."""
    new = _with_ids(orders, skus, historical=historical)
    base = base_currency()
    rows = [order_row(one.id, one.public_id, one.order, base=base, closed=all(line.will_be_done for line in one.lines)) for one in new]
    buyers = [buyer_row(one.id, one.public_id, one.order) for one in new]
    with sql.pipeline():
        sql.run(
            __package__,
            "insert_orders",
            {"account_id": account, "now": clock.now(), "historical": historical, **_columns(ORDER_COLUMNS, rows)},
        )
        sql.run(__package__, "insert_buyers", _columns(BUYER_COLUMNS, buyers))
    return new


def _store_lines(new: Sequence[_New]) -> None:
    if new:
        sql.run(__package__, "insert_lines", _columns(LINE_COLUMNS, [line_row(one.id, line) for one in new for line in one.lines]))


def _with_ids(orders: Sequence[ChannelOrder], skus: Mapping[Sku, Known], *, historical: bool) -> list[_New]:
    wanted = {"orders": len(orders), "lines": sum(len(order.lines) for order in orders)}
    ids = sql.rows(__package__, "new_ids", wanted)
    order_ids = iter([row.id for row in ids[: wanted["orders"]]])
    line_ids = iter([row.id for row in ids[wanted["orders"] :]])
    return [
        _New(
            next(order_ids),
            new_public_id(),
            order,
            [new_line(next(line_ids), line, skus.get(line.sku), order.status, historical=historical) for line in order.lines],
        )
        for order in orders
    ]


def _reserve(account: AccountId, new: Sequence[_New]) -> int:
    """Reserve all open units of a batch, whose headers are locked; note on each line what is short; how many units nobody has.
    What the channel says has left already, leaves; what it put back on sale after a cancel, it keeps (PROMISE 11)."""
    pairs = [(one.order, line) for one in new for line in one.lines if not line.source.charge]
    asked = list(chain.from_iterable(components(line.id, line.known, line.open_units) for _, line in pairs))
    known = [(order, line, line.known) for order, line in pairs if line.known is not None]
    sales = [sold(account, order, line, meant) for order, line, meant in known]
    sold_at = {line.demand_ref: order.placed_at for order, line in pairs}
    if back := [sold(account, order, line, meant, canceled=True) for order, line, meant in known if line.canceled]:
        listings.count_returns(back)  # before the sales: what was sold twice was put back between, and exposure stops at 0
    listings.count_sales(sales, clock.now())
    missing = inventory.reserve_sold(asked, account=account, sold_at=sold_at, actor=ACTOR)
    for order, line in pairs:
        line.short = short_units(line.id, line.known, line.open_units, missing)
        if line.gone:
            lay_there, line.short = left_the_shelf(line.open_units, line.short, line.gone)
            line.fulfilled += line.gone
            updates.leave_shelf(line.id, line.known, lay_there, line.fulfilled, order.updated_at)
    return sum(line.short for _, line in pairs)


def sold(account: AccountId, order: ChannelOrder, line: NewLine, known: Known, *, canceled: bool = False) -> ChannelSale:
    """What left the channel's shown quantity with this line: also units that were canceled since have been sold once.
    With ``canceled``: what came back to it."""
    units, at = (line.canceled, order.updated_at) if canceled else (line.source.quantity, order.placed_at)
    return ChannelSale(account, known.variant, units, at, order.market)


def _state(order: ChannelOrder) -> tuple[datetime, int]:
    return order.updated_at, RANK[order.status]


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    return dict(zip(names, sql.columns(rows, len(names)), strict=True))
