"""One connection that holds what this worker alone may do: session advisory locks, one an account, and hears the wake-ups.

A worker that loses the connection has lost every lock; whoever takes an account next raises its epoch, so what the old
holder still writes is refused (fenced).
"""

import os
import queue
import socket
import threading
from collections.abc import Iterable

import psycopg
from django.db import connections
from psycopg import sql

TOPICS = ("availability", "orders", "accounts", "content", "read_back")
CLASS = 0x656E  # the first key of our advisory locks; the second is the account, or 0 for housekeeping
HOUSEKEEPING = 0


class Guard:
    """Not thread-safe but for ``heard``; the worker's main thread owns it."""

    def __init__(self, heard: "queue.SimpleQueue[tuple[str, str]]") -> None:
        self._heard = heard
        self._connection = _connect()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._listener = threading.Thread(target=self._listen, name="listener", daemon=True)
        self._ears = _connect()
        for topic in TOPICS:
            self._ears.execute(sql.SQL("LISTEN {}").format(sql.Identifier(f"entrepot_{topic}")))
        self._listener.start()

    def alive(self) -> bool:
        """The locks are still ours."""
        try:
            with self._lock:
                self._connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return self._listener.is_alive()

    def take(self, keys: Iterable[int]) -> set[int]:
        """Of these keys, those that are ours now; a key that another worker holds is left out."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT key FROM unnest(%s::int[]) AS key WHERE pg_try_advisory_lock(%s, key)", [list(keys), CLASS]
            ).fetchall()
        return {key for (key,) in rows}

    def give(self, key: int) -> None:
        with self._lock:
            self._connection.execute("SELECT pg_advisory_unlock(%s, %s)", [CLASS, key])

    def close(self) -> None:
        self._stopped.set()
        self._connection.close()
        self._listener.join(timeout=2)
        self._ears.close()

    def _listen(self) -> None:
        try:
            while not self._stopped.is_set():
                for note in self._ears.notifies(timeout=1.0):
                    self._heard.put((note.channel.removeprefix("entrepot_"), note.payload))
        except psycopg.Error:
            self._heard.put(("lost", ""))


def holder_name() -> str:
    """Who holds a lane, for the screen: host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"[:80]


def _connect() -> psycopg.Connection:
    return psycopg.connect(**connections["default"].get_connection_params() | {"cursor_factory": psycopg.Cursor}, autocommit=True)
