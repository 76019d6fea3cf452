"""A worker process: it holds some channel accounts and keeps their loops going, and one of all workers does the housekeeping.

Nothing is lost when it is killed: its locks fall with its connection, another worker takes its accounts within seconds and
reads the same state. Exceptions that nobody expected stop one pass, not the worker: they are logged once when a track
starts to fail and once when it works again.
"""

import queue
import signal
import threading
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta
from random import Random

import psycopg
import structlog
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, connections

from entrepot.base import clock
from entrepot.base.ids import AccountId
from entrepot.base.loops import Again
from entrepot.channels import access, health
from entrepot.channels import actions as channels
from entrepot.channels.contract import AccessLost, ChannelError, Throttled
from entrepot.channels.types import AccountState
from entrepot.jobs import account_tracks, housekeeping
from entrepot.jobs.guard import HOUSEKEEPING, Guard
from entrepot.jobs.tracks import Track
from entrepot.listings.types import Fenced

RESTED = 0.5  # seconds after which a connection is asked whether it still is one
LOOK_AGAIN = 5.0  # seconds between looks at the list of accounts, and at the locks
_chance = Random()  # noqa: S311
_log = structlog.get_logger(__name__)


class Worker:
    def __init__(self, *, threads: int = 8, pool: Executor | None = None) -> None:
        """``pool`` runs the passes; without it, that many threads do."""
        self._events: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._pool = pool or ThreadPoolExecutor(threads, thread_name_prefix="track")
        self._tracks: list[Track] = []
        self._held: dict[int, account_tracks.Held | None] = {}
        self._unopened: set[int] = set()
        self._guard: Guard | None = None
        self._used = threading.local()
        self._stop = threading.Event()
        self._looked = 0.0

    def run(self) -> None:
        """Work until SIGTERM or Ctrl-C; passes that are running end first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        _log.info("worker.started")
        try:
            while not self._stop.is_set():
                self.step()
        finally:
            self.close()
            _log.info("worker.stopped")

    def stop(self) -> None:
        """May be called from any thread."""
        self._stop.set()
        self._events.put(("stop", ""))

    def close(self) -> None:
        """Give everything back to other workers; passes that are running end first."""
        self._give_up()
        self._pool.shutdown(wait=True)

    def step(self, *, patience: float = 1.0) -> None:
        """Start what is due, then wait for the next event or due time, at most ``patience`` seconds."""
        now = clock.monotonic()
        if self._guard is None or now - self._looked > LOOK_AGAIN:
            self._look(now)
        for track in self._tracks:
            if not track.running and track.due <= now:
                track.running = True
                self._pool.submit(self._pass, track)
        waits = [track.due - now for track in self._tracks if not track.running]
        self._hear(max(0.001, min([*waits, self._looked + LOOK_AGAIN - now, patience])))

    def _pass(self, track: Track) -> None:
        """One pass of a track, on a pool thread; whatever happens, the main thread hears that it ended."""
        try:
            self._check_connection()
            self._one_pass(track)
        except (DatabaseError, psycopg.Error) as no:
            connection.close()
            self._failed(track, no)
        except Exception as bug:  # noqa: BLE001  (the worker outlives a defect in one loop: logged with its trace, tried again)
            self._failed(track, bug, trace=True)
        finally:
            self._events.put(("ended", ""))

    def _check_connection(self) -> None:
        """A connection that rested may have been cut meanwhile; one in steady use is found broken by its use, and costs no question."""
        now = clock.monotonic()
        if now - getattr(self._used, "at", 0.0) > RESTED:
            close_old_connections()
        self._used.at = now

    def _one_pass(self, track: Track) -> None:
        started = track.failing_since
        try:
            outcome = track.passes()
        except Fenced:
            _log.warning("lane.fenced", track=track.name, account=track.account)
            self._events.put(("fenced", str(track.account)))
        except AccessLost as lost:
            if track.account is not None:
                channels.set_state(track.account, AccountState.RECONNECT, reason=lost.message, actor="system")
            self._failed(track, lost)
        except Throttled as wait:
            track.ended(Again(wait.retry_after or timedelta(seconds=2)), clock.monotonic())
        except ChannelError as no:
            pause = health.failed(track.account, track.name, no) - clock.now() if track.account is not None else None
            self._failed(track, no, seconds=pause.total_seconds() if pause is not None else None)
        else:
            track.ended(outcome, clock.monotonic())
            if started is not None:
                _log.info("track.recovered", track=track.name, account=track.account)
                if track.account is not None:
                    health.succeeded(track.account, track.name)

    def _failed(self, track: Track, error: Exception, *, seconds: float | None = None, trace: bool = False) -> None:
        pause = health.backoff(track.failures + 1, _chance) if seconds is None else timedelta(seconds=seconds)
        if track.failed(pause, clock.monotonic()):
            _log.warning(
                "track.failing", track=track.name, account=track.account, error=f"{type(error).__name__}: {error}"[:500], exc_info=trace
            )

    def _hear(self, timeout: float) -> None:
        """Take every event that has come; wait for the first one."""
        try:
            topic, payload = self._events.get(timeout=timeout)
            while True:
                self._heard(topic, payload)
                topic, payload = self._events.get_nowait()
        except queue.Empty:
            return

    def _heard(self, topic: str, payload: str) -> None:
        now = clock.monotonic()
        if topic == "lost":
            self._give_up()
        elif topic == "fenced":
            self._drop(int(payload))
        elif topic == "accounts":
            self._looked = 0.0
        else:
            for track in self._tracks:
                if track.topic == topic and (not payload or str(track.account) == payload):
                    track.wake(now)

    def _look(self, now: float) -> None:
        """Take accounts that are nobody's, drop those that are not to be run any more; start over when the locks are lost."""
        self._looked = now
        try:
            if self._guard is None:
                self._guard = Guard(self._events)
            elif not self._guard.alive():
                self._give_up()
                return
            wanted = {int(account): version for account, version in access.running().items()}
            changed = [key for key, held in self._held.items() if held is not None and held.opened.version != wanted.get(key)]
            for key in changed:  # paused, lost, or with other settings than it was opened with
                self._drop(key)
            for key in self._guard.take([key for key in (HOUSEKEEPING, *wanted) if key not in self._held]):
                self._take_safely(key, now)
        except (DatabaseError, psycopg.Error) as no:
            _log.warning("worker.no_database", error=str(no).splitlines()[0])
            connection.close()
            self._give_up()

    def _take_safely(self, key: int, now: float) -> None:
        """An account that cannot be opened (its key or its connector is missing) is left alone; the others go on."""
        try:
            self._take(key, now)
        except (DatabaseError, psycopg.Error):
            raise
        except Exception as no:  # noqa: BLE001  (a connector of somebody else's may raise anything)
            self._held.pop(key, None)
            if self._guard is not None:
                self._guard.give(key)
            if key not in self._unopened:
                _log.warning("account.cannot_be_opened", account=key, error=f"{type(no).__name__}: {no}"[:500])
            self._unopened.add(key)
        else:
            self._unopened.discard(key)

    def _take(self, key: int, now: float) -> None:
        if key == HOUSEKEEPING:
            self._held[key] = None
            self._tracks += housekeeping.tracks(now)
            return
        held = account_tracks.hold(AccountId(key), stopped=self._stop.is_set)
        self._held[key] = held
        self._tracks += held.tracks

    def _drop(self, key: int) -> None:
        held = self._held.pop(key, None)
        self._tracks = [track for track in self._tracks if track.account != key]
        if held is not None:
            held.close()
        if self._guard is not None:
            self._guard.give(key)

    def _give_up(self) -> None:
        """All locks are gone or to be given back: nothing runs on."""
        for held in self._held.values():
            if held is not None:
                held.close()
        self._held, self._tracks = {}, []
        if self._guard is not None:
            self._guard.close()
            self._guard = None
        connections.close_all()
