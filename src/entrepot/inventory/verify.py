"""The invariants of stock (P1, IN2, IN4), recomputed, and what can be derived again from the rest."""

from collections.abc import Sequence
from functools import partial

from entrepot.base import clock, sql
from entrepot.base.ids import VariantId
from entrepot.base.transactions import repeated
from entrepot.base.verify import Check
from entrepot.inventory import moves

PACKAGE = "entrepot.inventory"


def repair_stock(variants: Sequence[int]) -> None:
    """Levels follow the ledger (on hand) and the reservations (reserved), headers follow the levels.

    A ledger whose before and after do not chain proves nothing: that variant is left to a person.
    """
    repeated(partial(_repair, list(variants)))


def _repair(variants: list[int]) -> None:
    moves.lock(VariantId(variant) for variant in variants)
    for statement in ("repair_levels", "repair_ledger", "repair_headers"):
        sql.run(PACKAGE, statement, {"variants": variants, "now": clock.now()})


CHECKS = (
    Check("the ledger chains: each row begins where another ended", PACKAGE, "verify_chain"),
    Check("0 <= reserved <= on hand", PACKAGE, "verify_bounds", repair_stock),
    Check("the ledger's sum is on hand and reserved", PACKAGE, "verify_ledger", repair_stock),
    Check("reserved is the sum of reservations", PACKAGE, "verify_reserved", repair_stock),
    Check("a header's totals are the sums of its levels", PACKAGE, "verify_headers", repair_stock),
)
