"""Checks traffic with the Amazon sandbox against Amazon's own API models (Swagger 2.0) and notification schemas."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft4Validator, Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from tests.shared import SHARED

Json = Any
MODELS = {
    "listings-items-api-model/listingsItems_2021-08-01.json": "/listings/",
    "orders-api-model/orders_2026-01-01.json": "/orders/2026-01-01/",
    "orders-api-model/ordersV0.json": "/orders/v0/",
    "notifications-api-model/notifications.json": "/notifications/",
    "product-type-definitions-api-model/definitionsProductTypes_2020-09-01.json": "/definitions/",
    "sellers-api-model/sellers.json": "/sellers/",
}


def check_amazon(operation: str, status: int, body: Json) -> None:
    """Fail when an answer is not what the operation's model declares for that status."""
    model, declared = _operation(operation)
    answers = declared["responses"]
    assert str(status) in answers, f"{operation} declares {sorted(answers)}, not {status}"
    schema = answers[str(status)].get("schema")
    if schema is None:
        assert body in (None, {}, ""), f"{operation} {status} has no body"
        return
    _validate(model, schema, body, f"{operation} {status}")


def check_amazon_request(operation: str, *, query: dict[str, str] | None = None, body: Json = None) -> None:
    """Fail when a request lacks what the operation's model requires, or has a body of another shape.

    Query parameters the model does not know are a failure too: the service ignores them, so they are a mistake.
    """
    model, declared = _operation(operation)
    given = query or {}
    known = {}
    for parameter in declared.get("parameters", []):
        parameter = _deref(model, parameter)
        if parameter["in"] == "query":
            known[parameter["name"]] = parameter
        elif parameter["in"] == "body":
            _validate(model, parameter["schema"], body, f"{operation} request")
    for name, parameter in known.items():
        assert name in given or not parameter.get("required"), f"{operation} requires {name}"
    for name, text in given.items():
        assert name in known, f"{operation} does not know the parameter {name}"
        _check_parameter(operation, known[name], text)


def check_amazon_notification(schema: str, body: Json) -> None:
    """Fail when a notification is not what its schema file says; `schema` is the file name without .json."""
    assert SHARED is not None
    document = json.loads((SHARED / "contracts/amazon/schemas/notifications" / f"{schema}.json").read_text())
    problems = [f"{error.json_path}: {error.message}" for error in Draft7Validator(document).iter_errors(body)]
    assert not problems, problems


class CheckedAmazon(httpx.BaseTransport):
    """A transport that holds every request a client sends, and every answer it gets, against Amazon's models.

    Paths without a model (token endpoint, queue, control plane) pass unchecked; `seen` names the operations that were checked.
    An answer that is not JSON is passed on: how a client takes that is another test.
    """

    def __init__(self, inner: httpx.BaseTransport | None = None) -> None:
        self._inner = inner or httpx.HTTPTransport()
        self.seen: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, and check both ways."""
        operation = operation_of(request.method, request.url.raw_path.partition(b"?")[0].decode())
        if operation is not None:
            self.seen.append(operation)
            body = request.read()
            check_amazon_request(operation, query=dict(request.url.params), body=json.loads(body) if body else None)
        answer = self._inner.handle_request(request)
        content = answer.read()
        if operation is not None and _is_json(content):
            check_amazon(operation, answer.status_code, json.loads(content) if content else None)
        return httpx.Response(answer.status_code, headers=answer.headers, content=content, extensions=answer.extensions)

    def close(self) -> None:
        """Close the transport inside."""
        self._inner.close()


def operation_of(method: str, raw_path: str) -> str | None:
    """The operation of a request, by method and path; None when no model has it."""
    given = raw_path.split("/")
    for model in MODELS:
        for path, declared in _document(model)["paths"].items():
            parts = path.split("/")
            fits = len(parts) == len(given) and all(
                part == seen or (part[:1] == "{" and seen) for part, seen in zip(parts, given, strict=True)
            )
            if fits and method.lower() in declared:
                return str(declared[method.lower()]["operationId"])
    return None


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content or b"null")
    except ValueError:
        return False
    return True


def _check_parameter(operation: str, parameter: Json, text: str) -> None:
    values = text.split(",") if parameter["type"] == "array" else [text]
    allowed = parameter.get("enum") or parameter.get("items", {}).get("enum")
    assert allowed is None or set(values) <= set(allowed), f"{operation} {parameter['name']}: {values} not in {allowed}"
    most = parameter.get("maxItems")
    assert most is None or len(values) <= most, f"{operation} {parameter['name']} takes {most}"
    if parameter["type"] == "integer":
        assert int(text) <= parameter.get("maximum", int(text)), f"{operation} {parameter['name']} is at most {parameter['maximum']}"


def _validate(model: str, schema: Json, body: Json, what: str) -> None:
    registry = _registry(model)
    wrapped = {"$ref": f"urn:{model}{schema['$ref']}"} if "$ref" in schema else schema
    problems = [f"{error.json_path}: {error.message}" for error in Draft4Validator(wrapped, registry=registry).iter_errors(body)]
    assert not problems, f"{what}: {problems}"


@cache
def _document(model: str) -> Json:
    assert SHARED is not None, "the shared folder is absent: mark the test with needs_shared"
    return json.loads((SHARED / "contracts/amazon/models" / Path(model)).read_text())


@cache
def _registry(model: str) -> Registry[Any]:
    resource = Resource.from_contents(_document(model), default_specification=DRAFT4)
    return Registry().with_resource(f"urn:{model}", resource)


@cache
def _operation(name: str) -> tuple[str, Json]:
    for model in MODELS:
        for path in _document(model)["paths"].values():
            shared = path.get("parameters", [])
            for declared in path.values():
                if isinstance(declared, dict) and declared.get("operationId") == name:
                    return model, {**declared, "parameters": [*declared.get("parameters", []), *shared]}
    raise AssertionError(f"no model has the operation {name}")


def _deref(model: str, parameter: Json) -> Json:
    if "$ref" not in parameter:
        return parameter
    node = _document(model)
    for part in parameter["$ref"].removeprefix("#/").split("/"):
        node = node[part]
    return node
