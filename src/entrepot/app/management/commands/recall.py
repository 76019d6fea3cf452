"""entrepot recall: delist everywhere."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from entrepot.app.management.plain import PlainCommand, actor
from entrepot.insight.queries import lookup
from entrepot.listings import actions as listings
from entrepot.people.scope import EVERYTHING


class Command(PlainCommand):
    help = "Take SKUs off every channel: quantity 0 first, then ended, then read back until each channel has confirmed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("skus", nargs="+", metavar="SKU")
        parser.add_argument("--reason", required=True, help="why, for everybody who sees the recall")

    def work(self, options: Mapping[str, Any]) -> None:
        skus = list(dict.fromkeys(sku.strip() for sku in options["skus"]))
        variants = lookup.variants(EVERYTHING, skus)
        made = listings.recall(list(variants.values()), reason=options["reason"], user=None, actor=actor())
        if made.needs_approval:
            self.stdout.write(f"Recall {made.public_id} is more than the brake allows in an hour: approve it in the back office.")
        else:
            self.stdout.write(f"Recall {made.public_id} runs: the workers take the offers off, the back office shows who has confirmed.")
