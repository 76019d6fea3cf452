"""Every refusal is a problem document (RFC 9457), and hostile requests are refused before they cost anything (F21, F26-F28)."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.http import HttpResponse

from entrepot.api import access
from tests.api.conftest import Program
from tests.web.world import World

pytestmark = pytest.mark.django_db


def problem(answer: HttpResponse) -> tuple[int, str]:
    """(status, code), after checking that it is a whole problem document."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content[:200]
    document = json.loads(answer.content)
    assert set(document) - {"errors"} == {"type", "title", "status", "code", "detail", "instance"}
    assert document["status"] == answer.status_code
    assert document["type"] == f"urn:entrepot:problem:{document['code']}"
    assert document["detail"]
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, document["code"]


def test_unknown_addresses_and_methods_are_problems_too(ops: Program) -> None:
    assert problem(ops.get("/nothing")) == (404, "not_found")
    assert problem(ops._client.get("/api/")) == (404, "not_found")
    assert problem(ops.get("/products/not-a-uuid")) == (404, "not_found")
    refused = ops.send("DELETE", "/products")
    assert problem(refused) == (405, "method_not_allowed")
    assert set(refused.headers["Allow"].split(", ")) == {"GET", "POST"}


def test_a_failure_nobody_expected_says_only_its_number(ops: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from entrepot.insight.queries import stock

    def fail() -> None:
        raise RuntimeError("with a secret")

    monkeypatch.setattr(stock, "places", fail)
    answer = ops.get("/locations")
    assert problem(answer) == (500, "failed")
    assert b"secret" not in answer.content


UNREADABLE = (
    b"{",
    b"\xff\xfe{}",
    b'{"code": "a", "code": "b"}',
    b'{"code": NaN}',
    b'{"a":' * 40 + b"1" + b"}" * 40,
    b"[" * 10_000 + b"]" * 10_000,
    b"[" * 1_000_000,
    b'{"code": ' + b"9" * 5000 + b"}",
)
UNFIT = (
    b"",
    b'{"code": "\\u0000", "variants": [{"sku": "A"}]}',
    b'{"code": "\\ud800", "variants": [{"sku": "A"}]}',
    b"[]",
    b"null",
    b'{"code": "A", "variants": []}',
)


def test_f21_a_hostile_body_is_refused(ops: Program) -> None:
    for body in UNREADABLE:
        assert problem(ops.send("POST", "/products", body)) == (400, "unreadable"), body[:50]
    for body in UNFIT:
        assert problem(ops.send("POST", "/products", body)) == (422, "invalid"), body[:50]


def test_f21_a_hostile_form_is_refused(ops: Program) -> None:
    headers = {"Authorization": f"Bearer {ops.token}"}
    broken = ops._client.generic("POST", "/api/v1/imports/products", b"--x", content_type="multipart/form-data", headers=headers)
    assert problem(broken)[0] in (400, 422)
    many = ops._client.post("/api/v1/imports/products", {f"f{n}": "x" for n in range(1100)}, headers=headers)
    assert problem(many) == (400, "unreadable")


def test_f21_a_body_over_ten_megabytes_is_refused_by_its_length_alone(ops: Program) -> None:
    answer = ops._client.generic("POST", "/api/v1/products", b"{}", content_type="application/json", CONTENT_LENGTH=str(11 * 1024 * 1024))
    assert problem(answer) == (413, "too_large")
    chunked = ops._client.generic("POST", "/api/v1/products", b"{}", headers={"Transfer-Encoding": "chunked"})
    assert problem(chunked) == (411, "no_length")


@pytest.mark.parametrize(
    "path", ["/offers?limit=1000000000", "/offers?limit=0", "/offers?limit=x", "/orders?since=2026-01-01", "/stock?q=%00"]
)
def test_f27_limits_of_lists_hold(path: str, ops: Program) -> None:
    assert problem(ops.get(path)) == (422, "invalid")


def test_f27_a_cursor_that_was_not_given_out_is_refused_or_harmless(ops: Program) -> None:
    for cursor in ("n", "xyz", "n!!", "nW10", "nWyJhIl0", "nWzFd", "nWyJhIiwgMV0", "n" + "A" * 600, "bWzFd"):
        for path in ("/products", "/offers", "/orders", "/stock", "/stock/ledger"):
            answer = ops.get(path, cursor=cursor, **({"sku": "HY-LAMP"} if path.endswith("ledger") else {}))
            assert answer.status_code in (200, 422), (path, cursor, answer.content)


def test_f26_fields_that_do_not_exist_are_refused_and_stored_nowhere(ops: Program) -> None:
    body = {"code": "BELL", "variants": [{"sku": "BELL-1", "on_hand": 5}], "owner": 1}
    answer = ops.post("/products", body)
    assert problem(answer) == (422, "invalid")
    assert {error["where"] for error in answer.json()["errors"]} == {"body.body.owner", "body.body.variants.0.on_hand"}
    assert ops.get("/variants", q="BELL").json()["rows"] == []


def test_values_are_not_repeated_in_a_refusal(ops: Program) -> None:
    answer = ops.post("/products", {"code": "BELL", "variants": "juergen@example.org"})
    assert problem(answer) == (422, "invalid")
    assert b"juergen" not in answer.content


def test_numbers_are_numbers(world: World, ops: Program) -> None:
    for value in (True, "5", 5.5, -1, 10**12):
        answer = ops.send("PATCH", "/variant?sku=HY-TENT", {"version": 1, "low_stock_at": value})
        assert problem(answer) == (422, "invalid"), value


def test_f28_somebody_elses_change_is_shown_and_not_overwritten(world: World, ops: Program) -> None:
    product = world.products["LANTERN"]
    assert ops.send("PATCH", f"/products/{product}", {"version": 1, "brand": "First"}).json()["version"] == 2
    late = ops.send("PATCH", f"/products/{product}", {"version": 1, "brand": "Second"})
    assert problem(late) == (409, "version_conflict")
    assert late.json()["errors"] == [{"where": "brand", "message": "First"}]
    assert ops.get(f"/products/{product}").json()["brand"] == "First"


def test_a_taken_sku_is_a_conflict(ops: Program) -> None:
    assert problem(ops.post("/products", {"code": "X", "variants": [{"sku": "hy-lamp"}]})) == (409, "taken")


def test_details_are_told_in_the_language_asked_for(ops: Program) -> None:
    answer = ops._client.get("/api/v1/products", headers={"Accept-Language": "zh-hans"})
    assert answer.headers["Content-Language"] == "zh-hans"
    refused = ops.send("POST", f"/orders/{uuid4()}/cancel", {"reason": "late"}, key="c-1", **{"Accept-Language": "zh-hans"})
    assert (problem(refused), refused.json()["detail"]) == ((404, "not_found"), "没有这个订单。")


def test_f27_who_calls_too_often_waits(program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "buckets", access.Buckets(8))
    busy, quiet = program("ops"), program("owner")
    assert [busy.get("/token").status_code for _ in range(3)] == [200, 200, 429]
    refused = busy.get("/token")
    assert problem(refused) == (429, "too_many_calls")
    assert 1 <= int(refused.headers["Retry-After"]) <= 8
    assert quiet.get("/token").status_code == 200


@pytest.mark.parametrize(("since", "status"), [("0054-11-04T14:54:13-19:16", 200), ("9999-12-31T23:59:59-19:16", 422)])
def test_f44_an_offset_that_postgresql_does_not_take_is_read_or_refused(ops: Program, since: str, status: int) -> None:
    assert ops.get("/orders", since=since).status_code == status
