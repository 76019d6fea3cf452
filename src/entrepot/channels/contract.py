"""The contract between Entrepot and a channel: abilities a connector may have, and the words they speak in.

A connector translates, it does not decide. It gets an ``Access`` (credentials, settings, transport), lists the
abilities it has, and raises one of five errors and nothing else. No Django, no tables.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from entrepot.base.ids import OfferId, RemoteId, Sku
from entrepot.base.money import Money

# The five errors a connector raises, and nothing else, live beside the transport that raises them too.
from entrepot.channels.transport import AccessLost as AccessLost
from entrepot.channels.transport import ChannelError as ChannelError
from entrepot.channels.transport import Rate as Rate
from entrepot.channels.transport import Refused as Refused
from entrepot.channels.transport import Throttled as Throttled
from entrepot.channels.transport import Transport as Transport
from entrepot.channels.transport import Unavailable as Unavailable
from entrepot.channels.transport import Unreadable as Unreadable

Json = Mapping[str, Any]


# --- limits are data ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limits:
    """What a channel allows. ``operations``: the channel's operation name -> rate (for the transport).

    ``items_a_call`` is how many offers one ``set_availability`` call of the connector takes (it may make several
    HTTP calls for them); ``revisions_a_day`` is per listing (eBay 250), None where there is none.
    ``delay_bound`` is the contract default of V + W (PROMISE): how late a sale may be known and a number live.
    """

    operations: Mapping[str, Rate]
    items_a_call: int
    revisions_a_day: int | None = None
    title_characters: int = 200
    description_characters: int = 4000
    pictures: int = 9
    variants_a_group: int = 250
    orders_a_page: int = 100
    poll_every: timedelta = timedelta(minutes=3)
    poll_overlap: timedelta = timedelta(minutes=5)
    sale_delay_bound: timedelta = timedelta(minutes=5)  # V: a sale -> the hub may read it
    live_delay_bound: timedelta = timedelta(minutes=15)  # W: accepted -> live
    restores_stock_on_cancel: bool = True  # after a cancel the channel adds the units to what it shows (PROMISE 11)


# --- offers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """A variation group: offers that a buyer sees as one page. ``key`` is ours and stable (the product's code)."""

    key: str
    title: str
    description: str
    options: Sequence[str]  # option names in order, e.g. ("Size", "Colour")
    members: Sequence[Sku]
    pictures: Sequence[str] = ()


@dataclass(frozen=True)
class OfferContent:
    """All that a connector needs to publish or revise one offer. Texts are in the market's language."""

    offer: OfferId
    sku: Sku
    title: str
    description: str
    brand: str
    price: Money
    quantity: int
    bullets: Sequence[str] = ()
    gtin: str | None = None
    condition: str = "new"
    pictures: Sequence[str] = ()  # absolute addresses the channel can fetch
    options: Mapping[str, str] = field(default_factory=dict)
    group: Group | None = None
    category: str = ""  # the channel's category or product type; empty: the account's default
    attributes: Mapping[str, Any] = field(default_factory=dict)  # channel attributes, already in the channel's words
    weight_g: int | None = None
    language: str = "en"
    remote_id: RemoteId | None = None  # what the channel called the offer when it was published


@dataclass(frozen=True)
class Wanted:
    """The quantity an offer shall show. ``version`` is ours, rising; it comes back in the receipt."""

    offer: OfferId
    sku: Sku
    quantity: int
    version: int
    remote_id: RemoteId | None = None
    price: Money | None = None  # present where the channel can change price in the same call


class Outcome(StrEnum):
    LIVE = "live"  # the channel shows it now
    ACCEPTED = "accepted"  # the channel took it; live later (read back)
    REFUSED = "refused"  # this value will not pass, or not before ``Receipt.again_at``; see the problem
    UNKNOWN = "unknown"  # the answer was lost: it may or may not have been done


@dataclass(frozen=True)
class Problem:
    """Why the channel refused. ``field`` is our field where the connector can tell (title, brand, gtin, price, ...)."""

    code: str
    message: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True)
