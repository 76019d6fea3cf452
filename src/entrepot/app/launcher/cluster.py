"""One PostgreSQL cluster of one home: its files, its settings, its process."""

import hashlib
import os
import secrets
import shutil
import signal
import stat
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from entrepot.app.launcher.binaries import MAJOR, Runner
from entrepot.app.launcher.errors import DifferentVersion, OddPath, SocketFolderTaken, StartFailed
from entrepot.app.launcher.roles import ADMIN

START_TIMEOUT_S = 300  # crash recovery after a kill replays the log, which may take minutes
STOP_TIMEOUT_S = 60
DYING_S = 15
_SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un
SOCKET_NAME = ".s.PGSQL.5432"
_NOT_FOR_INITDB = set('"$`\\\n')  # initdb puts its paths between double quotes and hands them to a shell

_SETTINGS = """\
# Written at every start. Settings of your own go into local.conf beside this file.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
port = 5432
max_connections = 100
shared_buffers = {shared_mb}MB
effective_cache_size = {cache_mb}MB
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
# Statements and the details of errors can hold buyers' data, which must not be in a log.
log_min_error_statement = panic
log_error_verbosity = terse
log_min_duration_statement = -1
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

        Raises: OddPath; StartFailed with initdb's words.
        """
        for path in (self.programs, self.data):
            if set(str(path)) & _NOT_FOR_INITDB:
                raise OddPath(path)
        for left_behind in self.folder.glob("partial-*"):
            shutil.rmtree(left_behind, ignore_errors=True)
        attempt = self.folder / f"partial-{secrets.token_hex(4)}"  # the initdb of a killed start may still write into its own
        attempt.mkdir(mode=0o700)
        os.chown(attempt, self.who.uid, self.who.gid)
        partial, secret = attempt / "data", attempt / "password"
        try:
            with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(password)
            os.chown(secret, self.who.uid, self.who.gid)
            self._run(
                *["initdb", f"--pgdata={partial}", f"--username={ADMIN}", f"--pwfile={secret}", "--auth=scram-sha-256"],
                *["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums"],
            )
        finally:
            secret.unlink()
        with (partial / "postgresql.conf").open("a") as settings:
            settings.write("\ninclude 'entrepot.conf'\n")
        partial.rename(self.data)
        attempt.rmdir()

    def check_version(self) -> None:
        """Raises: DifferentVersion."""
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(MAJOR):
            raise DifferentVersion(self.data, found, MAJOR)

    def start(self) -> Server:
        """Start the server and wait until it answers; a server left behind by kill -9 is recovered.

        Raises: StartFailed with the server's words.
        """
        socket = socket_folder(self.folder, self.who)
        (self.data / "entrepot.conf").write_text(settings(socket, psutil.virtual_memory().total))
        os.chown(self.data / "entrepot.conf", self.who.uid, self.who.gid)
        self._end_server_of_deleted_folder(socket)
        begun = time.monotonic()
        while True:
            self._remove_misleading_lock_files(socket)
            pid, log = self._launch()
            if self._wait_until_ready(pid, begun + START_TIMEOUT_S):
                return Server(pid, socket)
            words = log.read_text(errors="replace") + self._last_log()
            # A process killed a moment ago is still listed, and its children still hold the shared memory.
            said = [line for line in words.splitlines() if f"[{pid}]" in line]
            dying = any("is still in use" in line or "already exists" in line for line in said)
            if not dying or time.monotonic() > begun + DYING_S:
                raise StartFailed("Starting PostgreSQL", words)
            time.sleep(0.1)

    def stop(self) -> None:
        """End the server and wait until it is gone; sessions are ended, committed data is on disk."""
        for how in (signal.SIGINT, signal.SIGQUIT):
            if (server := running(self.folder)) is None:
                return
            os.kill(server.pid, how)
            deadline = time.monotonic() + STOP_TIMEOUT_S
            while time.monotonic() < deadline:
                if not _serves(server.pid, self.data):
                    with suppress(OSError):
                        server.socket.rmdir()
                    return
                time.sleep(0.02)
        raise StartFailed("Stopping PostgreSQL", self._last_log())

    def _launch(self) -> tuple[int, Path]:
        """Start the server in a session of its own, as nobody's child: it outlives us, and Ctrl-C does not reach it."""
        log = self.folder / "start.log"
        log.unlink(missing_ok=True)
        script = '"$@" >"$0" 2>&1 </dev/null & echo $!'
        return int(self._run("postgres", "-D", str(self.data), through=["/bin/sh", "-c", script, str(log)])), log

    def _wait_until_ready(self, pid: int, deadline: float) -> bool:
        while time.monotonic() < deadline:
            lines = _lines(self.data / "postmaster.pid")
            if len(lines) >= 8 and lines[0] == str(pid) and lines[7] == "ready":
                return True
            if not _alive(pid):
                return False
            time.sleep(0.02)
        return False

    def _end_server_of_deleted_folder(self, socket: Path) -> None:
        """Somebody deleted the home to begin anew, and its server still holds our socket: its data are gone, so it ends at once."""
        pid = _pid(_lines(socket / f"{SOCKET_NAME}.lock"))
        if pid is None or pid == _pid(_lines(self.data / "postmaster.pid")) or not _serves(pid, self.data):
            return
        os.kill(pid, signal.SIGQUIT)
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while _alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)

    def _remove_misleading_lock_files(self, socket: Path) -> None:
        """PostgreSQL ignores the lock files of a process that is gone, but takes any other for a server and refuses to start.

        That is another program with the same number after a reboot, or our killed server where nobody collects dead processes.
        """
        for file in (self.data / "postmaster.pid", socket / f"{SOCKET_NAME}.lock"):
            pid = _pid(_lines(file))
            if pid is not None and psutil.pid_exists(pid) and not _serves(pid, self.data):
                file.unlink()

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


