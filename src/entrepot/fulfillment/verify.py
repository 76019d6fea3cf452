"""The invariants of what left, recomputed. A person decides: goods that left are not made up again."""

from entrepot.base.verify import Check

PACKAGE = "entrepot.fulfillment"

CHECKS = (
    Check("packages hold what fulfillment lines say was shipped", PACKAGE, "verify_packages"),
    Check("what locations shipped of a line is fulfilled", PACKAGE, "verify_shipped"),
)
