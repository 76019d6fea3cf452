"""States of the work asked of a location, and of what leaves it (DOMAIN 4)."""

from collections.abc import Mapping
from enum import StrEnum


class WorkState(StrEnum):
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    PICKING = "picking"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    READY = "ready"
    COLLECTED = "collected"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
    NO_SHOW = "no_show"
    RESTOCKED = "restocked"
    LOST = "lost"
    RETURNED_TO_SENDER = "returned_to_sender"


NEXT: Mapping[WorkState, frozenset[WorkState]] = {
    WorkState.REQUESTED: frozenset({WorkState.ACCEPTED, WorkState.REJECTED, WorkState.EXPIRED, WorkState.WITHDRAWN}),
    WorkState.ACCEPTED: frozenset({WorkState.PICKING, WorkState.FAILED, WorkState.WITHDRAWN}),
    WorkState.PICKING: frozenset({WorkState.PACKED, WorkState.READY, WorkState.FAILED, WorkState.WITHDRAWN}),
    WorkState.PACKED: frozenset({WorkState.SHIPPED, WorkState.WITHDRAWN}),
    WorkState.READY: frozenset({WorkState.COLLECTED, WorkState.NO_SHOW, WorkState.WITHDRAWN}),
    WorkState.SHIPPED: frozenset({WorkState.DELIVERED, WorkState.LOST, WorkState.RETURNED_TO_SENDER}),
    WorkState.NO_SHOW: frozenset({WorkState.RESTOCKED}),
    WorkState.WITHDRAWN: frozenset({WorkState.RESTOCKED}),
    WorkState.RETURNED_TO_SENDER: frozenset({WorkState.RESTOCKED}),
    WorkState.DELIVERED: frozenset(),
    WorkState.COLLECTED: frozenset(),
    WorkState.REJECTED: frozenset(),
    WorkState.EXPIRED: frozenset(),
    WorkState.FAILED: frozenset(),
    WorkState.RESTOCKED: frozenset(),
    WorkState.LOST: frozenset(),
}
