"""X1: every operation x every right and role, from the API's own list; and nothing without a token."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from ninja.errors import ConfigError

from entrepot.api.door import Door
from entrepot.base import clock
from entrepot.people import actions as people
from entrepot.people import tokens
from entrepot.people.types import RIGHTS, Right, Role
from tests.api import operations
from tests.api.conftest import Program
from tests.web.world import World

pytestmark = pytest.mark.django_db
ROLES = {"owner": Role.OWNER, "ops": Role.OPS, "finance": Role.FINANCE, "reader": Role.READ_ONLY}


def asked(program: Program, operation: operations.Operation) -> int:
    """The status for an unknown thing and an empty body: past the right (404, 422, 200) or stopped before it."""
    return program.send(operation.method, operation.address() + operations.query(operation.path, "NOBODY"), {}).status_code


def test_x1_the_list_of_operations_is_not_empty() -> None:
    assert len(operations.ALL) > 50
    assert len({operation.name for operation in operations.ALL}) == len(operations.ALL)


def test_x1_an_operation_without_a_right_cannot_be_declared() -> None:
    with pytest.raises(ConfigError, match="declares no right"):
        Door().get("/forgotten")(lambda request: None)


@pytest.mark.parametrize("who", ROLES)
def test_x1_every_operation_answers_only_the_roles_that_hold_its_right(who: str, program: Callable[..., Program]) -> None:
    caller, held = program(who), RIGHTS[ROLES[who]]
    wrong = [(op.name, op.right) for op in operations.ALL if (asked(caller, op) == 403) is (op.right in held)]
    assert wrong == []


@pytest.mark.parametrize("right", sorted(Right))
def test_x1_every_operation_answers_only_tokens_with_its_scope(right: Right, program: Callable[..., Program]) -> None:
    caller = program("owner", {right})
    wrong = [(op.name, op.right) for op in operations.ALL if (asked(caller, op) == 403) is (op.right == right)]
    assert wrong == []


@pytest.mark.parametrize("token", ["", "ent_unknown", "ent_" + "x" * 5000, "not-ours", "ent_\u00e9"])
def test_x1_without_a_known_token_nothing_is_answered(token: str, world: World) -> None:
    stranger = Program(token.encode("utf-8").decode("latin-1"))
    assert {asked(stranger, operation) for operation in operations.ALL} == {401}
    answer = stranger.get("/products")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="entrepot"'
    assert answer.json()["code"] == "no_token"


def test_x1_a_signed_in_browser_is_no_token(world: World) -> None:
    program = Program()
    program._client.force_login(world.users["owner"], backend="django.contrib.auth.backends.ModelBackend")
    assert program.get("/products").status_code == 401


def test_a_token_is_never_stronger_than_its_person(program: Callable[..., Program]) -> None:
    with pytest.raises(tokens.NotAllowed):
        program("reader", {Right.SHIP})
    with pytest.raises(tokens.NotAllowed):
        program("store", {Right.SEE})


def test_a_lower_role_weakens_tokens_made_before(program: Callable[..., Program], world: World) -> None:
    caller = program("ops")
    people.set_role("ops", Role.READ_ONLY, actor="test")
    assert caller.get("/products").status_code == 200
    assert caller.post(f"/orders/{uuid4()}/cancel", {"reason": "x"}).status_code == 403
    people.set_role("ops", Role.STORE, actor="test")
    assert caller.get("/products").status_code == 403


def test_a_revoked_or_expired_token_and_one_of_a_leaver_open_nothing(program: Callable[..., Program], world: World) -> None:
    caller = program("ops")
    assert caller.get("/token").json()["user"] == "ops"
    (row,) = tokens.listed()
    assert row.last_used_at is not None
    tokens.revoke(row.public_id, actor="test")
    assert caller.get("/token").status_code == 401

    soon = tokens.issue(username="ops", name="short", scopes=["see"], expires_at=clock.now(), actor="test")
    assert Program(soon).get("/token").status_code == 401

    third = program("ops")
    world.users["ops"].is_active = False
    world.users["ops"].save()
    assert third.get("/token").status_code == 401


def test_x4_the_token_itself_is_kept_nowhere(program: Callable[..., Program]) -> None:
    from entrepot.people.models import ApiToken, Audit

    caller = program("ops")
    caller.get("/token")
    row = ApiToken.objects.get()
    assert caller.token.encode() not in bytes(row.digest)
    assert len(bytes(row.digest)) == 32
    assert caller.token not in str(list(Audit.objects.values_list("subject", "after")))
