"""The audit trail: every change of stock, price, money, role or secret, with before and after (P18)."""

from collections.abc import Iterable, Mapping
from typing import Any

from entrepot.base import clock
from entrepot.people.models import Audit


def record(
    action: str,
    subject: str,
    *,
    actor: str,
    source: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write one row in the caller's transaction. ``action`` is noun.past; ``subject`` is kind:public id. No secrets, no buyer's data."""
    Audit.objects.create(
        at=clock.now(), actor=actor[:80], action=action, subject=subject[:120], source=source[:80], before=before, after=after
    )


def record_many(action: str, changes: Iterable[tuple[str, Mapping[str, Any], Mapping[str, Any]]], *, actor: str, source: str = "") -> None:
    """One row a change, written together: (subject, before, after)."""
    now = clock.now()
    Audit.objects.bulk_create(
        Audit(at=now, actor=actor[:80], action=action, subject=subject[:120], source=source[:80], before=before, after=after)
        for subject, before, after in changes
    )
