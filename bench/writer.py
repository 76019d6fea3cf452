"""One writer process of B1 and B3: takes batches of orders through the product's intake until it is told the end.

Arguments: account, batch size, seconds (0: a count), orders, variants (1: all on one), name. Waits for a line on standard
input, so that all writers begin together; prints one JSON line.
"""

import json
import os
import random
import sys
import time
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.app.settings")

import django

django.setup()

from bench.cpu import cpu_seconds
from entrepot.base import clock, sql
from entrepot.base.ids import AccountId, RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import Address, Buyer, ChannelLine, ChannelOrder, OrderStatus
from entrepot.orders import intake


def orders(count: int, name: str, first: int, variants: int, chance: random.Random) -> list[ChannelOrder]:
    at = clock.now()
    return [
        ChannelOrder(
            remote_id=RemoteId(f"{name}-{first + n}"),
            placed_at=at,
            updated_at=at,
            status=OrderStatus.PAID,
            currency="EUR",
            total=Money(1999, "EUR"),
            lines=[ChannelLine(RemoteId("1"), Sku(f"SKU-{chance.randint(1, variants)}"), "Camping lantern, USB-C", 1, Money(1999, "EUR"))],
            market="DE",
            raw_status="UNSHIPPED",
            ship_to=Address("Jordan Example", "", (f"Long Street {n}", "Backyard"), "Berlin", "BE", "10115", "DE", f"+4930{n:07d}"),
            buyer=Buyer(f"Jordan Example {n}", f"jordan{n}@example.com", f"+4930{n:07d}"),
            ship_by=at + timedelta(days=2),
        )
        for n in range(count)
    ]


def main() -> None:
    sql.plan_once()  # as a worker does
    account, size, seconds, total, variants = (int(word) for word in sys.argv[1:6])
    name = sys.argv[6]
    chance = random.Random(name)
    intake.take(AccountId(account), orders(size, f"{name}-warm", 0, variants, chance))
    if variants > 1:
        ready = [orders(size, name, n * size, variants, chance) for n in range(64)]
    else:
        ready = [orders(min(size, total - n), name, n, variants, chance) for n in range(0, total, size)]
    print("ready", flush=True)
    sys.stdin.readline()
    begun, cpu = time.perf_counter(), cpu_seconds()
    made = done = short = 0
    while (time.perf_counter() - begun < seconds) if seconds else done < len(ready):
        if done == len(ready):
            before = cpu_seconds()
            ready += [orders(size, name, n * size, variants, chance) for n in range(done, done + 64)]
            made += cpu_seconds() - before  # making the orders is the bench's work, not intake's
        result = intake.take(AccountId(account), ready[done])
        short += result.short_units
        done += 1
    taken = sum(len(batch) for batch in ready[:done])
    spent = time.perf_counter() - begun
    print(json.dumps({"orders": taken, "seconds": spent, "cpu": cpu_seconds() - cpu - made, "short": short}), flush=True)


if __name__ == "__main__":
    main()
