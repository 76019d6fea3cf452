"""entrepot explain: why is this number what it is?"""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from entrepot.app.management.plain import PlainCommand
from entrepot.insight.queries import lookup
from entrepot.inventory import queries as inventory
from entrepot.listings import queries as listings
from entrepot.people.scope import EVERYTHING


class Command(PlainCommand):
    help = "Say why so many units of a SKU may be promised, or why a channel account shows that number. The steps sum to the answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sku")
        parser.add_argument("--account", metavar="NAME", help="what this channel account shows; without it: what may be promised at all")
        parser.add_argument("--json", action="store_true", help="for programs")

    def work(self, options: Mapping[str, Any]) -> None:
        sku, account = options["sku"], options["account"]
        variant = lookup.variant(EVERYTHING, sku)
        shown_on = lookup.account_named(EVERYTHING, account) if account else None
        found = listings.explain(variant, shown_on) if shown_on is not None else inventory.explain_atp(variant)
        if options["json"]:
            steps = [{"rule": s.rule, "text": s.label.format(**s.values), "amount": s.amount, "values": s.values} for s in found.steps]
            self.say_json({"sku": sku, "account": account, "answer": found.answer, "steps": steps})
        else:
            self.stdout.write(listings.as_text(found))
