"""One process of B4: it holds the lanes of some accounts and, at each line on standard input, changes nothing but what they show.

Arguments: account ids. A line "go N" runs each lane until its channel was told N quantities more; one JSON line answers.
"""

import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.app.settings")

import django

django.setup()

from bench.channel import LocalChannel
from bench.cpu import cpu_seconds
from entrepot.base import clock, sql
from entrepot.base.ids import AccountId
from entrepot.listings import loops


def main() -> None:
    sql.plan_once()  # as a worker does
    lanes = []
    for word in sys.argv[1:]:
        account, channel = AccountId(int(word)), LocalChannel()
        lanes.append((account, loops.take_lane(account, holder="bench", now=clock.now()), channel))
    print("ready", flush=True)
    for line in sys.stdin:
        begun, cpu = time.perf_counter(), cpu_seconds()
        told = int(line.split()[1])
        until = {account: channel.taken + told for account, _, channel in lanes}
        waiting = list(lanes)
        while waiting:
            for account, epoch, channel in waiting:
                loops.reconcile_availability(account, epoch=epoch, channel=channel, limits=channel.limits)
            waiting = [lane for lane in waiting if lane[2].taken < until[lane[0]]]
        offers = told * len(lanes)
        print(json.dumps({"offers": offers, "seconds": time.perf_counter() - begun, "cpu": cpu_seconds() - cpu}), flush=True)


if __name__ == "__main__":
    main()
