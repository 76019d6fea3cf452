"""The embedded PostgreSQL of a home: started when needed, adopted when it already runs."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from entrepot.app.keys import make_key_file
from entrepot.app.launcher import binaries, cluster, roles
from entrepot.app.launcher.errors import LauncherError, StartFailed
from entrepot.app.launcher.roles import DatabaseUrls

__all__ = ["DatabaseUrls", "LauncherError", "database_running", "ensure_database", "stop_database"]


def ensure_database(home: Path) -> DatabaseUrls:
    """The embedded server of this home runs, with its roles and its database; returns where.

    A server that is already there is adopted, whoever started it. Many processes may call this at once.
    Raises: LauncherError, which names the reason and the cure.
    """
    home = Path(os.path.abspath(home))
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(home):
        who = binaries.runner()
        binaries.check_passable(home, who)
        here = _cluster(home, who)
        passwords = roles.passwords(home, cluster_exists=here.exists())
        if not here.exists():
            make_key_file(home)  # before the database, so that a database without a key is known to have lost it
            here.create(passwords[roles.ADMIN])
        here.check_version()
        server = _adopted(here, passwords) or here.start()
        urls = roles.urls(server.socket, passwords)
        with _admin(server, passwords) as admin:
            roles.make_roles_and_database(admin, passwords)
    return urls


def stop_database(home: Path) -> None:
    """The embedded server of this home does not run."""
    home = Path(os.path.abspath(home))
    if not database_running(home):
        return
    with _alone(home):
        _cluster(home, binaries.runner()).stop()


def database_running(home: Path) -> bool:
    """Whether the embedded server of this home runs."""
    return cluster.running(Path(os.path.abspath(home)) / "postgres") is not None


def _cluster(home: Path, who: binaries.Runner) -> cluster.Cluster:
    folder = home / "postgres"
    folder.mkdir(mode=0o700, exist_ok=True)
    if who.changes_user:
        os.chown(folder, who.uid, who.gid)
    return cluster.Cluster(folder, binaries.programs(home, who), who)


def _adopted(here: cluster.Cluster, passwords: dict[str, str]) -> cluster.Server | None:
    """The server that runs already; one whose socket was cleaned away under it is stopped, to be started anew."""
    begun = time.monotonic()
    while (server := cluster.running(here.folder)) is not None:
        try:
            _admin(server, passwords).close()
        except psycopg.OperationalError as problem:
            if not (server.socket / cluster.SOCKET_NAME).exists():
                here.stop()
            elif time.monotonic() - begun > _patience(str(problem)):
                raise StartFailed("Connecting to the running PostgreSQL", str(problem)) from problem
            time.sleep(0.05)
        else:
            return server
    return None


def _patience(words: str) -> int:
    """Seconds to go on trying: a server may be dying, full, or replaying its log after a kill; a wrong password stays wrong."""
    if "authentication failed" in words:
        return 0
    return cluster.START_TIMEOUT_S if "starting up" in words or "not yet accepting" in words else 30


def _admin(server: cluster.Server, passwords: dict[str, str]) -> psycopg.Connection:
    return psycopg.connect(
        host=str(server.socket),
        port=5432,
        user=roles.ADMIN,
        password=passwords[roles.ADMIN],
        dbname="postgres",
        connect_timeout=30,
        autocommit=True,
    )


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Only one process at a time starts or stops the server of a home."""
    with (home / "database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
