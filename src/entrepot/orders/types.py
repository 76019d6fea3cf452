"""What other floors may see of orders."""

from dataclasses import dataclass
from enum import StrEnum


class LineKind(StrEnum):
    PRODUCT = "product"
    CHARGE = "charge"  # postage, fees and the like; no variant, no stock


class OrderState(StrEnum):
    """Computed from line quantities (HO13), never set by hand."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    PARTLY_FULFILLED = "partly_fulfilled"
    FULFILLED = "fulfilled"
    ON_HOLD = "on_hold"
    CANCELED = "canceled"


@dataclass(frozen=True)
class IntakeResult:
    """What one batch did. ``quarantined`` orders are kept raw, with the reason, for a person."""

    created: int
    updated: int
    unchanged: int
    quarantined: int
    short_units: int
