"""`entrepot up`: a real installation in one terminal, stopped as one; and it does not go on with half of its processes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from entrepot.app.launcher import stop_database
from entrepot.app.processes import free_port

pytestmark = pytest.mark.drill
PATIENCE = 90.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = Path("/var/cache/entrepot") / f"up-{os.getpid()}" if os.geteuid() == 0 else tmp_path_factory.mktemp("up")
    yield folder
    stop_database(folder)
    shutil.rmtree(folder, ignore_errors=True)


def command(home: Path, *words: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "ENTREPOT_", "DJANGO_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "entrepot", *words],
        env={**environment, "ENTREPOT_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ready(port: int) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200:
                return True
        except httpx.HTTPError:
            time.sleep(0.2)
    return False


def test_up_refuses_until_it_is_set_up_then_runs_and_stops_as_one(home: Path) -> None:
    said = command(home, "up").communicate(timeout=PATIENCE)[0]
    assert "entrepot init --currency" in said
    assert command(home, "init", "--currency", "EUR").wait(timeout=PATIENCE) == 0

    port = free_port(18200)
    running = command(home, "up", "--port", str(port))
    assert ready(port)
    children = psutil.Process(running.pid).children(recursive=True)
    assert len(children) >= 2
    running.send_signal(signal.SIGINT)
    out = running.communicate(timeout=PATIENCE)[0]
    assert running.returncode == 0, out
    assert f"Entrepot runs at http://127.0.0.1:{port}/" in out
    assert psutil.wait_procs(children, timeout=5)[1] == []


def test_up_ends_when_one_of_its_processes_is_killed(home: Path) -> None:
    command(home, "migrate").communicate(timeout=PATIENCE)
    command(home, "init", "--currency", "EUR").communicate(timeout=PATIENCE)
    port = free_port(18300)
    running = command(home, "up", "--port", str(port))
    assert ready(port)
    children = psutil.Process(running.pid).children(recursive=True)
    worker = next(child for child in children if "worker" in child.cmdline())
    worker.kill()
    out = running.communicate(timeout=PATIENCE)[0]
    assert running.returncode == 2, out
    assert "The process “worker” ended" in out
    assert psutil.wait_procs(children, timeout=5)[1] == []
