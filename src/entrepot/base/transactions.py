"""Transactions that are begun again when the database had to end them for another's sake (F34)."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection, transaction

T = TypeVar("T")

TRIES = 4
# deadlock, serialization failure, lock timeout, statement timeout
_ENDED_FOR_OTHERS = frozenset({"40P01", "40001", "55P03", "57014"})
_chance = random.Random()  # noqa: S311  (spreads those who collided)


def repeated(work: Callable[[], T]) -> T:
    """What ``work`` returns, done in one transaction of its own; begun again whole, a few times, when it lost a deadlock or a wait.

    Inside a caller's transaction it runs once: only the caller can begin that one again.
    Raises: OperationalError when it lost every time.
    """
    tries = 1 if connection.in_atomic_block else TRIES
    for left in range(tries - 1, -1, -1):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as lost:
            if left == 0 or getattr(lost.__cause__, "sqlstate", None) not in _ENDED_FOR_OTHERS:
                raise
        time.sleep(0.02 * (tries - left) * (0.5 + _chance.random()))
    raise AssertionError("unreachable")
