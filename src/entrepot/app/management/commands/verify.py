"""entrepot verify: recompute every invariant; exits with 1 when one is broken (RIVALS 3)."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand

from entrepot.base import verify
from entrepot.fulfillment.verify import CHECKS as FULFILLMENT
from entrepot.inventory.verify import CHECKS as INVENTORY
from entrepot.listings.verify import CHECKS as LISTINGS
from entrepot.orders.verify import CHECKS as ORDERS

# Orders before stock: what is taken off a line changes reservations, and stock is derived from those.
CHECKS = (*FULFILLMENT, *ORDERS, *INVENTORY, *LISTINGS)
MOST_PRINTED = 20  # of each invariant; the report holds all


class Command(BaseCommand):
    help = "Recompute every invariant (ledger, reservations, header totals, order lines, exposure, receipts) and name what is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--report", metavar="FILE.json", help="write all findings there")
        parser.add_argument("--repair", action="store_true", help="make right what can be derived, and say what")

    def handle(self, *args: Any, **options: Any) -> None:
        with open(options["report"], "w", encoding="utf-8") if options["report"] else nullcontext() as report:
            found = self._look(report, "findings")
            left = found
            if options["repair"] and any(found.values()):
                for check in CHECKS:
                    verify.repair(check)
                left = self._look(report, "left")
            summary = {
                "sound": not any(left.values()),
                "found": found,
                "repaired": {name: found[name] - left[name] for name in found if found[name] > left[name]},
            }
            if report is not None:
                report.write(f'"summary": {json.dumps(summary)}}}\n')
        for name, units in summary["repaired"].items():  # type: ignore[attr-defined]
            self.stdout.write(f"repaired: {name}: {units}")
        if not summary["sound"]:
            self.stderr.write(f"{sum(left.values())} breaches in {Path(options['report'] or 'the list above').name}.")
            raise SystemExit(1)
        self.stdout.write(f"All {len(CHECKS)} invariants hold.")

    def _look(self, report: IO[str] | None, title: str) -> dict[str, int]:
        """Breaches by invariant, streamed to the report."""
        write: Callable[[str], Any] = report.write if report is not None else lambda _: None
        write(("{" if title == "findings" else "") + f'"{title}": [')
        counts: dict[str, int] = {}
        first = True
        for check in CHECKS:
            counts[check.invariant] = 0
            for finding in verify.findings(check):
                counts[check.invariant] += 1
                write(("" if first else ",") + "\n" + json.dumps(verify.as_json(finding), ensure_ascii=False))
                first = False
                if counts[check.invariant] <= MOST_PRINTED:
                    self.stdout.write(
                        f"{'still broken' if title == 'left' else 'broken'}: {finding.invariant}: {finding.subject}: "
                        f"expected {finding.expected}, found {finding.found}"
                    )
        write("\n],\n")
        return counts
