"""What the terminal shows while something takes its time: one line a step, a bar where somebody is looking."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

WIDTH = 28


@dataclass
class Screen:
    out: TextIO = field(default_factory=lambda: sys.stdout)
    check: Callable[[], None] = lambda: None  # called while waiting; raises when waiting is in vain
    begun: float = field(default_factory=time.monotonic)
    _open: str = ""
    _quarter: int = -1

    def say(self, text: str) -> None:
        """A line of its own."""
        self._close()
        print(text, file=self.out, flush=True)

    def progress(self, name: str, done: int, total: int) -> None:
        """``done`` of ``total``; on a terminal the line is drawn anew, elsewhere it is printed at each quarter."""
        if name != self._open:
            self._close()
            self._open, self._quarter = name, -1
        share = 1.0 if total <= 0 else max(0.0, min(1.0, done / total))
        if self.out.isatty():
            bar = "█" * round(share * WIDTH) + "░" * (WIDTH - round(share * WIDTH))
            self.out.write(f"\r  {name:44} {bar} {max(done, 0)}/{total} ")
            self.out.flush()
        elif int(share * 4) > self._quarter:
            self._quarter = int(share * 4)
            print(f"  {name}: {max(done, 0)}/{total}", file=self.out, flush=True)

    def wait(self, name: str, seen: Callable[[], int], wanted: int, patience: float) -> bool:
        """Until ``seen()`` reaches ``wanted``; False when patience ended first."""
        deadline = time.monotonic() + patience
        while True:
            self.check()
            now = seen()
            self.progress(name, now if wanted else wanted - abs(now), wanted)
            if now >= wanted:
                self._close()
                return True
            if time.monotonic() > deadline:
                self.say(f"  {name}: only {now} of {wanted} after {patience:.0f} s")
                return False
            time.sleep(0.25)

    def pause(self, name: str, seconds: int) -> None:
        for second in range(seconds):
            self.progress(name, second + 1, seconds)
            time.sleep(1)
        self._close()

    def _close(self) -> None:
        if self._open and self.out.isatty():
            self.out.write("\n")
        self._open = ""
