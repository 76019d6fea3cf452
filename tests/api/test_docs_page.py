"""The page of the API in a real browser: it works under our content policy and asks no foreign address."""

import os
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM

pytestmark = pytest.mark.browser


def test_the_page_shows_every_operation_and_asks_nobody_else(live_server: Any) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        asked: list[str] = []
        errors: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{live_server.url}/api/v1/docs")
        page.get_by_text("Why is this number what it is?").wait_for()
        assert page.locator(".opblock").count() > 50
        assert page.get_by_role("button", name="Authorize").is_visible()
        assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {urlsplit(live_server.url).netloc}
        assert errors == []
        if folder := os.environ.get("ENTREPOT_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/api-docs.png")
        browser.close()
