"""An account's lane: who holds it, how far it has read the change log, what it may look at now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from entrepot.base import sql
from entrepot.base.ids import AccountId
from entrepot.listings.rules import CLOCK_MARGIN
from entrepot.listings.types import Fenced

PACKAGE = "entrepot.listings"


@dataclass(frozen=True)
class Lane:
    """One lane at the start of a pass, as its holder reads it."""

    account: AccountId
    epoch: int
    cursor: int
    plans: int
    interrupted: bool  # something was on its way when the holder before, or the last pass, was killed
    resume_at: datetime | None
    passed_at: datetime | None
    waits: list[float]
    sweep_after: datetime | None
    sweep_position: int
    waiting: int  # as counted last, for the screen
    has_todo: bool
    settled_until: datetime | None  # orders are known up to here, less the clock margin
    has_sales: bool
    can_settle: bool
    live_bound: timedelta
    settings: Mapping[str, Any]


def take_lane(account: AccountId, *, holder: str, now: datetime) -> int:
    """Hold an account's lane from now on; its new epoch. What an older holder still writes is refused (F41).

    The caller holds the session lock that makes it the only one to ask.
    """
    epoch: int = sql.rows(PACKAGE, "take_lane", {"account": account, "holder": holder[:80], "now": now})[0].epoch
    sql.rows(PACKAGE, "recover", {"account": account, "epoch": epoch, "now": now})
    return epoch


def state(account: AccountId, *, epoch: int) -> Lane:
    """Raises: Fenced when another worker has taken the lane."""
    found = sql.rows(PACKAGE, "lane_state", {"account": account, "margin": CLOCK_MARGIN})
    if not found or found[0].epoch != epoch:
        raise Fenced(account)
    row = found[0]
    return Lane(
        account=account,
        epoch=epoch,
        cursor=row.cursor_xid,
        plans=row.plans,
        interrupted=_document(row.sending) != {},
        resume_at=row.resume_at,
        passed_at=row.passed_at,
        waits=_document(row.waits),
        sweep_after=row.sweep_after,
        sweep_position=row.sweep_position,
        waiting=row.waiting,
        has_todo=row.has_todo,
        settled_until=row.orders_complete_until - CLOCK_MARGIN if row.orders_complete_until else None,
        has_sales=row.has_sales,
        can_settle=row.can_settle,
        live_bound=timedelta(seconds=row.live_delay_bound_s),
        settings=_document(row.settings),
    )


def _document(value: Any) -> Any:
    """A jsonb column: Django's connection hands it over as text."""
    return json.loads(value) if isinstance(value, str) else value
