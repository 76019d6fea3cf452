"""B5: from the commit of an order until its new quantity has arrived at all ten accounts, through the product's own worker.

The orders come in by an eleventh account, so that all ten others must be told. The quantity that follows the nth sale of a
SKU is what was there less n; it has arrived with the first quantity as low as that.
"""

import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import defaultdict
from pathlib import Path

from bench import channel, world
from bench.frame import SMALL, Result, Server, Yardstick, load
from bench.together import Together
from bench.world import World

RATE = 500  # orders a second
SIZE = 10  # orders a call: what comes in within 20 ms
WORKERS = 1
SECONDS = 5 if SMALL else 20
RUNS = 1 if SMALL else 5
UNITS = 1_000
P50, P99 = 10, 50  # ms


def b5(server: Server, yardstick: Yardstick) -> list[Result]:
    here = world.make(server, "b5", variants=10_000 if SMALL else 100_000, units=UNITS)
    with tempfile.TemporaryDirectory() as folder:
        files = _listen(here, Path(folder))
        here.show_all_stock()
        workers = [_worker(here, channel.installed(Path(folder) / "packages")) for _ in range(WORKERS)]
        try:
            with Together(here, "bench.feeder", [[world.ACCOUNTS + 1, RATE, SIZE, here.variants, "arrival"]]) as feeding:
                _wait_until_told(files)
                runs = [_run(here, feeding, files) for _ in range(RUNS)]
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait(timeout=30)
    p50s, p99s, rates = ([run[part] for run in runs] for part in range(3))
    what = f"commit of an order -> quantity at all {world.ACCOUNTS} accounts, {RATE} orders/s"
    taken = min(rates)
    enough = Result("B5/rate", "orders taken meanwhile, slowest run", round(taken), "orders/s", f"≥ {RATE * 0.98:.0f}", taken >= RATE * 0.98, None, None, load(), [round(one) for one in rates])  # fmt: skip
    return [_result("B5/p50", what, p50s, P50), _result("B5/p99", what, p99s, P99), enough]


def _listen(here: World, folder: Path) -> list[Path]:
    """A file a channel account for what arrives there, and the eleventh account."""
    files = [folder / f"account-{number}" for number in range(1, world.ACCOUNTS + 1)]
    with here.connect() as connection:
        for number, file in enumerate(files, 1):
            file.touch()
            connection.execute("UPDATE account SET settings = jsonb_build_object('arrivals', %s::text) WHERE id = %s", [str(file), number])
        connection.execute(_ELEVENTH)
    return files


def _worker(here: World, packages: Path) -> subprocess.Popen[bytes]:
    root = Path(__file__).resolve().parent.parent
    log = (packages / "worker.log").open("ab")
    env = here.env({"PYTHONPATH": f"{packages}:{root}"})
    return subprocess.Popen([sys.executable, "-m", "entrepot", "worker"], env=env, stdout=log, stderr=log)


def _wait_until_told(files: list[Path]) -> None:
    """The feeder's first orders have come to every account: all lanes run."""
    until = time.monotonic() + 60
    while not all(file.stat().st_size for file in files):
        assert time.monotonic() < until, "the worker did not tell every account within a minute"
        time.sleep(0.1)


def _run(here: World, feeding: Together, files: list[Path]) -> tuple[float, float, float]:
    """One run: p50 and p99 in milliseconds, and how many orders a second there really were."""
    answer = feeding.go(f"go {SECONDS}")[0]
    commits = answer["commits"]
    _wait_until_quiet(files)
    arrivals = [_arrivals(file) for file in files]
    waits = sorted(max(_arrived(told[sku], 2 * UNITS - sold) for told in arrivals) - committed for sku, sold, committed in commits)
    return waits[len(waits) // 2] * 1000, waits[len(waits) * 99 // 100] * 1000, len(commits) / answer["seconds"]


def _wait_until_quiet(files: list[Path]) -> None:
    """Nothing has arrived anywhere for two seconds."""
    sizes: list[int] = []
    while (now := [file.stat().st_size for file in files]) != sizes:
        sizes = now
        time.sleep(2)


def _arrivals(file: Path) -> dict[str, list[tuple[int, float]]]:
    """SKU -> (quantity, when), in the order they came."""
    told: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for line in file.read_text().splitlines():
        at, sku, quantity = line.split()
        told[sku].append((int(quantity), float(at)))
    return told


def _arrived(told: list[tuple[int, float]], quantity: int) -> float:
    """When the first number at or below this one came. Stock only falls here, and so do the numbers told."""
    place = bisect_left(told, -quantity, key=lambda one: -one[0])
    assert place < len(told), "a quantity never arrived"
    return told[place][1]


def _result(id: str, what: str, runs: list[float], bar: float) -> Result:
    value = sorted(runs)[len(runs) // 2]
    return Result(id, what, round(value, 1), "ms", f"≤ {bar}", value <= bar, None, None, load(), [round(run, 1) for run in runs])


_ELEVENTH = """
WITH shop AS (
    INSERT INTO account (public_id, name, channel, market, currency, language, legal_entity_id, state, share_percent, cap, holdback)
    SELECT gen_random_uuid(), 'own shop', 'file', 'DE', 'EUR', 'en', 1, 'active', 100, NULL, 0
 RETURNING id
),
progress AS (
    INSERT INTO account_progress (account_id, orders_complete_until) SELECT id, now() FROM shop
)
INSERT INTO location_feed (account_id, location_id) SELECT shop.id, location.id FROM shop, location
"""
