"""The pages in a real browser: signing in, both widths, both languages, light and dark, axe, and no foreign request."""

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from entrepot.people.deployment import base_currency
from entrepot.people.models import User
from tests.conftest import CHROMIUM
from tests.web import world as worlds
from tests.web.test_pages import pages
from tests.web.world import PASSWORD, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What axe finds in the shell's own parts, which are not ours to write, is looked for only inside our pages.
OURS = "#content"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield started
        started.close()


@pytest.fixture
def seller(transactional_db: None) -> Iterator[World]:
    base_currency.cache_clear()
    yield worlds.build()
    base_currency.cache_clear()


def screens(world: World) -> list[str]:
    """The pages without the many combinations of their filters."""
    return [path for path in pages(world) if "tab=" not in path or path == "/offers/?tab=refused"]


def signed_in(browser: Browser, address: str, width: int, **options: object) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 900}, **options).new_page()
    page.goto(f"{address}/login/?next=/")
    page.get_by_label("User name").fill("owner")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("button.pri").click()
    page.wait_for_url(f"{address}/")
    return page


def test_a_wrong_password_is_refused_and_the_right_one_opens_today(browser: Browser, live_server: object, seller: World) -> None:
    address = str(live_server)
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{address}/orders/")
    assert page.url.startswith(f"{address}/login/")
    page.get_by_label("User name").fill("owner")
    page.get_by_label("Password").fill("wrong")
    page.locator("button.pri").click()
    assert page.get_by_role("alert").inner_text().startswith("This name and password do not belong together")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("button.pri").click()
    page.wait_for_url(f"{address}/orders/")
    page.get_by_role("button", name="Navigation").click()
    page.locator("details.w-user summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{address}/login/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_outside_the_shell_are_dressed_and_readable(scheme: str, browser: Browser, live_server: object, seller: World) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme).new_page()
    for path in ("/login/", "/nowhere/"):
        page.goto(f"{live_server}{path}")
        card = page.locator(".e-card")
        assert card.evaluate("one => getComputedStyle(one).borderTopWidth") == "1px"
        assert card.bounding_box()["width"] <= 380
        assert page.evaluate("document.documentElement.classList.contains('dark')") is (scheme == "dark")
        results = Axe().run(page)
        assert [one["id"] for one in results.response["violations"] if one["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize("width", [1360, 390])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_scrolls_sideways_asks_elsewhere_or_breaks_the_policy(
    language: str, width: int, browser: Browser, live_server: object, seller: World
) -> None:
    address, foreign, said = str(live_server), [], []
    page = signed_in(browser, address, width)
    User.objects.update(language=language)
    page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith((address, "data:")) else None)
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    wide = []
    for path in screens(seller):
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(path)
    assert (wide, foreign, said) == ([], [], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(scheme: str, browser: Browser, live_server: object, seller: World) -> None:
    address, found = str(live_server), []
    page = signed_in(browser, address, 1360, color_scheme=scheme)
    for path in screens(seller) if scheme == "light" else ("/", "/orders/", "/stock/item/?sku=HY-LAMP"):
        page.goto(address + path)
        page.wait_for_timeout(50)
        results = Axe().run(page, context=OURS)
        found += [
            (path, one["id"], one["nodes"][0]["html"][:160])
            for one in results.response["violations"]
            if one["impact"] in ("serious", "critical")
        ]
    assert found == []


def test_a_number_opens_its_reason_and_escape_leads_back_to_it(browser: Browser, live_server: object, seller: World) -> None:
    page = signed_in(browser, str(live_server), 1360)
    page.goto(f"{live_server}/stock/")
    number = page.locator("a.e-num").first
    number.focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    assert page.get_by_role("dialog").locator("li.tot").count() == 1
    assert page.evaluate("document.activeElement.hasAttribute('data-close')")
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    assert number.evaluate("one => one === document.activeElement")


def test_the_keys_of_the_navigation(browser: Browser, live_server: object, seller: World) -> None:
    page = signed_in(browser, str(live_server), 1360)
    for key, path in (("o", "/orders/"), ("s", "/stock/"), ("t", "/")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"{live_server}{path}")
    page.goto(f"{live_server}/products/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"


def test_without_script_the_pages_still_show_and_explain(browser: Browser, live_server: object, seller: World) -> None:
    page = signed_in(browser, str(live_server), 1360, java_script_enabled=False)
    page.goto(f"{live_server}/stock/")
    page.locator("a.e-num").first.click()
    assert page.locator("li.tot").is_visible()


def test_the_language_is_switched_and_stays(browser: Browser, live_server: object, seller: World) -> None:
    page = signed_in(browser, str(live_server), 1360)
    page.locator("details.w-user summary").click()
    page.get_by_role("button", name="简体中文").click()
    page.get_by_role("link", name="今日").wait_for()
    page.goto(f"{live_server}/orders/")
    assert page.locator("h1").inner_text() == "订单"
