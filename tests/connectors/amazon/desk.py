"""Amazon's side of the wire as a test writes it, and a transport that holds every request to Amazon's own files."""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from entrepot.channels.contract import Access, Transport
from entrepot.channels.transport import Call
from entrepot.connectors.amazon import CONNECTOR, Amazon
from tests import contract_checks
from tests.shared import SHARED

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STORE = "A1PA6795UKMFR9"
SELLER = "A1SELLER"
QUEUE_URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"
CREDENTIALS = {
    "client_id": "amzn1.application-oa2-client.1",
    "client_secret": "client-secret-canary",
    "refresh_token": "Atzr|refresh-canary",
    "sqs_access_key": "AKIDEXAMPLE",
    "sqs_secret_key": "queue-secret-canary",
}
SETTINGS = {"seller_id": SELLER, "marketplace_id": STORE, "product_type": "LAMP"}
OUTSIDE_THE_MODELS = ("lwaToken", "productTypeSchema")  # and the queue: other services, other manuals

Answer = tuple[int, Any] | httpx.Response | Exception
SAMPLES = Path(__file__).parent / "samples"


@cache
def _text(name: str) -> str:
    return (SAMPLES / f"{name}.json").read_text()


def sample(name: str) -> Any:
    """A sample of our own in the manual's shape; a fresh copy every time."""
    return json.loads(_text(name))


class Desk:
    """Answers by method and path, the last one of a list again and again; keeps what came."""

    def __init__(self) -> None:
        self._answers: list[tuple[str, str, list[Answer]]] = []
        self._lock = threading.Lock()
        self.requests: list[httpx.Request] = []
        self.on("POST", r"/auth/o2/token", (200, {"access_token": "Atza|first", "token_type": "bearer", "expires_in": 3600}))

    def on(self, method: str, path: str, *answers: Answer) -> "Desk":
        self._answers.insert(0, (method, path, list(answers)))
        return self

    def asked(self, method: str, path: str = "") -> list[httpx.Request]:
        return [r for r in self.requests if r.method == method and re.search(path, r.url.raw_path.decode())]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.requests.append(request)
            for method, path, answers in self._answers:
                if method == request.method and re.search(path, request.url.raw_path.decode()):
                    answer = answers.pop(0) if len(answers) > 1 else answers[0]
                    break
            else:
                raise AssertionError(f"the test wrote no answer for {request.method} {request.url}")
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        status, document = answer
        return httpx.Response(status, json=document) if document is not None else httpx.Response(status)


class CheckedTransport(Transport):
    """Every request is held to the operation's model: parameters, shapes, and no field the model does not know."""

    def send(self, operation: str, method: str, url: str, **given: Any) -> httpx.Response:
        if SHARED is not None and operation not in OUTSIDE_THE_MODELS and not operation.startswith("sqs"):
            contract_checks.check_amazon_request(operation, query=dict(given.get("params") or {}), body=given.get("json"))
            assert not unknown_fields(operation, given.get("json")), operation
        return super().send(operation, method, url, **given)


@cache
def _model(file: str) -> Any:
    assert SHARED is not None
    return json.loads((SHARED / "contracts/amazon/models" / file).read_text())


def unknown_fields(operation: str, body: Any) -> list[str]:
    """Paths in a request body that the operation's model does not declare."""
    for file in contract_checks.MODELS:
        model = _model(file)
        for path in model["paths"].values():
            for declared in path.values():
                if isinstance(declared, dict) and declared.get("operationId") == operation:
                    schemas = [p["schema"] for p in declared.get("parameters", []) if p.get("in") == "body"]
                    return list(_unknown(model, schemas[0], body, "")) if schemas else []
    raise AssertionError(f"no model has the operation {operation}")


def _unknown(model: Any, schema: Any, value: Any, at: str) -> list[str]:
    while "$ref" in schema:
        schema = model["definitions"][schema["$ref"].rpartition("/")[2]]
    parts = schema.get("allOf", [schema])
    properties: dict[str, Any] = {}
    for part in parts:
        while "$ref" in part:
            part = model["definitions"][part["$ref"].rpartition("/")[2]]
        if part.get("additionalProperties"):
            return []
        properties |= part.get("properties", {})
    if isinstance(value, list):
        return [path for n, entry in enumerate(value) for path in _unknown(model, schema.get("items", {}), entry, f"{at}[{n}]")]
    if not isinstance(value, dict) or not properties:
        return []
    found = [f"{at}.{name}" for name in value if name not in properties]
    return found + [path for name in value if name in properties for path in _unknown(model, properties[name], value[name], f"{at}.{name}")]


def _ticking() -> datetime:
    return NOW + timedelta(seconds=time.monotonic())


def opened(
    handler: Callable[[httpx.Request], httpx.Response] | None,
    *,
    settings: Mapping[str, str] = {},
    clock: Callable[[], datetime] | None = None,
    log: Callable[[Call], None] = lambda call: None,
    client: httpx.Client | None = None,
    credentials: Mapping[str, str] = CREDENTIALS,
) -> Any:
    """An opened account whose transport is checked; ``handler`` stands for the network.

    Without a ``clock`` the account stands at NOW while its quotas refill in real time.
    """
    wire = client or httpx.Client(transport=httpx.MockTransport(handler or Desk()))
    transport = CheckedTransport(limits=CONNECTOR.limits.operations, clock=clock or _ticking, log=log, client=wire)
    account: Amazon = CONNECTOR.open(
        Access(
            credentials=credentials,
            settings={**SETTINGS, **settings},
            currency="EUR",
            market="DE",
            language="de",
            transport=transport,
            clock=clock or (lambda: NOW),
        )
    )
    return account
