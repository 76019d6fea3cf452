"""Tokens, addresses, the live rate: what every call has in common."""

import threading
from datetime import timedelta
from typing import Any

import httpx
import pytest

from entrepot.base.ids import RemoteId
from entrepot.channels.contract import AccessLost, Throttled, Unavailable
from entrepot.channels.registry import connector
from entrepot.channels.transport import Call
from entrepot.connectors.amazon import CONNECTOR
from tests.connectors.amazon.desk import CREDENTIALS, NOW, Desk, opened, sample

ORDER = (200, sample("order_unshipped"))
EXPIRED = (
    403,
    {
        "errors": [
            {"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": "The access token has expired."}
        ]
    },
)
ONE = RemoteId("303-1000001-2000001")


def token(name: str, life: int = 3600) -> tuple[int, Any]:
    return 200, {"access_token": name, "token_type": "bearer", "expires_in": life}


def test_the_connector_is_found_by_its_entry_point_and_fits_its_settings_form() -> None:
    assert connector("amazon") is CONNECTOR
    names = {setting.name for setting in CONNECTOR.settings}
    assert set(CREDENTIALS) <= names
    assert {setting.name for setting in CONNECTOR.settings if setting.secret} == {"client_secret", "refresh_token", "sqs_secret_key"}


def test_a_token_is_fetched_once_and_used_until_it_nears_its_end() -> None:
    now = [NOW]
    desk = Desk().on("POST", "/token", token("one"), token("two")).on("GET", "/orders/", ORDER)
    account = opened(desk, clock=lambda: now[0])
    account.read_order(ONE)
    now[0] += timedelta(seconds=3539)
    account.read_order(ONE)
    now[0] += timedelta(seconds=2)
    account.read_order(ONE)
    assert [asked.headers["x-amz-access-token"] for asked in desk.asked("GET")] == ["one", "one", "two"]
    form = desk.asked("POST")[0].content.decode()
    assert "grant_type=refresh_token" in form
    assert desk.asked("POST")[0].url == "https://api.amazon.com/auth/o2/token"


def test_F5_a_token_that_expires_in_mid_page_is_renewed_once_and_the_call_repeated_once() -> None:
    desk = Desk().on("POST", "/token", token("one"), token("two")).on("GET", "/orders/", EXPIRED, ORDER)
    assert opened(desk).read_order(ONE).remote_id == ONE
    assert [asked.headers["x-amz-access-token"] for asked in desk.asked("GET")] == ["one", "two"]


def test_F5_a_second_refusal_is_access_lost() -> None:
    desk = Desk().on("GET", "/orders/", EXPIRED)
    with pytest.raises(AccessLost):
        opened(desk).read_order(ONE)
    assert len(desk.asked("GET")) == 2
    assert len(desk.asked("POST", "/token")) == 2


def test_F5_a_missing_right_is_access_lost_without_a_new_token() -> None:
    desk = Desk().on("GET", "/orders/", (403, {"errors": [{"code": "AccessDenied", "message": "role missing"}]}))
    with pytest.raises(AccessLost, match="role missing"):
        opened(desk).read_order(ONE)
    assert len(desk.asked("GET")) == 1


