"""How an account's operations are doing: a breaker each, and what the channel says of its quota.

A breaker opens after 3 failures in a row for 5 s, then twice as long each time up to 5 min, with jitter; one call is let
through when the time is over, and a success closes it. Failing and recovering are each logged once.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from entrepot.base import clock
from entrepot.base.ids import AccountId
from entrepot.channels.contract import ChannelError, Quota
from entrepot.channels.models import OperationHealth

OPENS_AFTER = 3
_SHORTEST, _LONGEST = timedelta(seconds=5), timedelta(minutes=5)
_chance = random.Random()  # noqa: S311  (jitter, not a secret)
_log = structlog.get_logger(__name__)


def open_until(account: AccountId, operation: str) -> datetime | None:
    """When the breaker of this operation lets the next call through; None when it is closed."""
    row = OperationHealth.objects.filter(account_id=account, operation=operation).values_list("open_until", flat=True).first()
    return row if row is not None and row > clock.now() else None


def failed(account: AccountId, operation: str, error: ChannelError, *, chance: random.Random = _chance) -> datetime:
    """Count a failure; when to try again."""
    now = clock.now()
    row, _ = OperationHealth.objects.get_or_create(account_id=account, operation=operation, defaults={"updated_at": now})
    row.failures += 1
    pause = backoff(row.failures, chance)
    if row.failing_since is None:
        row.failing_since = now
        _log.warning("channel.failing", account=account, operation=operation, error=type(error).__name__, code=error.code)
    row.open_until = now + pause if row.failures >= OPENS_AFTER else None
    row.last_error = f"{type(error).__name__}: {error.message}"[:300]
    row.updated_at = now
    row.save()
    return now + pause


def succeeded(account: AccountId, operation: str) -> None:
    """Close the breaker; costs one small statement only when something had failed."""
    healed = OperationHealth.objects.filter(account_id=account, operation=operation, failures__gt=0).update(
        failures=0, failing_since=None, open_until=None, last_error="", updated_at=clock.now()
    )
    if healed:
        _log.info("channel.recovered", account=account, operation=operation)


def backoff(failures: int, chance: random.Random) -> timedelta:
    """Full jitter over a doubling pause: between half and the whole of 1, 2, 4 ... 300 s."""
    whole: timedelta = min(_LONGEST, timedelta(seconds=2 ** min(failures - 1, 12)))
    whole = max(whole, _SHORTEST) if failures >= OPENS_AFTER else whole
    return whole * (0.5 + 0.5 * chance.random())


def note_quota(account: AccountId, quotas: Sequence[Quota]) -> None:
    """Keep what the channel says of its quotas, for the screen; of one that is counted several ways, what is least left."""
    now = clock.now()
    scarcest = {quota.operation: quota for quota in sorted(quotas, key=lambda quota: -quota.remaining)}
    OperationHealth.objects.bulk_create(
        [
            OperationHealth(
                account_id=account,
                operation=quota.operation,
                quota_limit=quota.limit,
                quota_left=quota.remaining,
                quota_resets_at=quota.resets_at,
                updated_at=now,
            )
            for quota in scarcest.values()
        ],
        update_conflicts=True,
        unique_fields=["account", "operation"],
        update_fields=["quota_limit", "quota_left", "quota_resets_at", "updated_at"],
    )
