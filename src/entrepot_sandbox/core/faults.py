"""The fault plan: what goes wrong with the next calls, on purpose. Ids as in the catalog of faults (F1, F2, ...)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from entrepot_sandbox.core.http import Response

KNOWN: Mapping[str, tuple[str, ...]] = {
    "F1": (),  # throttled, with or without Retry-After
    "F2": (),  # 5xx; own key status (default 503)
    "F3": ("drop", "504"),  # the work is done, the answer is lost
    "F4": ("cut", "truncated", "html", "empty", "charset", "huge"),  # the answer is broken
    "F5": ("access", "refresh"),  # access tokens expire now, or the refresh token is revoked too
    "F6": ("repeat", "skip", "loop"),  # a page comes again, is left out, or its token points to itself
    "F7": ("duplicate", "late", "reorder", "lost"),  # notifications; own key delay_s
    "F11": ("field", "null", "text", "enum"),  # the answer changed shape; own key field names what becomes null or an unknown value
    "F13": (),  # accepted, then rejected
    "F14": (),  # a quantity changed by hand; own keys sku, quantity; happens at once
    "not_applied": (),  # accepted and never done
    "refused_item": (),  # one item of a batch is refused; own key item (its place, from 0)
}
HUGE_BYTES = 50 * 1024 * 1024
OWN_NUMBERS = ("delay_s", "status", "item", "quantity")
LATE_S = 25 * 3600.0
REORDER_S = 60.0


class UnknownFault(ValueError):
    """The fault plan does not know this fault or this way of it."""


@dataclass(frozen=True)
class Fault:
    """One planned fault. `times` None = until cleared; `after` = calls of the operation that pass first."""

    name: str
    operation: str = "*"
    times: int | None = 1
    retry_after_s: float | None = None
    after: int = 0
    how: str = ""
    own: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The fault as it was posted, with the times that are left."""
        how = {"how": self.how} if self.how else {}
        after = {"after": self.after} if self.after else {}
        four = {
            "fault": self.name,
            "operation": self.operation,
            "times": self.times,
            "retry_after_s": self.retry_after_s,
        }
        return {**four, **how, **after, **self.own}


def fault_from(body: Mapping[str, Any]) -> Fault:
    """A fault from the control plane's JSON.

    Raises: UnknownFault, naming what is wrong.
    """
    name = str(body.get("fault"))
    ways = KNOWN.get(name)
    if ways is None:
        raise UnknownFault(f"unknown fault {name}; known: {', '.join(KNOWN)}")
    how = str(body.get("how") or (ways[0] if ways else ""))
    if ways and how not in ways:
        raise UnknownFault(f"{name} knows how = {', '.join(ways)}")
    times, retry, after = body.get("times", 1), body.get("retry_after_s"), body.get("after", 0)
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
        raise UnknownFault("times is a whole number above 0, or null for until cleared")
    if retry is not None and (isinstance(retry, bool) or not isinstance(retry, int | float) or not 0 <= retry < 1e9):
        raise UnknownFault("retry_after_s is a number of seconds, or null")
    if isinstance(after, bool) or not isinstance(after, int) or after < 0:
        raise UnknownFault("after is a whole number of calls")
    for key in OWN_NUMBERS:
        if key in body and (isinstance(body[key], bool) or not isinstance(body[key], int | float) or not 0 <= body[key] < 1e9):
            raise UnknownFault(f"{key} is a number, 0 or more")
    if name == "F2" and not 500 <= body.get("status", 503) <= 599:
        raise UnknownFault("status is a number from 500 to 599")
    taken = {"fault", "operation", "times", "retry_after_s", "after", "how"}
    own = {key: value for key, value in body.items() if key not in taken}
    return Fault(name, str(body.get("operation") or "*"), times, retry, after, how, own)


