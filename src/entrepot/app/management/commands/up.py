"""entrepot up: a real installation on one machine, in one terminal."""

import signal
import sys
import threading
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from entrepot.app.processes import CannotStart, Processes, entrepot, free_port, wait_for_port

LOOK_EVERY = 1.0  # seconds between looks at whether all still run


class Command(BaseCommand):
    help = "Start Entrepot on this machine: database, web and worker in one terminal. Ctrl-C stops web and worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 to be reached from other machines")
        parser.add_argument("--port", type=int, default=8000, help="the first port to try")
        parser.add_argument("--threads", type=int, default=8, help="of the worker")

    def handle(self, *args: Any, **options: Any) -> None:
        if not get_user_model().objects.exists():
            raise CommandError(
                "Nobody can sign in yet. Choose the currency that sums are shown in (it cannot be changed once there are products) and run: "
                "entrepot init --currency EUR --time-zone Europe/Berlin --owner you"
            )
        connections.close_all()
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        sys.exit(self._run(stopped, **options))

    def _run(self, stopped: threading.Event, *, host: str, port: int, threads: int, **_: Any) -> int:
        """Until somebody stops it (0) or a process ends by itself (2)."""
        processes = Processes()
        try:
            chosen = free_port(port, host)
            web = processes.start("web", entrepot("web", "--host", host, "--port", str(chosen)), output=sys.stderr)
            processes.start("worker", entrepot("worker", "--threads", str(threads)), output=sys.stderr)
            wait_for_port("127.0.0.1" if host == "0.0.0.0" else host, chosen, child=web)  # noqa: S104
            self.stdout.write(f"Entrepot runs at http://{host}:{chosen}/  Ctrl-C stops it.")
            self.stdout.flush()
            while not stopped.wait(LOOK_EVERY):
                processes.check()
            self.stdout.write("Stopping ...")
        except CannotStart as no:
            self.stderr.write(str(no))
            return 2
        finally:
            processes.stop()
        return 0
