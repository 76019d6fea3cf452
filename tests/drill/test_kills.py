"""A worker is killed at every crash point and started again: the same end as without (P9, F40). One that was frozen is fenced (F41)."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

import entrepot
from entrepot.base import clock
from entrepot.base.ids import AccountId
from entrepot.catalog import queries as catalog
from entrepot.fulfillment import actions as fulfillment
from entrepot.fulfillment.models import FulfillmentOrder, ShippedPackage
from entrepot.listings import actions as listings
from entrepot.listings.models import Lane, Offer
from entrepot.orders.models import OrderLine, SalesOrder
from entrepot.people.deployment import base_currency, set_up
from tests.db import sound
from tests.drill.conftest import Workers, wait_for
from tests.world.goods import Goods, connect, offer
from tests.world.marketplace import Marketplace

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

SOURCE = Path(entrepot.__file__).parent
POINTS = sorted({name for file in SOURCE.rglob("*.py") for name in re.findall(r'\bcrashpoint\("([a-z_.]+)"\)', file.read_text())})
OF_IMPORTS = [name for name in POINTS if name.startswith("import.")]
OF_WORKERS = [name for name in POINTS if name not in OF_IMPORTS]
Shops = dict[str, Marketplace]


@pytest.fixture
def goods(transactional_db: None) -> Iterator[Goods]:
    base_currency.cache_clear()
    set_up(base_currency_code="EUR", time_zone="Europe/Berlin", demo=True)
    made = Goods()
    made.product("SHIP", "KEEP", units=9)
    yield made
    base_currency.cache_clear()


class Supervised:
    """One worker, started again when it dies, as any installation's supervisor does it."""

    def __init__(self, workers: Workers, crash_at: str) -> None:
        self._workers = workers
        self.deaths: list[int] = []
        self._child = workers.start(crash_at=crash_at)

    def __call__(self) -> None:
        status = self._child.poll()
        if status is not None:
            self.deaths.append(status)
            self._child = self._workers.start()


def story(goods: Goods, markets: Shops, worker: Supervised) -> dict[str, object]:
    """Publish, sell, ship, delist one; the state of the world at the end."""
    places = [goods.place()]
    accounts = {name: connect(market, places) for name, market in markets.items()}
    for account in accounts.values():
        offer(account, ["SHIP", "KEEP"])
    wait_for(lambda: all(market.shows(sku) == 9 for market in markets.values() for sku in ("SHIP", "KEEP")), "published", meanwhile=worker)
    order = markets["amazon"].buy("SHIP", 2)
    wait_for(lambda: markets["ebay"].shows("SHIP") == 7, "the sale is known and shown", meanwhile=worker)
    wait_for(lambda: FulfillmentOrder.objects.filter(order__channel_order_id=order).exists(), "asked of the place", meanwhile=worker)
    work = FulfillmentOrder.objects.get(order__channel_order_id=order)
    with transaction.atomic():
        fulfillment.ship(work.public_id, carrier="DHL", tracking="JD0146000012345", key="drill", actor="test")
    wait_for(lambda: [sale.shipped for sale in markets["amazon"].sales()] == [2], "shipped there", meanwhile=worker)
    wait_for(lambda: not ShippedPackage.objects.filter(told_at=None).exists(), "told", meanwhile=worker)
    listings.end_offers(list(Offer.objects.filter(channel_sku="KEEP").values_list("pk", flat=True)), actor="test")
    gone = lambda: not any(market.pages()["KEEP"].live for market in markets.values())  # noqa: E731
    wait_for(gone, "ended there", meanwhile=worker)
    wait_for(lambda: set(Offer.objects.filter(channel_sku="KEEP").values_list("state", flat=True)) == {"ended"}, "ended", meanwhile=worker)
    return {
        "pages": {
            name: {sku: (one.quantity, one.live) for sku, one in market.pages().items() if one.live} for name, market in markets.items()
        },
        "sales": {name: [(sale.sku, sale.quantity, sale.shipped) for sale in market.sales()] for name, market in markets.items()},
        "orders": [number for (number,) in SalesOrder.objects.values_list("channel_order_id")] == [order],
        "lines": list(OrderLine.objects.values_list("sku", "quantity", "fulfilled", "short")),
        "packages": ShippedPackage.objects.count(),
        "stock": {sku: (goods.on_hand(sku), goods.reserved(sku)) for sku in ("SHIP", "KEEP")},
    }