class Receipt:
    """The channel's answer for one offer of a batch; ``version`` repeats the version wanted.

    ``again_at``: when a refusal ends by itself (the listing was revised too often today); None: it does not.
    """

    offer: OfferId
    outcome: Outcome
    version: int = 0
    remote_id: RemoteId | None = None
    problems: tuple[Problem, ...] = ()
    again_at: datetime | None = None


@dataclass(frozen=True)
class Listing:
    """What the channel shows, read back. ``live`` False: ended or never live. Quantity as a buyer would see it."""

    sku: Sku
    live: bool
    quantity: int
    price: Money | None = None
    title: str = ""
    remote_id: RemoteId | None = None
    problems: tuple[Problem, ...] = ()


# --- orders ------------------------------------------------------------------------------------------------------


class OrderStatus(StrEnum):
    """Rank rises with the order's life; an older state never overwrites a newer one (F7)."""

    PENDING = "pending"  # placed, payment not confirmed: reserve, do not ship
    PAID = "paid"  # may be shipped
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    CANCELED = "canceled"
    UNKNOWN = "unknown"  # a value we do not know; kept raw in ``raw_status``


@dataclass(frozen=True)
class Address:
    name: str = ""
    company: str = ""
    street: Sequence[str] = ()
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""  # ISO 3166-1 alpha-2
    phone: str = ""


@dataclass(frozen=True)
class Buyer:
    name: str = ""
    email: str = ""
    phone: str = ""
    remote_id: str = ""
    note: str = ""


@dataclass(frozen=True)
class ChannelLine:
    """One line. Amounts are per line (not per unit) but ``unit_price``; ``quantity`` is as ordered."""

    remote_id: RemoteId
    sku: Sku
    title: str
    quantity: int
    unit_price: Money
    canceled_quantity: int = 0
    shipped_quantity: int = 0
    tax: Money | None = None
    shipping: Money | None = None
    discount: Money | None = None
    listing_id: RemoteId | None = None
    ship_by: datetime | None = None
    cancel_requested: bool = False
    charge: bool = False  # postage, a fee: no goods, no stock


@dataclass(frozen=True)
class ChannelOrder:
    """One order in our words. Times UTC. ``updated_at`` is the channel's own time of this state."""

    remote_id: RemoteId
    placed_at: datetime
    updated_at: datetime
    status: OrderStatus
    currency: str
    total: Money
    lines: Sequence[ChannelLine]
    market: str = ""  # ISO country of the marketplace
    raw_status: str = ""
    ship_to: Address = Address()
    buyer: Buyer = Buyer()
    ship_by: datetime | None = None
    cancel_requested: bool = False


@dataclass(frozen=True)
class UnreadableOrder:
    """An order that could not be understood: its raw document, and where (``path``) reading failed."""

    remote_id: RemoteId
    path: str
    raw: Json


@dataclass(frozen=True)
class Page:
    """One page of orders. ``cursor`` None ends the series. An unreadable order never costs the page.

    ``complete_until``: where the channel holds its newest changes back (Amazon: two minutes), up to when the whole
    series is complete; None: as asked. A cursor that comes a second time is the channel's loop: stop there (F6).
    """

    orders: Sequence[ChannelOrder]
    unreadable: Sequence[UnreadableOrder] = ()
    cursor: str | None = None
    complete_until: datetime | None = None


class HintKind(StrEnum):
    ORDER = "order"
    LISTING = "listing"


@dataclass(frozen=True)
class Hint:
    """A message says "look at this object now"; nothing in it is believed. ``key`` names the message itself."""

    key: str
    kind: HintKind
    remote_id: RemoteId
    sent_at: datetime | None = None


@dataclass(frozen=True)
class ShipmentLine:
    line: RemoteId
    quantity: int


@dataclass(frozen=True)
class Shipment:
    """A package handed to a carrier. ``reference`` is ours, a positive number unique in the order (safe repeat)."""

    order: RemoteId
    reference: int
    lines: Sequence[ShipmentLine]
    carrier: str  # our carrier code; the connector maps it to the channel's
    tracking: str
    shipped_at: datetime


