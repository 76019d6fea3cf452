"""entrepot accounts: how the channel accounts are doing."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from entrepot.app.management.plain import PlainCommand
from entrepot.base import clock
from entrepot.insight.queries.accounts import lanes
from entrepot.people.scope import EVERYTHING


class Command(PlainCommand):
    help = "List the channel accounts with their health: what waits to be sent, how old the newest known orders are, what fails."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def work(self, options: Mapping[str, Any]) -> None:
        now = clock.now()
        found = [
            {
                "id": lane.account.public_id,
                "name": lane.account.name,
                "channel": lane.account.channel,
                "market": lane.account.market,
                "health": lane.health.value,
                "waiting": lane.waiting,
                "known_age_s": int((now - lane.known_until).total_seconds()) if lane.known_until else None,
                "problem": lane.state_reason or lane.failure,
            }
            for lane in lanes(EVERYTHING, now)
        ]
        if options["json"]:
            self.say_json(found)
        elif found:
            headings = ("name", "channel", "market", "health", "waiting", "known_age_s", "problem")
            self.say_table([name.replace("_", " ") for name in headings], [[one[name] for name in headings] for one in found])
        else:
            self.stdout.write("No channel account is connected yet. Open Channels in the back office and connect one.")
