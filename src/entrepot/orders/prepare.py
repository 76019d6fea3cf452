"""Channel orders as rows: validated one by one, so that one bad order never costs the batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from entrepot.base import told
from entrepot.base.errors import UserError
from entrepot.base.ids import VariantId
from entrepot.base.keyring import sealer
from entrepot.base.money import Money, WrongMoney, decimals, rounded
from entrepot.channels.contract import Address, Buyer, ChannelLine, ChannelOrder, OrderStatus
from entrepot.inventory.allocation import Asked
from entrepot.localization.rates import rate
from entrepot.orders.types import LineKind

RANK: Mapping[OrderStatus, int] = {
    OrderStatus.UNKNOWN: 0,
    OrderStatus.PENDING: 1,
    OrderStatus.PAID: 2,
    OrderStatus.PARTLY_SHIPPED: 3,
    OrderStatus.SHIPPED: 4,
    OrderStatus.CANCELED: 5,
}
MOST_UNITS = 1_000_000
BUYER = "order-buyer"


class BadOrder(UserError):
    """This order cannot be taken as it is; the text says what is wrong with it, ``kept`` so that it can be stored."""

    code = "bad_order"

    def __init__(self, text: str, **values: object) -> None:
        self.kept = told.kept(text, **values)
        super().__init__(told.told(self.kept))


@dataclass(frozen=True, slots=True)
class Known:
    """What an account's SKU means: a variant, and the components of a kit (empty for anything else)."""

    variant: VariantId
    components: Sequence[tuple[VariantId, int]] = ()

    @property
    def parts(self) -> Sequence[tuple[VariantId, int]]:
        """What is stored and reserved: (variant, units of it in one sell unit)."""
        return self.components or ((self.variant, 1),)


@dataclass(slots=True)
class NewLine:
    """A line about to be stored. ``open_units``: what must be reserved; ``gone``: of these, what the channel says was
    shipped already, so it leaves the shelf as soon as it is reserved."""

    id: int
    source: ChannelLine
    known: Known | None
    canceled: int
    fulfilled: int
    gone: int = 0
    short: int = 0

    @property
    def demand_ref(self) -> str:
        return demand_ref(self.id)

    @property
    def open_units(self) -> int:
        return self.source.quantity - self.canceled - self.fulfilled

    @property
    def will_be_done(self) -> bool:
        """Nothing is left to ship once the channel's own shipments are taken off the shelf."""
        return self.open_units == self.gone


def demand_ref(line_id: int) -> str:
    """The opaque name by which inventory knows an order line."""
    return f"order-line:{line_id}"


def components(line_id: int, known: Known | None, units: int) -> list[Asked]:
    """Sell units of a line as demands on what is stored; none for a SKU that nobody knows."""
    if units <= 0 or known is None:
        return []
    kit = known.variant if known.components else None
    return [Asked(demand_ref(line_id), component, units * each, None, kit, each) for component, each in known.parts]


