"""Quotas that run out: token buckets (rate and burst) and calls a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from entrepot_sandbox.core.clock import Clock


@dataclass(frozen=True)
class Rate:
    """A token bucket: `burst` calls at once, refilled by `per_second`."""

    per_second: float
    burst: int


@dataclass(frozen=True)
class Daily:
    """A number of calls a day, counted anew at midnight in `zone`."""

    calls: int
    zone: str = "America/Los_Angeles"


Limit = Rate | Daily


@dataclass(frozen=True)
class Level:
    """What is left of one quota. Units: calls; `full_at` is when it is whole again."""

    limit: int
    left: int
    full_at: datetime


class Quotas:
    """The counters of one marketplace, one a (bucket, caller). A bucket without a limit is never short."""

    def __init__(self, clock: Clock, limits: Mapping[str, Limit]) -> None:
        self._clock = clock
        self.limits = dict(limits)
        self._tokens: dict[tuple[str, str], tuple[float, datetime]] = {}
        self._used: dict[tuple[str, str], tuple[int, datetime]] = {}

    def take(self, bucket: str, who: str) -> float | None:
        """Use one call; None when there was one, else the seconds until there is."""
        limit = self.limits.get(bucket)
        if limit is None:
            return None
        now = self._clock.now()
        if isinstance(limit, Daily):
            used, reset = self._day(bucket, who, limit, now)
            if used >= limit.calls:
                return (reset - now).total_seconds()
            self._used[bucket, who] = (used + 1, reset)
            return None
        tokens = self._refilled(bucket, who, limit, now)
        if tokens < 1 - 1e-9:
            self._tokens[bucket, who] = (tokens, now)
            return (1 - tokens) / limit.per_second
        self._tokens[bucket, who] = (tokens - 1, now)
        return None

    def level(self, bucket: str, who: str) -> Level | None:
        """What is left, without using any; None for a bucket without a limit."""
        limit = self.limits.get(bucket)
        if limit is None:
            return None
        now = self._clock.now()
        if isinstance(limit, Daily):
            used, reset = self._day(bucket, who, limit, now)
            return Level(limit.calls, limit.calls - used, reset)
        tokens = self._refilled(bucket, who, limit, now)
        wait = (limit.burst - tokens) / limit.per_second
        return Level(limit.burst, int(tokens + 1e-9), now + timedelta(seconds=wait))

    def reset(self) -> None:
        """Make every quota full."""
        self._tokens.clear()
        self._used.clear()

    def _refilled(self, bucket: str, who: str, limit: Rate, now: datetime) -> float:
        tokens, since = self._tokens.get((bucket, who), (float(limit.burst), now))
        return min(float(limit.burst), tokens + (now - since).total_seconds() * limit.per_second)

    def _day(self, bucket: str, who: str, limit: Daily, now: datetime) -> tuple[int, datetime]:
        used, reset = self._used.get((bucket, who), (0, now))
        if now < reset:
            return used, reset
        midnight = now.astimezone(ZoneInfo(limit.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        return 0, midnight + timedelta(days=1)
