"""What needs a person, the most money first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from entrepot.catalog.models import Variant
from entrepot.channels.models import Account
from entrepot.insight.models import Alert
from entrepot.insight.queries import orders
from entrepot.people.scope import Scope

MOST = 1000


@dataclass(frozen=True)
class AlertView:
    """``values`` fill the sentence of ``kind``; ``proposals`` in order of cost."""

    id: int
    kind: str
    severity: str
    subject: str
    values: Mapping[str, Any]
    amount_minor: int | None
    amount_meaning: str
    proposals: Sequence[Mapping[str, Any]]
    opened_at: datetime
    put_off_until: datetime | None

    @property
    def subject_id(self) -> str:
        return self.subject.partition(":")[2]


def open_alerts(scope: Scope, now: datetime, *, put_off: bool = False) -> list[AlertView]:
    """Alerts whose cause holds, the largest amount first; without an amount what is bad before what is a warning; then the oldest. ``put_off``: those put off instead of those due."""
    later = Q(put_off_until__gt=now)
    rows = Alert.objects.filter(resolved_at__isnull=True).filter(later if put_off else ~later | Q(put_off_until__isnull=True))
    ordered = rows.order_by(F("amount_minor").desc(nulls_last=True), "severity", "opened_at", "pk")[:MOST]
    return [_view(row) for row in _visible(scope, ordered)]


def repaired(since: datetime) -> int:
    """How many causes ended since then, with or without a person."""
    return Alert.objects.filter(resolved_at__gte=since).count()


def one(scope: Scope, alert_id: int) -> Alert | None:
    return next(iter(_visible(scope, Alert.objects.filter(pk=alert_id))), None)


def _visible(scope: Scope, rows: QuerySet[Alert]) -> list[Alert]:
    """Alerts about what the person may see; few are open at a time, so their subjects are looked up together."""
    found = list(rows)
    if scope.accounts is None and scope.owner is None:
        return found
    lookups: dict[str, Callable[[list[str]], set[str]]] = {
        "account": lambda ids: _texts(scope.on_accounts(Account.objects.filter(public_id__in=ids), "pk"), "public_id"),
        "order": lambda ids: _texts(orders.in_scope(scope).filter(public_id__in=ids), "public_id"),
        "variant": lambda ids: _texts(scope.on_products(Variant.objects.filter(sku__in=ids), "product__owner_id"), "sku"),
    }
    allowed: set[str] = set()
    for kind, look in lookups.items():
        ids = [row.subject.partition(":")[2] for row in found if row.subject.startswith(f"{kind}:")]
        allowed |= {f"{kind}:{value}" for value in look(ids)} if ids else set()
    return [row for row in found if row.subject in allowed]


def _texts(rows: QuerySet[Any], field: str) -> set[str]:
    return {str(value) for value in rows.values_list(field, flat=True)}


def _view(row: Alert) -> AlertView:
    return AlertView(
        row.pk,
        row.kind,
        row.severity,
        row.subject,
        row.values,
        row.amount_minor,
        row.amount_meaning,
        row.proposals,
        row.opened_at,
        row.put_off_until,
    )
