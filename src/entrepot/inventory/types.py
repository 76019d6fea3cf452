"""What other floors may see of stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from entrepot.base.ids import LocationId, VariantId


class LocationKind(StrEnum):
    WAREHOUSE = "warehouse"
    STORE = "store"
    WHOLESALER = "wholesaler"
    THIRD_PARTY = "3pl"
    MARKETPLACE = "marketplace"  # the channel holds and ships it; never offered back to its own channel


class ReservationKind(StrEnum):
    HOLD = "hold"  # a cart or a slow payment; expires
    ORDER = "order"  # an order line at its provisional location
    WORK = "work"  # a fulfillment order


class Reason(StrEnum):
    """Why on hand or reserved changed; shown on the ledger."""

    OPENING = "opening"
    COUNT = "count"
    RECEIVED = "received"
    DAMAGED = "damaged"
    LOST = "lost"
    FOUND = "found"
    RETURNED = "returned"
    CORRECTION = "correction"
    TILL_SALE = "till_sale"
    ORDER = "order"
    CANCELED = "canceled"
    SHIPPED = "shipped"
    HELD = "held"
    RELEASED = "released"
    EXPIRED = "expired"
    REPORTED_SHORT = "reported_short"
    MOVED = "moved"


@dataclass(frozen=True)
class LevelView:
    variant: VariantId
    location: LocationId
    location_code: str
    location_name: str
    on_hand: int
    reserved: int
    safety_stock: int
    reported_at: datetime | None

    @property
    def atp(self) -> int:
        return max(0, self.on_hand - self.reserved - self.safety_stock)


@dataclass(frozen=True)
class Step:
    """One step of an explanation. ``amount`` is signed; the steps of one explanation sum to its answer.

    ``rule`` is the rule's id (ST1, PROMISE 19); ``label`` a message id that the door translates with ``values``.
    """

    rule: str
    label: str
    amount: int
    values: dict[str, str | int]


@dataclass(frozen=True)
class Explanation:
    answer: int
    steps: Sequence[Step]


@dataclass(frozen=True)
class DemandLine:
    """Units wanted by one demand. ``location`` None: the first by priority that has them."""

    demand_ref: str
    variant: VariantId
    quantity: int
    location: LocationId | None = None


@dataclass(frozen=True)
class MoveView:
    at: datetime
    recorded_at: datetime
    location_code: str
    reason: str
    actor: str
    on_hand_delta: int
    reserved_delta: int
    on_hand_after: int
    reserved_after: int
    source_key: str
    note: str
