"""A stranger who sends a marketplace everything but what it asks for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from entrepot_sandbox.core.http import Request, Response, Route
from entrepot_sandbox.core.marketplace import Marketplace

Json = Any
WRONG: tuple[Json, ...] = (
    None, True, -1, 1.5, 10**30, 10**4200, 1e308, float("inf"), float("nan"),
    "", "x", "\ud800", "1e999999", [], ["x"], [[]], [{}], {}, {"a": 1},
)  # fmt: skip
RAW = (b"", b"{", b"null", b"\xff\xfe", b"[" * 100_000, b'"x"', b"1e999", b"{}", b"[]", b"[{}]", b"1" * 5000, b'{"a":' * 50_000)
WORDS = ("", "x", "-1", "0", "9" * 5000, "²", "%00", "%ff", "%ED%A0%80", "NaN", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00")
PARTS = ("x", "%00", "%ff", "%2F", "a%0d%0ab", "%f0%9f%98%80", "1" * 300)


def wrongs(body: Json) -> Iterator[Json]:
    """The body with one place of it made wrong or left out, every place in turn."""
    yield from WRONG
    if isinstance(body, dict):
        for name, value in body.items():
            yield {other: kept for other, kept in body.items() if other != name}
            yield from ({**body, name: wrong} for wrong in wrongs(value))
    elif isinstance(body, list):
        for place, value in enumerate(body):
            yield from ([*body[:place], wrong, *body[place + 1 :]] for wrong in wrongs(value))


@dataclass
class Stranger:
    """Sends, and sees to it that each answer is one of the channel's own, never a failure of the sandbox."""

    market: Marketplace
    headers: Mapping[str, str]

    def send(self, method: str, target: str, body: bytes | Json = b"", **headers: str) -> Response:
        """One call of the channel or of its control plane."""
        self.market.quotas.reset()
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.market.handle(Request.make(method, target, headers={**self.headers, **more}, body=raw))
        said = f"{method} {target[:200]} {raw[:300]!r} -> {answer.status} {answer.body[:200]!r}"
        assert 200 <= answer.status < 500, said
        if answer.headers.get("content-type", "") == "application/json" and answer.body:
            told = json.loads(answer.body, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON: {said}"))
            own = ("error", "left") if target.startswith("/_sandbox") else ("errors",)
            assert answer.status < 400 or any(told.get(name) not in (None, "", []) for name in own), said
        for value in answer.headers.values():
            value.encode("latin-1")
        return answer

    def every(self, method: str, target: str, body: Json) -> None:
        """The body made wrong in every place, and bodies that are none."""
        for wrong in (body, *wrongs(body), *RAW):
            self.send(method, target, wrong)

    def look(self) -> None:
        """What people look at."""
        for path in ("world", "state", ""):
            self.send("GET", f"/_sandbox/{path}")

    def every_route(self, routes: Iterable[Route]) -> None:
        """Each operation at odd addresses, with bodies that are none."""
        for route in routes:
            for part in PARTS:
                path = "/".join(part if segment.startswith("{") else segment for segment in route.pattern.split("/"))
                for raw in RAW:
                    self.send(route.method, path, raw)

    def every_word(self, target: str, *names: str) -> None:
        """Each parameter of a search with words it does not take."""
        for name in names:
            for word in WORDS:
                self.send("GET", f"{target}&{name}={word}")
