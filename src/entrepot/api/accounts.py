"""Channel accounts: is each connected, how late is it, what did it call?"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext
from pydantic import Field

from entrepot.api.access import Caller, caller
from entrepot.api.door import Door
from entrepot.api.shapes import Answered, Body, Cursor, PageOf, age, paged
from entrepot.base import clock
from entrepot.base.errors import NotFound
from entrepot.base.ids import AccountId
from entrepot.channels import actions as channels
from entrepot.channels.types import AccountState
from entrepot.insight.queries import accounts as lists
from entrepot.insight.types import CallRow, LaneNow
from entrepot.listings import actions as listings
from entrepot.people.types import Right

door = Door(tags=["accounts"])


class QuotaOut(Answered):
    """One operation's quota, and until when its breaker is open after failures."""

    operation: str
    limit: int | None
    left: int | None
    resets_at: datetime | None
    failures: int
    open_until: datetime | None
    last_error: str


class AccountHealth(Answered):
    """`waiting`: offers not yet sent, the oldest for `oldest_age_s`. `known_until`: all orders up to then are here."""

    id: UUID
    name: str
    channel: str
    market: str
    state: str
    state_reason: str
    health: str
    waiting: int
    oldest_age_s: int | None
    known_until: datetime | None
    known_age_s: int | None
    failing_since: datetime | None
    failure: str
    breaches: int
    quotas: list[QuotaOut]


class Accounts(Answered):
    rows: list[AccountHealth]


class CallOut(Answered):
    """One call to the channel, without secrets and buyers."""

    id: UUID
    at: datetime
    operation: str
    method: str
    url: str
    status: int
    error: str
    took_ms: int
    request_id: str


class PauseBody(Body):
    paused: Annotated[bool, Field(strict=True)]
    reason: Annotated[str, Field(max_length=200)] = ""


@door.reads("/accounts", needs=Right.SEE, answer=Accounts, summary="List channel accounts, the one that needs a person first")
def list_accounts(request: HttpRequest) -> Any:
    now = clock.now()
    return Accounts(rows=[_out(lane, now) for lane in lists.lanes(caller(request).scope, now)])


@door.reads("/accounts/{uuid:account_id}", needs=Right.SEE, answer=AccountHealth, summary="One channel account")
def read_account(request: HttpRequest, account_id: UUID) -> Any:
    return _shown(caller(request), account_id)


@door.reads(
    "/accounts/{uuid:account_id}/calls", needs=Right.SEE, answer=PageOf[CallOut], summary="Its calls to the channel, the newest first"
)
def list_calls(
    request: HttpRequest,
    account_id: UUID,
    only_errors: bool = False,
    operation: Annotated[str, Field(max_length=80)] = "",
    cursor: Cursor = "",
) -> Any:
    account = _id(caller(request), account_id)
    return paged(lambda: lists.calls(account, cursor=cursor, only_errors=only_errors, operation=operation), _call, cursor)


@door.writes(
    "PUT", "/accounts/{uuid:account_id}/state", needs=Right.MANAGE, answer=AccountHealth, summary="Pause an account, or let it go on"
)
def set_state(request: HttpRequest, account_id: UUID, body: PauseBody) -> Any:
    """While it is paused nothing is read or sent, and nothing is lost."""
    who = caller(request)
    state = AccountState.PAUSED if body.paused else AccountState.ACTIVE
    channels.set_state(_id(who, account_id), state, reason=body.reason, actor=who.actor)
    return _shown(who, account_id)


@door.writes(
    "POST", "/accounts/{uuid:account_id}/sweep", needs=Right.EDIT_PRODUCT, answer=AccountHealth, summary="Compare every number again"
)
def sweep(request: HttpRequest, account_id: UUID) -> Any:
    """The lane compares each quantity of the account with what it should show, and sends what differs."""
    who = caller(request)
    listings.sweep_soon([_id(who, account_id)])
    return _shown(who, account_id)


def _id(who: Caller, account_id: UUID) -> AccountId:
    return AccountId(lists.account(who.scope, account_id).pk)


def _shown(who: Caller, account_id: UUID) -> AccountHealth:
    now = clock.now()
    for lane in lists.lanes(who.scope, now):
        if lane.account.public_id == account_id:
            return _out(lane, now)
    raise NotFound(gettext("There is no such channel account."))


def _out(lane: LaneNow, now: datetime) -> AccountHealth:
    return AccountHealth(
        id=lane.account.public_id,
        name=lane.account.name,
        channel=lane.account.channel,
        market=lane.account.market,
        state=lane.state,
        state_reason=lane.state_reason,
        health=lane.health.value,
        waiting=lane.waiting,
        oldest_age_s=age(lane.oldest_at, now),
        known_until=lane.known_until,
        known_age_s=age(lane.known_until, now),
        failing_since=lane.failing_since,
        failure=lane.failure,
        breaches=lane.breaches,
        quotas=[
            QuotaOut(
                operation=q.operation,
                limit=q.limit,
                left=q.left,
                resets_at=q.resets_at,
                failures=q.failures,
                open_until=q.open_until,
                last_error=q.last_error,
            )
            for q in lane.quotas
        ],
    )


def _call(row: CallRow) -> CallOut:
    return CallOut(
        id=row.public_id,
        at=row.at,
        operation=row.operation,
        method=row.method,
        url=row.url,
        status=row.status,
        error=row.error,
        took_ms=row.took_ms,
        request_id=row.request_id,
    )
