"""The log of every call to a channel: redacted before it is kept, purged after 90 days."""

import json
import re
from collections import deque
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import connection

from entrepot.base import clock
from entrepot.base.ids import AccountId
from entrepot.channels.models import ChannelCall
from entrepot.channels.transport import Call

KEPT = timedelta(days=90)
HIDDEN = "•••"
# Names of fields that hold a secret or a buyer's data in the channels we know; matched without case and separators.
_SECRET = re.compile(
    r"token|secret|password|authorization|signature|challenge|"
    r"buyer|recipient|shipto|shippingaddress|billingaddress|deliveryaddress|contactaddress|taxaddress|registrationaddress|"
    r"email|phone|fullname|firstname|lastname|addressline|companyname|postalcode|customername",
)
_SHOWN = frozenset({"paginationtoken", "nexttoken", "buyercancellation"})


class CallLog:
    """Keeps the calls of one account. A connector's own threads have no database connection, and shall not open one each:
    what they called is kept with the next call of a thread that has one, at the latest by ``flush``.
    """

    def __init__(self, account: AccountId) -> None:
        self._account = account
        self._waiting: deque[Call] = deque()

    def __call__(self, call: Call) -> None:
        self._waiting.append(call)
        if connection.connection is not None:
            self.flush()

    def flush(self) -> None:
        """Every call so far is kept."""
        rows = []
        with suppress(IndexError):  # empty, or another thread was quicker
            while True:
                rows.append(self._row(self._waiting.popleft()))
        if rows:
            ChannelCall.objects.bulk_create(rows)

    def _row(self, call: Call) -> ChannelCall:
        return ChannelCall(
            account_id=self._account,
            started_at=call.started_at,
            operation=call.operation,
            method=call.method,
            url=call.url[:2000],
            status=call.status,
            error=call.error[:1000],
            took_ms=call.took_ms,
            request=redacted(call.request),
            answer=redacted(call.answer),
            request_id=call.request_id,
        )


def redacted(document: bytes) -> str:
    """A JSON body without secrets and without what could name a buyer. Anything that is no whole JSON is only measured."""
    if not document:
        return ""
    try:
        return _storable(json.dumps(_clean(json.loads(document)), ensure_ascii=False))[:8000]
    except (ValueError, RecursionError):
        return f"({len(document)} bytes that are no whole JSON document)"


def purge() -> int:
    """Calls older than 90 days are gone; how many went."""
    return ChannelCall.objects.filter(started_at__lt=clock.now() - KEPT).delete()[0]


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: HIDDEN if _hides(key) and inner not in (None, "", [], {}) else _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        return _clean_inside(value)
    return value


def _clean_inside(text: str) -> str:
    """A document in a string of a document, as messages in a queue are."""
    try:
        return json.dumps(_clean(json.loads(text)), ensure_ascii=False)
    except ValueError:
        return f"({len(text)} characters that are no whole JSON document)"


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _hides(key: str) -> bool:
    plain = re.sub(r"[^a-z]", "", key.lower())
    return plain not in _SHOWN and _SECRET.search(plain) is not None
