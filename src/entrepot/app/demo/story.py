"""``make demo ONCE=1``: the story without a browser. Publish, calm sales, a race for the last units, a channel that is down,
delist everywhere; measured at the marketplaces, as a buyer would see it. Exit status 1 when a promise is broken.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from statistics import quantiles

from entrepot.app.demo.marketplaces import Marketplace
from entrepot.app.demo.screen import Screen
from entrepot.base.ids import AccountId, VariantId
from entrepot.catalog import queries as catalog
from entrepot.insight.queries import convergence
from entrepot.listings import actions as listings
from entrepot.listings.types import Policy

ACTOR = "demo"
BUYERS = 40
LAST_UNITS = 10
PATIENCE = 600.0  # seconds until something counts as not converged


@dataclass
class Cast:
    """Who plays: the marketplaces, their accounts, what is offered, and the two variants that are raced for."""

    shops: dict[str, Marketplace]
    accounts: dict[str, AccountId]
    calm: Sequence[str]
    allotted: str
    pooled: str


@dataclass
class Report:
    listed: int = 0
    sold: int = 0
    orders: int = 0
    oversold: dict[str, int] = field(default_factory=lambda: {"allotted": 0, "pooled": 0})
    lost: int = 0
    converged: bool = False
    seconds_to_all_channels: dict[str, float] = field(default_factory=dict)
    breaches: int = 0
    failing: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """No allotted unit sold twice, no order lost, everything ended up equal."""
        return self.oversold["allotted"] == 0 and self.lost == 0 and self.converged

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def play(cast: Cast, screen: Screen) -> Report:
    """Play it all; the report says what was seen."""
    report = Report()
    skus = [*cast.calm, cast.allotted, cast.pooled]
    variants = list(catalog.variants_of(skus).values())
    listings.set_policy(catalog.variant_of(cast.allotted), Policy.ALLOTTED, reason="demo: the last units", actor=ACTOR)
    _publish(cast, variants, report, screen)
    waits = _calm_sales(cast, screen)
    _race(cast, screen)
    _sell_while_down(cast, screen)
    _settle(cast, skus, report, screen)
    _delist(cast, variants, report, screen)
    _account_for(cast, report, waits)
    return report


def _publish(cast: Cast, variants: Sequence[VariantId], report: Report, screen: Screen) -> None:
    # All drafts first: an allotted variant is shared among the offers that are there when the first one is published.
    drafts = [offer for account in cast.accounts.values() for offer in listings.create_offers(variants, account, actor=ACTOR)]
    listings.publish_offers(drafts, actor=ACTOR)
    wanted = len(variants) * len(cast.shops)

    def live() -> int:
        return sum(1 for shop in cast.shops.values() for shown in shop.shown().values() if shown.live and shown.quantity > 0)

    screen.wait("Publishing", live, wanted, PATIENCE)
    report.listed = live()


def _calm_sales(cast: Cast, screen: Screen) -> list[float]:
    """One buyer after the other, now here, now there; seconds until every other channel shows the lower number."""
    names = list(cast.shops)
    turns = [(names[n % len(names)], sku) for n, sku in enumerate(cast.calm)]
    with ThreadPoolExecutor(8) as watchers:
        watched = []
        for done, (name, sku) in enumerate(turns, 1):
            watched.append(watchers.submit(_sell_and_watch, cast, name, sku))
            screen.progress("Calm sales", done, len(turns))
            time.sleep(1.0)
        return [seconds for one in watched for seconds in one.result()]


def _sell_and_watch(cast: Cast, name: str, sku: str) -> list[float]:
    before = {other: shop.shown()[sku].quantity for other, shop in cast.shops.items() if other != name}
    if cast.shops[name].buy(sku) is None:
        return []
    bought = time.monotonic()
    waits = []
    for other, quantity in before.items():
        while cast.shops[other].shown()[sku].quantity >= quantity and time.monotonic() - bought < PATIENCE:
            time.sleep(0.05)
        waits.append(time.monotonic() - bought)
    return waits


def _race(cast: Cast, screen: Screen) -> None:
    """Forty buyers want the last ten units, on both channels at once."""
    for sku in (cast.allotted, cast.pooled):
        start = threading.Barrier(BUYERS)
        names = list(cast.shops)

        def buyer(n: int, sku: str = sku, start: threading.Barrier = start, names: list[str] = names) -> bool:
            start.wait()
            return cast.shops[names[n % len(names)]].buy(sku) is not None

        with ThreadPoolExecutor(BUYERS) as crowd:
            sold = sum(crowd.map(buyer, range(BUYERS)))
        screen.say(f"Race for {sku}: {BUYERS} buyers, {LAST_UNITS} units, {sold} sold")


def _sell_while_down(cast: Cast, screen: Screen) -> None:
    """One channel is down for a while and the others sell on; when it is back it must show what is left."""
    up, *_, down = cast.shops
    cast.shops[down].control("faults", fault="F2", operation="*", times=None, retry_after_s=None)
    sold = [sku for sku in cast.calm[:5] if cast.shops[up].buy(sku)]
    screen.pause(f"{down} is down, {up} sells on", 15)
    before = {sku: cast.shops[down].shown()[sku].quantity for sku in sold}
    cast.shops[down].control("faults")
    back = time.monotonic()
    waits = []
    for sku, quantity in before.items():
        while cast.shops[down].shown()[sku].quantity >= quantity and time.monotonic() - back < PATIENCE:
            time.sleep(0.1)
        waits.append(time.monotonic() - back)
    screen.say(f"{down} is back and caught up after {max(waits, default=0):.1f} s")


def _settle(cast: Cast, skus: Sequence[str], report: Report, screen: Screen) -> None:
    """Every listing shows what it shall show, and every order of the channels is in the hub."""

    def right() -> int:
        return sum(
            convergence.shows_what_it_should(cast.accounts[name], {sku: one.quantity for sku, one in shop.shown().items() if sku in skus})
            for name, shop in cast.shops.items()
        )

    screen.wait("Until every channel shows what is left", right, len(skus) * len(cast.shops), PATIENCE)
    screen.wait("Until every order is in the hub", lambda: -_lost(cast), 0, PATIENCE)
    report.converged = right() == len(skus) * len(cast.shops)


def _delist(cast: Cast, variants: Sequence[VariantId], report: Report, screen: Screen) -> None:
    """Delist everywhere: 0 first, then ended, then read back as gone."""
    listings.recall(variants, reason="demo: delist everywhere", user=None, actor=ACTOR)
    total = len(variants) * len(cast.shops)

    def gone() -> int:
        return total - sum(1 for shop in cast.shops.values() for shown in shop.shown().values() if shown.live)

    screen.wait("Delisting everywhere", gone, total, PATIENCE)
    confirmed: Callable[[], int] = lambda: total - convergence.recalls_open()  # noqa: E731
    screen.wait("Reading back that it is gone", confirmed, total, PATIENCE)
    report.converged = report.converged and gone() == total and confirmed() == total


def _account_for(cast: Cast, report: Report, waits: Sequence[float]) -> None:
    lines = [line for shop in cast.shops.values() for line in shop.orders()]
    report.orders = len({(line["id"]) for line in lines})
    report.sold = sum(line["quantity"] for line in lines)
    report.lost = _lost(cast)
    short = convergence.short_units([cast.allotted, cast.pooled])
    report.oversold = {"allotted": short.get(cast.allotted, 0), "pooled": short.get(cast.pooled, 0)}
    report.breaches = convergence.breaches(list(cast.accounts.values()))
    if waits:
        cuts = quantiles(waits, n=20) if len(waits) > 1 else [waits[0]] * 19
        report.seconds_to_all_channels = {"p50": round(cuts[9], 2), "p95": round(cuts[18], 2), "max": round(max(waits), 2)}


def _lost(cast: Cast) -> int:
    """Orders that a channel has and the hub has not."""
    return sum(
        len({str(line["id"]) for line in shop.orders()} - convergence.known_orders(cast.accounts[name]))
        for name, shop in cast.shops.items()
    )
