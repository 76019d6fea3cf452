from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from entrepot_sandbox.core import server, texts
from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.http import Request, Response
from entrepot_sandbox.core.marketplace import Marketplace
from entrepot_sandbox.core.pictures import picture
from tests.conftest import CHROMIUM


@pytest.fixture
def market() -> Marketplace:
    return server.channels(["amazon"])[0].open(Clock.virtual(), 1)


def look(market: Marketplace, query: str = "") -> str:
    return market.handle(Request.make("GET", f"/_sandbox/{query}")).body.decode()


def press(market: Marketplace, **form: str) -> Response:
    return market.handle(Request.make("POST", "/_sandbox/page", body=urlencode(form).encode()))


def test_a_button_buys_one_and_leads_back_to_the_same_view(market):
    answer = press(market, buy="SBX-MUG-450", lang="zh", q="becher")
    assert (answer.status, answer.headers["location"]) == (303, "/_sandbox/?lang=zh&q=becher")
    assert [(row.sku, row.quantity) for row in market.bought()] == [("SBX-MUG-450", 1)]


def test_a_buyer_who_comes_too_late_is_told(market):
    left = next(row.quantity for row in market.shown() if row.sku == "SBX-MUG-450")
    market.buy("SBX-MUG-450", left)
    press(market, buy="SBX-MUG-450")
    assert "A buyer came too late for SBX-MUG-450" in look(market)
    assert len(market.bought()) == 1


def test_the_race_the_clock_and_the_switches_work_by_button(market):
    press(market, race="1")
    assert min(row.quantity for row in market.shown()) == 0
    assert market.buyers.too_late == 4
    press(market, speed="60")
    assert market.clock.speed == 60
    press(market, speed="7")
    assert market.clock.speed == 60
    press(market, switch="fault_down")
    assert [fault.name for fault in market.faults.waiting()] == ["F2"]
    press(market, switch="fault_down")
    assert market.faults.waiting() == []
    press(market, rate="40")
    assert market.buyers.per_hour == 40
    press(market, reset="1")
    assert (market.buyers.per_hour, market.bought()) == (0, [])


def test_what_the_sellers_system_believes_stands_under_the_listing(market):
    market.told.listings["SBX-MUG-450"] = {"has": 12, "wanted": 5}
    market.told.score = {"sold_twice": 0, "without_guard": 17}
    assert "seller has 12, wanted 5" in look(market)
    assert "without guard: 17" in look(market)
    assert "卖家有12件，想显示5件" in look(market, "?lang=zh")


def test_searching_says_when_nothing_fits(market):
    assert "SBX-TENT-2P" in look(market, "?q=zelt")
    assert "SBX-MUG-450" not in look(market, "?q=zelt")
    assert "Nothing here matches “sofa”." in look(market, "?q=sofa")
    market.reset(0)
    assert "Nothing is on sale here yet." in look(market)


def test_f30_what_a_seller_writes_is_text_and_nothing_else(market):
    evil = '"><script>alert(1)</script>'
    listing = market.shop.listings.pop("SBX-MUG-450")
    listing.sku = evil
    listing.attributes["item_name"] = [{"value": evil}]
    market.shop.listings[evil] = listing
    press(market, buy=evil)
    page = look(market, f"?q={'%22%3E%3Cscript%3E'}")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_sellers_picture_is_shown_only_from_this_machine():
    assert "<img" in picture("A", "Tent", "http://127.0.0.1:8000/a.png")
    assert "<img" not in picture("A", "Tent", "https://images.example/a.png")
    assert "<img" not in picture("A", "Tent", "http://127.0.0.1.example/a.png")


def test_both_languages_say_everything():
    for key, (english, chinese) in texts.TEXTS.items():
        assert english, key
        assert any(ord(letter) > 0x2E80 for letter in chinese) or key == "other_language", key
        assert english.count("{") == chinese.count("{"), key
    for what in texts.HAPPENED:
        assert texts.happened("zh", what, {}) != texts.happened("en", what, {})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with server.running("amazon", "ebay") as facts:
        yield facts["channels"]["amazon"]["control_url"]


def open_page(browser: Browser, address: str, width: int, lang: str) -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/?lang={lang}")
    return page, asked


@pytest.mark.browser
@pytest.mark.parametrize("width", [1360, 390])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_fits_asks_no_stranger_and_has_no_barrier(browser, address, width, lang):
    page, asked = open_page(browser, address, width, lang)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert [url for url in asked if not url.startswith((address.removesuffix("/_sandbox"), "data:"))] == []
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


@pytest.mark.browser
def test_a_sale_shows_at_once_without_leaving_the_page(browser, address):
    page, _ = open_page(browser, address, 1360, "en")
    card = page.locator("article", has_text="SBX-PACK-40")
    before = page.locator(".time li").count()
    card.get_by_role("button").click()
    page.get_by_text("A buyer bought 1 × SBX-PACK-40").wait_for(timeout=5000)
    assert page.locator(".time li").count() == before + 1
    assert "Orders 1" in page.locator(".bar").inner_text()
    page.close()
