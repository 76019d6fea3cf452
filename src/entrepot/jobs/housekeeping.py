"""What one worker of all does for everybody: shortages, work for locations, holds that end, alerts, partitions, purges."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.db import connection, transaction

from entrepot.base import clock
from entrepot.base.loops import Again, Outcome
from entrepot.base.partitions import make_partitions
from entrepot.channels import call_log
from entrepot.fulfillment import actions as fulfillment
from entrepot.insight.loops import reconcile_alerts
from entrepot.inventory import actions as inventory
from entrepot.jobs.tracks import Track
from entrepot.listings import actions as listings
from entrepot.orders import shortages
from entrepot.people import idempotency

DAY = timedelta(days=1)


def tracks(now: float) -> list[Track]:
    """All of them, due now."""
    return [
        Track(
            "reported short", partial(_batches, shortages.take_over_reported), fallback=timedelta(seconds=2), topic="availability", due=now
        ),
        Track("cover shortages", partial(_batches, shortages.cover), fallback=timedelta(seconds=2), topic="availability", due=now),
        Track("plan orders", partial(_batches, fulfillment.plan_orders), fallback=timedelta(seconds=2), topic="orders", due=now),
        Track("follow cancels", partial(_batches, fulfillment.follow_cancels), fallback=timedelta(seconds=2), topic="orders", due=now),
        Track("expire holds", _expire_holds, fallback=timedelta(seconds=5), due=now),
        Track("alerts", _alerts, fallback=timedelta(seconds=5), due=now),
        Track("clock", _measure_clock, due=now),
        Track("partitions", _partitions, due=now),
        Track("purge", _purge, due=now),
    ]


def _batches(work: Callable[[], int]) -> Outcome:
    """Again at once while there was something to do; else when woken or after the track's fallback."""
    return Again() if work() else Again(timedelta(seconds=2))


def _expire_holds() -> Outcome:
    with transaction.atomic():
        ended = inventory.expire_holds()
    return Again() if ended else Again(timedelta(seconds=5))


def _alerts() -> Outcome:
    return reconcile_alerts(clock.now())


def _measure_clock() -> Outcome:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        clock.measured_offset(cursor.fetchone()[0])
    return Again(timedelta(minutes=1))


def _partitions() -> Outcome:
    make_partitions(clock.now().date())
    return Again(DAY)


def _purge() -> Outcome:
    call_log.purge()
    idempotency.purge()
    listings.forget_demand()
    return Again(DAY)
