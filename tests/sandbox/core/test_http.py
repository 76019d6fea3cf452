import pytest

from entrepot_sandbox.core.http import BadBody, Call, Request, Response, Route, Router


def _nothing(call: Call) -> Response:
    return Response()


def test_an_encoded_slash_stays_part_of_the_sku():
    router = Router([Route("GET", "/items/{seller}/{sku}", "get", _nothing), Route("GET", "/items/{seller}", "search", _nothing)])
    route, params = router.find("GET", "/items/S1/A%2FB%20%C3%BC")
    assert (route.operation, params) == ("get", {"seller": "S1", "sku": "A/B ü"})
    assert router.find("GET", "/items/S1/A/B") is None
    assert router.find("GET", "/items/S1")[0].operation == "search"
    assert router.find("POST", "/items/S1") is None
    assert router.find("GET", "/items/S1/") is None


def test_lists_in_the_query_come_repeated_or_with_commas():
    request = Request.make("GET", "/a?ids=1,2&ids=3&empty=&name=x%2Cy")
    assert request.all("ids") == ["1", "2", "3"]
    assert request.first("empty") == ""
    assert request.first("absent", "?") == "?"


def test_a_body_that_is_not_json_is_refused():
    with pytest.raises(BadBody):
        Request("POST", "/", body=b"{").json()
    with pytest.raises(BadBody):
        Request("POST", "/", body=b"[" * 200_000).json()
    assert Request("POST", "/").json() == {}
