"""What a worker keeps going: tracks, each one loop with one key, run one pass at a time.

An account has a few tracks (its messages in, its orders in, its quantities out, its content out); they run side by side, so
that publishing 10,000 products never delays a quantity. A track's answer says when it wants to run again; a wake-up runs
it at once. Nothing here depends on a wake-up arriving: an idle track runs again after its fallback.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from entrepot.base.ids import AccountId
from entrepot.base.loops import Again, Outcome


@dataclass(eq=False)
class Track:
    """``passes`` is called with nothing and answers when to come back. Times are monotonic seconds."""

    name: str
    passes: Callable[[], Outcome]
    account: AccountId | None = None
    fallback: timedelta = timedelta(seconds=5)
    topic: str = ""  # a notification that wakes it
    due: float = 0.0
    running: bool = False
    woken: bool = False
    failures: int = 0
    failing_since: float | None = field(default=None)

    def wake(self, now: float) -> None:
        """Run as soon as possible; a track that is running runs once more after this pass."""
        if self.running:
            self.woken = True
        else:
            self.due = now

    def ended(self, outcome: Outcome, now: float) -> None:
        self.running, self.failures, self.failing_since = False, 0, None
        pause = outcome.after if isinstance(outcome, Again) else self.fallback
        self.due = now if self.woken else now + min(pause.total_seconds(), 3600.0)
        self.woken = False

    def failed(self, pause: timedelta, now: float) -> bool:
        """After an error; True when this is the first since it last worked (logged once)."""
        self.running, self.woken = False, False
        self.failures += 1
        self.due = now + pause.total_seconds()
        first = self.failing_since is None
        self.failing_since = self.failing_since or now
        return first
