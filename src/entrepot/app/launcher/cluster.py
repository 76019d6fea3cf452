"""One PostgreSQL cluster of one home: its files, its settings, its process."""

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from entrepot.app.launcher.binaries import MAJOR, Runner
from entrepot.app.launcher.errors import DifferentVersion, SocketFolderTaken, StartFailed
from entrepot.app.launcher.roles import ADMIN

START_TIMEOUT_S = 300  # crash recovery after a kill replays the log, which may take minutes
STOP_TIMEOUT_S = 60
_SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un
_SOCKET_NAME = ".s.PGSQL.5432"

_SETTINGS = """\
# Written at every start. Settings of your own go into local.conf beside this file.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
port = 5432
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
synchronous_commit = on
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
autovacuum_naptime = 20s
tcp_keepalives_idle = 5
tcp_keepalives_interval = 2
tcp_keepalives_count = 3
tcp_user_timeout = 10s
client_connection_check_interval = 2s
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = on
log_directory = '../log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] %q%u@%d '
include_if_exists 'local.conf'
"""


@dataclass(frozen=True)
class Server:
    """A running server: its process, and the folder of its socket."""

    pid: int
    socket: Path


@dataclass(frozen=True)
class Cluster:
    """The files of one cluster, the programs that work on them, and the user that runs those."""

    folder: Path
    programs: Path
    who: Runner

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def create(self, password: str) -> None:
        """Make the cluster: in a folder of another name first, so that a killed start leaves nothing half done.

        Raises: StartFailed with initdb's words.
        """
        partial = self.folder / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        secret = self.folder / "initdb.password"
        secret.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(password)
            os.chown(secret, self.who.uid, self.who.gid)
            self._run(
                *["initdb", f"--pgdata={partial}", f"--username={ADMIN}", f"--pwfile={secret}", "--auth=scram-sha-256"],
                *["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums"],
            )
        finally:
            secret.unlink(missing_ok=True)
        with (partial / "postgresql.conf").open("a") as settings:
            settings.write("\ninclude 'entrepot.conf'\n")
        partial.rename(self.data)

    def check_version(self) -> None:
        """Raises: DifferentVersion."""
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(MAJOR):
            raise DifferentVersion(self.data, found, MAJOR)

    def start(self) -> Server:
        """Start the server and wait until it answers; a server left behind by kill -9 is recovered.

        Raises: StartFailed with the server's words.
        """
        self._remove_foreign_pid_file()
        socket = socket_folder(self.folder, self.who)
        (self.data / "entrepot.conf").write_text(_SETTINGS.format(socket=socket))
        os.chown(self.data / "entrepot.conf", self.who.uid, self.who.gid)
        words = ""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            pid, log = self._launch()
            if self._wait_until_ready(pid, deadline):
                return Server(pid, socket)
            words = log.read_text(errors="replace")
            # After kill -9 of the main process its children need a moment to notice and to leave the shared memory.
            if "is still in use" not in words:
                break
            time.sleep(0.2)
        raise StartFailed("Starting PostgreSQL", words + self._last_log())

    def stop(self) -> None:
        """End the server and wait until it is gone; sessions are ended, committed data is on disk."""
        for how, patience in ((signal.SIGINT, STOP_TIMEOUT_S), (signal.SIGQUIT, STOP_TIMEOUT_S)):
            if (server := running(self.folder)) is None:
                return
            os.kill(server.pid, how)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline and _is_postgres(server.pid):
                time.sleep(0.02)
        if running(self.folder) is not None:
            raise StartFailed("Stopping PostgreSQL", self._last_log())

    def _launch(self) -> tuple[int, Path]:
        """Start the server in a session of its own, as nobody's child: it outlives us, and Ctrl-C does not reach it."""
        log = self.folder / "start.log"
        log.unlink(missing_ok=True)
        script = '"$@" >"$0" 2>&1 </dev/null & echo $!'
        return int(self._run("postgres", "-D", str(self.data), through=["/bin/sh", "-c", script, str(log)])), log

    def _wait_until_ready(self, pid: int, deadline: float) -> bool:
        while time.monotonic() < deadline:
            lines = _pid_file(self.data)
            if len(lines) >= 8 and lines[0] == str(pid) and lines[7] == "ready":
                return True
            if not _alive(pid):
                return False
            time.sleep(0.02)
        return False

    def _remove_foreign_pid_file(self) -> None:
        """After a reboot the old process number may be another program's, and PostgreSQL would then refuse to start."""
        lines = _pid_file(self.data)
        if lines and lines[0].isdigit() and _alive(int(lines[0])) and not _is_postgres(int(lines[0])):
            (self.data / "postmaster.pid").unlink()

    def _last_log(self) -> str:
        logs = sorted((self.folder / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
        return logs[-1].read_text(errors="replace")[-1500:] if logs else ""

    def _run(self, program: str, *arguments: str, through: list[str] | None = None) -> str:
        command = [*(through or []), str(self.programs / program), *arguments]
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        user = {"user": self.who.uid, "group": self.who.gid, "extra_groups": []} if self.who.changes_user else {}
        done = subprocess.run(  # type: ignore[call-overload]
            command,
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            umask=0o077,
            start_new_session=True,
            check=False,
            **user,
        )
        if done.returncode != 0:
            raise StartFailed(f"PostgreSQL's {program}", done.stdout)
        return str(done.stdout)


def running(folder: Path) -> Server | None:
    """The live server of a cluster folder, whoever started it."""
    lines = _pid_file(folder / "data")
    if len(lines) < 5 or not lines[0].isdigit() or not _is_postgres(int(lines[0])):
        return None
    return Server(int(lines[0]), Path(lines[4]))


def socket_folder(folder: Path, who: Runner) -> Path:
    """A folder for the socket with mode 0700 that belongs to the server's user; its path stays short.

    Raises: SocketFolderTaken.
    """
    name = f"entrepot-{who.uid}-{hashlib.sha256(os.fsencode(folder.parent)).hexdigest()[:8]}"
    chosen = _socket_parent(name, who) / name
    try:
        chosen.mkdir(mode=0o700)
        os.chown(chosen, who.uid, who.gid)
    except FileExistsError:
        pass
    found = chosen.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != who.uid or found.st_mode & 0o077:
        raise SocketFolderTaken(chosen)
    return chosen


def _socket_parent(name: str, who: Runner) -> Path:
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    if session and not who.changes_user and session.isascii() and not set(session) & set("',\"\\ "):
        parent = Path(session)
        short = len(session) + len(name) + len(_SOCKET_NAME) + 2 <= _SOCKET_PATH_LIMIT
        if short and parent.is_dir() and parent.stat().st_uid == who.uid and os.access(parent, os.W_OK | os.X_OK):
            return parent
    return Path("/tmp")  # noqa: S108  (a folder of mode 0700 whose owner is checked; TMPDIR may be too long for a socket)


def _pid_file(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _is_postgres(pid: int) -> bool:
    try:
        return _alive(pid) and psutil.Process(pid).name().startswith("postgres")
    except psutil.NoSuchProcess:
        return False
