"""Roles and what each may do; deny by default."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    OPS = "ops"
    FINANCE = "finance"
    READ_ONLY = "read_only"
    STORE = "store"
    DISTRIBUTOR = "distributor"


class Right(StrEnum):
    """What a view or an endpoint asks for (RELIABILITY 4, the table of roles)."""

    SEE = "see"  # products, offers, stock, orders (masked), channels, alerts
    EDIT_PRODUCT = "edit_product"  # product and price, publish, end, delist everywhere
    ADJUST_STOCK = "adjust_stock"
    SHIP = "ship"  # ship, cancel, work on orders
    SEE_BUYER = "see_buyer"  # open a buyer's name and address; each opening is logged
    EXPORT = "export"  # without personal data
    MANAGE = "manage"  # users, roles, secrets, channel accounts
    SEE_AUDIT = "see_audit"


_OPS = frozenset({Right.SEE, Right.EDIT_PRODUCT, Right.ADJUST_STOCK, Right.SHIP, Right.SEE_BUYER, Right.EXPORT, Right.SEE_AUDIT})

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.OPS: _OPS,
    Role.FINANCE: frozenset({Right.SEE, Right.EXPORT}),
    Role.READ_ONLY: frozenset({Right.SEE, Right.EXPORT}),
    Role.STORE: frozenset(),
    Role.DISTRIBUTOR: frozenset(),
}
