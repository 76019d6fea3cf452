"""Several database connections at once, each in a thread of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections


def at_once(jobs: Sequence[Callable[[], Any]], *, threads: int = 16) -> list[Any]:
    """Each job's result, or the exception it raised; all threads start together and close their connection."""
    start = threading.Barrier(min(threads, len(jobs)))

    def begin() -> None:
        start.wait()

    def run(job: Callable[[], Any]) -> Any:
        try:
            return job()
        except Exception as raised:  # noqa: BLE001  (the test looks at what each raised)
            return raised
        finally:
            connections.close_all()

    with ThreadPoolExecutor(start.parties, initializer=begin) as pool:
        return list(pool.map(run, jobs))
