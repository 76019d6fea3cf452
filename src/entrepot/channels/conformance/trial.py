"""What one check works with: a fresh account in an empty shop, and the few words most checks are made of."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from entrepot.base.ids import OfferId, RemoteId, Sku
from entrepot.base.money import Money, money
from entrepot.channels.conformance.report import Level
from entrepot.channels.conformance.world import Shown, World
from entrepot.channels.contract import (
    ChannelError,
    ChannelOrder,
    Connector,
    Group,
    OfferContent,
    Outcome,
    Page,
    Receipt,
    Wanted,
)

MOST_PAGES = 30
MOST_TRIES = 6
CALLS_A_BREATH = 5
DAY = timedelta(days=1)

_numbers = itertools.count(1)


class Failed(Exception):
    """A check did not hold; the text says what was seen."""


def expect(held: object, seen: str) -> None:
    if not held:
        raise Failed(seen)


@dataclass(frozen=True)
class Check:
    level: Level
    name: str
    run: Callable[["Trial"], None]


CHECKS: list[Check] = []


def check(level: Level) -> Callable[[Callable[["Trial"], None]], Callable[["Trial"], None]]:
    """Register a check; its docstring's first line is its name in reports."""

    def register(run: Callable[["Trial"], None]) -> Callable[["Trial"], None]:
        name = (run.__doc__ or run.__name__).strip().splitlines()[0].rstrip(".")
        CHECKS.append(Check(level, name, run))
        return run

    return register


@dataclass
class Trial:
    connector: Connector
    world: World
    account: Any = None
    published: dict[Sku, OfferContent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.reset()
        self.reopen()

    def reopen(self) -> Any:
        """Open the account anew, as another process would."""
        self.account = self.world.open(self.connector)
        return self.account

    # --- offers ----------------------------------------------------------------------------------------------------

    def content(self, quantity: int = 5, **changes: Any) -> OfferContent:
        number = next(_numbers)
        made = OfferContent(
            offer=OfferId(number),
            sku=Sku(f"CONFORM-{number:04d}"),
            title=f"Conformance lamp {number}",
            description="A lamp that exists to be tested.",
            brand="Entrepot",
            price=self.price("20"),
            quantity=quantity,
        )
        return replace(made, **changes)

    def price(self, major: str) -> Money:
        return money(major, self.world.currency)

    def family(self, *sizes: str, quantity: int = 4) -> list[OfferContent]:
        """A variation group: one offer a size."""
        members = [self.content(quantity, options={"Size": size}) for size in sizes]
        key = f"CONFORM-G{next(_numbers):04d}"
        of = Group(key, "Conformance shirt", "A shirt that exists to be tested.", ("Size",), [one.sku for one in members])
        return [replace(one, group=of) for one in members]

    def publish(self, *contents: OfferContent) -> list[OfferContent]:
        """Publish until all are live, as the product would, and give them back with their remote ids."""
        waiting = list(contents)
        for _ in range(MOST_TRIES):
            receipts = {receipt.offer: receipt for receipt in self.attempt(self.account.publish, waiting)}
            for content in waiting:
                receipt = receipts.get(content.offer)
                if receipt and receipt.outcome in (Outcome.LIVE, Outcome.ACCEPTED):
                    self.published[content.sku] = replace(content, remote_id=receipt.remote_id)
                expect(not receipt or receipt.outcome is not Outcome.REFUSED, f"{content.sku} was refused: {receipt and receipt.problems}")
            waiting = [content for content in waiting if content.sku not in self.published]
            if not waiting:
                break
            self.breathe()
        expect(not waiting, f"not published after {MOST_TRIES} tries: {[one.sku for one in waiting]}")
        self.settle()
        return [self.published[content.sku] for content in contents]

    def attempt(self, act: Callable[[Sequence[Any]], list[Receipt]], batch: Sequence[Any]) -> list[Receipt]:
        """The receipts of a batch; none when the channel could not be asked at all."""
        try:
            return act(batch)
        except ChannelError:
            return []

    def wanted(self, content: OfferContent, quantity: int, version: int = 1) -> Wanted:
        return Wanted(content.offer, content.sku, quantity, version, content.remote_id)

    def show(self, content: OfferContent, quantity: int, version: int = 1) -> Receipt:
        receipts: list[Receipt] = self.account.set_availability([self.wanted(content, quantity, version)])
        expect(len(receipts) == 1, f"one offer was sent, {len(receipts)} receipts came back")
        return receipts[0]

    def shown(self, content: OfferContent) -> Shown:
        """What a buyer sees of an offer; two listings of one SKU fail the check."""
        found = [row for row in self.world.listings() if row.sku == content.sku]
        expect(len(found) <= 1, f"{content.sku} is listed {len(found)} times")
        expect(found, f"{content.sku} is not listed at all")
        return found[0]

    # --- time ------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Let everything accepted become live and everything bought become readable: the connector's own bounds."""
        limits = self.connector.limits
        self.world.advance(limits.live_delay_bound + limits.sale_delay_bound)

    def breathe(self) -> None:
        """Let pauses end and quotas refill: a few calls' worth of the slowest operation."""
        slowest = min(rate.per_second for rate in self.connector.limits.operations.values())
        self.world.advance(max(timedelta(minutes=2), timedelta(seconds=CALLS_A_BREATH / slowest)))

    # --- orders ----------------------------------------------------------------------------------------------------

    def poll(self) -> list[ChannelOrder]:
        """All orders of the last day, page after page, as often as the channel delivers them."""
        orders: list[ChannelOrder] = []
        since, until, cursor = self.world.clock() - DAY, self.world.clock(), None
        for _ in range(MOST_PAGES):
            page: Page = self.account.read_orders(since=since, until=until, cursor=cursor)
            expect(not page.unreadable, f"unreadable: {[(one.remote_id, one.path) for one in page.unreadable]}")
            orders += page.orders
            cursor = page.cursor
            if cursor is None:
                return orders
        raise Failed(f"the pages did not end after {MOST_PAGES}")

    def poll_again(self) -> set[RemoteId]:
        """Poll until it works, as the product's poll does; the orders' ids."""
        for _ in range(MOST_TRIES):
            try:
                return {order.remote_id for order in self.poll()}
            except ChannelError:
                self.breathe()
        raise Failed(f"no poll of {MOST_TRIES} went through")

    def many_orders(self) -> set[str]:
        """A few orders more than one page holds."""
        wanted = self.connector.limits.orders_a_page + 5
        (offer,) = self.publish(self.content(quantity=wanted + 5))
        ids = {self.world.buy(offer.sku, 1) for _ in range(wanted)}
        self.settle()
        return ids
