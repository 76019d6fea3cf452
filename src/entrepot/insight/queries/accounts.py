"""Channel accounts as a person looks at them: health, what waits, quota, calls."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext

from entrepot.base import sql, told
from entrepot.base.errors import NotFound
from entrepot.channels.models import Account, AccountProgress, ChannelCall, OperationHealth
from entrepot.channels.types import AccountState
from entrepot.insight.paging import Page, page
from entrepot.insight.queries.names import PACKAGE, reference
from entrepot.insight.types import CallRow, Health, LaneNow, Quota
from entrepot.inventory.models import LocationFeed
from entrepot.listings.models import Lane
from entrepot.people.models import User
from entrepot.people.scope import Scope

FAILS_AFTER = 3  # failures in a row, as the breaker counts
MOST_OFFERS = 1000
NEARLY_USED = 90  # percent of a quota
CALLS_ORDER = ("-started_at", "-public_id")


@dataclass(frozen=True)
class Feed:
    """A location that feeds an account."""

    public_id: UUID
    name: str


@dataclass(frozen=True)
class LimitedPerson:
    """A person who sees only named accounts."""

    id: int
    name: str
    sees: bool


def lanes(scope: Scope, now: datetime) -> list[LaneNow]:
    """Every account in scope, the one that needs a person first."""
    rows = scope.on_accounts(Account.objects.filter(archived_at__isnull=True), "pk").order_by("name")
    found = list(rows)
    ids = [row.pk for row in found]
    lane_of = {lane.account_id: lane for lane in Lane.objects.filter(account_id__in=ids)}
    progress_of = {row.account_id: row for row in AccountProgress.objects.filter(account_id__in=ids)}
    quotas = _quotas(ids)
    offers = {row.account_id: row.offers for row in sql.rows(PACKAGE, "offers_waiting", {"accounts": ids, "most": MOST_OFFERS})}
    order = list(Health)
    now_rows = [_lane(row, lane_of.get(row.pk), progress_of.get(row.pk), quotas[row.pk], offers.get(row.pk, 0), now) for row in found]
    return sorted(now_rows, key=lambda lane: order.index(lane.health))


def account(scope: Scope, public_id: UUID) -> Account:
    """Raises: NotFound, also for an account that this person may not see."""
    found = scope.on_accounts(Account.objects.filter(public_id=public_id), "pk").select_related("legal_entity").first()
    if found is None:
        raise NotFound(gettext("There is no such channel account."))
    return found


def calls(account_id: int, *, cursor: str = "", only_errors: bool = False, operation: str = "") -> Page[CallRow]:
    """The newest calls of an account."""
    rows = ChannelCall.objects.filter(account_id=account_id)
    if only_errors:
        rows = rows.exclude(error="")
    if operation:
        rows = rows.filter(operation=operation)
    found = page(rows, CALLS_ORDER, cursor, size=25)
    return found.of([_call(row) for row in found.rows])


def call(account_id: int, public_id: UUID, at: datetime) -> CallRow | None:
    """One call; ``at`` leads to its partition."""
    row = ChannelCall.objects.filter(account_id=account_id, started_at=at, public_id=public_id).first()
    return _call(row) if row else None


def operations(account_id: int) -> list[str]:
    """Names of the operations this account has called."""
    return list(OperationHealth.objects.filter(account_id=account_id).order_by("operation").values_list("operation", flat=True))


def feeds(account_id: int) -> list[Feed]:
    """The locations whose stock this account may show, the first choice first."""
    rows = LocationFeed.objects.filter(account_id=account_id).select_related("location").order_by("location__priority", "location__name")
    return [Feed(row.location.public_id, row.location.name) for row in rows]


def limited_people(account_id: int) -> list[LimitedPerson]:
    """Those who see only named accounts, and whether this is one of them."""
    chosen = set(Account.users.through.objects.filter(account_id=account_id).values_list("user_id", flat=True))
    rows = User.objects.filter(all_accounts=False, is_active=True).order_by("username")
    return [LimitedPerson(row.pk, row.get_full_name() or row.username, row.pk in chosen) for row in rows]


def _quotas(ids: Sequence[int]) -> dict[int, list[Quota]]:
    found: dict[int, list[Quota]] = defaultdict(list)
    for row in OperationHealth.objects.filter(account_id__in=ids).order_by("operation"):
        found[row.account_id].append(
            Quota(row.operation, row.quota_limit, row.quota_left, row.quota_resets_at, row.failures, row.open_until, row.last_error)
        )
    return found


def _lane(
    row: Account, lane: Lane | None, progress: AccountProgress | None, quotas: Sequence[Quota], offers: int, now: datetime
) -> LaneNow:
    return LaneNow(
        account=reference(row),
        state=row.state,
        state_reason=told.told(row.state_reason),
        health=_health(row, lane, progress, quotas, offers, now),
        waiting=lane.waiting if lane else 0,
        oldest_at=lane.oldest_at if lane else None,
        passed_at=lane.passed_at if lane else None,
        known_until=progress.orders_complete_until if progress else None,
        failing_since=progress.failing_since if progress else None,
        failure=progress.failure if progress else "",
        waits=list(lane.waits) if lane else [],
        quotas=quotas,
        breaches=row.breaches,
        offers_waiting=offers,
    )


def _health(
    row: Account, lane: Lane | None, progress: AccountProgress | None, quotas: Sequence[Quota], offers: int, now: datetime
) -> Health:
    if row.state == AccountState.RECONNECT:
        return Health.CUT_OFF
    if row.state == AccountState.PAUSED:
        return Health.PAUSED
    if (progress and progress.failing_since) or any(quota.failures >= FAILS_AFTER for quota in quotas):
        return Health.FAILING
    if any((quota.used_percent or 0) >= NEARLY_USED for quota in quotas):
        return Health.BEHIND
    if lane is None or not lane.waiting:
        return Health.BUSY if offers else Health.FINE
    late = lane.oldest_at is not None and now - lane.oldest_at > timedelta(seconds=row.live_delay_bound_s)
    return Health.BEHIND if late else Health.BUSY


def _call(row: ChannelCall) -> CallRow:
    return CallRow(
        row.public_id,
        row.started_at,
        row.operation,
        row.method,
        row.url,
        row.status,
        row.error,
        row.took_ms,
        row.request,
        row.answer,
        row.request_id,
    )
