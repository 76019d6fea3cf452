"""A small seller: accounts, locations, variants, offers, stock; and a channel in memory that keeps the contract."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from django.db import transaction

from entrepot.base import clock
from entrepot.base.ids import AccountId, LocationId, OfferId, RemoteId, Sku, VariantId
from entrepot.catalog.models import KitComponent, Product, ProductText, Variant
from entrepot.channels.contract import ChannelError, Limits, Listing, OfferContent, Outcome, Problem, Receipt, Throttled, Wanted
from entrepot.channels.models import Account, AccountProgress
from entrepot.inventory import actions as inventory
from entrepot.inventory import moves
from entrepot.inventory.actions.reservations import expand
from entrepot.inventory.models import StockLevel, VariantStock
from entrepot.inventory.types import DemandLine, LocationKind, Reason
from entrepot.listings import actions as listings
from entrepot.listings.models import Offer, OfferShown
from entrepot.listings.types import ChannelSale
from entrepot.people.models import Deployment as Deployment
from entrepot.people.models import LegalEntity

LIMITS = Limits(operations={}, items_a_call=25)
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_number = count(1)


def account(name: str = "", **values: object) -> AccountId:
    name = name or f"account {next(_number)}"
    entity, _ = LegalEntity.objects.get_or_create(name="Seller", defaults={"country": "DE"})
    row = Account.objects.create(
        name=name, channel="memory", market="DE", currency="EUR", legal_entity=entity, **{"live_delay_bound_s": 60, **values}
    )
    AccountProgress.objects.create(account=row, orders_complete_until=clock.now())
    return AccountId(row.pk)


def location(code: str = "", *, feeds: Iterable[AccountId] = (), kind: LocationKind = LocationKind.WAREHOUSE) -> LocationId:
    code = code or f"L{next(_number)}"
    made = inventory.create_location(code=code, name=code, kind=kind, country="DE", actor="test")
    for one in feeds:
        known = list(Account.objects.get(pk=one).feeds.values_list("location_id", flat=True))
        inventory.feed(one, [*known, made], actor="test")
    return made


def variant(sku: str = "", *, price_minor: int | None = 1000) -> VariantId:
    sku = sku or f"SKU-{next(_number)}"
    product = Product.objects.create(code=sku, brand="Brand")
    ProductText.objects.create(product=product, language="en", title=f"Title of {sku}", description="What it is.")
    return VariantId(Variant.objects.create(product=product, sku=sku, price_minor=price_minor).pk)


def kit(parts: dict[VariantId, int]) -> VariantId:
    made = variant()
    Variant.objects.filter(pk=made).update(is_kit=True)
    for component, quantity in parts.items():
        KitComponent.objects.create(kit_id=made, component_id=component, quantity=quantity)
    return made


def stock(one: VariantId, place: LocationId, units: int) -> None:
    """Now there are so many on hand."""
    with transaction.atomic():
        moves.lock([one])
        now = StockLevel.objects.filter(variant_id=one, location_id=place).values_list("on_hand", flat=True).first() or 0
        if units != now:
            inventory.adjust(one, place, units - now, reason=Reason.CORRECTION, source_key=f"set-{next(_number)}", actor="test")


def offer(one: VariantId, to: AccountId, *, live: bool = True, **values: object) -> OfferId:
    (made,) = listings.create_offers([one], to, price_minor=1000, actor="test")
    if live:
        Offer.objects.filter(pk=made).update(wanted="live", state="live")
    if values:
        Offer.objects.filter(pk=made).update(**values)
    return made


def sold(one: VariantId, by: AccountId, quantity: int = 1, *, at: datetime | None = None, feeds: bool = True) -> int:
    """A channel's sale arrives as order intake takes it: headers, reservation, exposure, in one transaction; units short."""
    ref, dated = f"order-line:{next(_number)}", at or clock.now()
    with transaction.atomic():
        asked = expand([DemandLine(ref, one, quantity)])
        moves.lock([a.variant for a in asked])
        missing = inventory.reserve_sold(asked, account=by, sold_at={ref: dated}, actor="test")
        listings.count_sales([ChannelSale(by, one, quantity, dated)], clock.now())
    return sum(missing.values())


def shown(one: OfferId) -> OfferShown:
    return OfferShown.objects.get(offer_id=one)


def orders_known(to: AccountId, until: datetime) -> None:
    AccountProgress.objects.filter(account_id=to).update(orders_complete_until=until)


def exposed_is_the_sum_of_exposures() -> bool:
    total: dict[int, int] = {}
    for row in OfferShown.objects.exclude(exposure=0):
        parts = list(KitComponent.objects.filter(kit_id=row.variant_id).values_list("component_id", "quantity")) or [(row.variant_id, 1)]
        for part, units in parts:
            total[part] = total.get(part, 0) + row.exposure * units
    return all(header.exposed == total.get(header.variant_id, 0) for header in VariantStock.objects.all())


@dataclass
class Page:
    """What a buyer sees of one SKU."""

    quantity: int
    live: bool = True
    price_minor: int = 0
    title: str = ""
    pending: list[tuple[datetime, int]] = field(default_factory=list)  # accepted values and when they go live


