"""Named places before and after each commit and outside call, where a drill may kill the process."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_armed = os.environ.get("ENTREPOT_CRASH_AT", "")
_met: Callable[[str], None] | None = None


def crashpoint(name: str) -> None:
    """Die here, without clean-up, when a drill armed this name; otherwise do nothing."""
    if _armed and _armed == name:
        os.kill(os.getpid(), signal.SIGKILL)
    if _met is not None:
        _met(name)


@contextmanager
def told_to(met: Callable[[str], None]) -> Iterator[None]:
    """Inside the block ``met`` hears the name of every place that is passed; where it raises, a simulated process ends there."""
    global _met
    before, _met = _met, met
    try:
        yield
    finally:
        _met = before
