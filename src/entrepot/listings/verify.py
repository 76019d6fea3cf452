"""The invariants of what channels are shown (PROMISE 1, 6), recomputed."""

from collections.abc import Sequence
from functools import partial

from entrepot.base import clock, sql
from entrepot.base.ids import VariantId
from entrepot.base.transactions import repeated
from entrepot.base.verify import Check
from entrepot.inventory import moves

PACKAGE = "entrepot.listings"


def repair_exposed(variants: Sequence[int]) -> None:
    """A header's exposed follows the exposures of the offers that take from it."""
    repeated(partial(_repair, list(variants)))


def _repair(variants: list[int]) -> None:
    moves.lock(VariantId(variant) for variant in variants)
    sql.run(PACKAGE, "repair_exposed", {"variants": variants, "now": clock.now()})


CHECKS = (
    Check("a header's exposed is the sum of exposures", PACKAGE, "verify_exposed", repair_exposed),
    Check("every answer of a channel has its receipt", PACKAGE, "verify_receipts"),
)
