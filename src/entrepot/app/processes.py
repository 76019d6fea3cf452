"""Running Entrepot's processes together in one terminal: started, watched, stopped as one."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO


class CannotStart(Exception):
    """A process ended before it was ready; the message holds its last lines."""


def free_port(preferred: int, host: str = "127.0.0.1") -> int:
    """The preferred port, or the next free one after it.

    Raises: CannotStart when a hundred in a row are taken.
    """
    for port in range(preferred, preferred + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                return port
    raise CannotStart(f"The ports {preferred} to {preferred + 99} are all taken. Name another with --port.")


@dataclass
class Processes:
    """Children in groups of their own; ``stop`` ends each politely, then by force, last started first."""

    running: list[tuple[str, subprocess.Popen[str]]] = field(default_factory=list)

    def start(
        self, name: str, command: Sequence[str], *, env: dict[str, str] | None = None, output: IO[str] | None = None
    ) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            command,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output if output is not None else subprocess.PIPE,
            stderr=output if output is not None else None,
            text=True,
            start_new_session=True,
        )
        self.running.append((name, child))
        return child

    def check(self) -> None:
        """Raises: CannotStart, naming a process that is gone though nobody stopped it."""
        for name, child in self.running:
            if child.poll() is not None:
                raise CannotStart(f"The process “{name}” ended with status {child.returncode}.")

    def stop(self, patience: float = 10.0) -> None:
        for _, child in reversed(self.running):
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + patience
        for _, child in reversed(self.running):
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.wait()
        self.running.clear()


def entrepot(*arguments: str) -> list[str]:
    """The command line of another entrepot process with this Python."""
    return [sys.executable, "-m", "entrepot", *arguments]


def wait_for_port(host: str, port: int, *, child: subprocess.Popen[str], patience: float = 60.0) -> None:
    """Something answers at the port. Raises: CannotStart when the child ended or nothing came in time."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise CannotStart(f"The process for port {port} ended with status {child.returncode}. See its log above.")
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=0.5):
            return
        time.sleep(0.05)
    raise CannotStart(f"Nothing answered at port {port} within {patience:.0f} s.")


def _signal(child: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)
