"""entrepot explain: why is this number what it is, or why was it at a time?"""

import dataclasses
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext

from entrepot.app.management.plain import PlainCommand
from entrepot.base.errors import UserError
from entrepot.insight import telling
from entrepot.insight.queries import history, lookup
from entrepot.insight.queries.names import accounts
from entrepot.inventory import queries as inventory
from entrepot.inventory.types import Explanation
from entrepot.listings import queries as listings
from entrepot.people import zones
from entrepot.people.deployment import default_time_zone
from entrepot.people.scope import EVERYTHING


class Command(PlainCommand):
    help = "Say why so many units of a SKU may be promised, or why a channel account shows that number. The steps sum to the answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sku")
        parser.add_argument("--account", metavar="NAME", help="what this channel account shows; without it: what may be promised at all")
        parser.add_argument(
            "--at", metavar="TIME", help='what it showed then: ISO 8601, or "2026-11-20 14:02" in the installation\'s time zone'
        )
        parser.add_argument("--json", action="store_true", help="for programs")

    def work(self, options: Mapping[str, Any]) -> None:
        sku, account = options["sku"], options["account"]
        if options["at"] is not None and not account:
            raise UserError(gettext("Name the channel account whose number it was: --account NAME."))
        variant = lookup.variant(EVERYTHING, sku)
        shown_on = lookup.account_named(EVERYTHING, account) if account else None
        if shown_on is not None and options["at"] is not None:
            zone = default_time_zone()
            found = history.shown_at(variant, shown_on, zones.instant(options["at"], zone))
            with timezone.override(ZoneInfo(zone)):
                self._tell_history(sku, accounts(EVERYTHING)[shown_on].name, found, as_json=options["json"])
            return
        now = listings.explain(variant, shown_on) if shown_on is not None else inventory.explain_atp(variant)
        if options["json"]:
            self.say_json({"sku": sku, "account": account, "answer": now.answer, "steps": _steps(now)})
        else:
            self.stdout.write(listings.as_text(now))

    def _tell_history(self, sku: str, account: str, found: history.History, *, as_json: bool) -> None:
        if as_json:
            facts = {name: value for name, value in dataclasses.asdict(found).items() if name != "explained"}
            answer = {"sku": sku, "account": account, "answer": found.shown, "steps": _steps(found.explained) if found.explained else []}
            self.say_json({**answer, **facts})
        else:
            self.stdout.write(telling.as_text(found, account))


def _steps(found: Explanation) -> list[dict[str, Any]]:
    return [{"rule": s.rule, "text": s.label.format(**s.values), "amount": s.amount, "values": s.values} for s in found.steps]
