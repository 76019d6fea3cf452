"""What other floors may see of offers and of what channels show."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from entrepot.base.ids import AccountId, OfferId, Sku, VariantId


class WantedState(StrEnum):
    DRAFT = "draft"  # not to be sold there yet
    LIVE = "live"
    ENDED = "ended"


class ListingState(StrEnum):
    NONE = "none"  # the channel has never had it
    PENDING = "pending"  # accepted by the channel, not yet read back as live
    LIVE = "live"
    ENDED = "ended"
    REFUSED = "refused"  # the channel refused to publish it; see problems
    UNKNOWN = "unknown"  # the answer was lost; read back before anything else


class Policy(StrEnum):
    POOLED = "pooled"
    ALLOTTED = "allotted"


@dataclass(frozen=True)
class OfferView:
    id: OfferId
    account: AccountId
    account_name: str
    variant: VariantId
    sku: Sku
    channel_sku: str
    market: str
    price_minor: int | None
    currency: str
    wanted: WantedState
    state: ListingState
    wanted_quantity: int | None
    shown_quantity: int | None
    shown_at: datetime | None
    problems: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Sale:
    """Units of an offer's variant (a kit counts as sold, not as its components) that a channel dates ``at``.

    Order intake hands a batch of them to ``actions.count_sales(account, sales)`` inside its transaction, headers locked;
    a canceled sale goes to ``actions.count_cancel(account, sale)``.
    """

    variant: VariantId
    quantity: int
    at: datetime
