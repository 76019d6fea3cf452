"""What other floors may see of channel accounts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from entrepot.base.ids import AccountId


class AccountState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"  # a person stopped it; nothing is sent or read
    RECONNECT = "reconnect"  # the seller must sign in again


@dataclass(frozen=True)
class AccountView:
    id: AccountId
    public_id: UUID
    name: str
    channel: str
    market: str
    currency: str
    language: str
    state: AccountState
    state_reason: str


@dataclass(frozen=True)
class ProgressView:
    account: AccountId
    orders_complete_until: datetime
    polled_at: datetime | None
    failing_since: datetime | None
    failure: str