@dataclass(frozen=True)
class Quota:
    operation: str
    limit: int
    remaining: int
    resets_at: datetime | None = None


# --- abilities ---------------------------------------------------------------------------------------------------


@runtime_checkable
class ReadsOrders(Protocol):
    def read_orders(self, *, since: datetime, until: datetime, cursor: str | None = None) -> Page:
        """Orders changed in [since, until], oldest first where the channel can; repeat with the cursor."""

    def read_order(self, remote_id: RemoteId) -> ChannelOrder:
        """One order as it is now, with all that lists leave out. Raises: Refused when it does not exist."""


@runtime_checkable
class PublishesOffers(Protocol):
    def publish(self, offers: Sequence[OfferContent]) -> list[Receipt]:
        """Make each offer live. Repeating it finds what is there instead of making a second (F3)."""


@runtime_checkable
class RevisesOffers(Protocol):
    def revise(self, offers: Sequence[OfferContent]) -> list[Receipt]:
        """Make content and price of live offers equal to these; never changes the quantity shown."""


@runtime_checkable
class EndsOffers(Protocol):
    def end(self, offers: Sequence[Wanted]) -> list[Receipt]:
        """Take each offer off sale. An offer that is already gone counts as done."""


@runtime_checkable
class SetsAvailability(Protocol):
    def set_availability(self, wanted: Sequence[Wanted]) -> list[Receipt]:
        """Show these absolute quantities, in this order. At most ``limits.items_a_call`` a call; one receipt an offer.

        When the channel stops answering in the middle, what was sent keeps its receipt and an offer whose answer was
        lost is UNKNOWN; an offer without a receipt was not sent. The error is raised only when nothing was sent.
        ``publish``, ``revise`` and ``end`` answer the same way.
        """


@runtime_checkable
class ReadsListings(Protocol):
    def read_listings(self, skus: Sequence[Sku]) -> list[Listing]:
        """What the channel shows now for these SKUs; a SKU it does not know is left out."""

    def all_listings(self) -> Iterable[Listing]:
        """Every listing of the account, streamed."""


@runtime_checkable
class ConfirmsShipments(Protocol):
    def confirm_shipment(self, shipment: Shipment) -> None:
        """Tell the channel. A repeat with the same reference and tracking is one effect."""


@runtime_checkable
class ReceivesWebhooks(Protocol):
    def subscribe(self, address: str) -> None:
        """Ask the channel to post to ``address``; repeated calls keep one subscription."""

    def answer_challenge(self, query: Mapping[str, str], address: str) -> Json | None:
        """The answer to the channel's test of the address, None when this is no challenge."""

    def hints(self, headers: Mapping[str, str], body: bytes) -> list[Hint]:
        """What the message points at. Raises: Refused when its signature is wrong (F19)."""


@runtime_checkable
class ReadsNotifications(Protocol):
    def ensure_subscribed(self) -> None:
        """Create what the channel needs to send us messages; repeated calls change nothing."""

    def read_notifications(self, *, wait: timedelta) -> tuple[list[Hint], Callable[[], None]]:
        """Messages now waiting, and a function that removes them; call it after the hints are stored."""


@runtime_checkable
class ReadsQuota(Protocol):
    def read_quota(self) -> list[Quota]: ...


# --- a connector -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Setting:
    """One field of the settings form. ``secret`` fields are encrypted and never shown again."""

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = True
    default: str = ""


@dataclass(frozen=True)
class Access:
    """What an opened connector works with: one account's credentials and settings, and its own transport."""

    credentials: Mapping[str, str]
    settings: Mapping[str, str]
    currency: str
    market: str
    language: str
    transport: Transport
    clock: Callable[[], datetime]


@dataclass(frozen=True)
class Connector:
    """What an entry point of group ``entrepot.connectors`` names. ``open`` gives the object with the abilities."""

    name: str
    label: str
    limits: Limits
    settings: Sequence[Setting]
    open: Callable[[Access], Any]
    color: str = ""
