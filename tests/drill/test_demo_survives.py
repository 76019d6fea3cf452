"""The running demo through what happens to machines: worker, web and database killed, everything killed, started again (P9, P10, F32)."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from entrepot.app.launcher import cluster, ensure_database, stop_database
from tests.drill.conftest import wait_for
from tests.world.marketplace import Marketplace

pytestmark = pytest.mark.drill

START = 300.0  # seconds; a quiet machine needs 20


class Demo:
    """One home, with spaces in its name, in which the demo is started, killed and started again."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.home = base / "a home with spaces"
        self.user = pwd.getpwnam("nobody").pw_name if os.geteuid() == 0 else None
        self._runs = 0
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, *, user: str | None = None) -> str:
        """What it says when it is ready."""
        self._runs += 1
        log = self.base / f"demo-{self._runs}.log"
        env = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "ENTREPOT_"))}
        with log.open("wb") as out:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "entrepot", "demo"],
                env=env | {"ENTREPOT_HOME": str(self.home), "HOME": str(self.base), "XDG_RUNTIME_DIR": ""},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                group=pwd.getpwnam(user).pw_gid if user else None,
                extra_groups=[] if user else None,
                cwd=self.base,
            )

        def ready() -> bool:
            assert self._child is not None
            assert self._child.poll() is None, f"the demo ended:\n{log.read_text()}"
            return "Ctrl-C stops everything" in log.read_text()

        wait_for(ready, "the demo is ready", within=START)
        return log.read_text()

    def processes(self, *words: str) -> list[psutil.Process]:
        """The demo's own processes whose command line has these words."""
        assert self._child is not None
        return [one for one in psutil.Process(self._child.pid).children() if all(word in one.cmdline() for word in words)]

    def kill_everything(self) -> None:
        """As a power cut does it: demo, web, worker, sandbox and the database server."""
        assert self._child is not None
        parent = psutil.Process(self._child.pid)
        family = [parent, *parent.children(recursive=True)]
        for one in family:
            one.kill()
        self._child.wait()
        self.kill_database()

    def kill_database(self) -> None:
        server = cluster.running(self.home / "postgres")
        assert server is not None
        os.kill(server.pid, signal.SIGKILL)
        wait_for(lambda: not psutil.pid_exists(server.pid) or psutil.Process(server.pid).status() == "zombie", "the server is dead")

    def orders(self) -> set[str]:
        with psycopg.connect(ensure_database(self.home).app) as connection:
            return {number for (number,) in connection.execute("SELECT channel_order_id FROM sales_order")}

    def stop(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        if self.home.exists():
            stop_database(self.home)


@pytest.fixture
def demo() -> Iterator[Demo]:
    base = Path(tempfile.mkdtemp(prefix="entrepot-drill-", dir="/tmp"))
    base.chmod(0o755)
    made = Demo(base)
    yield made
    made.stop()
    shutil.rmtree(base, ignore_errors=True)


def shops_of(said: str) -> list[Marketplace]:
    names = ("amazon", "ebay")
    found = [
        Marketplace(name, {"control_url": url})
        for name, url in zip(names, re.findall(r"(http://127\.0\.0\.1:\d+/_sandbox)/", said), strict=True)
    ]
    for shop in found:
        shop._post("buyers", per_hour=0)  # the test buys, nobody else
    return found


def address_of(said: str) -> str:
    return str(re.findall(r"Back office\s+(http://\S+?)/\s", said)[0])


def buy_something(shop: Marketplace) -> str:
    """An order of the first thing that is on sale."""
    for page in shop.pages().values():
        if page.live and page.quantity and (order := shop.buy(page.sku)):
            return order
    raise AssertionError(f"nothing is on sale on {shop.name}")


def test_p9_p10_f32_the_demo_outlives_its_worker_its_database_and_a_power_cut(demo: Demo) -> None:
    said = demo.start()
    shops = shops_of(said)
    wait_for(lambda: all(any(page.live and page.quantity for page in shop.pages().values()) for shop in shops), "something is on sale")
    bought = {buy_something(shop) for shop in shops}
    wait_for(lambda: bought <= demo.orders(), "the first orders are known")

    demo.kill_database()  # in the middle of sales
    bought |= {buy_something(shop) for shop in shops}
    took = wait_for(lambda: bought <= demo.orders(), "orders come in again", within=300)
    assert took < 3 * 30 + 180, "30 s for the workers to be back (P10, three times), three minutes for the poll"
    assert httpx.get(f"{address_of(said)}/readyz").status_code == 200

    known = demo.orders()
    demo.kill_everything()
    again = demo.start()
    assert known <= demo.orders(), "no acknowledged order is lost"
    shops = shops_of(again)
    wait_for(lambda: all(any(page.live and page.quantity for page in shop.pages().values()) for shop in shops), "on sale again", within=300)
    order = buy_something(shops[0])
    wait_for(lambda: order in demo.orders(), "and sells", within=300)
    assert httpx.get(f"{address_of(again)}/login/").status_code == 200


def test_p10_web_and_worker_of_an_installation_are_replaced_after_a_kill(demo: Demo) -> None:
    """`entrepot up` stops when a child dies, so that its supervisor starts it anew; the demo's own web answers again likewise."""
    demo.start()
    [web] = [one for one in demo.processes("entrepot", "web") if "--port" in one.cmdline()]
    command, environment = web.cmdline(), web.environ()
    for one in [*web.children(recursive=True), web]:
        one.kill()
    begun = time.monotonic()
    port = command[command.index("--port") + 1]
    second = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:

        def answers() -> bool:
            try:
                return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200
            except httpx.HTTPError:
                return False

        wait_for(answers, "web answers again")
        assert time.monotonic() - begun < 3 * 10, "P10: 10 s, three times"
    finally:
        second.terminate()
        second.wait(timeout=30)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs all the other drills already")
def test_the_demo_starts_for_an_ordinary_user(demo: Demo) -> None:
    assert demo.user is not None
    try:
        probe = subprocess.run([sys.executable, "-c", "import entrepot"], user=demo.user, extra_groups=[], cwd="/", check=False)
        readable = probe.returncode == 0
    except PermissionError:
        readable = False
    if not readable:
        pytest.skip("this checkout cannot be read by an ordinary user")
    os.chown(demo.base, pwd.getpwnam(demo.user).pw_uid, pwd.getpwnam(demo.user).pw_gid)
    said = demo.start(user=demo.user)
    assert httpx.get(f"{address_of(said)}/login/").status_code == 200