UNDISTURBED = {
    "pages": {"amazon": {"SHIP": (7, True)}, "ebay": {"SHIP": (7, True)}},
    "sales": {"amazon": [("SHIP", 2, 2)], "ebay": []},
    "orders": True,
    "lines": [("SHIP", 2, 2, 0)],
    "packages": 1,
    "stock": {"SHIP": (7, 0), "KEEP": (9, 0)},
}


@pytest.mark.parametrize("crash_at", ["", *OF_WORKERS])
def test_p9_f40_a_worker_killed_at_a_crash_point_changes_nothing(crash_at: str, goods: Goods, markets: Shops, workers: Workers) -> None:
    worker = Supervised(workers, crash_at)
    assert story(goods, markets, worker) == UNDISTURBED
    assert worker.deaths == ([-signal.SIGKILL] if crash_at else []), "the crash point was met once"
    workers.stop()
    assert sound.breaches() == []


@pytest.mark.parametrize("crash_at", OF_IMPORTS)
def test_f50_an_import_killed_half_way_is_done_by_the_next_run(crash_at: str, goods: Goods, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    rows = "".join(f"P-{n},Hanyu,CSV-{n},Lantern {n},12.50\n" for n in range(2500))
    file.write_text("product_code,brand,sku,title_en,price\n" + rows)
    command = [sys.executable, "-m", "entrepot", "import", "products", str(file), "--mapping", "entrepot"]
    killed = subprocess.run(command, env=os.environ | {"ENTREPOT_CRASH_AT": crash_at}, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(catalog.variants_of([f"CSV-{n}" for n in range(2500)])) == 2500


def test_f41_a_frozen_worker_is_fenced_when_it_wakes(goods: Goods, markets: Shops, workers: Workers) -> None:
    """Frozen in mid-life it keeps its locks, so the database is told to drop its sessions, as it does with a host that is cut off."""
    shop = markets["amazon"]
    account = connect(shop, [goods.place()])
    frozen = workers.start()
    offer(account, ["SHIP"])
    wait_for(lambda: shop.shows("SHIP") == 9, "published")
    epoch = Lane.objects.get(account_id=account).epoch
    frozen.send_signal(signal.SIGSTOP)
    _drop_sessions_of_others()
    second = workers.start()
    wait_for(lambda: Lane.objects.get(account_id=account).epoch > epoch, "taken over")
    goods.count({"SHIP": 3})
    wait_for(lambda: shop.shows("SHIP") == 3, "the second worker tells")
    taken = Lane.objects.get(account_id=account).epoch
    frozen.send_signal(signal.SIGCONT)
    goods.count({"SHIP": 5})
    wait_for(lambda: shop.shows("SHIP") == 5, "told again")
    _stays(lambda: shop.shows("SHIP") == 5 and Lane.objects.get(account_id=account).epoch == taken, seconds=6)
    assert frozen.poll() is None, "it lives on and waits for accounts"
    second.kill()
    wait_for(lambda: Lane.objects.get(account_id=account).epoch > taken, "the woken one takes over (P10: 10 s)", within=30)
    goods.count({"SHIP": 4})
    wait_for(lambda: shop.shows("SHIP") == 4, "it works on")


def test_p10_a_killed_worker_is_replaced_by_one_that_waits(goods: Goods, markets: Shops, workers: Workers) -> None:
    accounts: list[AccountId] = [connect(market, [goods.place()]) for market in markets.values()]
    first = workers.start()
    for account in accounts:
        offer(account, ["SHIP"])
    wait_for(lambda: all(market.shows("SHIP") == 9 for market in markets.values()), "published")
    workers.start()
    time.sleep(2)  # it starts; whether it is up already makes no difference
    first.kill()
    first.wait()
    begun = clock.now()
    order = markets["ebay"].buy("SHIP")
    wait_for(lambda: SalesOrder.objects.filter(channel_order_id=order).exists(), "the order is known", within=300)
    wait_for(lambda: markets["amazon"].shows("SHIP") == 8, "the other follows", within=30)
    taken = Lane.objects.values_list("passed_at", flat=True)
    assert all(at is not None and at > begun - timedelta(seconds=30) for at in taken)


def _drop_sessions_of_others() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


def _stays(true: object, *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert true()  # type: ignore[operator]
        time.sleep(0.1)
