"""F25: what lies outside the caller's scope does not exist: the same 404 as for an id that nobody has."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from entrepot.people.models import LegalEntity
from tests.api import operations
from tests.api.conftest import Program
from tests.web.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def us_only(world: World, program: Callable[..., Program]) -> Program:
    """Sees the accounts of the American company: Amazon US."""
    world.users["owner"].legal_entities.set([LegalEntity.objects.get(name="Hanyu Inc.")])
    return program("owner")


@pytest.fixture
def own_only(world: World, program: Callable[..., Program]) -> Program:
    """Sees the own products: TENT."""
    world.users["ops"].own_products_only = True
    world.users["ops"].save()
    return program("ops")


def call(program: Program, operation: operations.Operation, ids: dict[str, object], sku: str, body: object) -> int:
    return program.send(operation.method, operation.address(**ids) + operations.query(operation.path, sku), body).status_code


def test_f25_every_operation_has_a_request_in_this_test(world: World) -> None:
    known = set(operations.bodies(world, "eBay DE", "HY-LAMP")) | operations.WITHOUT_BODY | operations.FORMS
    writes = {op.name for op in operations.ALL if op.method != "GET"}
    assert writes == known


def test_f25_ids_of_other_accounts_are_not_found_in_paths(world: World, us_only: Program) -> None:
    ids, sent = operations.ids(world, "eBay DE", "E-1", "HY-LAMP", "LANTERN"), operations.bodies(world, "eBay DE", "HY-LAMP")
    scoped = [op for op in operations.ALL if any(f"{{{name}}}" in op.path for name in ("account_id", "offer_id", "order_id"))]
    assert len(scoped) > 12
    assert {op.name: call(us_only, op, ids, "HY-LAMP", sent.get(op.name)) for op in scoped} == {op.name: 404 for op in scoped}


def test_f25_ids_of_other_accounts_are_not_found_in_bodies_and_filters(world: World, us_only: Program) -> None:
    sent = operations.bodies(world, "eBay DE", "HY-LAMP")
    for name in ("create_offers", "publish_offers", "end_offers", "retry_offers"):
        operation = next(op for op in operations.ALL if op.name == name)
        assert call(us_only, operation, {}, "", sent[name]) == 404, name
    foreign = str(world.accounts["eBay DE"].public_id)
    assert us_only.get("/offers", account=foreign).json()["rows"] == []
    assert us_only.get("/orders", account=foreign).json()["rows"] == []
    assert us_only.get("/stock/explain", sku="HY-LAMP", account=foreign).status_code == 404


def test_f25_lists_hold_only_rows_of_own_accounts(world: World, us_only: Program) -> None:
    assert [row["number"] for row in us_only.get("/orders").json()["rows"]] == ["U-1"]
    assert {row["account"]["name"] for row in us_only.get("/offers").json()["rows"]} == {"Amazon US"}
    assert [row["name"] for row in us_only.get("/accounts").json()["rows"]] == ["Amazon US"]
    found = us_only.get("/summary").json()
    assert [row["account"]["name"] for row in found["rows"]] == ["Amazon US"]
    assert {shown["account"]["name"] for row in found["variants"] for shown in row["shown"]} == {"Amazon US"}
    text = b"".join(us_only.get("/summary.csv", part="variants").streaming_content).decode()
    assert "Amazon US" in text
    assert "eBay DE" not in text


def test_f25_other_peoples_products_are_not_found(world: World, own_only: Program) -> None:
    ids, sent = operations.ids(world, "eBay DE", "E-1", "HY-LAMP", "LANTERN"), operations.bodies(world, "eBay DE", "HY-LAMP")
    named = [op for op in operations.ALL if "{product_id}" in op.path or "{offer_id}" in op.path or "sku" in operations.query(op.path, "x")]
    named += [
        op
        for op in operations.ALL
        if op.name in ("adjust_stock", "set_safety_stock", "report_stock", "hold_stock", "recall", "create_offers")
    ]
    assert len(named) > 18
    assert {op.name: call(own_only, op, ids, "HY-LAMP", sent.get(op.name)) for op in named} == {op.name: 404 for op in named}
    assert [row["code"] for row in own_only.get("/products").json()["rows"]] == ["TENT"]
    assert [row["sku"] for row in own_only.get("/stock").json()["rows"]] == ["HY-TENT"]


def test_f25_a_foreign_id_and_an_unknown_one_get_the_same_answer(world: World, us_only: Program) -> None:
    foreign = us_only.get(f"/orders/{world.order('E-1').public_id}").json()
    unknown = us_only.get(f"/orders/{uuid4()}").json()
    assert {**foreign, "instance": ""} == {**unknown, "instance": ""}


def test_f25_a_recall_of_what_is_offered_elsewhere_too_needs_somebody_who_sees_it(world: World, us_only: Program) -> None:
    answer = us_only.post("/recalls", {"skus": ["HY-LAMP"], "reason": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert not world.offer("eBay DE", "HY-LAMP").recalled


def test_f25_files_are_imported_only_by_who_sees_everything(world: World, us_only: Program, own_only: Program) -> None:
    for program in (us_only, own_only):
        assert program.get("/imports").status_code == 403


def test_a_hold_belongs_to_its_token(world: World, program: Callable[..., Program]) -> None:
    mine, theirs = program("ops"), program("owner")
    held = mine.post("/stock/holds", {"lines": [{"sku": "HY-TENT", "quantity": 2}]}).json()["id"]
    assert theirs.post(f"/stock/holds/{held}/release").status_code == 404
    assert mine.post(f"/stock/holds/{held}/release").json() == {"units": 2}
    assert mine.post(f"/stock/holds/{held}/release").status_code == 404
