"""entrepot sandbox: the sandbox marketplaces alone. They are a program of their own; nothing of Entrepot is loaded there."""

import os
import sys
from argparse import REMAINDER, ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Serve the sandbox marketplaces until stopped. Arguments are those of python -m entrepot_sandbox."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rest", nargs=REMAINDER)

    def run_from_argv(self, argv: list[str]) -> None:
        os.execv(sys.executable, [sys.executable, "-m", "entrepot_sandbox", *argv[2:]])  # noqa: S606

    def handle(self, *args: Any, **options: Any) -> None:
        os.execv(sys.executable, [sys.executable, "-m", "entrepot_sandbox", *options["rest"]])  # noqa: S606
