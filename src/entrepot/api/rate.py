"""How often one token may call: a bucket a token, in the memory of each web process (so N processes allow N times as much)."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from entrepot.base import clock

MOST_BUCKETS = 10_000


@dataclass
class _Bucket:
    left: float
    at: float


class Buckets:
    """``a_minute`` calls refill evenly; a quarter of them may come at once."""

    def __init__(self, a_minute: int) -> None:
        self._rate = a_minute / 60
        self._size = max(1.0, a_minute / 4)
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: int) -> float:
        """Take one call; 0 when it may pass, else the seconds until the next may."""
        now = clock.monotonic()
        with self._lock:
            bucket = self._buckets.pop(key, None) or _Bucket(self._size, now)
            self._buckets[key] = bucket
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
            bucket.left = min(self._size, bucket.left + (now - bucket.at) * self._rate)
            bucket.at = now
            if bucket.left < 1:
                return (1 - bucket.left) / self._rate
            bucket.left -= 1
            return 0.0
