"""The marketplace's time: real, turned forward, faster, paused, or wholly virtual; and what is due in it."""

from __future__ import annotations

import heapq
import itertools
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

log = logging.getLogger(__name__)
Action = Callable[[], None]
LATEST = datetime(9000, 1, 1, tzinfo=UTC)  # where a clock stops, so that what is due later still has a date
VIRTUAL_START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """A clock with an agenda. What is due runs in order of time, and sees its own due time as now,
    so an hour turned in one step gives the same world as an hour of small steps.
    """

    def __init__(self, start: datetime, source: Callable[[], float], speed: float = 1.0) -> None:
        self._source = source
        self._anchor = start
        self._anchor_source = source()
        self._speed = speed
        self._running: datetime | None = None
        self._agenda: list[tuple[datetime, int, Action]] = []
        self._number = itertools.count()

    @classmethod
    def real(cls) -> Clock:
        """A clock that starts now and runs in real time."""
        return cls(datetime.now(UTC), time.monotonic)

    @classmethod
    def virtual(cls, start: datetime = VIRTUAL_START) -> Clock:
        """A clock that only moves when it is turned."""
        return cls(start, lambda: 0.0)

    @property
    def speed(self) -> float:
        """Marketplace seconds a real second; 0 when paused."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._anchor_at(self._measured())
        self._speed = speed

    def now(self) -> datetime:
        """The instant it is in the marketplace, UTC."""
        return self._running or self._measured()

    def at(self, when: datetime, action: Action) -> None:
        """Run an action once, at that instant or, if it has passed, at the next `catch_up`."""
        heapq.heappush(self._agenda, (when, next(self._number), action))

    def after(self, seconds: float, action: Action) -> None:
        """Run an action so many seconds from now; at once when there are none to wait."""
        if seconds <= 0:
            action()
        else:
            self.at(self.now() + timedelta(seconds=seconds), action)

    def next_due(self) -> datetime | None:
        """When the next action is due."""
        return self._agenda[0][0] if self._agenda else None

    def forget(self) -> None:
        """Drop every action that has not run."""
        self._agenda.clear()

    def catch_up(self) -> None:
        """Run all that is due by now."""
        if self._running is None:
            self._run_until(self._measured())

    def advance(self, seconds: float) -> datetime:
        """Turn the clock forward, running what falls due on the way."""
        target = _later(self._measured(), max(0.0, seconds))
        self._run_until(target)
        self._anchor_at(target)
        return target

    def _run_until(self, target: datetime) -> None:
        try:
            while self._agenda and self._agenda[0][0] <= target:
                when, _, action = heapq.heappop(self._agenda)
                self._running = max(when, self._running or when)
                _act(action)
        finally:
            self._running = None

    def _measured(self) -> datetime:
        return _later(self._anchor, (self._source() - self._anchor_source) * self._speed)

    def _anchor_at(self, now: datetime) -> None:
        self._anchor = now
        self._anchor_source = self._source()


def _act(action: Action) -> None:
    """Do what is due. A mistake in it is the sandbox's own: it goes to the log, and the rest still happens."""
    try:
        action()
    except Exception:
        log.exception("what was due went wrong")


def _later(instant: datetime, seconds: float) -> datetime:
    return instant + min(timedelta(seconds=min(seconds, 1e12)), LATEST - instant)


def iso(instant: datetime) -> str:
    """An instant as marketplaces write it: UTC, milliseconds, Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime | None:
    """An ISO 8601 instant, None when it is not one; without an offset it is read as UTC."""
    try:
        instant = datetime.fromisoformat(text)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
