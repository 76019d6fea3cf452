"""Roles and what each may do; deny by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID


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


class Person(Protocol):
    """Who is signed in, as other floors may see it."""

    pk: Any
    role: str
    language: str
    time_zone: str
    all_accounts: bool
    own_products_only: bool
    legal_entities: Any
    accounts: Any

    def get_username(self) -> str: ...


@dataclass(frozen=True)
class TokenView:
    """A token of the API as lists show it; the token itself is shown once, when it is made."""

    public_id: UUID
    name: str
    user: str
    scopes: frozenset[Right]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class Answer:
    """The first answer to a request with an idempotency key."""

    status: int
    body: Any


@dataclass(frozen=True)
class PersonRow:
    name: str
    role: str
    active: bool
    last_login: datetime | None
