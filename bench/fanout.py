"""B4: one change of stock becomes a new quantity on ten accounts; how many offers a second, receipts kept."""

from bench import world
from bench.frame import SMALL, Result, Server, Yardstick, pairs, ratio_result
from bench.together import Together, measured

PROCESSES = 5
CHANGED = 1_000  # variants a round; ten times as many offers
ROUNDS = 2 if SMALL else 12
PAIRS = 3 if SMALL else 5


def b4(server: Server, yardstick: Yardstick) -> list[Result]:
    here = world.make(server, "b4", variants=10_000 if SMALL else 100_000)
    accounts = range(1, world.ACCOUNTS + 1)
    here.show_all_stock()
    held = [[account for account in accounts if account % PROCESSES == number] for number in range(PROCESSES)]
    position = 1
    with Together(here, "bench.changes", [[]]) as stock, Together(here, "bench.lanes", held) as lanes:

        def rounds(count: int = ROUNDS) -> tuple[float, float]:
            nonlocal position
            offers, seconds, cpu = 0, 0.0, 0.0
            for _ in range(count):
                stock.go(f"go {position} {CHANGED}")
                position = position + CHANGED if position + 2 * CHANGED <= here.variants else 1
                answers, spent = measured(server, lanes, f"go {CHANGED}")
                offers += sum(answer["offers"] for answer in answers)
                seconds += max(answer["seconds"] for answer in answers)
                cpu += spent
            return offers / seconds, cpu / offers * 1000

        rounds(1)  # plans and caches
        ours, theirs, cpu = pairs(yardstick, rounds, count=PAIRS, seconds=4 if SMALL else 12)
    here.check_lanes()
    return [ratio_result("B4", "fan-out to 10 accounts, 25 offers a call, receipts kept", 8, ours, theirs, cpu)]
