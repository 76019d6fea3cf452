"""eBay's own API files as the judge of every request sent to the sandbox and of every answer it gives.

`check_ebay_request` and `check_ebay` judge one message; `Judged` is an httpx transport that judges all that pass through it.
The files are read where they lie and never change: known faults in them are corrected in memory (see `_corrected`).
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
import yaml
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.shared import SHARED

HOST = "https://api.ebay.com"
FILES = {
    "inventory": ("/sell/inventory/v1", "specs/sell_inventory_v1_oas3.json"),
    "fulfillment": ("/sell/fulfillment/v1", "specs/sell_fulfillment_v1_oas3.json"),
    "analytics": ("/developer/analytics/v1_beta", "specs/developer_analytics_v1_beta_oas3.json"),
    "account": ("/sell/account/v1", "newer/ebay-account-openapi-original.yml"),
    "taxonomy": ("/commerce/taxonomy/v1", "newer/ebay-taxonomy-openapi-original.yml"),
    "notification": ("/commerce/notification/v1", "newer/ebay-notification-openapi-original.yml"),
}
UNDECLARED = {401, 403, 429, 500, 502, 503, 504}  # the files leave them out; the service answers them
ERROR_KEYS = {"errorId", "domain", "category", "message", "longMessage", "parameters"}
METHODS = ("get", "put", "post", "delete")
Json = Any


class ContractBroken(AssertionError):
    """A message that eBay's own files do not allow."""


class Contract:
    """One API file, corrected in memory."""

    def __init__(self, api: str) -> None:
        self.base, file = FILES[api]
        if SHARED is None:
            pytest.skip("eBay's API files are not on this machine (ENTREPOT_SHARED)")
        path = SHARED / "contracts" / "ebay" / file
        text = path.read_text(encoding="utf-8")
        spec = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.spec = _corrected(spec, self.base)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.api = OpenAPI.from_dict(self.spec)

    def operation(self, method: str, path: str) -> Mapping[str, Json]:
        """The operation of a path, by number of segments and fixed parts; the one with the most fixed parts wins."""
        asked = path.removeprefix(self.base).split("/")
        found = []
        for pattern, operations in self.spec["paths"].items():
            parts = pattern.split("/")
            fits = len(parts) == len(asked) and all(p.startswith("{") or p == a for p, a in zip(parts, asked, strict=True))
            if fits and method.lower() in operations:
                found.append((sum(not p.startswith("{") for p in parts), operations[method.lower()]))
        if not found:
            raise ContractBroken(f"no operation {method} {path}")
        return max(found, key=lambda each: each[0])[1]

    def resolved(self, schema: Mapping[str, Json]) -> Mapping[str, Json]:
        """A schema, or the one it refers to."""
        while "$ref" in schema:
            schema = self.spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return schema


def _corrected(spec: dict[str, Json], base: str) -> dict[str, Json]:
    """The file with its known faults put right: the address, aspects, answers without a body."""
    spec["servers"] = [{"url": HOST + base}]
    texts = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
    for name in ("Product", "InventoryItemGroup"):
        aspects = spec["components"]["schemas"].get(name, {}).get("properties", {})
        if aspects.get("aspects", {}).get("type") == "string":
            aspects["aspects"] = texts
    for operations in spec["paths"].values():
        for method, operation in operations.items():
            if method not in METHODS:
                continue
            if operation.get("operationId") == "createShippingFulfillment":
                operation["responses"]["201"].pop("content", None)
    return spec


@lru_cache(maxsize=len(FILES))
def contract(api: str) -> Contract:
    """The contract of an API, read once a process."""
    return Contract(api)


def api_of(path: str) -> str | None:
    """The API a path belongs to; None for the token endpoint and the control plane."""
    return next((api for api, (base, _) in FILES.items() if path.startswith(f"{base}/")), None)


class _Request:
    """A request in openapi-core's shape."""

    host_url = HOST
    content_type = "application/json"

    def __init__(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes | None) -> None:
        self.method = method.lower()
        self.path = path
        self.path_pattern = None
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(query, keep_blank_values=True)), header=Headers(dict(headers)), cookie=ImmutableMultiDict()
        )
        self.body = body


