"""The world of a scenario. Nothing happens in it but what ``turn`` and ``until`` let happen."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from entrepot.base import clock
from entrepot.base.ids import AccountId
from entrepot.channels.models import OperationHealth
from entrepot.insight.models import Alert
from entrepot.insight.queries import convergence
from entrepot.jobs.worker import Worker
from entrepot.people.deployment import base_currency, set_up
from tests.world.goods import Goods, connect, offer
from tests.world.marketplace import Marketplace

ROUNDS = 3  # a loop that asks to come back at once does so this often before the clock moves on
STEP = timedelta(seconds=1)
LONGEST_STEP = timedelta(seconds=20)


class Here(Executor):
    """Runs what it is given at once, in the caller's thread: so the order of everything is known."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class World:
    """A seller with one account a marketplace, and one worker. ``turned``: the product's clock."""

    def __init__(self, markets: Mapping[str, Marketplace], turned: clock.TurnedClock) -> None:
        self.markets = markets
        self.amazon, self.ebay = markets["amazon"], markets["ebay"]
        self.goods = Goods()
        self.accounts: dict[str, AccountId] = {}
        self.worker = Worker(pool=Here())
        self._turned = turned

    def connect(self, *names: str, **settings: str) -> None:
        for name in names or tuple(self.markets):
            self.accounts[name] = connect(self.markets[name], [self.goods.place()], **settings)

    def sell(self, *skus: str, on: tuple[str, ...] = ()) -> None:
        """The offers are live wherever there is stock to show."""
        for name in on or tuple(self.accounts):
            offer(self.accounts[name], skus)
        self.until(lambda: all(self.markets[name].shows(sku) for name in (on or tuple(self.accounts)) for sku in skus))

    def offer(self, account: AccountId, *skus: str) -> None:
        """These shall be live there; nobody waits for it."""
        offer(account, skus)

    def sell_somewhere(self, sku: str) -> None:
        """The offers of an allotted variant are published: together they show what there is, some of them perhaps nothing."""
        units = self.goods.on_hand(sku)
        for account in self.accounts.values():
            offer(account, [sku], publish=False)
        for account in self.accounts.values():
            offer(account, [sku])
        self.until(lambda: sum(market.shows(sku) for market in self.markets.values()) == units)

    # Time

    def turn(self, by: timedelta = STEP, *, working: bool = True) -> None:
        """So much time passes everywhere; the worker does what is due after it. ``working`` False: it was down."""
        for market in self.markets.values():
            market.turn(by.total_seconds())
        self._turned.advance(by)
        if working:
            for _ in range(ROUNDS):
                self.worker.step(patience=0)

    def until(self, seen: Callable[[], object], *, within: timedelta = timedelta(minutes=10)) -> timedelta:
        """Let time pass until something is seen; how long it took, to a sixth. Fails when it takes longer."""
        begun = clock.now()
        while not seen():
            passed = clock.now() - begun
            assert passed < within, f"not within {within}; {self._where()}"
            self.turn(min(max(STEP, passed / 6), LONGEST_STEP, within - passed))
        return clock.now() - begun

    def for_(self, duration: timedelta) -> None:
        """Let time pass, working."""
        end = clock.now() + duration
        while clock.now() < end:
            self.turn(min(LONGEST_STEP, end - clock.now()))

    def restart(self) -> None:
        """The worker ends and another begins."""
        self.worker.close()
        self.worker = Worker(pool=Here())

    # What is seen

    def orders_known(self, name: str) -> set[str]:
        return convergence.known_orders(self.accounts[name])

    def alerts(self, kind: str) -> list[Alert]:
        return list(Alert.objects.filter(kind=kind, resolved_at=None))

    def converged(self) -> bool:
        """Every live listing shows what it shall show, and every sale is known."""
        for name, account in self.accounts.items():
            shown = {sku: page.quantity for sku, page in self.markets[name].pages().items() if page.live}
            if convergence.shows_what_it_should(account, shown) != len(shown):
                return False
            if {sale.order for sale in self.markets[name].sales()} - self.orders_known(name):
                return False
        return True

    def _where(self) -> str:
        shown = {name: {sku: (page.quantity, page.live) for sku, page in market.pages().items()} for name, market in self.markets.items()}
        unwell = OperationHealth.objects.filter(failing_since__isnull=False)
        failing = [(row.account.name, row.operation, row.failures, row.last_error) for row in unwell.select_related("account")]
        return f"the marketplaces show {shown}; failing: {failing}"

    def close(self) -> None:
        self.worker.close()


@contextmanager
def opened(markets: Mapping[str, Marketplace]) -> Iterator[World]:
    """Empty marketplaces, one time for all, and a seller that has nothing yet."""
    times = {name: market.open_empty() for name, market in markets.items()}
    latest = max(times.values())
    for name, market in markets.items():
        market.turn((latest - times[name]).total_seconds())
    base_currency.cache_clear()
    set_up(base_currency_code="EUR", time_zone="Europe/Berlin", demo=True)
    with clock.turned_to(latest) as turned:
        world = World(markets, turned)
        try:
            yield world
        finally:
            world.close()
            base_currency.cache_clear()