class FaultPlan:
    """The faults that wait. A call or a notification draws those that name its operation, and uses them up."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self.thrown: dict[str, int] = {}

    def add(self, fault: Fault) -> None:
        """Plan one more fault."""
        self._planned.append(fault)

    def remove(self, name: str, how: str) -> bool:
        """Take the faults of that name and way off the plan; whether there were any."""
        before = len(self._planned)
        self._planned = [fault for fault in self._planned if (fault.name, fault.how) != (name, how)]
        return len(self._planned) < before

    def clear(self) -> None:
        """Plan none."""
        self._planned.clear()

    def reset(self) -> None:
        """Plan none and forget those thrown."""
        self.clear()
        self.thrown.clear()

    def waiting(self) -> list[Fault]:
        """The faults not used up."""
        return list(self._planned)

    def draw(self, operation: str, *, by_name: bool = False) -> tuple[Fault, ...]:
        """The faults that hit this call. `by_name`: only those that name the operation, not `*`."""
        return self._draw(operation, by_name=by_name, deliveries=False)

    def delivery_delays(self, topic: str, delay_s: float) -> list[float]:
        """How long after now each copy of a notification is delivered: usually one, F7 makes it none, late or two."""
        delays = [delay_s]
        for fault in self._draw(topic, by_name=False, deliveries=True):
            late = float(fault.own.get("delay_s", LATE_S if fault.how == "late" else REORDER_S))
            if fault.how == "lost":
                delays = []
            elif fault.how == "duplicate":
                delays = [delay for delay in delays for _ in range(2)]
            else:
                delays = [delay + late for delay in delays]
        return delays

    def _draw(self, operation: str, *, by_name: bool, deliveries: bool) -> tuple[Fault, ...]:
        hits: list[Fault] = []
        left: list[Fault] = []
        for fault in self._planned:
            named = fault.operation == operation or (fault.operation == "*" and not by_name)
            if not named or (fault.name == "F7") is not deliveries:
                left.append(fault)
            elif fault.after > 0:
                left.append(replace(fault, after=fault.after - 1))
            else:
                hits.append(fault)
                self.thrown[fault.name] = self.thrown.get(fault.name, 0) + 1
                if fault.times is None or fault.times > 1:
                    left.append(fault if fault.times is None else replace(fault, times=fault.times - 1))
        self._planned = left
        return tuple(hits)


def changed(response: Response, fault: Fault) -> Response:
    """The answer as a newer version of the channel might give it (F11): legal JSON, another shape."""
    if not response.headers.get("content-type", "").startswith("application/json") or not response.body:
        return response
    body = _reshaped(json.loads(response.body), fault.how, str(fault.own.get("field", "")))
    return replace(response, body=json.dumps(body, ensure_ascii=False).encode(errors="replace"))


def _reshaped(value: Any, how: str, field_name: str) -> Any:
    if isinstance(value, list):
        return [_reshaped(entry, how, field_name) for entry in value]
    if isinstance(value, dict):
        inside = {key: _reshaped(entry, how, field_name) for key, entry in value.items()}
        if how == "field":
            return {**inside, "addedLater": {"since": "yesterday"}}
        if field_name in inside and how in ("null", "enum"):
            inside[field_name] = None if how == "null" else "NEVER_SEEN_BEFORE"
        return inside
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if how == "text" and number else value


def spoiled(response: Response, fault: Fault) -> Response:
    """The answer after the line (F3) or something in front of the marketplace (F4) broke it."""
    if fault.name == "F3":
        return Response(504, {"content-type": "text/plain"}, b"") if fault.how == "504" else Response(drop=True)
    body, headers = response.body, dict(response.headers)
    if fault.how == "cut":
        return replace(response, cut=len(body) // 2)
    if fault.how == "truncated":
        return replace(response, body=body[: len(body) // 2])
    if fault.how == "empty":
        return Response(200, headers, b"")
    if fault.how == "html":
        page = b"<!doctype html><html><head><title>Service</title></head><body><h1>We will be right back</h1></body></html>"
        return Response(200, {"content-type": "text/html"}, page)
    if fault.how == "charset":
        middle = len(body) // 2  # a byte of Latin-1 where UTF-8 was promised
        mixed = body[:middle] + b"\xfc" + body[middle:]
        return replace(response, body=mixed, headers={**headers, "content-type": "application/json; charset=utf-8"})
    return replace(response, body=b'{"filler":"' + b"x" * HUGE_BYTES + b'"}')
