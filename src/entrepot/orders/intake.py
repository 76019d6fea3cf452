"""Order intake: one call takes a batch of channel orders, in one transaction (DESIGN 4).

A marketplace order is a fact: it is always stored. What cannot be covered is a shortage on its line, what cannot be
understood waits in quarantine; nothing is lost and nothing else of the batch suffers. The units are reserved in the same
transaction at a provisional location, so that none is unreserved between here and sourcing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import DataError, IntegrityError, transaction

from entrepot.base import clock, sql
from entrepot.base.crash import crashpoint
from entrepot.base.ids import AccountId, Sku, VariantId, new_public_id
from entrepot.catalog import queries as catalog
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
            quarantine.keep(account, order.remote_id, str(bad), quarantine.document(order))
            result = replace(result, quarantined=result.quarantined + 1)
            continue
        before = good.get(order.remote_id)
        if before is None or _state(before) < _state(order):
            good[order.remote_id] = order
    return result + _take_in_halves(account, list(good.values()), historical=historical)


def take_unreadable(account: AccountId, unreadable: Sequence[UnreadableOrder]) -> None:
    """Orders that the connector could not read wait in quarantine with the place where reading failed."""
    for order in unreadable:
        quarantine.keep(account, order.remote_id, f"cannot be read at {order.path}", dict(order.raw))


def _take_in_halves(account: AccountId, orders: list[ChannelOrder], *, historical: bool) -> IntakeResult:
    """The whole batch in one transaction; where the database refuses it, halves, until the bad order stands alone."""
    if not orders:
        return IntakeResult()
    try:
        with transaction.atomic():
            result = _take(account, orders, historical=historical)
            crashpoint("intake.before_commit")
        crashpoint("intake.after_commit")
        _resolve_quarantine(account, orders)
        return result
    except (DataError, IntegrityError) as refused:
        if len(orders) == 1:
            reason = str(refused).splitlines()[0]
            quarantine.keep(account, orders[0].remote_id, f"the database refuses it: {reason}", quarantine.document(orders[0]))
            return IntakeResult(quarantined=1)
    half = len(orders) // 2
    first = _take_in_halves(account, orders[:half], historical=historical)
    return first + _take_in_halves(account, orders[half:], historical=historical)


def _resolve_quarantine(account: AccountId, orders: Sequence[ChannelOrder]) -> None:
    """Orders that came in after all wait no more; one probe when nothing waits."""
    if quarantine.any_open(account):
        for order in orders:
            quarantine.resolved(account, order.remote_id)


def _take(account: AccountId, orders: Sequence[ChannelOrder], *, historical: bool) -> IntakeResult:
    ids = [order.remote_id for order in orders]
    known = {row.channel_order_id: row for row in sql.rows(__package__, "known_orders", {"account_id": account, "channel_order_ids": ids})}
    new = [order for order in orders if order.remote_id not in known]
    skus = known_skus(account, {line.sku for order in orders for line in order.lines if line.sku and not line.charge})
    short = _store(account, new, skus, historical=historical) if new else 0
    updated = 0
    for order in orders:
        row = known.get(order.remote_id)
        if row is not None and (row.remote_updated_at, row.remote_rank) < _state(order):
            updated += updates.bring_forward(row.id, order, skus)
    if not historical and (new or updated):
        notify("availability", "")
    return IntakeResult(created=len(new), updated=updated, unchanged=len(orders) - len(new) - updated, short_units=short)


def known_skus(account: AccountId, skus: set[Sku]) -> dict[str, Known]:
    """What an account's SKUs mean here; SKUs that nobody knows are left out."""
    if not skus:
        return {}
    rows = sql.rows(__package__, "known_skus", {"account_id": account, "skus": sorted(skus)})
    kits = catalog.components_of([VariantId(row.variant_id) for row in rows if row.is_kit]) if any(row.is_kit for row in rows) else {}
    return {row.sku: Known(VariantId(row.variant_id), tuple(kits.get(VariantId(row.variant_id), ()))) for row in rows}


def _store(account: AccountId, orders: Sequence[ChannelOrder], skus: dict[str, Known], *, historical: bool) -> int:
    """Insert new orders and reserve their units; how many units nobody has."""
    new = _with_ids(orders, skus, historical=historical)
    short = 0 if historical else _reserve(account, new)
    base = base_currency()
    rows = [order_row(one.id, one.public_id, one.order, base=base, closed=all(line.open_units == 0 for line in one.lines)) for one in new]
    lines = [line_row(one.id, line) for one in new for line in one.lines]
    buyers = [buyer_row(one.id, one.public_id, one.order) for one in new]
    with sql.raw_connection().pipeline():
        sql.run(
            __package__,
            "insert_orders",
            {"account_id": account, "now": clock.now(), "historical": historical, **_columns(ORDER_COLUMNS, rows)},
        )
        sql.run(__package__, "insert_lines", _columns(LINE_COLUMNS, lines))
        sql.run(__package__, "insert_buyers", _columns(BUYER_COLUMNS, buyers))
    return short


def _with_ids(orders: Sequence[ChannelOrder], skus: dict[str, Known], *, historical: bool) -> list[_New]:
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
    """Reserve all open units of a batch under the headers' locks; note on each line what is short."""
    pairs = [(one.order, line) for one in new for line in one.lines if not line.source.charge]
    asked = list(chain.from_iterable(components(line.id, line.known, line.open_units) for _, line in pairs))
    known = [(order, line, line.known) for order, line in pairs if line.known is not None]
    moves.lock(component for _, _, meant in known for component, _ in meant.parts)
    listings.count_sales([sold(account, order, line, meant) for order, line, meant in known], clock.now())
    sold_at = {line.demand_ref: order.placed_at for order, line in pairs}
    missing = inventory.reserve_sold(asked, account=account, sold_at=sold_at, actor=ACTOR)
    for _, line in pairs:
        line.short = short_units(line.id, line.known, line.open_units, missing)
    return sum(line.short for _, line in pairs)


def sold(account: AccountId, order: ChannelOrder, line: NewLine, known: Known) -> ChannelSale:
    """What left the channel's shown quantity with this line: also units that were canceled since have been sold once."""
    return ChannelSale(account, known.variant, line.source.quantity, order.placed_at, order.market)


def _state(order: ChannelOrder) -> tuple[datetime, int]:
    return order.updated_at, RANK[order.status]


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    return dict(zip(names, sql.columns(rows, len(names)), strict=True))
