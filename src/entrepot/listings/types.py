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


class Fenced(Exception):
    """Another worker holds this account's lane now; nothing was written (F41). The old holder gives it up."""

    def __init__(self, account: AccountId) -> None:
        super().__init__(f"the lane of account {account} is held by another worker now")
        self.account = account


@dataclass(frozen=True)
class ChannelSale:
    """Units of one offer that a channel sold, or took back. ``variant``: as offered (a kit, not its components).

    ``at``: the channel's own time of it. ``market``: where the account offers the variant in several; empty: its only one.
    """

    account: AccountId
    variant: VariantId
    quantity: int
    at: datetime
    market: str = ""