def short_units(line_id: int, known: Known | None, units: int, missing: Mapping[tuple[str, VariantId], int]) -> int:
    """Of ``units`` wanted, those that cannot be covered: all of an unknown SKU, of a kit as many as its scarcest part lacks."""
    if known is None:
        return units
    return max(-(-missing.get((demand_ref(line_id), component), 0) // each) for component, each in known.parts)


def check(order: ChannelOrder) -> None:
    """Raises: BadOrder, naming the field, for what the tables or our sums could not hold."""
    if not order.remote_id or len(order.remote_id) > 80:
        raise BadOrder(gettext_noop("The order number “{number}” is empty or longer than 80 characters."), number=order.remote_id[:90])
    if not order.lines:
        raise BadOrder(gettext_noop("The order has no lines."))
    if order.placed_at.tzinfo is None or order.updated_at.tzinfo is None:
        raise BadOrder(gettext_noop("The times of the order have no time zone."))
    try:
        decimals(order.currency)
    except WrongMoney as no:
        raise BadOrder(str(no)) from None
    if order.total.currency != order.currency:
        raise BadOrder(
            gettext_noop("The total of the order is in {other}, the order in {currency}."),
            other=order.total.currency,
            currency=order.currency,
        )
    seen: set[str] = set()
    for line in order.lines:
        if line.remote_id in seen:
            raise BadOrder(gettext_noop("Two lines of the order are both called “{line}”."), line=line.remote_id)
        seen.add(line.remote_id)
        _check_line(line, order.currency)
    _check_texts(order)


def _check_texts(order: ChannelOrder) -> None:
    texts = [order.remote_id, order.market, order.raw_status]
    for line in order.lines:
        texts += (line.remote_id, line.sku, line.title)
    for part in (order.buyer, order.ship_to):
        for value in _plain(part).values():
            texts += (value,) if isinstance(value, str) else value
    whole = "".join(texts)
    if "\x00" in whole:
        raise BadOrder(gettext_noop("A text of the order holds a NUL character."))
    if not whole.isascii():
        try:
            whole.encode()
        except UnicodeEncodeError:
            raise BadOrder(gettext_noop("A text of the order holds half a character.")) from None


def _check_line(line: ChannelLine, currency: str) -> None:
    name = line.sku or line.title or line.remote_id
    if not line.remote_id or len(line.remote_id) > 80:
        raise BadOrder(gettext_noop("The number of the line “{line}” is empty or longer than 80 characters."), line=name[:90])
    if len(line.sku) > 80:
        raise BadOrder(gettext_noop("The SKU “{sku}” is longer than 80 characters."), sku=line.sku[:90])
    if not 0 < line.quantity <= MOST_UNITS:
        raise BadOrder(
            gettext_noop("{name} has the quantity {quantity}; it must be from 1 to {most}."),
            name=name,
            quantity=line.quantity,
            most=MOST_UNITS,
        )
    if not 0 <= line.canceled_quantity <= line.quantity or not 0 <= line.shipped_quantity <= line.quantity:
        raise BadOrder(
            gettext_noop("{name}: {canceled} canceled and {shipped} shipped of {quantity}."),
            name=name,
            canceled=line.canceled_quantity,
            shipped=line.shipped_quantity,
            quantity=line.quantity,
        )
    for amount in (line.unit_price, line.tax, line.shipping, line.discount):
        if amount is not None and amount.currency != currency:
            raise BadOrder(
                gettext_noop("{name}: an amount is in {other}, the order in {currency}."),
                name=name,
                other=amount.currency,
                currency=currency,
            )
    if line.unit_price.minor < 0:
        raise BadOrder(gettext_noop("{name} has the price {price}; it cannot be below 0."), name=name, price=line.unit_price)


def new_line(line_id: int, line: ChannelLine, known: Known | None, status: OrderStatus, *, historical: bool) -> NewLine:
    """A line as the channel first shows it to us. What it says was shipped stays shipped, also where the order was canceled then."""
    canceled = line.quantity - line.shipped_quantity if status is OrderStatus.CANCELED else line.canceled_quantity
    left = line.quantity - canceled
    if historical or line.charge:
        return NewLine(line_id, line, known, canceled, fulfilled=left)
    return NewLine(line_id, line, known, canceled, fulfilled=0, gone=min(left, line.shipped_quantity))


def left_the_shelf(open_units: int, short: int, gone: int) -> tuple[int, int]:
    """Of a line with ``open_units``, ``short`` of them lacking, ``gone`` units were shipped: (units that lay on the shelf, short
    afterwards). The lacking ones are the last to be believed shipped."""
    left = open_units - gone
    return gone - max(0, short - left), min(short, left)


ORDER_COLUMNS = (
    "id", "public_id", "channel_order_id", "market", "status", "raw_status", "placed_at", "remote_updated_at", "remote_rank",
    "currency", "total_minor", "base_total_minor", "base_rate", "base_rate_date", "country", "region", "postcode_area", "ship_by",
    "cancel_requested_at", "closed",
)  # fmt: skip
LINE_COLUMNS = (
    "id", "order_id", "channel_line_id", "kind", "variant_id", "sku", "title", "quantity", "canceled", "fulfilled", "short",
    "unit_price_minor", "discount_minor", "shipping_minor", "tax_minor",
)  # fmt: skip
BUYER_COLUMNS = ("order_id", "sealed", "email_index", "phone_index", "name_index")


def order_row(order_id: int, public_id: Any, order: ChannelOrder, *, base: str, closed: bool) -> tuple[Any, ...]:
    """The values of ORDER_COLUMNS."""
    base_minor, base_rate, rate_date = in_base(order.total, base, order.placed_at)
    to = order.ship_to
    return (
        order_id,
        public_id,
        order.remote_id,
        order.market[:2],
        order.status.value,
        order.raw_status[:60],
        order.placed_at,
        order.updated_at,
        RANK[order.status],
        order.currency,
        order.total.minor,
        base_minor,
        base_rate,
        rate_date,
        to.country[:2],
        to.region[:80],
        to.postcode[:3],
        order.ship_by,
        order.updated_at if order.cancel_requested else None,
        closed,
    )


def line_row(order_id: int, line: NewLine) -> tuple[Any, ...]:
    """The values of LINE_COLUMNS."""
    source = line.source
    return (
        line.id,
        order_id,
        source.remote_id,
        LineKind.CHARGE.value if source.charge else LineKind.PRODUCT.value,
        line.known.variant if line.known else None,
        source.sku,
        source.title[:500],
        source.quantity,
        line.canceled,
        line.fulfilled,
        line.short,
        source.unit_price.minor,
        source.discount.minor if source.discount else 0,
        source.shipping.minor if source.shipping else 0,
        source.tax.minor if source.tax else 0,
    )


def buyer_row(order_id: int, public_id: Any, order: ChannelOrder) -> tuple[Any, ...]:
    """The values of BUYER_COLUMNS: everything personal in one sealed document, bound to the order."""
    seal = sealer(BUYER)
    buyer, to = order.buyer, order.ship_to
    document = {"buyer": _plain(buyer), "ship_to": _plain(to)}
    return (
        order_id,
        seal.seal(document, f"order:{public_id}"),
        seal.index(buyer.email),
        seal.index(to.phone or buyer.phone),
        seal.index(to.name or buyer.name),
    )


def in_base(amount: Money, base: str, at: datetime) -> tuple[int | None, Any, Any]:
    """(minor units in base currency, rate, the rate's day); three times None where there is no rate."""
    found = rate(amount.currency, base, at.date())
    if found is None:
        return None, None, None
    minor = amount.minor if amount.currency == base else rounded(amount.major() * found.value, base).minor
    return minor, found.value, found.of


def _plain(part: Buyer | Address) -> dict[str, Any]:
    """The filled fields of a flat dataclass; nothing in it is nested, so nothing is copied deeply."""
    return {name: value for name in part.__dataclass_fields__ if (value := getattr(part, name))}
