"""What a loop answers after one pass: done until something changes, or again after a while. Waiting is not failing."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Settled:
    """Nothing left to do until the state changes."""


@dataclass(frozen=True)
class Again:
    """More to do, or the channel asks to wait: come back after this long (0: at once)."""

    after: timedelta = timedelta(0)


Outcome = Settled | Again
