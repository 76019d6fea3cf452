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

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0
    short_units: int = 0

    def __add__(self, other: "IntakeResult") -> "IntakeResult":
        return IntakeResult(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.quarantined + other.quarantined,
            self.short_units + other.short_units,
        )
