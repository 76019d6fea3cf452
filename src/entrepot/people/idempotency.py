"""One effect for a write that is sent again with the same key (P11, F24).

The answer is written in the transaction of the work itself: a process that is killed in between leaves neither, and the
repeat does the work; what was refused leaves no key.
"""

import hashlib
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext

from entrepot.base import clock
from entrepot.base.errors import UserError, WrongState
from entrepot.people.models import IdempotencyKey
from entrepot.people.types import Answer

KEPT = timedelta(hours=48)


class KeyReused(UserError):
    """The key came before with another request; nothing was done."""

    code = "key_reused"


class KeyInUse(WrongState):
    """The first request with this key is still being worked on; nothing was done by this one."""

    code = "key_in_use"


def earlier_answer(token_id: int, key: str, request: bytes) -> Answer | None:
    """What was answered to this request before; None when the work is to be done now, in the caller's transaction.

    ``request``: a digest of all that the request says. Until the transaction ends the key is ours alone.
    Raises: KeyInUse, KeyReused.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_number(token_id, key)])
        if not cursor.fetchone()[0]:
            raise KeyInUse(gettext("A request with this Idempotency-Key is being worked on. Send it again in a moment."))
    row = IdempotencyKey.objects.filter(token_id=token_id, key=key).first()
    if row is None:
        return None
    if row.created_at <= clock.now() - KEPT:
        row.delete()
        return None
    if bytes(row.request_digest) != request:
        raise KeyReused(gettext("This Idempotency-Key came before with another request. Use a new key for a new request."))
    return Answer(row.status or 200, row.body)


def keep(token_id: int, key: str, request: bytes, answer: Answer) -> None:
    """Keep the answer, in the transaction of the work."""
    IdempotencyKey.objects.create(
        token_id=token_id, key=key, request_digest=request, status=answer.status, body=answer.body, created_at=clock.now()
    )


def purge() -> int:
    """Forget keys that are too old to be repeated; how many."""
    forgotten, _ = IdempotencyKey.objects.filter(created_at__lte=clock.now() - KEPT).delete()
    return forgotten


def _lock_number(token_id: int, key: str) -> int:
    digest: Any = hashlib.sha256(f"idempotency:{token_id}:{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
