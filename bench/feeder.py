"""The process of B5 that takes orders, at a steady rate, through the product's intake, and notes when each was committed.

Arguments: account, orders a second, orders a call, variants, name. A line "go SECONDS" starts it; the answer holds
[[SKU, units sold of it so far, monotonic seconds of the commit], ...].
"""

import json
import os
import random
import sys
import time
from collections import Counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.app.settings")

import django

django.setup()

from django.db import transaction

from bench.writer import orders
from entrepot.base import sql
from entrepot.base.ids import AccountId
from entrepot.channels.contract import ChannelOrder
from entrepot.orders import intake


def main() -> None:
    sql.plan_once()  # as a worker does
    account, rate, size, variants = (int(word) for word in sys.argv[1:5])
    name = sys.argv[5]
    chance = random.Random(name)
    sold: Counter[str] = Counter()
    commits: list[tuple[str, int, float]] = []

    def take(batch: list[ChannelOrder]) -> None:
        with transaction.atomic():
            intake.take(AccountId(account), batch)
            moment: list[float] = []
            transaction.on_commit(lambda: moment.append(time.monotonic()))
        for order in batch:
            sku = str(order.lines[0].sku)
            sold[sku] += 1
            commits.append((sku, sold[sku], moment[0]))

    take(orders(size, f"{name}-warm", 0, variants, chance))
    print("ready", flush=True)
    for number, line in enumerate(sys.stdin):
        seconds = int(line.split()[1])
        calls = [orders(size, f"{name}-{number}", n * size, variants, chance) for n in range(seconds * rate // size)]
        commits.clear()
        begun, late = time.monotonic(), 0.0
        for n, batch in enumerate(calls):
            pause = begun + n * size / rate - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            late = max(late, -pause)
            take(batch)
        print(json.dumps({"commits": commits, "late": late, "seconds": time.monotonic() - begun}), flush=True)


if __name__ == "__main__":
    main()
