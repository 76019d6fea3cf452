"""The checks themselves: they let lawful traffic pass and refuse what Amazon's models refuse."""

import httpx
import pytest

from entrepot_sandbox.core import server
from tests.contract_checks import CheckedAmazon, check_amazon, check_amazon_notification, check_amazon_request, operation_of
from tests.sandbox.amazon.client import listing, merge_quantity
from tests.shared import needs_shared

pytestmark = needs_shared
ACCEPTED = {"sku": "A", "status": "ACCEPTED", "submissionId": "1", "issues": []}


def test_an_answer_of_another_shape_is_refused():
    check_amazon("patchListingsItem", 200, ACCEPTED)
    with pytest.raises(AssertionError, match="'OK' is not one of"):
        check_amazon("patchListingsItem", 200, {**ACCEPTED, "status": "OK"})
    with pytest.raises(AssertionError, match="submissionId"):
        check_amazon("patchListingsItem", 200, {"sku": "A", "status": "ACCEPTED"})
    with pytest.raises(AssertionError, match="not 418"):
        check_amazon("patchListingsItem", 418, {})


def test_a_request_of_another_shape_is_refused():
    query = {"marketplaceIds": "X"}
    body = {"productType": "PRODUCT", "patches": [merge_quantity(1)]}
    check_amazon_request("patchListingsItem", query=query, body=body)
    with pytest.raises(AssertionError, match="productType"):
        check_amazon_request("patchListingsItem", query=query, body={"patches": [merge_quantity(1)]})
    with pytest.raises(AssertionError, match="requires marketplaceIds"):
        check_amazon_request("patchListingsItem", body=body)
    with pytest.raises(AssertionError, match="does not know"):
        check_amazon_request("patchListingsItem", query={**query, "marketplaceId": "X"}, body=body)
    with pytest.raises(AssertionError, match="not in"):
        check_amazon_request("getListingsItem", query={**query, "includedData": "summaries,secrets"})


def test_a_notification_of_another_shape_is_refused():
    with pytest.raises(AssertionError):
        check_amazon_notification("OrderChangeNotification", {"NotificationType": "ORDER_CHANGE"})


def test_the_operation_is_known_by_its_path():
    assert operation_of("GET", "/orders/2026-01-01/orders/1") == "getOrder"
    assert operation_of("PATCH", "/listings/2021-08-01/items/S/A%2FB") == "patchListingsItem"
    assert operation_of("POST", "/auth/o2/token") is None


def test_a_client_is_checked_both_ways_on_the_wire():
    transport = CheckedAmazon()
    with server.running("amazon", seed=0) as facts, httpx.Client(transport=transport) as client:
        amazon = facts["channels"]["amazon"]
        keys = {name: amazon[name] for name in ("client_id", "client_secret", "refresh_token")}
        token = client.post(amazon["token_url"], data={"grant_type": "refresh_token", **keys}).json()["access_token"]
        url = f"{amazon['url']}/listings/2021-08-01/items/{amazon['seller_id']}/A%2FB"
        query, headers = {"marketplaceIds": amazon["marketplace_id"]}, {"x-amz-access-token": token}
        lawful = {"productType": "PRODUCT", "attributes": listing()}
        assert client.put(url, params=query, headers=headers, json=lawful).json()["status"] == "ACCEPTED"
        with pytest.raises(AssertionError):
            client.put(url, params=query, headers=headers, json={"attributes": listing()})
        assert transport.seen == ["putListingsItem", "putListingsItem"]
