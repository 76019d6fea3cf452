"""Starts the demo: sandbox, sample seller, web, worker; then either lives on or plays the story once."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction

from entrepot.app.demo import marketplaces as shops
from entrepot.app.demo import seller, story
from entrepot.app.demo.assortment import Assortment, SampleKit, SampleProduct, sample_assortment
from entrepot.app.demo.screen import Screen
from entrepot.app.home import home
from entrepot.app.processes import CannotStart, Processes, entrepot, free_port, wait_for_port
from entrepot.base import clock
from entrepot.base.ids import AccountId, VariantId
from entrepot.catalog import queries as catalog
from entrepot.inventory import actions as inventory
from entrepot.inventory import queries as stock
from entrepot.listings import actions as listings

WEB_PORT = 8000
LOOK_EVERY = 2.0  # seconds between looks whether all processes still run
FIRST_PRODUCTS = 40  # loaded and published before the demo says it is ready; the rest follows behind
PRODUCTS_A_STEP = 24
BUYERS_AN_HOUR = 240.0
CALM = 20
CALM_UNITS = 9
USER, PASSWORD = "owner", "entrepot-demo"


def once(report_file: Path | None) -> int:
    """Play the story; 0 when every promise was kept."""
    screen = Screen()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unwinds, so that nothing started here is left running
    with _started(screen, once=True) as (cast_shops, accounts, assortment, _):
        report = story.play(_cast(cast_shops, accounts, assortment), screen)
    _table(report, screen)
    if report_file is not None:
        report_file.write_text(json.dumps(report.as_json(), indent=1) + "\n")
    return 0 if report.kept else 1


def live() -> int:
    """The demo in a browser, until Ctrl-C."""
    screen = Screen()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with _started(screen, once=False) as (cast_shops, accounts, assortment, port):
        _offer_first(accounts, assortment)
        _welcome(screen, port, cast_shops)
        threading.Thread(target=_load_rest, args=(accounts, assortment, stopped), daemon=True).start()
        for shop in cast_shops.values():
            shop.control("buyers", per_hour=BUYERS_AN_HOUR / len(cast_shops))
        while not stopped.wait(LOOK_EVERY):
            screen.check()
        screen.say("Stopping ...")
    return 0


@contextmanager
def _started(screen: Screen, *, once: bool) -> Iterator[tuple[dict[str, shops.Marketplace], dict[str, AccountId], Assortment, int]]:
    processes = Processes()
    log = (home() / "demo.log").open("w")
    try:
        sandbox = shops.start(processes)
        call_command("init", demo=True, currency="EUR", verbosity=0, stdout=log)
        port = free_port(WEB_PORT)
        settings.PUBLIC_URL = os.environ["ENTREPOT_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        web = processes.start("web", entrepot("web", "--port", str(port)), output=log)
        found = shops.found(sandbox)
        assortment = sample_assortment()
        samples = _samples(assortment) if once else _samples(assortment)[:FIRST_PRODUCTS]
        seller.load(assortment, samples, lambda done: screen.progress("Sample seller", done, len(samples)))
        accounts = seller.connect(found.values(), assortment=assortment)
        if once:
            _set_the_scene(assortment)
        listings.read_back_soon(list(accounts.values()))
        processes.start("worker", entrepot("worker"), output=log)
        wait_for_port("127.0.0.1", port, child=web)
        screen.check = processes.check
        yield found, accounts, assortment, port
    except CannotStart as no:
        screen.say(f"{no}\nThe log is {home() / 'demo.log'}.")
        raise SystemExit(2) from None
    finally:
        connections.close_all()
        processes.stop()
        log.close()


def _cast(found: dict[str, shops.Marketplace], accounts: dict[str, AccountId], assortment: Assortment) -> story.Cast:
    singles = _singles(assortment)
    return story.Cast(found, accounts, calm=singles[:CALM], allotted=singles[CALM], pooled=singles[CALM + 1])


def _singles(assortment: Assortment) -> list[str]:
    """SKUs for the story: one of each product, so that no two share a page; nothing that lies in a kit."""
    in_kits = {sku for kit in assortment.kits for sku, _ in kit.components}
    found = [product.variants[0].sku for product in assortment.products if len(product.variants) == 1]
    found += [product.variants[0].sku for product in assortment.products if len(product.variants) > 1]
    return [sku for sku in found if sku not in in_kits][: CALM + 2]


def _set_the_scene(assortment: Assortment) -> None:
    """So few units of each SKU of the story that every sale shows: nine of the calm ones, ten of those raced for."""
    singles = _singles(assortment)
    places = stock.location_ids([place.code for place in assortment.locations])
    now = clock.now()
    variants = catalog.variants_of(singles)
    for first, place in enumerate(places):
        counted = {variants[sku]: (CALM_UNITS if n < CALM else story.LAST_UNITS) if first == 0 else 0 for n, sku in enumerate(singles)}
        with transaction.atomic():
            inventory.report(place, f"demo:{now.timestamp()}", counted, kind="absolute", counted_at=now, actor=seller.ACTOR)
            for variant in counted:
                inventory.set_safety_stock(variant, place, 0, actor=seller.ACTOR)


def _samples(assortment: Assortment) -> list[SampleProduct | SampleKit]:
    return [*assortment.products, *assortment.kits]


def _offer_first(accounts: dict[str, AccountId], assortment: Assortment) -> None:
    _offer(accounts, seller.variants_of(assortment, [product.code for product in assortment.products[:FIRST_PRODUCTS]]))


def _load_rest(accounts: dict[str, AccountId], assortment: Assortment, stopped: threading.Event) -> None:
    """The other products come in behind, a few at a time, and are offered as they come."""
    rest = _samples(assortment)[FIRST_PRODUCTS:]
    for first in range(0, len(rest), PRODUCTS_A_STEP):
        if stopped.is_set():
            break
        samples = rest[first : first + PRODUCTS_A_STEP]
        seller.load(assortment, samples, lambda done: None)
        _offer(accounts, seller.sold_as(samples))
    connections.close_all()


def _offer(accounts: dict[str, AccountId], variants: list[VariantId]) -> None:
    drafts = [offer for account in accounts.values() for offer in listings.create_offers(variants, account, actor=seller.ACTOR)]
    listings.publish_offers(drafts, actor=seller.ACTOR)


def _welcome(screen: Screen, port: int, found: dict[str, shops.Marketplace]) -> None:
    pages = "\n".join(f"    {shops.MARKETS[name][0]:22} {shop.facts['control_url']}/" for name, shop in found.items())
    screen.say(
        f"""
  Entrepot is ready in {time.monotonic() - screen.begun:.0f} s.

    Back office            http://127.0.0.1:{port}/
    User and password      {USER} / {PASSWORD}

  The marketplaces as a buyer sees them:
{pages}

  What to try
    1. Open a marketplace page beside the back office and buy the last units of something: the other channel follows.
    2. Stock: click a number to see why that many are shown. Orders: ship one, the marketplace knows within seconds.
    3. Products: open one, change its price or text, or delist it everywhere and watch each channel confirm.
    4. Throw a fault on a marketplace page (throttled, down, answers lost) and look at Channels.

  Ctrl-C stops everything. What you did is kept in {home()}.
"""
    )


def _table(report: story.Report, screen: Screen) -> None:
    waits = report.seconds_to_all_channels
    screen.say(
        f"""
  listed                                     {report.listed}
  orders / units sold                        {report.orders} / {report.sold}
  seconds until all other channels showed it p50 {waits.get("p50", "-")}  p95 {waits.get("p95", "-")}  max {waits.get("max", "-")}
  oversold, allotted                         {report.oversold["allotted"]}   (breaches of the delay bounds: {report.breaches})
  oversold, pooled                           {report.oversold["pooled"]}
  orders lost                                {report.lost}
  converged                                  {"yes" if report.converged else "NO"}
"""
    )
    if not report.kept:
        print("A promise was not kept.", file=sys.stderr)