class _Response:
    """A response in openapi-core's shape."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status_code = status
        self.data = body
        self.content_type = "application/json" if body else ""
        self.headers = Headers()


def check_ebay_request(api: str, method: str, target: str, body: bytes | Json = None, headers: Mapping[str, str] | None = None) -> None:
    """Judge one request: operation, headers, parameters, types, and that every key sent is a declared property.

    Raises: ContractBroken.
    """
    path, _, query = target.partition("?")
    raw = _raw(body)
    judge, operation = contract(api), contract(api).operation(method, path)
    sent = _Request(method, path, query, headers or {}, raw or None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openapi-core does not know OAuth 2, and says so at every call
            judge.api.validate_request(sent)
    except OpenAPIError as error:
        raise ContractBroken(f"{method} {target}: {_chain(error)}") from error
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if raw and schema is None and json.loads(raw) != {}:
        raise ContractBroken(f"{method} {target} takes no body")
    if raw and schema is not None:
        _check_keys(judge, schema, json.loads(raw), f"{operation['operationId']} request")
    unknown = {key for key, _ in parse_qsl(query)} - {p["name"] for p in operation.get("parameters", ())}
    if unknown:
        raise ContractBroken(f"{method} {target}: undeclared query parameters {sorted(unknown)}")


def check_ebay(api: str, method: str, target: str, status: int, body: bytes | Json = None) -> None:
    """Judge one answer: declared status, types, declared keys, and the marketplace's own errors where it refuses.

    Raises: ContractBroken.
    """
    path = target.partition("?")[0]
    raw = _raw(body)
    judge, operation = contract(api), contract(api).operation(method, path)
    name = operation["operationId"]
    if str(status) not in operation["responses"] and status not in UNDECLARED:
        raise ContractBroken(f"{name} may not answer {status}")
    if status >= 400:
        _check_errors(name, status, raw)
        return
    declared = operation["responses"][str(status)]
    if status == 207:
        declared = operation["responses"]["200"]
    content = declared.get("content", {}).get("application/json")
    if content is None:
        if raw:
            raise ContractBroken(f"{name} answers {status} without a body")
        return
    answered = _Response(200 if status == 207 else status, raw)
    asked = _Request(method, path, "", {}, None)
    try:
        judge.api.validate_response(asked, answered)
    except OpenAPIError as error:
        raise ContractBroken(f"{name} {status}: {_chain(error)}") from error
    _check_keys(judge, content["schema"], json.loads(raw), f"{name} {status}")


def _raw(body: bytes | Json) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _chain(error: BaseException | None) -> str:
    parts = []
    while error is not None:
        parts.append(str(error))
        parts.extend(str(each.message) for each in getattr(error, "schema_errors", ()) if hasattr(each, "message"))
        error = error.__cause__
    return " <- ".join(dict.fromkeys(parts))


def _check_errors(name: str, status: int, raw: bytes) -> None:
    try:
        errors = json.loads(raw)["errors"]
    except (ValueError, KeyError, TypeError) as error:
        raise ContractBroken(f"{name} {status} has no errors[]") from error
    if not errors:
        raise ContractBroken(f"{name} {status} has an empty errors[]")
    for each in errors:
        if set(each) < ERROR_KEYS or not isinstance(each["errorId"], int) or not each["message"]:
            raise ContractBroken(f"{name} {status} has an error without {sorted(ERROR_KEYS - set(each))}")


def _check_keys(judge: Contract, schema: Mapping[str, Json], value: Json, where: str) -> None:
    unknown = list(_unknown_keys(judge, schema, value, where))
    if unknown:
        raise ContractBroken(f"undeclared: {', '.join(unknown)}")


def _unknown_keys(judge: Contract, schema: Mapping[str, Json], value: Json, where: str) -> Iterator[str]:
    schema = judge.resolved(schema)
    if isinstance(value, list):
        for place, each in enumerate(value):
            yield from _unknown_keys(judge, schema.get("items", {}), each, f"{where}[{place}]")
    if not isinstance(value, dict):
        return
    properties, rest = schema.get("properties", {}), schema.get("additionalProperties")
    for key, each in value.items():
        if key in properties:
            yield from _unknown_keys(judge, properties[key], each, f"{where}.{key}")
        elif not rest:
            yield f"{where}.{key}"


class Judged(httpx.BaseTransport):
    """An httpx transport that judges every exchange with a marketplace that is asked through it.

    `requests=False` judges the answers only: for clients that add spellings of their own.
    """

    def __init__(self, inner: httpx.BaseTransport | None = None, *, requests: bool = True) -> None:
        self._inner = inner or httpx.HTTPTransport()
        self._requests = requests
        self.judged: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode()
        api = api_of(target)
        if api is not None and self._requests:
            check_ebay_request(api, request.method, target, request.read(), request.headers)
        response = self._inner.handle_request(request)
        if api is not None:
            check_ebay(api, request.method, target, response.status_code, response.read())
            self.judged.append(f"{request.method} {target}")
        return response

    def close(self) -> None:
        self._inner.close()
