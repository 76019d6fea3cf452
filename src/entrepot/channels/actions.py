"""What is done to channel accounts and to the messages that arrive for them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext, pgettext

from entrepot.base import clock, sql
from entrepot.base.errors import NotFound, UserError
from entrepot.base.ids import AccountId
from entrepot.base.money import decimals
from entrepot.channels.contract import Hint
from entrepot.channels.models import Account, AccountHint, AccountProgress
from entrepot.channels.registry import connector
from entrepot.channels.types import AccountState
from entrepot.people.audit import record
from entrepot.people.entities import legal_entity

FILE_CHANNEL = "file"  # an account whose orders arrive as files; no connector opens it


def connect_account(
    *,
    name: str,
    channel: str,
    market: str,
    currency: str,
    language: str,
    entity: str,
    credentials: Mapping[str, str],
    settings: Mapping[str, str],
    actor: str,
) -> AccountId:
    """A new account of a channel, active, its orders read from now on.

    Raises: UserError naming the setting that is missing; NotFound for an unknown connector.
    """
    if channel != FILE_CHANNEL:
        kind = connector(channel)
        given = {**settings, **credentials}
        missing = [
            pgettext("setting", field.label)
            for field in kind.settings
            if field.required and not given.get(field.name) and not field.default
        ]
        if missing:
            raise UserError(
                gettext("{channel} needs: {fields}. Fill them in and connect again.").format(channel=kind.label, fields=", ".join(missing))
            )
        bounds = {
            "sale_delay_bound_s": int(kind.limits.sale_delay_bound.total_seconds()),
            "live_delay_bound_s": int(kind.limits.live_delay_bound.total_seconds()),
        }
    else:
        bounds = {}
    decimals(currency)
    if Account.objects.filter(name=name).exists():
        raise UserError(gettext("There is already an account “{name}”. Choose another name.").format(name=name))
    with transaction.atomic():
        account = Account.objects.create(
            name=name,
            channel=channel,
            market=market,
            currency=currency,
            language=language,
            legal_entity_id=legal_entity(entity, country=market),
            credentials=dict(credentials),
            settings=dict(settings),
            **bounds,
        )
        AccountProgress.objects.create(account=account, orders_complete_until=clock.now())
        record("account.connected", f"account:{account.public_id}", actor=actor, after={"name": name, "channel": channel, "market": market})
        wake_workers()
    return AccountId(account.pk)


def update_account(account_id: AccountId, *, actor: str, settings: Mapping[str, str], credentials: Mapping[str, str]) -> None:
    """New settings; credentials only where given (an empty one keeps what is there). Signing in again ends "must reconnect"."""
    with transaction.atomic():
        account = _locked(account_id)
        before = dict(account.settings)
        account.settings = {**account.settings, **settings}
        new_secrets = {key: value for key, value in credentials.items() if value}
        if new_secrets:
            account.credentials = {**account.credentials.readable(), **new_secrets}
        if account.state == AccountState.RECONNECT.value and new_secrets:
            account.state, account.state_reason = AccountState.ACTIVE.value, ""
        account.save()
        after = {**account.settings, "credentials_changed": sorted(new_secrets)}
        record("account.changed", f"account:{account.public_id}", actor=actor, before=before, after=after)
        wake_workers()


def set_state(account_id: AccountId, state: AccountState, *, reason: str, actor: str) -> None:
    """Pause, resume, or mark as to be reconnected. Pausing stops reading and sending; nothing is lost meanwhile."""
    with transaction.atomic():
        account = _locked(account_id)
        if account.state == state.value:
            return
        before = account.state
        account.state, account.state_reason = state.value, reason[:300]
        account.save(update_fields=["state", "state_reason"])
        record("account.state_changed", f"account:{account.public_id}", actor=actor, before={"state": before}, after={"state": state.value})
        wake_workers()


def store_hints(account_id: AccountId, hints: Sequence[Hint]) -> int:
    """Keep what messages point at, once each by the message's own key; how many were new."""
    if not hints:
        return 0
    kept = {
        "account_id": account_id,
        "keys": [hint.key[:200] for hint in hints],
        "kinds": [hint.kind.value for hint in hints],
        "remote_ids": [hint.remote_id[:200] for hint in hints],
        "now": clock.now(),
    }
    with transaction.atomic():
        new = sql.run(__package__, "store_hints", kept)
        if new:
            notify("orders", str(account_id))
    return new


def forget_hints(hints: Sequence[int]) -> None:
    """What these hints pointed at has been read."""
    AccountHint.objects.filter(pk__in=hints).delete()


def orders_known_until(account_id: AccountId, until: datetime, *, polled_at: datetime) -> None:
    """Every order the channel dated up to ``until`` is imported; never moves backwards."""
    AccountProgress.objects.filter(account_id=account_id).update(
        orders_complete_until=Greatest("orders_complete_until", Value(until)), polled_at=polled_at, failing_since=None, failure=""
    )


def orders_failing(account_id: AccountId, failure: str) -> None:
    """The order loop of this account fails; shown until it works again."""
    now = clock.now()
    AccountProgress.objects.filter(account_id=account_id, failing_since__isnull=True).update(failing_since=now)
    AccountProgress.objects.filter(account_id=account_id).update(failure=failure[:300])


def wake_workers() -> None:
    """Workers look at all accounts again as soon as this transaction is committed."""
    notify("accounts", "")


def notify(topic: str, payload: str) -> None:
    """Wake who listens, on commit. Loops also work without it: they poll."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [f"entrepot_{topic}", payload])


def _locked(account_id: AccountId) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise NotFound(gettext("There is no channel account {id}.").format(id=account_id))
    return account
