"""Distinct id types, so that the type checker sees a mix-up, and the public ids shown outside."""

import os
import time
from typing import NewType
from uuid import UUID

VariantId = NewType("VariantId", int)
ProductId = NewType("ProductId", int)
LocationId = NewType("LocationId", int)
AccountId = NewType("AccountId", int)
OfferId = NewType("OfferId", int)
OrderId = NewType("OrderId", int)
OrderLineId = NewType("OrderLineId", int)
UserId = NewType("UserId", int)
Sku = NewType("Sku", str)
RemoteId = NewType("RemoteId", str)


def new_public_id() -> UUID:
    """A UUID version 7: sorted by time, made here so that no database version is required for it."""
    stamp = time.time_ns() // 1_000_000
    value = (stamp << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)
