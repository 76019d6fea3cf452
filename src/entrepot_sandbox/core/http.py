"""Requests, responses and routes, without any socket: a marketplace answers `handle(request) -> response`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from entrepot_sandbox.core.faults import Fault

Json = Any
Handler = Callable[["Call"], "Response"]


class BadBody(ValueError):
    """The request's body is not what its content type says."""


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire: the path still percent-encoded, header names in lower case."""

    method: str
    raw_path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def make(cls, method: str, target: str, *, headers: Mapping[str, str] | None = None, body: bytes | Json = b"") -> Request:
        """A request from a target such as `/a/b?c=d`; a body that is not bytes is sent as JSON."""
        path, _, query = target.partition("?")
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        return cls(method, path, tuple(parse_qsl(query, keep_blank_values=True)), lowered, raw)

    def first(self, name: str, default: str | None = None) -> str | None:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), default)

    def all(self, name: str) -> list[str]:
        """Every value of a query parameter, repeated or comma-separated, in order."""
        return [part for key, value in self.query if key == name for part in value.split(",") if part]

    def json(self) -> Json:
        """The body as JSON; an empty body is an empty object. Every number in it is one that JSON can say again.

        Raises: BadBody.
        """
        if not self.body.strip():
            return {}
        try:
            return json.loads(self.body, parse_constant=_finite, parse_float=_finite)
        except (ValueError, RecursionError) as error:
            raise BadBody("the body is not JSON") from error

    def form(self) -> dict[str, str]:
        """The body as a form; of a repeated field the last value."""
        try:
            return dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        except ValueError as error:
            raise BadBody("the body is not a form") from error


@dataclass(frozen=True)
class Response:
    """One answer. `drop` and `cut` are faults of the line, not of the marketplace:
    drop sends nothing and closes the connection, cut announces the whole body and closes after `cut` bytes.
    `hold_s` marks an empty answer that may be asked for again for so many seconds (long polling).
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    drop: bool = False
    cut: int | None = None
    hold_s: float = 0

    @classmethod
    def json(cls, body: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """A JSON answer."""
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
        return cls(status, {"content-type": "application/json", **(headers or {})}, raw)

    @classmethod
    def html(cls, text: str, status: int = 200) -> Response:
        """A page for people."""
        return cls(status, {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}, text.encode(errors="replace"))

    def with_headers(self, **headers: str) -> Response:
        """The same answer with more headers; `_` in a name stands for `-`."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **more})

    def parsed(self) -> Json:
        """The body as JSON, None when there is none."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Route:
    """One operation of a marketplace.

    `quota` names the bucket it draws on (default: its own name; "" = no quota). `open` = no access token asked for.
    """

    method: str
    pattern: str
    operation: str
    handler: Handler
    quota: str | None = None
    open: bool = False

    @property
    def bucket(self) -> str:
        """The quota bucket this operation draws on."""
        return self.operation if self.quota is None else self.quota


@dataclass
class Call:
    """One request on its way through one operation. `who` is set once the token was read."""

    request: Request
    route: Route
    params: Mapping[str, str]
    faults: tuple[Fault, ...] = ()
    who: str = ""

    def fault(self, name: str) -> Fault | None:
        """The fault of that name that hits this call, if any."""
        return next((fault for fault in self.faults if fault.name == name), None)


class Router:
    """Finds the route of a path by its raw segments; only then is each segment decoded.

    So a SKU with an encoded slash stays one segment.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[tuple[str, int], list[tuple[list[str], Route]]] = {}
        self.operations: list[str] = []
        for route in routes:
            segments = route.pattern.split("/")
            self._routes.setdefault((route.method, len(segments)), []).append((segments, route))
            self.operations.append(route.operation)

    def find(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and its decoded path parameters."""
        segments = raw_path.split("/")
        for pattern, route in self._routes.get((method, len(segments)), ()):
            params = _matched(pattern, segments)
            if params is not None:
                return route, params
        return None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def _matched(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    params: dict[str, str] = {}
    for wanted, given in zip(pattern, segments, strict=True):
        if wanted.startswith("{"):
            if not given:
                return None
            params[wanted[1:-1]] = unquote(given)
        elif wanted != unquote(given):
            return None
    return params