def settings(socket: Path, memory: int) -> str:
    """The server's configuration; moderate, since web, workers and a browser share the machine."""
    megabytes = memory // 2**20
    return _SETTINGS.format(socket=socket, shared_mb=min(max(megabytes // 16, 128), 1024), cache_mb=max(megabytes // 2, 256))


def running(folder: Path) -> Server | None:
    """The live server of a cluster folder, whoever started it."""
    for _ in range(100):
        lines = _lines(folder / "data" / "postmaster.pid")
        pid = _pid(lines)
        if pid is None or not _serves(pid, folder / "data"):
            return None
        if len(lines) >= 5:
            return Server(pid, Path(lines[4]))
        time.sleep(0.05)  # it has only just begun, and names its socket in a moment
    return None


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
        short = len(session) + len(name) + len(SOCKET_NAME) + 2 <= _SOCKET_PATH_LIMIT
        if short and parent.is_dir() and parent.stat().st_uid == who.uid and os.access(parent, os.W_OK | os.X_OK):
            return parent
    return Path("/tmp")  # noqa: S108  (a folder of mode 0700 whose owner is checked; TMPDIR may be too long for a socket)


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text().splitlines()]
    except FileNotFoundError:
        return []


def _pid(lines: list[str]) -> int | None:
    return int(lines[0]) if lines and lines[0].isdigit() else None


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _serves(pid: int, data: Path) -> bool:
    """Whether a process is the live server of this data folder (of no other, where both folders are there to compare)."""
    try:
        process = psutil.Process(pid)
        if not _alive(pid) or not process.name().startswith("postgres") or process.uids().real != data.stat().st_uid:
            return False
        words = process.cmdline()
    except psutil.NoSuchProcess:
        return False
    served = words[words.index("-D") + 1] if "-D" in words[:-1] else ""
    return not os.path.exists(served) or os.path.samefile(served, data)
