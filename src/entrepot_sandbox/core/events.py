"""Outgoing notifications: what waits to be posted to the seller's web address, with retries; and what just happened."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.faults import FaultPlan

RETRY_AFTER_S = (5.0, 60.0, 600.0)


@dataclass(frozen=True)
class Delivery:
    """One notification to post. `attempt` counts from 1."""

    topic: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    attempt: int = 1


class Outbox:
    """Posts that are due. The server sends them; a test or a simulator may `take` and `report` them itself."""

    def __init__(self, clock: Clock, faults: FaultPlan, retry_after_s: tuple[float, ...] = RETRY_AFTER_S) -> None:
        self._clock = clock
        self._faults = faults
        self._retry_after_s = retry_after_s
        self._ready: deque[Delivery] = deque()
        self.delivered = 0
        self.given_up: list[Delivery] = []

    def post(self, topic: str, url: str, body: bytes, headers: Mapping[str, str], *, delay_s: float = 0) -> None:
        """Post a notification after a delay; F7 may double, delay or lose it."""
        for delay in self._faults.delivery_delays(topic, delay_s):
            self._queue(Delivery(topic, url, headers, body), delay)

    def take(self) -> list[Delivery]:
        """The posts that are due, each given out once."""
        taken = list(self._ready)
        self._ready.clear()
        return taken

    def report(self, delivery: Delivery, *, ok: bool) -> None:
        """Say how a post ended; one that failed is tried again until the retries are used up."""
        if ok:
            self.delivered += 1
        elif delivery.attempt > len(self._retry_after_s):
            self.given_up.append(delivery)
        else:
            again = replace(delivery, attempt=delivery.attempt + 1)
            self._queue(again, self._retry_after_s[delivery.attempt - 1])

    def reset(self) -> None:
        """Forget all posts."""
        self._ready.clear()
        self.given_up.clear()
        self.delivered = 0

    def _queue(self, delivery: Delivery, delay_s: float) -> None:
        self._clock.after(delay_s, lambda: self._ready.append(delivery))


@dataclass(frozen=True)
class Happening:
    """One line of "just happened here": a text key of core.texts with its values."""

    at: datetime
    mark: str
    what: str
    values: Mapping[str, Any]


class Journal:
    """The last things that happened in the marketplace, newest first."""

    def __init__(self, clock: Clock, keep: int = 40) -> None:
        self._clock = clock
        self._lines: deque[Happening] = deque(maxlen=keep)

    def note(self, what: str, *, mark: str = "ok", **values: Any) -> None:
        """Write one line: `what` is a key of core.texts.HAPPENED, `mark` one of ok, warn, plain."""
        self._lines.appendleft(Happening(self._clock.now(), mark, what, values))

    def lines(self) -> list[Happening]:
        """The lines, newest first."""
        return list(self._lines)

    def clear(self) -> None:
        """Forget them."""
        self._lines.clear()
