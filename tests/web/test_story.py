"""The main job as a person does it, in a browser: connect, create, publish, sell, ship, explain, delist (issue's main story)."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from entrepot.app.launcher import stop_database
from entrepot.app.processes import Processes, entrepot, free_port, wait_for_port
from entrepot_sandbox.core.server import running
from tests.conftest import CHROMIUM
from tests.web.world import PASSWORD, first_day
from tests.world.goods import Goods, credentials_of
from tests.world.marketplace import MARKETS, Marketplace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
PATIENCE = 90_000  # ms for what takes a second or two on a quiet machine


@dataclass
class Installation:
    """A new installation with one owner and one place, its two processes, and two empty marketplaces."""

    address: str
    markets: dict[str, Marketplace]
    log: Path


@contextmanager
def processes_of(log: Path) -> Iterator[str]:
    port = free_port(8300)
    address = f"http://127.0.0.1:{port}"
    children = Processes()
    with log.open("w") as output:
        try:
            web = children.start("web", entrepot("web", "--port", str(port)), output=output)
            children.start("worker", entrepot("worker"), output=output, env={"ENTREPOT_PUBLIC_URL": address})
            wait_for_port("127.0.0.1", port, child=web)
            yield address
        finally:
            children.stop()


@pytest.fixture
def installation(transactional_db: None, tmp_path: Path) -> Iterator[Installation]:
    first_day()
    Goods().place("POZNAN")
    with running("amazon", "ebay", seed=0) as printed, processes_of(tmp_path / "processes.log") as address:
        markets = {name: Marketplace(name, facts) for name, facts in printed["channels"].items()}
        yield Installation(address, markets, tmp_path / "processes.log")
        for market in markets.values():
            market.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield started
        started.close()


class Person:
    """Somebody at a screen: goes to pages, fills in, clicks, and sees."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.page = browser.new_context(viewport={"width": 1360, "height": 900}).new_page()
        self.page.set_default_timeout(PATIENCE)

    def opens(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def signs_in(self, password: str = PASSWORD) -> None:
        page = self.opens("/login/?next=/")
        page.get_by_label("User name").fill("owner")
        page.get_by_label("Password").fill(password)
        page.locator("button.pri").click()
        page.wait_for_url(f"{self.address}/")

    def connects(self, market: Marketplace, name: str) -> None:
        page = self.opens("/channels/")
        page.locator("a[href^='/channels/connect/']").first.click()
        page.locator(f"a[href='?channel={market.name}']").click()
        secret, plain = credentials_of(market)
        fields = {"name": name, "entity": "Harbour & Field GmbH", "market": MARKETS[market.name], "currency": market.facts["currency"]}
        for field, value in {**fields, **plain, **secret}.items():
            page.locator(f"main form [name='{field}']").fill(str(value))
        page.get_by_role("button", name="Connect", exact=True).click()
        page.wait_for_url(lambda url: "/connect/" not in url)
        expect(page.get_by_text(name).first).to_be_visible()

    def creates_a_product(self) -> str:
        """Its page's path."""
        page = self.opens("/products/")
        page.locator("a[href='/products/new/']").first.click()
        page.get_by_label("Title").fill("Camping lantern, USB-C")
        page.get_by_label("Description").fill("Bright, light, and good for 40 hours.")
        page.get_by_label("Bullet points, one a line").fill("40 hours\nUSB-C")
        page.get_by_label("Product code").fill("LANTERN")
        page.get_by_label("Brand").fill("Hanyu")
        page.get_by_label("Options").fill("Color")
        for row, (sku, color) in enumerate((("LAN-MOSS", "Moss"), ("LAN-SAND", "Sand"))):
            for field, value in (("sku", sku), ("options", color), ("price_minor", "39.90")):
                page.locator(f"[name='n.{row}.{field}']").fill(value)
        page.get_by_role("button", name="Create product").click()
        page.wait_for_url(re.compile(r"/products/[0-9a-f-]{36}/"))
        return "/products/" + page.url.split("/products/")[1].split("/")[0] + "/"

    def receives(self, sku: str, units: int) -> None:
        page = self.opens(f"/stock/item/?sku={sku}")
        page.get_by_label("By how many units").fill(str(units))
        page.get_by_role("button", name="Change stock").click()
        expect(page.locator("table").first).to_contain_text(str(units))

    def publishes(self, product: str) -> None:
        page = self.opens(product)
        for box in page.locator("input[name=account]").all():
            box.check()
        page.get_by_role("button", name="Publish on the marked channels").click()
        expect(page.locator("[role=status], .e-note").first).to_be_visible()

    def sees(self, path: str, text: str | re.Pattern[str]) -> None:
        """A page shows it, at the latest after a few reloads."""
        page = self.opens(path)
        for _ in range(PATIENCE // 1000):
            if page.locator("main").get_by_text(text).count():
                return
            page.wait_for_timeout(1000)
            page.reload()
        raise AssertionError(f"{path} never showed {text!r}; it shows: {page.locator('main').inner_text()[:2000]}")

    def card(self, market: Marketplace, sku: str) -> str:
        """What the marketplace's own page says of a SKU."""
        self.page.goto(f"{market.facts['control_url'].rstrip('/')}/?lang=en")
        return self.page.locator("article.it", has_text=sku).inner_text()

    def buys(self, market: Marketplace, sku: str) -> None:
        self.page.goto(f"{market.facts['control_url'].rstrip('/')}/?lang=en")
        self.page.locator("article.it", has_text=sku).locator("button.buy").click()
        self.page.wait_for_load_state()


def waits(person: Person, seen: object, what: str) -> None:
    for _ in range(PATIENCE // 250):
        if seen():  # type: ignore[operator]
            return
        person.page.wait_for_timeout(250)
    raise AssertionError(what)


def test_from_an_empty_installation_to_a_sale_a_shipment_and_delisting_everywhere(browser: Browser, installation: Installation) -> None:
    person, amazon, ebay = Person(browser, installation.address), installation.markets["amazon"], installation.markets["ebay"]
    person.signs_in()
    person.connects(amazon, "Amazon DE")
    person.connects(ebay, "eBay IE")
    product = person.creates_a_product()
    person.receives("LAN-MOSS", 7)
    person.receives("LAN-SAND", 5)
    person.publishes(product)
    waits(person, lambda: all(m.shows("LAN-MOSS") == 7 and m.shows("LAN-SAND") == 5 for m in (amazon, ebay)), "live on both")
    person.sees(product, "4 of 4")
    assert "7" in person.card(ebay, "LAN-MOSS")

    person.buys(amazon, "LAN-MOSS")
    [sale] = amazon.sales()
    waits(person, lambda: ebay.shows("LAN-MOSS") == 6, "the other marketplace follows")
    assert "6" in person.card(ebay, "LAN-MOSS")
    person.opens("/orders/")
    person.page.get_by_role("link", name="To ship").first.click()
    person.page.wait_for_url(re.compile(r"/orders/\?"))
    person.sees(person.page.url.removeprefix(installation.address), sale.order)
    person.page.get_by_text(sale.order).first.click()
    person.page.wait_for_url(re.compile(r"/orders/[0-9a-f-]{36}/"))
    order = person.page.url.removeprefix(installation.address)
    person.sees(order, "Mark as shipped")
    person.page.get_by_label("Carrier").fill("DHL")
    person.page.get_by_label("Tracking number").fill("JD014600001234")
    person.page.get_by_role("button", name="Mark as shipped").click()
    waits(person, lambda: [one.shipped for one in amazon.sales()] == [1], "the marketplace knows the shipment")
    person.sees(order, "the channel knows")

    person.opens("/stock/item/?sku=LAN-MOSS")
    person.page.locator("main a[href^='/why/']").first.click()
    expect(person.page.get_by_role("dialog").locator("li.tot")).to_contain_text("6")
    person.page.keyboard.press("Escape")

    person.opens(product)
    person.page.get_by_label("Reason").fill("test: unsafe")
    person.page.get_by_role("button", name="Delist everywhere").click()
    person.page.wait_for_url(re.compile(r"/recalls/"))
    expect(person.page.locator("main")).to_contain_text("Every channel confirmed", timeout=PATIENCE)
    assert [one.live for market in (amazon, ebay) for one in market.pages().values()].count(True) == 0
    assert [market.buy("LAN-SAND") for market in (amazon, ebay)] == [None, None]

    recall = person.page.url.removeprefix(installation.address)
    person.opens("/")
    person.page.locator("details.w-user summary").click()
    person.page.get_by_role("button", name="简体中文").click()
    person.page.get_by_role("link", name="今日").wait_for()
    for path in ("/", "/products/", product, "/offers/", "/stock/", "/orders/", order, "/channels/", "/alerts/", recall):
        page = person.opens(path)
        assert page.locator("html").get_attribute("lang") == "zh-hans"
        assert re.search("[一-鿿]", page.locator("main").inner_text()), f"{path} speaks no Chinese"


@pytest.mark.skipif(os.environ.get("SCREENSHOTS") != "1", reason="pictures are made with SCREENSHOTS=1")
def test_the_pictures_of_the_readme(browser: Browser, tmp_path: Path) -> None:
    """Of the demo, as a newcomer sees it after two minutes."""
    home = Path(tempfile.mkdtemp(prefix="entrepot-pictures-", dir="/tmp"))
    home.chmod(0o755)
    log = tmp_path / "demo.log"
    without_ours = ["env", "-u", "DATABASE_URL", "-u", "DATABASE_OWNER_URL", f"ENTREPOT_HOME={home}"]
    children = Processes()
    with log.open("w") as output:
        try:
            children.start("demo", [*without_ours, *entrepot("demo")], output=output)
            _take(browser, _said_when_ready(log))
        finally:
            children.stop(patience=30)
            stop_database(home)
            shutil.rmtree(home, ignore_errors=True)


def _said_when_ready(log: Path) -> str:
    for _ in range(600):
        if "Ctrl-C" in (text := log.read_text()):
            return text
        time.sleep(1)
    raise AssertionError(log.read_text())


def _take(browser: Browser, said: str) -> None:
    person = Person(browser, re.findall(r"Back office\s+(http://\S+?)/\s", said)[0])
    person.signs_in("entrepot-demo")
    person.page.wait_for_timeout(120_000)
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in ("products", "offers", "stock", "orders", "channels", "alerts"):
        _picture(person.opens(f"/{name}/"), name)
    _picture(person.opens("/"), "today")
    person.page.goto(f"{re.findall(r'(http://127.0.0.1:[0-9]+/_sandbox)/', said)[0]}/?lang=en")
    _picture(person.page, "marketplace")


def _picture(page: Page, name: str) -> None:
    page.wait_for_timeout(800)
    taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
    taken.quantize(256, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)  # a third of the size
