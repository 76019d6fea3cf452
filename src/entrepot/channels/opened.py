"""Connectors kept open by a process that is asked about many accounts now and then (webhooks), and reopened when settings change."""

import threading
from collections import OrderedDict
from uuid import UUID

from entrepot.base.ids import AccountId
from entrepot.channels.access import OpenChannel, open_channel, version_of
from entrepot.channels.models import Account

MOST = 200


class OpenChannels:
    """At most ``most`` at a time, the longest unused closed first. May be used by several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._open: OrderedDict[int, tuple[str, OpenChannel]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, public_id: UUID) -> OpenChannel | None:
        """The account's channel with the settings it has now; None when there is no such account, or it is a file account."""
        account = Account.objects.filter(public_id=public_id, archived_at=None).exclude(channel="file").first()
        if account is None:
            return None
        version = version_of(account)
        with self._lock:
            held = self._open.get(account.pk)
            if held is not None and held[0] == version:
                self._open.move_to_end(account.pk)
                return held[1]
        fresh = open_channel(AccountId(account.pk))
        with self._lock:
            self._keep(account.pk, version, fresh)
        return fresh

    def _keep(self, key: int, version: str, fresh: OpenChannel) -> None:
        """Channels that fall out are not closed here: another thread may be in the middle of a call. They go with their last user."""
        self._open.pop(key, None)
        self._open[key] = (version, fresh)
        while len(self._open) > self._most:
            self._open.popitem(last=False)
