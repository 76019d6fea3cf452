"""The judge itself: it lets eBay's own shapes pass and turns red on what the files do not allow."""

import json

import httpx
import pytest

from tests.contract_checks_ebay import ContractBroken, Judged, check_ebay, check_ebay_request
from tests.shared import SHARED

pytestmark = pytest.mark.skipif(SHARED is None, reason="eBay's API files are not on this machine (ENTREPOT_SHARED)")

ITEM = "/sell/inventory/v1/inventory_item/A%2FB"
HEADERS = {"Content-Language": "en-US", "Content-Type": "application/json"}
ERROR = {"errorId": 1, "domain": "D", "category": "REQUEST", "message": "m", "longMessage": "m", "parameters": []}


def test_a_request_as_the_files_declare_it_passes() -> None:
    body = {"product": {"title": "x", "aspects": {"Brand": ["Kallo"]}}, "condition": "NEW"}
    check_ebay_request("inventory", "PUT", ITEM, body, HEADERS)


@pytest.mark.parametrize(
    ("body", "headers", "said"),
    [
        ({"conditionn": "NEW"}, HEADERS, "conditionn"),
        ({"product": {"titel": "x"}}, HEADERS, "product.titel"),
        ({"condition": 1}, HEADERS, "not of type 'string'"),
        ({"product": {"aspects": {"Brand": "Kallo"}}}, HEADERS, "array"),
        ({"condition": "NEW"}, {"Content-Type": "application/json"}, "Content-Language"),
    ],
)
def test_a_request_the_files_do_not_declare_is_told(body: object, headers: dict[str, str], said: str) -> None:
    with pytest.raises(ContractBroken, match=said):
        check_ebay_request("inventory", "PUT", ITEM, body, headers)


def test_an_undeclared_query_parameter_or_operation_is_told() -> None:
    with pytest.raises(ContractBroken, match="pagesize"):
        check_ebay_request("fulfillment", "GET", "/sell/fulfillment/v1/order?pagesize=3")
    with pytest.raises(ContractBroken, match="no operation"):
        check_ebay_request("fulfillment", "GET", "/sell/fulfillment/v1/orders")


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, {"orders": [], "total": "3"}, "not of type 'integer'"),
        (200, {"orders": [{"orderId": "1", "color": "red"}]}, "color"),
        (202, {"orders": []}, "may not answer 202"),
        (404, {"errors": [ERROR]}, "may not answer 404"),
        (400, {"message": "no"}, "no errors"),
        (429, {"errors": []}, "empty"),
        (400, {"errors": [{name: ERROR[name] for name in ("errorId", "message")}]}, "longMessage"),
    ],
)
def test_an_answer_the_files_do_not_declare_is_told(status: int, body: object, said: str) -> None:
    with pytest.raises(ContractBroken, match=said):
        check_ebay("fulfillment", "GET", "/sell/fulfillment/v1/order", status, body)


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_statuses_the_files_leave_out_pass_with_errors(status: int) -> None:
    check_ebay("fulfillment", "GET", "/sell/fulfillment/v1/order", status, {"errors": [ERROR]})


def test_the_transport_judges_both_ways_and_leaves_other_paths_alone() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"orders": [], "colour": 1} if "limit=1" in str(request.url) else {"orders": []})

    judge = Judged(httpx.MockTransport(answer))
    with httpx.Client(base_url="http://127.0.0.1", transport=judge) as http:
        http.get("/sell/fulfillment/v1/order")
        http.get("/identity/v1/anything")
        assert judge.judged == ["GET /sell/fulfillment/v1/order"]
        with pytest.raises(ContractBroken, match="colour"):
            http.get("/sell/fulfillment/v1/order?limit=1")
        with pytest.raises(ContractBroken, match="Content-Language"):
            http.put(ITEM, content=json.dumps({}), headers={"Content-Type": "application/json"})
