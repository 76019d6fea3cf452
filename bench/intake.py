"""B1: order intake; B3: a flash sale on one variant, with the control that must oversell."""

import threading
import time

import psycopg

from bench import world
from bench.frame import SMALL, Result, Server, Yardstick, load, pairs, ratio_result
from bench.together import Answer, Together, measured
from bench.world import World

WRITERS = 4
SECONDS = 4 if SMALL else 12
PAIRS = 3 if SMALL else 5


def b1(server: Server, yardstick: Yardstick) -> list[Result]:
    here = world.make(server, "b1", variants=10_000 if SMALL else 100_000)
    results = []
    for size, bar in ((100, 2.5), (500, 4.0)):
        run = iter(range(1_000))
        ours, theirs, cpu = pairs(
            yardstick, lambda size=size, run=run: rate(server, here, size=size, name=f"{size}-{next(run)}"), count=PAIRS, seconds=SECONDS
        )
        results.append(ratio_result(f"B1/{size}", f"order intake, batches of {size}, {WRITERS} writers", bar, ours, theirs, cpu))
        spent = sorted(cpu)[len(cpu) // 2]
        results.append(Result(f"B1/{size}c", "CPU of client and server an order", round(spent, 3), "ms", "≤ 0.3", spent <= 0.3, None, round(spent, 3), load(), [round(c, 3) for c in cpu]))  # fmt: skip
    return results


def b3(server: Server, yardstick: Yardstick) -> list[Result]:
    """20,000 orders on 1,000 units, 8 writers, one account each: nothing oversold, nothing lost."""
    count = 4_000 if SMALL else 20_000
    units = count // 20
    ours, theirs, cpu, oversold, lost = [], [], [], 0, 0
    for run in range(PAIRS):
        here = world.make(server, "b3", variants=1, units=units // 2)
        theirs.append(yardstick.tps(SECONDS))
        answers, cpu_s = _write(server, here, writers=8, size=100, seconds=0, orders=count // 8, variants=1, name=f"flash-{run}")
        ours.append(sum(answer["orders"] for answer in answers) / max(answer["seconds"] for answer in answers))
        cpu.append(cpu_s / count * 1000)
        with here.connect() as connection:
            stored, promised, on_hand = connection.execute(
                "SELECT count(*), sum(quantity - short), (SELECT sum(on_hand) FROM stock_level) FROM order_line"
            ).fetchone() or (0, 0, 0)
        oversold += max(0, promised - on_hand)
        lost += count + 8 * 100 - stored  # each writer warms up with one batch
    control = _oversold_without_guard(server, units=units, orders=count)
    return [
        ratio_result("B3", f"flash sale: {count} orders on {units} units, 8 writers", 3.5, ours, theirs, cpu),
        Result("B3o", "units oversold by it", oversold, "units", "0", oversold == 0, None, None, load(), []),
        Result("B3l", "orders lost by it", lost, "orders", "0", lost == 0, None, None, load(), []),
        Result("B3x", "the control without guard oversells", control, "units", "> 0", control > 0, None, None, load(), []),
    ]


def rate(server: Server, here: World, *, size: int, name: str, writers: int = WRITERS, seconds: int = SECONDS) -> tuple[float, float]:
    """Orders a second of some writers together, and CPU ms of client and server an order."""
    answers, cpu = _write(server, here, writers=writers, size=size, seconds=seconds, orders=0, variants=here.variants, name=name)
    taken = sum(answer["orders"] for answer in answers)
    return taken / max(answer["seconds"] for answer in answers), cpu / taken * 1000


def _write(
    server: Server, here: World, *, writers: int, size: int, seconds: int, orders: int, variants: int, name: str
) -> tuple[list[Answer], float]:
    """Run writer processes together; their answers, and the CPU seconds of writers and server."""
    words = [[n + 1, size, seconds, orders, variants, f"{name}-{n}"] for n in range(writers)]
    with Together(here, "bench.writer", words) as writing:
        return measured(server, writing)


def _oversold_without_guard(server: Server, *, units: int, orders: int) -> int:
    """The same sale by read-then-write: read what is left, reserve when it is enough. Eight at once sell units twice."""
    urls = server.fresh_database("b3x")
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(b"CREATE TABLE shelf (on_hand int, reserved int)")
        owner.execute(b"CREATE TABLE sold (at timestamptz)")
        owner.execute("INSERT INTO shelf VALUES (%s, 0)", [units])

    def buyer() -> None:
        with psycopg.connect(urls.owner) as connection:
            for _ in range(min(orders, 2_000) // 8):
                on_hand, reserved = connection.execute(b"SELECT on_hand, reserved FROM shelf").fetchone() or (0, 0)
                if reserved < on_hand:
                    time.sleep(0)
                    connection.execute("UPDATE shelf SET reserved = %s", [reserved + 1])
                    connection.execute(b"INSERT INTO sold VALUES (clock_timestamp())")
                connection.commit()

    threads = [threading.Thread(target=buyer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with psycopg.connect(urls.owner) as connection:
        sold = connection.execute(b"SELECT count(*) FROM sold").fetchone()
    return max(0, (sold[0] if sold else 0) - units)
