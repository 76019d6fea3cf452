"""The one source of "now": database time, or a clock that a test turns.

SQL never asks the server for the time; it takes ``%(now)s`` from here, so that a turned clock turns everything.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_lock = threading.Lock()
_offset = timedelta(0)  # database time minus this machine's time
_turned: datetime | None = None


def now() -> datetime:
    """The present instant in UTC, as the database sees it."""
    if _turned is not None:
        return _turned
    return datetime.now(UTC) + _offset


def monotonic() -> float:
    """Seconds for measuring durations; never goes back when somebody sets the machine's clock."""
    if _turned is not None:
        return _turned.timestamp()
    return time.monotonic()


def measured_offset(database_now: datetime) -> None:
    """Note how far this machine's clock is from the database's; called at connect and every minute."""
    global _offset
    with _lock:
        _offset = database_now - datetime.now(UTC)


@contextmanager
def turned_to(instant: datetime) -> Iterator["TurnedClock"]:
    """Stand the clock at ``instant`` inside the block; ``advance`` moves it on."""
    global _turned
    before = _turned
    _turned = instant.astimezone(UTC)
    try:
        yield TurnedClock()
    finally:
        _turned = before


class TurnedClock:
    def advance(self, by: timedelta) -> datetime:
        global _turned
        assert _turned is not None, "the clock is not turned"
        _turned += by
        return _turned
