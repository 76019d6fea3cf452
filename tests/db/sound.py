"""Every invariant holds when a test of stock, orders or fulfillment ends (P1, IN1, IN2, IN4)."""

from entrepot.base import verify
from entrepot.fulfillment.verify import CHECKS as FULFILLMENT
from entrepot.inventory.verify import CHECKS as INVENTORY
from entrepot.listings.verify import CHECKS as LISTINGS
from entrepot.orders.verify import CHECKS as ORDERS

CHECKS = (*FULFILLMENT, *ORDERS, *INVENTORY, *LISTINGS)


def breaches() -> list[verify.Finding]:
    return verify.broken(CHECKS)
