"""The writer of stock: every change of a level goes through here, under the headers' locks, with its ledger row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from entrepot.base import clock, sql
from entrepot.base.ids import AccountId, LocationId, VariantId
from entrepot.inventory.allocation import Shelf, Taken
from entrepot.inventory.types import Reason, ReservationKind


@dataclass(frozen=True, slots=True)
class Move:
    """One ledger row. Deltas are signed units; ``source_key`` names the cause, once a variant and instant."""

    variant: VariantId
    location: LocationId
    source_key: str
    occurred_at: datetime
    reason: Reason
    on_hand: int = 0
    reserved: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    version: int
    on_hand: int
    reserved: int
    atp: int
    exposed: int
    allotted: bool

    @property
    def unexposed(self) -> int:
        """Units on hand that no demand has and that no channel may still sell."""
        return max(0, self.on_hand - self.reserved - self.exposed)


def lock(variants: Iterable[VariantId]) -> dict[VariantId, Header]:
    """Lock the headers of these variants in variant order, making those that are missing; until the transaction ends
    nobody else changes their stock."""
    wanted = sorted(set(variants))
    found = _lock(wanted)
    if len(found) < len(wanted):
        sql.run(__package__, "open_headers", {"variants": wanted, "now": clock.now()})
        found = _lock(wanted)
    return found


def shelves(variants: Iterable[VariantId], *, account: AccountId | None = None) -> dict[VariantId, list[Shelf]]:
    """What each open location holds, best first; with an account, only locations that feed it. Read it after ``lock``."""
    held: dict[VariantId, list[Shelf]] = defaultdict(list)
    for row in sql.rows(__package__, "shelves", {"variants": sorted(set(variants)), "account_id": account}):
        held[VariantId(row.variant_id)].append(Shelf(LocationId(row.location_id), row.on_hand, row.reserved, row.safety_stock))
    return held


def apply(moves: Sequence[Move], *, actor: str) -> None:
    """Change levels, headers, ledger and change log by these moves. The headers are locked by the caller.

    Raises: IntegrityError when a level would break 0 <= reserved <= on hand, or a source key was used before; the
    transaction is lost then.
    """
    if not moves:
        return
    sql.run(
        __package__,
        "apply_moves",
        {
            "now": clock.now(),
            "actor": actor[:80],
            "variants": [move.variant for move in moves],
            "locations": [move.location for move in moves],
            "on_hand": [move.on_hand for move in moves],
            "reserved": [move.reserved for move in moves],
            "source_keys": [move.source_key for move in moves],
            "occurred_at": [move.occurred_at for move in moves],
            "reasons": [move.reason.value for move in moves],
            "notes": [move.note[:200] for move in moves],
        },
    )


def announce(variant: VariantId, version: int) -> None:
    """Tell the lanes that what may be promised of a variant changed, where no move did it (safety stock, policy)."""
    sql.run(__package__, "announce", {"variant": variant, "version": version, "now": clock.now()})


def promise(taken: Sequence[Taken], *, kind: ReservationKind, until: datetime | None) -> None:
    """Open the reservations of a plan; the moves that raise ``reserved`` are applied by the caller."""
    if not taken:
        return
    sql.run(
        __package__,
        "open_reservations",
        {
            "now": clock.now(),
            "kind": kind.value,
            "expires_at": until,
            "variants": [one.variant for one in taken],
            "demand_refs": [one.demand_ref for one in taken],
            "locations": [one.location for one in taken],
            "quantities": [one.quantity for one in taken],
        },
    )


@dataclass(frozen=True, slots=True)
class Lowered:
    """Units to take off one reservation. A negative ``short`` adds to what it owes."""

    variant: VariantId
    demand_ref: str
    location: LocationId
    quantity: int
    short: int = 0


def lower(changes: Sequence[Lowered]) -> None:
    """Take units off reservations; the moves that lower ``reserved`` are applied by the caller."""
    if not changes:
        return
    sql.run(
        __package__,
        "lower_reservations",
        {
            "variants": [one.variant for one in changes],
            "demand_refs": [one.demand_ref for one in changes],
            "locations": [one.location for one in changes],
            "quantities": [one.quantity for one in changes],
            "shorts": [one.short for one in changes],
        },
    )


def _lock(variants: Sequence[VariantId]) -> dict[VariantId, Header]:
    rows = sql.rows(__package__, "lock_headers", {"variants": variants})
    return {VariantId(row.variant_id): Header(row.version, row.on_hand, row.reserved, row.atp, row.exposed, row.allotted) for row in rows}
