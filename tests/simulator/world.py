"""One seller of one seed: some channels, a few variants, and a process a channel that can die anywhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import count
from random import Random

from entrepot.base import clock, crash
from entrepot.base.ids import AccountId, OfferId, RemoteId, VariantId
from entrepot.base.loops import Again, Outcome
from entrepot.channels import health
from entrepot.channels.actions import store_hints
from entrepot.channels.contract import ChannelError, Hint, HintKind
from entrepot.channels.models import Account
from entrepot.inventory.models import StockLevel
from entrepot.listings import actions as listings
from entrepot.listings import sending
from entrepot.listings.loops import read_back, reconcile_availability, take_lane
from entrepot.listings.types import Policy
from entrepot.orders import intake
from entrepot.orders.loops import follow_hints, poll_orders
from entrepot.people.deployment import base_currency, set_up
from tests.db.listings import world as seller
from tests.simulator.channel import LIMITS, Channel

PASSES = 6  # of a loop that asks to come back at once
PLACES = (
    "intake.before_commit",
    "intake.after_commit",
    "hints.before_forget",
    "poll.after_page",
    "lane.begun",
    "lane.sent",
    "lane.recorded",
)
_message = count(1)


class Died(BaseException):
    """The process of an account ended at a named place: everything not committed is gone."""


class Kind(StrEnum):
    ALLOTTED = "allotted"  # all delays inside their bounds and nothing from outside: nothing may be oversold
    OUTSIDE = "allotted, changed from outside"  # counts, numbers set by hand, a channel that sells at 0
    POOLED = "pooled"


@dataclass
class Shop:
    """One channel account: its marketplace, and the epoch of the process that works for it."""

    account: AccountId
    channel: Channel
    epoch: int = 0
    offers: dict[str, OfferId] = field(default_factory=dict)

    def starts(self) -> None:
        self.epoch = take_lane(self.account, holder="simulated", now=clock.now())


@dataclass
class World:
    seed: int
    chance: Random
    turned: clock.TurnedClock
    kind: Kind
    shops: list[Shop] = field(default_factory=list)
    variants: dict[str, VariantId] = field(default_factory=dict)
    dies_at: str = ""
    log: list[str] = field(default_factory=list)
    place: int = 0

    def says(self, text: str) -> None:
        self.log.append(f"{clock.now():%H:%M:%S} {text}")

    # Time and processes

    def turn(self, seconds: int) -> None:
        self.turned.advance(timedelta(seconds=seconds))

    def met(self, name: str) -> None:
        if name == self.dies_at:
            self.dies_at = ""
            raise Died(name)

    def works(self, shop: Shop, what: str, passes: Callable[[], Outcome]) -> None:
        """One loop of an account until it rests; it may die on its way and begin anew, or find its channel down."""
        try:
            for _ in range(PASSES):
                if passes() != Again():
                    return
        except Died as died:
            self.says(f"{shop.channel.name}: {what} dies at {died}, and another begins")
            shop.starts()
        except ChannelError as error:
            self.says(f"{shop.channel.name}: {what}: {error.message}")

    def sends(self, shop: Shop) -> None:
        def once() -> Outcome:
            return reconcile_availability(shop.account, epoch=shop.epoch, channel=shop.channel, limits=LIMITS)

        self.works(shop, "the lane", once)

    def polls(self, shop: Shop) -> None:
        self.works(shop, "the poll", lambda: poll_orders(shop.account, shop.channel, LIMITS))

    def follows(self, shop: Shop) -> None:
        self.works(shop, "the hints", lambda: follow_hints(shop.account, shop.channel))

    def reads(self, shop: Shop, *, everything: bool = False) -> None:
        def once() -> Outcome:
            return read_back(shop.account, epoch=shop.epoch, channel=shop.channel, everything=everything)

        self.works(shop, "the read-back", once)

    def all_work(self) -> None:
        for shop in self.shops:
            self.polls(shop)
            self.follows(shop)
            self.sends(shop)
            self.reads(shop)

    # The network between channels and the hub

    def hint(self, shop: Shop, order: str) -> None:
        """A message says so one to three times."""
        hints = [Hint(f"m{next(_message)}", HintKind.ORDER, RemoteId(order)) for _ in range(self.chance.randint(1, 3))]
        store_hints(shop.account, hints)

    def repeat(self, shop: Shop, order: str) -> None:
        """Some state of an order that its lists have shown arrives again, late and out of turn (P5)."""
        shown = [version.order for version in shop.channel.orders[order] if version.listed_at <= clock.now()]
        if shown:
            old = self.chance.choice(shown)

            def once() -> Outcome:
                intake.take(shop.account, [old])
                return Again(timedelta(seconds=1))

            self.works(shop, "the repeat", once)

    # The seller

    def on_hand(self, sku: str) -> int:
        return sum(StockLevel.objects.filter(variant_id=self.variants[sku]).values_list("on_hand", flat=True))

    def reserved(self, sku: str) -> int:
        return sum(StockLevel.objects.filter(variant_id=self.variants[sku]).values_list("reserved", flat=True))

    def stocks(self, sku: str, units: int) -> None:
        seller.stock(self.variants[sku], seller.LocationId(self.place), units)


@contextmanager
def opened(seed: int, kind: Kind | None = None) -> Iterator[World]:
    """The world of a seed at its first moment. The jitter of retries comes from the seed, too."""
    chance = Random(seed)
    sending._chance.seed(seed)
    health._chance.seed(seed)
    base_currency.cache_clear()
    with clock.turned_to(seller.START) as turned:
        world = World(seed, chance, turned, kind or chance.choice([Kind.ALLOTTED, Kind.ALLOTTED, Kind.OUTSIDE, Kind.POOLED]))
        set_up(base_currency_code="EUR", time_zone="UTC", demo=False)
        _build(world)
        with crash.told_to(world.met):
            yield world
    base_currency.cache_clear()


def _build(world: World) -> None:
    chance = world.chance
    world.place = seller.location()
    for number in range(chance.randint(2, 4)):
        sale, live = chance.randint(2, 90), chance.choice([0, chance.randint(1, 60)])
        channel = Channel("ABCD"[number], chance, sale, live)
        account = seller.account(sale_delay_bound_s=sale, live_delay_bound_s=live)
        world.shops.append(Shop(account, channel))
        seller.inventory.feed(account, [seller.LocationId(world.place)], actor="test")
    Account.objects.update(channel="ebay")  # whose connector says that a cancel puts the units back
    for number in range(chance.randint(1, 2)):
        sku = f"V{number + 1}"
        world.variants[sku] = seller.variant(sku)
        world.stocks(sku, chance.randint(3, 25))
    for shop in world.shops:
        shop.offers = {sku: seller.offer(one, shop.account) for sku, one in world.variants.items()}
        shop.starts()
    if world.kind is not Kind.POOLED:
        for one in world.variants.values():
            listings.set_policy(one, Policy.ALLOTTED, reason="simulated", actor="test")
    world.says(
        f"{world.kind}: " + "; ".join(f"{s.channel.name} V {s.channel.sale_delay} s W {s.channel.live_delay} s" for s in world.shops)
    )
