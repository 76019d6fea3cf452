"""P11, F24: a write that is sent again with its key has one effect and one answer."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.db import connection, connections

from entrepot.base import clock
from entrepot.inventory import queries as inventory
from entrepot.people import idempotency
from entrepot.people.deployment import base_currency
from entrepot.people.models import IdempotencyKey
from tests.api.conftest import Program, program_of
from tests.api.operations import place_id
from tests.web import world as worlds
from tests.web.world import World


def found(world: World, units: int, sku: str = "HY-TENT") -> dict[str, object]:
    return {"sku": sku, "location": str(place_id(world)), "delta": units, "reason": "found"}


def on_hand(world: World, sku: str = "HY-TENT") -> int:
    return sum(level.on_hand for level in inventory.levels([world.variants[sku]]))


@pytest.mark.django_db
def test_p11_the_same_key_and_body_give_the_same_answer_and_one_effect(world: World, ops: Program) -> None:
    first = ops.post("/stock/adjustments", found(world, 5), key="k1")
    again = ops.post("/stock/adjustments", found(world, 5), key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert on_hand(world) == 25


@pytest.mark.django_db
def test_p11_without_a_key_every_request_counts(world: World, ops: Program) -> None:
    for _ in range(2):
        ops.post("/stock/adjustments", found(world, 5))
    assert on_hand(world) == 30
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_p11_the_same_key_with_another_body_path_or_query_is_refused(world: World, ops: Program) -> None:
    ops.send("PATCH", "/variant?sku=HY-TENT", {"version": 1, "low_stock_at": 5}, key="k1")
    for answer in (
        ops.send("PATCH", "/variant?sku=HY-TENT", {"version": 1, "low_stock_at": 6}, key="k1"),
        ops.send("PUT", "/variant/components?sku=HY-TENT", {"components": []}, key="k1"),
        ops.send("PATCH", "/variant?sku=HY-LAMP", {"version": 1, "low_stock_at": 5}, key="k1"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert ops.get("/variant", sku="HY-TENT").json()["low_stock_at"] == 5


@pytest.mark.django_db
def test_p11_what_was_refused_leaves_no_key(world: World, ops: Program) -> None:
    refusals = [
        (422, {"sku": "HY-TENT"}),  # does not fit
        (422, found(world, -1000)),  # the action's own "no"
        (404, found(world, 1, sku="NOBODY")),
        (400, b"{"),
    ]
    for status, body in refusals:
        assert ops.send("POST", "/stock/adjustments", body, key="k1").status_code == status
    assert not IdempotencyKey.objects.exists()
    assert ops.post("/stock/adjustments", found(world, 5), key="k1").status_code == 201


@pytest.mark.django_db
def test_p11_a_key_belongs_to_its_token(world: World, ops: Program, program: Callable[..., Program]) -> None:
    ops.post("/stock/adjustments", found(world, 5), key="k1")
    other = program("owner").post("/stock/adjustments", found(world, 5), key="k1")
    assert "Idempotency-Replayed" not in other.headers
    assert on_hand(world) == 30


@pytest.mark.django_db
def test_p11_a_key_that_is_none_is_refused(world: World, ops: Program) -> None:
    for key in ("", "x" * 256, "with blank", "tab\t"):
        answer = ops.send("POST", "/stock/adjustments", found(world, 5), **{"Idempotency-Key": key})
        assert (answer.status_code, on_hand(world)) == (422, 20), key


@pytest.mark.django_db
def test_p11_a_key_is_kept_for_48_hours(world: World, ops: Program) -> None:
    start = clock.now()
    with clock.turned_to(start) as turned:
        ops.post("/stock/adjustments", found(world, 5), key="k1")
        turned.advance(timedelta(hours=47, minutes=59))
        assert idempotency.purge() == 0
        assert "Idempotency-Replayed" in ops.post("/stock/adjustments", found(world, 5), key="k1").headers
        turned.advance(timedelta(minutes=1))
        assert "Idempotency-Replayed" not in ops.post("/stock/adjustments", found(world, 5), key="k1").headers
        assert on_hand(world) == 30
        turned.advance(timedelta(hours=48))
        assert idempotency.purge() == 1


@pytest.mark.django_db
def test_p11_an_import_sent_again_is_answered_from_what_is_kept(world: World, ops: Program) -> None:
    answers = [upload(ops, b"code,sku,title_en\nBELL,HY-BELL,Bell\n", key="k1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].content
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert upload(ops, b"code,sku,title_en\nBELL,HY-BELL,Other\n", key="k1").status_code == 422


def upload(program: Program, content: bytes, *, key: str) -> object:
    from django.core.files.uploadedfile import SimpleUploadedFile

    fields = {"file": SimpleUploadedFile("products.csv", content), "mapping": "entrepot"}
    headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": key}
    return program._client.post("/api/v1/imports/products", fields, headers=headers)


@pytest.fixture
def committed_world(transactional_db: None) -> Iterator[World]:
    base_currency.cache_clear()
    yield worlds.build()
    base_currency.cache_clear()


def test_p11_of_parallel_requests_with_one_key_one_works(committed_world: World) -> None:
    """Eight at once: one does it; the others are told to wait, or get its answer."""
    token, body, answers = program_of("ops").token, found(committed_world, 5), []
    together = threading.Barrier(8)

    def one() -> None:
        program = Program(token)
        together.wait()
        answers.append(program.post("/stock/adjustments", body, key="k1"))
        connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worked = [a for a in answers if a.status_code == 201 and "Idempotency-Replayed" not in a.headers]
    others = [a for a in answers if a not in worked]
    assert (len(worked), len(answers)) == (1, 8)
    assert {a.status_code for a in others} <= {201, 409}
    assert all(a.json() == worked[0].json() for a in others if a.status_code == 201)
    assert all(a.json()["code"] == "key_in_use" for a in others if a.status_code == 409)
    assert on_hand(committed_world) == 25


def test_p11_while_the_first_works_a_second_is_told_to_wait(committed_world: World, connect: Callable[..., object]) -> None:
    program, other = program_of("ops"), connect()
    number = idempotency._lock_number(_token_id(program), "k1")
    other.execute("SELECT pg_advisory_xact_lock(%s)", [number])  # type: ignore[attr-defined]
    answer = program.post("/stock/adjustments", found(committed_world, 5), key="k1")
    assert (answer.status_code, answer.json()["code"]) == (409, "key_in_use")
    other.rollback()  # type: ignore[attr-defined]
    assert program.post("/stock/adjustments", found(committed_world, 5), key="k1").status_code == 201


def test_f24_killed_between_the_work_and_the_answer_the_repeat_does_it_once(committed_world: World) -> None:
    """The connection is cut when the answer is about to be kept: neither work nor key is left; then once more after the commit."""
    program, body = program_of("ops"), found(committed_world, 5)

    def cut(*_: object, **__: object) -> None:
        connection.connection.close()
        raise ConnectionError("cut")

    with mock.patch.object(IdempotencyKey.objects, "create", side_effect=cut):
        assert program.post("/stock/adjustments", body, key="k1").status_code == 500
    connections.close_all()
    assert (on_hand(committed_world), IdempotencyKey.objects.count()) == (20, 0)
    assert program.post("/stock/adjustments", body, key="k1").status_code == 201
    assert program.post("/stock/adjustments", body, key="k1").status_code == 201  # its answer never arrived: sent again
    assert on_hand(committed_world) == 25


def _token_id(program: Program) -> int:
    from entrepot.people import tokens

    holder = tokens.holder(program.token)
    assert holder is not None
    return holder.token_id


@pytest.fixture
def waits(committed_world: World) -> Iterator[Callable[[int], None]]:
    """`waits(20)`: this test's own connection waits so many milliseconds for a lock."""

    def at_most(milliseconds: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{milliseconds}ms"])

    yield at_most
    connection.close()


def test_f34_a_write_that_the_database_gave_up_is_tried_again(
    committed_world: World, connect: Callable[..., Any], waits: Callable[[int], None]
) -> None:
    """Another transaction holds the variant's header for longer than one try waits, but not for three."""
    program, other = program_of("ops"), connect()
    other.execute("SELECT 1 FROM variant_stock WHERE variant_id = %s FOR UPDATE", [committed_world.variants["HY-TENT"]])
    waits(400)
    timer = threading.Timer(0.6, other.rollback)
    timer.start()
    answer = program.post("/stock/adjustments", found(committed_world, 5), key="k1")
    timer.join()
    assert (answer.status_code, on_hand(committed_world)) == (201, 25)


def test_f34_after_three_tries_it_says_so_and_did_nothing(
    committed_world: World, connect: Callable[..., Any], waits: Callable[[int], None]
) -> None:
    program, other = program_of("ops"), connect()
    other.execute("SELECT 1 FROM variant_stock WHERE variant_id = %s FOR UPDATE", [committed_world.variants["HY-TENT"]])
    waits(20)
    answer = program.post("/stock/adjustments", found(committed_world, 5), key="k1")
    other.rollback()
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "unavailable", "5")
    assert (on_hand(committed_world), IdempotencyKey.objects.count()) == (20, 0)


def test_p2_of_24_programs_that_hold_the_last_ten_units_ten_get_one(committed_world: World) -> None:
    ops = program_of("ops")
    free = ops.get("/stock/item", sku="HY-TENT").json()["available_to_promise"]
    assert ops.post("/stock/adjustments", {**found(committed_world, 10 - free), "reason": "lost"}).status_code == 201
    statuses: list[int] = []

    def buy() -> None:
        statuses.append(Program(ops.token).post("/stock/holds", {"lines": [{"sku": "HY-TENT", "quantity": 1}]}).status_code)
        connections.close_all()

    threads = [threading.Thread(target=buy) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (statuses.count(201), statuses.count(409), len(statuses)) == (10, 14, 24)
    assert ops.get("/stock/item", sku="HY-TENT").json()["available_to_promise"] == 0


@pytest.mark.django_db
def test_p11_the_stored_answer_holds_what_was_said(world: World, ops: Program) -> None:
    made = ops.post("/products", {"code": "BELL", "variants": [{"sku": f"BELL-{uuid4()}"}]}, key="k1")
    assert made.status_code == 201
    assert IdempotencyKey.objects.get().body == json.loads(made.content)
