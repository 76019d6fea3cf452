"""Numbers for monitoring, over every account."""

from datetime import datetime, timedelta

from entrepot.base import sql
from entrepot.insight.queries.names import PACKAGE

HOUR = timedelta(hours=1)


def orders_last_hour(now: datetime) -> list[tuple[str, int]]:
    """(account, orders that it placed in the last hour)."""
    return [(row.account, row.orders) for row in sql.rows(PACKAGE, "orders_last_hour", {"since": now - HOUR})]


def calls_last_hour(now: datetime) -> list[tuple[str, str, int]]:
    """(account, result, calls): ok, refused, throttled, failed."""
    return [(row.account, row.result, row.calls) for row in sql.rows(PACKAGE, "calls_last_hour", {"since": now - HOUR})]
