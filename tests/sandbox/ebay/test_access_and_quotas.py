"""Tokens that expire, scopes, daily quotas, and the errors of every refusal."""

import httpx
import pytest

from entrepot_sandbox.core.quota import Daily
from tests.sandbox.ebay.conftest import FULFILLMENT, INVENTORY, InProcess, Seller, errors


def test_an_access_token_lives_two_hours_by_the_marketplaces_clock_F5(seller: Seller) -> None:
    seller.turn(7_199)
    assert seller.call("GET", f"{INVENTORY}/location").status_code == 200
    seller.turn(2)
    expired = seller.call("GET", f"{INVENTORY}/location")
    assert (expired.status_code, errors(expired)) == (401, [1001])
    seller.log_in()
    assert seller.call("GET", f"{INVENTORY}/location").status_code == 200


def test_a_token_answer_has_what_oauth_clients_read(seller: Seller) -> None:
    body = seller.grant(grant_type="refresh_token", refresh_token=seller.market.refresh_token).json()
    assert (body["expires_in"], body["token_type"]) == (7_200, "User Access Token")


def test_without_a_token_or_with_a_wrong_one_nothing_opens(seller: Seller) -> None:
    seller.headers = {"Content-Language": "en-US"}
    missing = seller.call("GET", f"{FULFILLMENT}/order")
    assert (missing.status_code, errors(missing)) == (401, [1002])
    wrong = seller.call("GET", f"{FULFILLMENT}/order", Authorization="Bearer nonsense")
    assert (wrong.status_code, errors(wrong)) == (401, [1001])


def test_an_application_token_does_not_open_the_sellers_data(seller: Seller) -> None:
    token = seller.grant(grant_type="client_credentials").json()["access_token"]
    seller.headers["Authorization"] = f"Bearer {token}"
    answer = seller.call("GET", f"{FULFILLMENT}/order")
    assert (answer.status_code, errors(answer)) == (403, [1100])
    assert seller.get("/commerce/taxonomy/v1/get_default_category_tree_id?marketplace_id=EBAY_IE")["categoryTreeId"] == "205"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "refresh_token", "refresh_token": "other"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_grant_is_refused(seller: Seller, form: dict[str, str], status: int, error: str) -> None:
    answer = seller.grant(**form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["errors"]


def test_a_wrong_client_is_refused(seller: Seller) -> None:
    answer = seller.http.post("/identity/v1/oauth2/token", data={"grant_type": "client_credentials"}, auth=("a", "b"))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_revoked_refresh_token_gives_no_more_tokens_F5(seller: Seller) -> None:
    seller.fault("F5", "getOrders", how="refresh")
    assert seller.call("GET", f"{FULFILLMENT}/order").status_code == 401
    answer = seller.grant(grant_type="refresh_token", refresh_token=seller.market.refresh_token)
    assert answer.json()["error"] == "invalid_grant"
    assert seller.control("faults", {}).status_code == 200
    seller.log_in()
    assert seller.call("GET", f"{FULFILLMENT}/order").status_code == 200


def test_a_daily_quota_ends_and_is_full_again_at_midnight_pacific_F1(seller: Seller) -> None:
    limits = {**seller.market.quotas.limits, "sell.fulfillment": Daily(3)}
    seller.market.quotas.limits = limits
    for _ in range(3):
        assert seller.call("GET", f"{FULFILLMENT}/order").status_code == 200
    out = seller.call("GET", f"{FULFILLMENT}/order")
    assert (out.status_code, errors(out)) == (429, [2001])
    assert seller.call("GET", f"{INVENTORY}/location").status_code == 200, "quotas are counted by API"
    rate = rates(seller)["sell.fulfillment"]
    assert (rate["limit"], rate["remaining"], rate["reset"]) == (3, 0, "2026-03-03T08:00:00.000Z")
    seller.turn(23 * 3600)
    seller.log_in()
    assert seller.call("GET", f"{FULFILLMENT}/order").status_code == 200


def rates(seller: Seller) -> dict[str, dict[str, object]]:
    answer = seller.get("/developer/analytics/v1_beta/rate_limit/")
    return {row["resources"][0]["name"]: row["resources"][0]["rates"][0] for row in answer["rateLimits"]}


def test_quotas_are_told_and_asking_uses_only_its_own(seller: Seller) -> None:
    seller.call("GET", f"{INVENTORY}/location")
    first, second = rates(seller), rates(seller)
    assert first["sell.inventory"]["remaining"] == second["sell.inventory"]["remaining"] == 1_999_999
    only = seller.get("/developer/analytics/v1_beta/user_rate_limit/?api_context=sell&api_name=inventory")
    assert [row["apiName"] for row in only["rateLimits"]] == ["inventory"]


def test_a_planned_throttle_carries_retry_after_only_when_asked_F1(seller: Seller) -> None:
    seller.fault("F1", "getOrders", retry_after_s=7)
    told = seller.call("GET", f"{FULFILLMENT}/order")
    assert (told.status_code, told.headers["retry-after"], errors(told)) == (429, "7", [2001])
    seller.fault("F1", "getOrders")
    assert "retry-after" not in seller.call("GET", f"{FULFILLMENT}/order").headers
    assert seller.call("GET", f"{FULFILLMENT}/order").status_code == 200


def test_every_refusal_has_errors(seller: Seller) -> None:
    with httpx.Client(base_url="http://127.0.0.1", transport=InProcess(seller.market), headers=seller.headers) as bare:
        unknown = bare.get("/sell/nothing/v1/here")
        broken = bare.post(f"{INVENTORY}/offer", content=b"{")
        listed = bare.post(f"{INVENTORY}/offer", json=[1])
    assert (unknown.status_code, errors(unknown)) == (404, [2002])
    assert (broken.status_code, errors(broken)) == (400, [2004])
    assert (listed.status_code, errors(listed)) == (400, [2004])


def test_a_write_without_content_language_is_refused(seller: Seller) -> None:
    with httpx.Client(base_url="http://127.0.0.1", transport=InProcess(seller.market)) as bare:
        token = {"Authorization": seller.headers["Authorization"]}
        answer = bare.put(f"{INVENTORY}/inventory_item/X", json={}, headers=token)
    assert (answer.status_code, errors(answer)) == (400, [25709])
