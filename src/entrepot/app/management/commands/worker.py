"""entrepot worker: one worker process; any number may run, on any host."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from entrepot.app import logs


class Command(BaseCommand):
    help = "Run the loops of all channel accounts that no other worker holds, and the background jobs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--threads", type=int, default=8)

    def handle(self, *args: Any, **options: Any) -> None:
        from entrepot.base import sql
        from entrepot.jobs.worker import Worker

        logs.set_up()
        sql.plan_once()
        Worker(threads=options["threads"]).run()
