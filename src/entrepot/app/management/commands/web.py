"""entrepot web: one web process (granian, ASGI)."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from entrepot.app.processes import free_port


class Command(BaseCommand):
    help = "Serve the back office, the API and the channels' webhooks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000, help="the first port to try")

    def handle(self, *args: Any, **options: Any) -> None:
        from granian.constants import Interfaces
        from granian.server import Server

        port = free_port(options["port"], options["host"])
        self.stdout.write(f"Entrepot is at http://{options['host']}:{port}/")
        self.stdout.flush()
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.app.settings")
        Server(
            "entrepot.app.asgi:application",
            address=options["host"],
            port=port,
            interface=Interfaces.ASGI,
            workers=1,
            log_enabled=False,
            websockets=False,
        ).serve()
