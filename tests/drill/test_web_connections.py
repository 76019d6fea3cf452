"""F36: a web process holds few connections whatever is asked of it, and comes back by itself after the database did."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest

from entrepot.app.launcher import ensure_database, stop_database
from entrepot.app.processes import free_port

pytestmark = pytest.mark.drill
MOST = 5


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = Path("/var/cache/entrepot") / f"web-{os.getpid()}" if os.geteuid() == 0 else tmp_path_factory.mktemp("web")
    for words in (("migrate",), ("init", "--currency", "EUR")):
        assert entrepot(folder, *words).wait(timeout=120) == 0
    yield folder
    stop_database(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    port = free_port(18400)
    web = entrepot(home, "web", "--port", str(port))
    found = f"http://127.0.0.1:{port}"
    assert until(lambda: status(found) == 200)
    yield found
    web.terminate()
    web.wait(timeout=30)


def entrepot(home: Path, *words: str) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "ENTREPOT_", "DJANGO_"))}
    environment = {**kept, "ENTREPOT_HOME": str(home), "ENTREPOT_WEB_CONNECTIONS": str(MOST)}
    return subprocess.Popen(
        [sys.executable, "-m", "entrepot", *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def status(address: str) -> int:
    try:
        return httpx.get(f"{address}/readyz", timeout=30).status_code
    except httpx.HTTPError:
        return 0


def until(holds: Callable[[], bool], patience: float = 90.0) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.2)
    return False


def test_f36_forty_requests_at_once_need_no_more_connections_than_allowed(home: Path, address: str) -> None:
    with ThreadPoolExecutor(40) as together:
        assert set(together.map(lambda _: status(address), range(80))) == {200}
    with psycopg.connect(ensure_database(home).admin) as admin:
        row = admin.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'entrepot_app'").fetchone()
    assert row is not None
    assert row[0] <= MOST


def test_f36_after_the_database_was_away_the_web_is_ready_again(home: Path, address: str) -> None:
    stop_database(home)
    assert status(address) == 503
    assert httpx.get(f"{address}/healthz", timeout=5).status_code == 200
    ensure_database(home)
    assert until(lambda: status(address) == 200)
