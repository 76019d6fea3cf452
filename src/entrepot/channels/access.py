"""Opens a connector for an account: its credentials, its settings, its own transport and call log."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from django.utils.translation import gettext

from entrepot.base import clock
from entrepot.base.errors import NotFound
from entrepot.base.ids import AccountId
from entrepot.channels.call_log import CallLog
from entrepot.channels.contract import Access, Connector
from entrepot.channels.models import Account
from entrepot.channels.queries import running_rows
from entrepot.channels.registry import connector
from entrepot.channels.transport import Call, Transport


class OpenChannel:
    """An account's connector, opened. ``channel`` has the abilities; ``close`` when the account is given up."""

    def __init__(self, account: Account, kind: Connector, transport: Transport, channel: Any, calls: CallLog) -> None:
        self.account_id = AccountId(account.pk)
        self.limits = kind.limits
        self.connector = kind
        self.transport = transport
        self.channel = channel
        self.version = version_of(account)
        self._calls = calls

    def keep_calls(self) -> None:
        """The calls that the connector's own threads made are in the call log too."""
        self._calls.flush()

    def close(self) -> None:
        self.transport.close()


def open_channel(
    account_id: AccountId,
    *,
    client: httpx.Client | None = None,
    log: Callable[[Call], None] | None = None,
    now: Callable[[], datetime] = clock.now,
) -> OpenChannel:
    """The connector of an account, ready to be called from several threads.

    Raises: NotFound when the account or its connector does not exist.
    """
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise NotFound(gettext("There is no channel account {id}.").format(id=account_id))
    kind = connector(account.channel)
    calls = CallLog(AccountId(account.pk))
    transport = Transport(
        limits=kind.limits.operations,
        clock=now,
        log=log or calls,
        client=client,
        proxy=account.settings.get("proxy") or None,
    )
    access = Access(
        credentials=dict(account.credentials),
        settings={key: str(value) for key, value in account.settings.items()},
        currency=account.currency,
        market=account.market,
        language=account.language,
        transport=transport,
        clock=now,
    )
    return OpenChannel(account, kind, transport, kind.open(access), calls)


def version_of(account: Account) -> str:
    """Changes with everything that a connector is opened with."""
    said = [account.channel, account.market, account.currency, account.language, account.settings, account.credentials.sealed.hex()]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def running() -> dict[AccountId, str]:
    """The accounts that workers read and send for, in id order, each with the version it is to be opened with."""
    return {AccountId(row.pk): version_of(row) for row in running_rows()}