@dataclass
class MemoryChannel:
    """A channel in memory. ``accepts_for``: set: it answers ACCEPTED and the value is live so much later."""

    limits: Limits = LIMITS
    accepts_for: timedelta | None = None
    pages: dict[str, Page] = field(default_factory=dict)
    sent: list[tuple[str, int]] = field(default_factory=list)
    calls: list[list[str]] = field(default_factory=list)
    errors: list[ChannelError] = field(default_factory=list)  # raised by the next calls, one each
    refuse: dict[str, Problem] = field(default_factory=dict)
    refuse_until: datetime | None = None  # when the refusals of quantities and revisions end by themselves
    lose: Callable[[str], str] = lambda _: ""  # "before": not done, answer lost; "after": done, answer lost
    while_called: Callable[[], None] = lambda: None
    publishes: list[OfferContent] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def set_availability(self, wanted: Sequence[Wanted]) -> list[Receipt]:
        self._called([w.sku for w in wanted])
        return [self._set(w) for w in wanted]

    def _set(self, wanted: Wanted) -> Receipt:
        if wanted.sku in self.refuse and (self.refuse_until is None or clock.now() < self.refuse_until):
            problem = self.refuse[wanted.sku]
            return Receipt(wanted.offer, Outcome.REFUSED, wanted.version, problems=(problem,), again_at=self.refuse_until)
        fate = self.lose(wanted.sku)
        if fate == "before":
            return Receipt(wanted.offer, Outcome.UNKNOWN, wanted.version)
        self.sent.append((wanted.sku, wanted.quantity))
        page = self.pages.setdefault(wanted.sku, Page(0))
        outcome = self._show(page, wanted.quantity)
        return Receipt(wanted.offer, Outcome.UNKNOWN if fate else outcome, wanted.version)

    def _show(self, page: Page, quantity: int) -> Outcome:
        if self.accepts_for is None:
            page.quantity = quantity
            return Outcome.LIVE
        page.pending.append((clock.now() + self.accepts_for, quantity))
        return Outcome.ACCEPTED

    def publish(self, offers: Sequence[OfferContent]) -> list[Receipt]:
        self._called([o.sku for o in offers])
        receipts = []
        for o in offers:
            if o.sku in self.refuse:
                receipts.append(Receipt(o.offer, Outcome.REFUSED, problems=(self.refuse[o.sku],)))
                continue
            fate = self.lose(o.sku)
            if fate != "before":
                self.publishes.append(o)
                page = self.pages.setdefault(o.sku, Page(0, live=False))
                page.price_minor, page.title = o.price.minor, o.title
                if self.accepts_for is None:
                    page.quantity, page.live = o.quantity, True
                else:
                    page.pending.append((clock.now() + self.accepts_for, o.quantity))
            outcome = Outcome.UNKNOWN if fate else Outcome.LIVE if self.accepts_for is None else Outcome.ACCEPTED
            receipts.append(Receipt(o.offer, outcome, remote_id=RemoteId(f"R-{o.sku}")))
        return receipts

    def revise(self, offers: Sequence[OfferContent]) -> list[Receipt]:
        self._called([o.sku for o in offers])
        receipts = []
        for o in offers:
            if o.sku in self.refuse and (self.refuse_until is None or clock.now() < self.refuse_until):
                receipts.append(Receipt(o.offer, Outcome.REFUSED, problems=(self.refuse[o.sku],), again_at=self.refuse_until))
                continue
            self.pages[o.sku].price_minor, self.pages[o.sku].title = o.price.minor, o.title
            receipts.append(Receipt(o.offer, Outcome.LIVE))
        return receipts

    def end(self, offers: Sequence[Wanted]) -> list[Receipt]:
        self._called([o.sku for o in offers])
        for o in offers:
            self.ended.append(o.sku)
            if o.sku in self.pages:
                self.pages[o.sku].live = False
        return [Receipt(o.offer, Outcome.LIVE, o.version) for o in offers]

    def read_listings(self, skus: Sequence[Sku]) -> list[Listing]:
        self._called(list(skus))
        return [self._listing(sku) for sku in skus if sku in self.pages]

    def all_listings(self) -> Iterable[Listing]:
        return [self._listing(Sku(sku)) for sku in list(self.pages)]

    def _listing(self, sku: str) -> Listing:
        self.settle(sku)
        page = self.pages[sku]
        return Listing(Sku(sku), page.live, page.quantity if page.live else 0, remote_id=RemoteId(f"R-{sku}"), title=page.title)

    def settle(self, sku: str) -> None:
        page = self.pages[sku]
        due = [entry for entry in page.pending if entry[0] <= clock.now()]
        for _, quantity in due:
            page.quantity, page.live = quantity, True
        page.pending = [entry for entry in page.pending if entry not in due]

    def buy(self, sku: str, quantity: int = 1) -> bool:
        """A buyer buys what is live; False when there is not enough."""
        self.settle(sku)
        page = self.pages[sku]
        if not page.live or page.quantity < quantity:
            return False
        page.quantity -= quantity
        return True

    def _called(self, skus: list[str]) -> None:
        self.while_called()
        if self.errors:
            raise self.errors.pop(0)
        self.calls.append(skus)


def throttled(seconds: float) -> Throttled:
    return Throttled(timedelta(seconds=seconds))


def seeded(seed: int) -> random.Random:
    return random.Random(seed)
