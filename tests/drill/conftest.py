"""What drills share: sandbox marketplaces in this process, worker processes to kill, and a home that any user can reach."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from entrepot_sandbox.core.server import running
from tests.world import Marketplace

PATIENCE = 90.0  # seconds; every wait here is for something that takes a few


def wait_for(seen: Callable[[], object], what: str, *, within: float = PATIENCE, meanwhile: Callable[[], None] = lambda: None) -> float:
    """Until it is seen; the seconds it took."""
    begun = time.monotonic()
    while not seen():
        meanwhile()
        assert time.monotonic() - begun < within, f"{what}: not within {within:.0f} s"
        time.sleep(0.1)
    return time.monotonic() - begun


@dataclass
class Workers:
    """Worker processes of the test's own installation."""

    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *, crash_at: str = "", database_url: str = "") -> subprocess.Popen[bytes]:
        extra = {"ENTREPOT_CRASH_AT": crash_at} | ({"DATABASE_URL": database_url} if database_url else {})
        child = subprocess.Popen(
            [sys.executable, "-m", "entrepot", "worker"],
            env=os.environ | extra,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.running.append(child)
        return child

    def stop(self) -> None:
        for child in self.running:
            if child.poll() is None:
                child.send_signal(signal.SIGCONT)
                child.terminate()
        for child in self.running:
            try:
                child.wait(timeout=15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers()
    yield made
    made.stop()


@pytest.fixture
def markets(workers: Workers) -> Iterator[dict[str, Marketplace]]:
    """Empty marketplaces in real time. Workers are stopped before they are."""
    with running("amazon", "ebay", seed=0) as printed:
        found = {name: Marketplace(name, facts) for name, facts in printed["channels"].items()}
        yield found
        workers.stop()
        for market in found.values():
            market.close()
