"""What the read models answer: plain values, ready to be shown, sent as JSON or written as CSV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Period(StrEnum):
    """A window that ends now."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


LENGTH: Mapping[Period, timedelta] = {Period.HOUR: timedelta(hours=1), Period.DAY: timedelta(days=1), Period.WEEK: timedelta(days=7)}


@dataclass(frozen=True)
class Sales:
    """Orders placed in one period. Canceled orders count only as canceled; canceled units of others count nowhere.

    Units: sell units; revenue in minor units of the base currency, product lines only. ``unpriced``: orders whose rate is not known
    yet; they are missing in the revenue.
    """

    orders: int = 0
    units: int = 0
    revenue_minor: int = 0
    canceled_orders: int = 0
    unpriced: int = 0

    def __add__(self, other: "Sales") -> "Sales":
        return Sales(
            self.orders + other.orders,
            self.units + other.units,
            self.revenue_minor + other.revenue_minor,
            self.canceled_orders + other.canceled_orders,
            self.unpriced + other.unpriced,
        )


@dataclass(frozen=True)
class AccountRef:
    """A channel account where other things name it."""

    public_id: UUID
    name: str
    channel: str
    market: str


@dataclass(frozen=True)
class MarketSales:
    """Sales of one account in one market. ``known_until``: every order the channel dated up to here is counted."""

    account: AccountRef
    market: str
    sales: Mapping[Period, Sales]
    known_until: datetime | None


@dataclass(frozen=True)
class Summary:
    """What adding up each platform by hand would give. ``known_until``: the oldest of the accounts' own."""

    at: datetime
    currency: str
    rows: Sequence[MarketSales]
    totals: Mapping[Period, Sales]
    known_until: datetime | None


@dataclass(frozen=True)
class Shown:
    """What one channel account shows of a variant; None: it has never confirmed a number."""

    account: AccountRef
    quantity: int | None
    at: datetime | None


@dataclass(frozen=True)
class VariantNumbers:
    """One variant's stock beside what every channel shows of it. ``changed_at``: when the stock last changed.

    ``exposed``: what the channels of an allotted variant may still sell before we can stop them.
    """

    sku: str
    title: str
    product: UUID
    is_kit: bool
    on_hand: int
    reserved: int
    atp: int
    exposed: int
    allotted: bool
    changed_at: datetime | None
    shown: Sequence[Shown] = field(default_factory=tuple)


class Health(StrEnum):
    """How an account is doing, in the order in which a person should look at it."""

    CUT_OFF = "cut_off"  # the seller must sign in again
    FAILING = "failing"
    BEHIND = "behind"
    BUSY = "busy"
    PAUSED = "paused"
    FINE = "fine"


@dataclass(frozen=True)
class Quota:
    """One operation's quota and breaker."""

    operation: str
    limit: int | None
    left: int | None
    resets_at: datetime | None
    failures: int
    open_until: datetime | None
    last_error: str

    @property
    def used_percent(self) -> int | None:
        if not self.limit or self.left is None:
            return None
        return round(100 * (self.limit - self.left) / self.limit)


@dataclass(frozen=True)
class LaneNow:
    """An account and its lane at this moment. ``waits``: per minute of the last hour, the greatest seconds a change waited.

    ``waiting``: quantities that wait to be sent; ``offers_waiting``: offers that wait to be published, changed or confirmed (up to 1,000).
    """

    account: AccountRef
    state: str
    state_reason: str
    health: Health
    waiting: int
    oldest_at: datetime | None
    passed_at: datetime | None
    known_until: datetime | None
    failing_since: datetime | None
    failure: str
    waits: Sequence[float]
    quotas: Sequence[Quota]
    breaches: int
    offers_waiting: int = 0

    @property
    def quota(self) -> Quota | None:
        """The tightest quota, the one that decides when all is sent."""
        known = [quota for quota in self.quotas if quota.used_percent is not None]
        return max(known, key=lambda quota: quota.used_percent or 0, default=None)


@dataclass(frozen=True)
class CallRow:
    """One call to a channel, without secrets and buyers."""

    public_id: UUID
    at: datetime
    operation: str
    method: str
    url: str
    status: int
    error: str
    took_ms: int
    request: str
    answer: str
    request_id: str


class AlertKind(StrEnum):
    """Causes that need a person; the screen has one sentence for each."""

    LOW_STOCK = "low_stock"
    SHORTAGE = "shortage"  # an order line that no location can cover
    SHORTAGES = "shortages"  # of an account, beyond those that have an alert each
    UNKNOWN_SKU = "unknown_sku"
    ORDER_LATE = "order_late"
    CANCEL_REQUESTED = "cancel_requested"
    ORDER_QUARANTINED = "order_quarantined"
    ACCOUNT_CUT_OFF = "account_cut_off"
    ACCOUNT_FAILING = "account_failing"
    OFFERS_REFUSED = "offers_refused"
    OVER_EXPOSED = "over_exposed"  # an allotted variant whose channels may sell more than there is
    DISCREPANCY = "discrepancy"
    RECALL_UNCONFIRMED = "recall_unconfirmed"


@dataclass(frozen=True)
class Found:
    """A cause that holds now. ``key`` is the cause itself, so that it is one alert while it lasts; ``worth`` in base currency."""

    key: str
    kind: AlertKind
    subject: str
    values: Mapping[str, str | int]
    severity: str = "warn"
    worth: int | None = None
    meaning: str = ""
    proposals: Sequence[Mapping[str, str | int]] = ()
