"""Programs with tokens over the small world of the page tests."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from entrepot.api import access
from entrepot.people import tokens
from entrepot.people.deployment import base_currency
from entrepot.people.types import RIGHTS, Right, Role
from tests.web import world as worlds

V1 = "/api/v1"


@dataclass
class Program:
    """Calls the API with one token. Answers keep their status and their document."""

    token: str = ""
    address: str = "203.0.113.5"

    def __post_init__(self) -> None:
        self._client = Client(raise_request_exception=False, SERVER_NAME="localhost", REMOTE_ADDR=self.address)

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self._client.get(V1 + path, query, headers=self._headers())

    def send(self, method: str, path: str, body: Any = None, *, key: str = "", **more: str) -> HttpResponse:
        headers = {**self._headers(), **({"Idempotency-Key": key} if key else {}), **more}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self._client.generic(method, V1 + path, data, content_type="application/json", headers=headers)

    def post(self, path: str, body: Any = None, *, key: str = "") -> HttpResponse:
        return self.send("POST", path, body, key=key)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


@pytest.fixture
def world(db: None) -> Iterator[worlds.World]:
    base_currency.cache_clear()
    yield worlds.build()
    base_currency.cache_clear()


@pytest.fixture(autouse=True)
def full_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins with nobody having called."""
    monkeypatch.setattr(access, "buckets", access.Buckets(100_000))


@pytest.fixture
def program(world: worlds.World) -> Callable[..., Program]:
    """`program("ops")` calls with a token of that person and all that the role may; `scopes` for less."""
    return program_of


def program_of(username: str, scopes: set[Right] | None = None) -> Program:
    from entrepot.people.models import User

    held = RIGHTS[Role(User.objects.get(username=username).role)] if scopes is None else scopes
    return Program(tokens.issue(username=username, name="test", scopes=held, expires_at=None, actor="test"))


@pytest.fixture
def ops(program: Callable[..., Program]) -> Program:
    return program("ops")
