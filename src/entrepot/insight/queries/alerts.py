"""What needs a person, the most money first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, UUIDField, Value, When
from django.db.models.functions import Cast, Substr
from django.db.models.lookups import StartsWith

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
    ordered = _visible(scope, rows).order_by(F("amount_minor").desc(nulls_last=True), "severity", "opened_at", "pk")
    return [_view(row) for row in ordered[:MOST]]


def repaired(scope: Scope, since: datetime) -> int:
    """How many causes ended since then, with or without a person."""
    return _visible(scope, Alert.objects.filter(resolved_at__gte=since)).count()


def one(scope: Scope, alert_id: int) -> Alert | None:
    return _visible(scope, Alert.objects.filter(pk=alert_id)).first()


def _visible(scope: Scope, rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """Alerts about what the person may see: each looks its subject up by key, so they may be cut and counted afterwards."""
    if scope.accounts is None and scope.owner is None:
        return rows
    account = scope.on_accounts(Account.objects.filter(public_id=_subject_id("account")), "pk")
    order = orders.in_scope(scope).filter(public_id=_subject_id("order"))
    variant = scope.on_products(Variant.objects.all(), "product__owner_id").filter(
        sku__iexact=Substr(OuterRef("subject"), len("variant:") + 1)
    )
    return rows.filter(
        Q(subject__startswith="account:") & Q(Exists(account))
        | Q(subject__startswith="order:") & Q(Exists(order))
        | Q(subject__startswith="variant:") & Q(Exists(variant))
    )


def _subject_id(kind: str) -> Case:
    """The public id in the outer alert's subject; NULL when it is about something else, whose words are no id."""
    prefix = f"{kind}:"
    cast = Cast(Substr(OuterRef("subject"), len(prefix) + 1), UUIDField())
    return Case(When(StartsWith(OuterRef("subject"), Value(prefix)), then=cast))


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
