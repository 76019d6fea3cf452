"""entrepot demo: everything in one terminal, with sandbox marketplaces and a sample seller."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from entrepot.app.demo import run


class Command(BaseCommand):
    help = "Start the demo: database, two sandbox marketplaces, a sample seller, buyers, web and worker. Ctrl-C stops all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="play the story once, print what was measured, and end")
        parser.add_argument("--report", type=Path, help="with --once: write what was measured as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(run.once(options["report"]) if options["once"] else run.live())