def test_F5_threads_whose_token_expired_share_one_renewal() -> None:
    meeting = threading.Barrier(4, timeout=5)
    desk = Desk().on("POST", "/token", token("one"), token("two"), token("three")).on("GET", "/orders/", ORDER)

    def wire(request: httpx.Request) -> httpx.Response:
        if request.headers.get("x-amz-access-token") == "one":
            meeting.wait()
            return httpx.Response(403, json=EXPIRED[1])
        return desk(request)

    account = opened(wire)
    threads = [threading.Thread(target=account.read_order, args=(ONE,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert [asked.headers["x-amz-access-token"] for asked in desk.asked("GET")] == ["two"] * 4
    assert len(desk.asked("POST", "/token")) == 2


@pytest.mark.parametrize(("status", "error"), [(400, "invalid_grant"), (401, "invalid_client"), (400, "unauthorized_client")])
def test_F5_keys_that_amazon_refuses_ask_the_seller_to_sign_in_again(status: int, error: str) -> None:
    desk = Desk().on("POST", "/token", (status, {"error": error, "error_description": "no"}))
    with pytest.raises(AccessLost) as caught:
        opened(desk).read_order(ONE)
    assert caught.value.code == error
    assert desk.asked("GET") == []


@pytest.mark.parametrize(
    "broken",
    [
        (500, {}),
        (403, {}),
        (404, {}),
        httpx.Response(302, headers={"location": "https://elsewhere.example"}),
        httpx.ReadTimeout("no answer"),
        httpx.Response(200, text="<html>"),
        (200, {"token_type": "bearer"}),
    ],
    ids=["500", "403", "404", "redirect", "timeout", "html", "no token"],
)
def test_F3_without_a_token_the_call_itself_has_not_left(broken: Any) -> None:
    with pytest.raises(Unavailable) as caught:
        opened(Desk().on("POST", "/token", broken)).read_order(ONE)
    assert caught.value.sent is False


def test_the_live_rate_replaces_the_published_one() -> None:
    now = [NOW]
    faster = httpx.Response(200, json=ORDER[1], headers={"x-amzn-RateLimit-Limit": "5.0"})
    account = opened(Desk().on("GET", "/orders/", faster), clock=lambda: now[0])
    for _ in range(29):
        account.read_order(ONE)
    now[0] += timedelta(seconds=2)
    (left,) = account.read_quota()
    assert (left.operation, left.limit, left.remaining) == ("getOrder", 29, 10)


def test_F1_the_poll_that_comes_too_early_is_told_how_long_to_wait() -> None:
    account = opened(Desk().on("GET", "/orders", (200, {"orders": []})))
    for _ in range(19):
        account.read_orders(since=NOW - timedelta(hours=1), until=NOW)
    with pytest.raises(Throttled) as caught:
        account.read_orders(since=NOW - timedelta(hours=1), until=NOW)
    assert caught.value.retry_after is not None
    assert timedelta(seconds=170) < caught.value.retry_after < timedelta(seconds=180)


@pytest.mark.parametrize("name", ["client_id", "client_secret", "refresh_token"])
def test_a_missing_key_is_named(name: str) -> None:
    with pytest.raises(AccessLost, match=name):
        opened(None, credentials={**CREDENTIALS, name: " "})


def test_a_marketplace_that_is_none_is_named_unless_the_address_is_given() -> None:
    with pytest.raises(AccessLost, match="NOWHERE"):
        opened(None, settings={"marketplace_id": "NOWHERE"})
    assert opened(None, settings={"marketplace_id": "NOWHERE", "endpoint": "http://127.0.0.1:1"})


@pytest.mark.parametrize(
    ("store", "host"),
    [
        ("ATVPDKIKX0DER", "sellingpartnerapi-na.amazon.com"),
        ("A1PA6795UKMFR9", "sellingpartnerapi-eu.amazon.com"),
        ("A1VC38T7YXB528", "sellingpartnerapi-fe.amazon.com"),
    ],
)
def test_a_store_is_served_by_its_regions_host(store: str, host: str) -> None:
    of_the_store = sample("order_unshipped")
    of_the_store["order"]["salesChannel"]["marketplaceId"] = store
    desk = Desk().on("GET", "/orders/", (200, of_the_store))
    opened(desk, settings={"marketplace_id": store}).read_order(ONE)
    assert desk.asked("GET")[0].url.host == host


def test_no_secret_reaches_the_call_log() -> None:
    calls: list[Call] = []
    desk = Desk().on("GET", "/orders/", EXPIRED, ORDER)
    opened(desk, log=calls.append).read_order(ONE)
    told = repr(calls)
    assert [call.operation for call in calls] == ["lwaToken", "getOrder", "lwaToken", "getOrder"]
    assert not any(secret in told for secret in ("client-secret-canary", "refresh-canary", "Atza|"))
