"""What every benchmark shares: a server of its own, the yardstick, CPU of client and server, and the results."""

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from entrepot.app.launcher import DatabaseUrls, binaries, ensure_database, stop_database

RESULTS = Path(__file__).parent / "results"
SMALL = os.environ.get("SIZE") == "small"


@dataclass(frozen=True)
class Result:
    """One bar. ``yardstick``: transactions a second of pgbench -N -c 8 in the same run, None where the bar does not use it."""

    id: str
    what: str
    value: float
    unit: str
    bar: str
    met: bool
    yardstick: float | None
    cpu_ms: float | None  # client and server CPU an order (or offer), where it is counted
    load: float
    runs: list[float]


@dataclass(frozen=True)
class Server:
    home: Path
    urls: DatabaseUrls

    def fresh_database(self, name: str, template: str = "template1") -> DatabaseUrls:
        """An empty database of the owner, or a copy of one that nobody uses now; the URLs point at it."""
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        with psycopg.connect(_named(self.urls.admin, "postgres"), autocommit=True) as admin:
            for statement in (
                "DROP DATABASE IF EXISTS {name} WITH (FORCE)",
                "CREATE DATABASE {name} OWNER entrepot_owner TEMPLATE {template} STRATEGY file_copy",
                "GRANT CONNECT ON DATABASE {name} TO entrepot_app, entrepot_readonly",
            ):
                admin.execute(sql.SQL(statement).format(**names))
        return DatabaseUrls(**{role: _named(url, name) for role, url in asdict(self.urls).items()})

    def cpu_seconds(self) -> float:
        """CPU of the server and all its processes so far, ended ones included."""
        postmaster = psutil.Process(int((self.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0]))
        own = postmaster.cpu_times()
        running = sum(sum(child.cpu_times()[:2]) for child in postmaster.children(recursive=True))
        return own.user + own.system + own.children_user + own.children_system + running


@contextmanager
def server() -> Iterator[Server]:
    """An embedded server in a folder of its own, with the settings of the product, stopped and removed at the end."""
    with tempfile.TemporaryDirectory(prefix="entrepot-bench-") as folder:
        os.chmod(folder, 0o755)  # the server's own user passes through when the benchmark runs as root
        home = Path(folder) / "home"
        try:
            yield Server(home, ensure_database(home))
        finally:
            stop_database(home)


class Yardstick:
    """pgbench -N -c 8 on the same server, scale 30 (small: 5)."""

    def __init__(self, server: Server) -> None:
        self._program = binaries.programs(server.home, binaries.runner()) / "pgbench"
        self._url = server.fresh_database("yardstick").owner
        self._call("-i", "-q", "-s", "5" if SMALL else "30")

    def tps(self, seconds: int) -> float:
        output = self._call("-N", "-c", "8", "-j", "2", "-T", str(seconds))
        return float(next(line for line in output.splitlines() if line.startswith("tps")).split()[2])

    def _call(self, *arguments: str) -> str:
        done = subprocess.run([str(self._program), *arguments, self._url], capture_output=True, text=True, check=True)
        return done.stdout


def pairs(
    yardstick: Yardstick, measure: Callable[[], tuple[float, float]], *, count: int, seconds: int
) -> tuple[list[float], list[float], list[float]]:
    """Interleaved pairs: (rates of ours, tps of the yardstick, CPU ms a unit of ours). ``measure`` returns (rate, cpu_ms)."""
    ours, theirs, cpu = [], [], []
    for _ in range(count):
        theirs.append(yardstick.tps(seconds))
        rate, cpu_ms = measure()
        ours.append(rate)
        cpu.append(cpu_ms)
    return ours, theirs, cpu


def ratio_result(id: str, what: str, bar: float, ours: list[float], theirs: list[float], cpu: list[float]) -> Result:
    """A bar of the form "at least so many times the yardstick": the median of the pairs' ratios."""
    ratios = [mine / tps for mine, tps in zip(ours, theirs, strict=True)]
    value = statistics.median(ratios)
    return Result(
        id, what, round(value, 2), "× yardstick", f"≥ {bar}", value >= bar, round(statistics.median(theirs)),
        round(statistics.median(cpu), 3), load(), [round(ratio, 2) for ratio in ratios],
    )  # fmt: skip


def load() -> float:
    return round(os.getloadavg()[0], 2)


def write(results: list[Result]) -> None:
    """results/latest.json, and one file a run kept for comparison; a table on the screen."""
    RESULTS.mkdir(exist_ok=True)
    rows = [asdict(result) for result in results]
    for row in rows:
        row["what"] += " [small]" if SMALL else ""
    kept = RESULTS / "latest.json"
    if kept.exists():
        measured = {row["id"] for row in rows}
        rows = [row for row in json.loads(kept.read_text()) if row["id"] not in measured] + rows
    kept.write_text(json.dumps(sorted(rows, key=lambda row: _order(row["id"])), indent=1, ensure_ascii=False) + "\n")
    for result in results:
        mark = "met" if result.met else "NOT MET"
        yard = "" if result.yardstick is None else f"  yardstick {result.yardstick:,.0f}/s"
        cpu = "" if result.cpu_ms is None else f"  cpu {result.cpu_ms} ms"
        print(
            f"{result.id:8} {result.value:>10,} {result.unit:14} bar {result.bar:12} {mark:8} {result.what}{yard}{cpu}  load {result.load}"
        )


def timed(function: Callable[[], None]) -> float:
    begun = time.perf_counter()
    function()
    return time.perf_counter() - begun


def _order(id: str) -> tuple[int, str]:
    digits = "".join(sign for sign in id[1:] if sign.isdigit())
    return int(digits or 0), id


def _named(url: str, database: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{database}?{query}"
