"""A marketplace in memory: sales are told late, numbers are live late, answers are lost, a cancel puts the units back.

The sandbox marketplaces speak over the wire, through connectors, with threads and timers of their own: the scenarios use them. Here every
choice must come from one seed and a seed may cost half a second, so this one keeps the contract of ``channels.contract`` directly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

from entrepot.base import clock
from entrepot.base.ids import RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import ChannelLine, ChannelOrder, Limits, Listing, OrderStatus, Outcome, Page, Receipt, Unavailable, Wanted

LIMITS = Limits(operations={}, items_a_call=25, poll_every=timedelta(seconds=20), poll_overlap=timedelta(seconds=30))
ORDERS_A_PAGE = 2


@dataclass
class Shelf:
    """What a buyer sees of one SKU, and the numbers that were taken and are not live yet, in order."""

    quantity: int = 0
    pending: list[tuple[datetime, int]] = field(default_factory=list)


@dataclass
class Version:
    """An order as it was after one change, and from when lists show it so."""

    order: ChannelOrder
    listed_at: datetime


@dataclass
class Channel:
    """``sale_delay``, ``live_delay``: the longest it takes (V, W), in seconds."""

    name: str
    chance: Random
    sale_delay: int
    live_delay: int
    lossy: float = 0.15  # answers lost, half of them of calls that were done
    down: float = 0.03  # calls that find nobody
    shelves: dict[str, Shelf] = field(default_factory=dict)
    orders: dict[str, list[Version]] = field(default_factory=dict)
    _number: count = field(default_factory=lambda: count(1))  # type: ignore[type-arg]

    # What buyers do

    def buy(self, sku: str, units: int, *, at_zero: bool = False) -> str | None:
        """The order's number; None when it does not show that many. ``at_zero``: it sells all the same (a channel fault)."""
        shelf = self._settled(sku)
        if shelf.quantity < units and not at_zero:
            return None
        shelf.quantity = max(0, shelf.quantity - units)
        number, price = f"{self.name}-{next(self._number)}", Money(1000, "EUR")
        line = ChannelLine(RemoteId("1"), Sku(sku), sku, units, price)
        total = Money(1000 * units, "EUR")
        order = ChannelOrder(RemoteId(number), clock.now(), clock.now(), OrderStatus.PAID, "EUR", total, [line], market="DE")
        self.orders[number] = [Version(order, self._listed_at())]
        return number

    def cancel(self, number: str) -> None:
        """The buyer cancels all of it; the channel puts the units back on sale."""
        last = self.orders[number][-1]
        [line] = last.order.lines
        canceled = replace(line, canceled_quantity=line.quantity)
        order = replace(last.order, updated_at=clock.now(), status=OrderStatus.CANCELED, lines=[canceled])
        self.orders[number].append(Version(order, max(last.listed_at, self._listed_at())))
        self._settled(line.sku).quantity += line.quantity

    def open_orders(self) -> list[str]:
        return [number for number, versions in self.orders.items() if versions[-1].order.status is OrderStatus.PAID]

    def by_hand(self, sku: str, units: int) -> None:
        """Somebody changes the number in the channel's own pages (F14)."""
        self._settled(sku).quantity = units

    def may_sell(self, sku: str) -> int:
        """All that can still be bought of what it shows and of what it was told, if nothing more is sent."""
        shelf = self._settled(sku)
        return shelf.quantity + sum(units for _, units in shelf.pending)

    # The contract

    def set_availability(self, wanted: Sequence[Wanted]) -> list[Receipt]:
        self._answers()
        return [self._set(one) for one in wanted]

    def _set(self, wanted: Wanted) -> Receipt:
        fate = self.chance.random()
        if fate < self.lossy / 2:
            return Receipt(wanted.offer, Outcome.UNKNOWN, wanted.version)
        shelf = self._settled(wanted.sku)
        wait = self.chance.randint(0, self.live_delay)
        if wait or shelf.pending:
            live_at = max([clock.now() + timedelta(seconds=wait), *(at for at, _ in shelf.pending)])
            shelf.pending.append((live_at, wanted.quantity))
        else:
            shelf.quantity = wanted.quantity
        taken = Outcome.ACCEPTED if self.live_delay else Outcome.LIVE
        return Receipt(wanted.offer, Outcome.UNKNOWN if fate < self.lossy else taken, wanted.version)

    def read_listings(self, skus: Sequence[Sku]) -> list[Listing]:
        self._answers()
        return [Listing(sku, True, self._settled(sku).quantity) for sku in skus if sku in self.shelves]

    def all_listings(self) -> Iterable[Listing]:
        return self.read_listings([Sku(sku) for sku in self.shelves])

    def read_orders(self, *, since: datetime, until: datetime, cursor: str | None = None) -> Page:
        """A list shows a change up to V late, so it is complete up to V ago."""
        self._answers()
        seen = [listed[-1].order for versions in self.orders.values() if (listed := [v for v in versions if v.listed_at <= clock.now()])]
        found = sorted((o for o in seen if since <= o.updated_at <= until), key=lambda o: (o.updated_at, o.remote_id))
        start = int(cursor or 0)
        after = start + ORDERS_A_PAGE
        complete_until = clock.now() - timedelta(seconds=self.sale_delay, microseconds=1)
        return Page(found[start:after], cursor=str(after) if after < len(found) else None, complete_until=complete_until)

    def read_order(self, remote_id: RemoteId) -> ChannelOrder:
        self._answers()
        return self.orders[remote_id][-1].order

    def _answers(self) -> None:
        if self.chance.random() < self.down:
            raise Unavailable("the simulated channel is down")

    def _listed_at(self) -> datetime:
        return clock.now() + timedelta(seconds=self.chance.randint(0, self.sale_delay))

    def _settled(self, sku: str) -> Shelf:
        shelf = self.shelves.setdefault(sku, Shelf())
        while shelf.pending and shelf.pending[0][0] <= clock.now():
            shelf.quantity = shelf.pending.pop(0)[1]
        return shelf
