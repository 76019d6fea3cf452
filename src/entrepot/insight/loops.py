"""Keeps the alerts equal to the causes that hold."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from entrepot.base.loops import Again, Outcome
from entrepot.insight.causes import every_cause
from entrepot.insight.models import Alert
from entrepot.insight.types import Found

PAUSE = timedelta(seconds=15)
GROWN = 1.5  # a put-off alert comes back when its amount has grown by half


def reconcile_alerts(now: datetime) -> Outcome:
    """Open an alert for each new cause, renew what is known, close those whose cause is gone.

    Reads the state and not the events that led to it: repeated or missed passes change nothing.
    """
    causes = {cause.key: cause for cause in every_cause(now)}
    with transaction.atomic():
        known = {row.key: row for row in Alert.objects.select_for_update().filter(resolved_at__isnull=True).order_by("pk")}
        gone = [row.pk for key, row in known.items() if key not in causes]
        Alert.objects.filter(pk__in=gone).update(resolved_at=now, changed_at=now)
        Alert.objects.bulk_create([_new(cause, now) for key, cause in causes.items() if key not in known], ignore_conflicts=True)
        changed = [row for key, row in known.items() if key in causes and _renewed(row, causes[key], now)]
        Alert.objects.bulk_update(
            changed, ["severity", "values", "amount_minor", "amount_meaning", "proposals", "changed_at"], batch_size=500
        )
        grown = Q(put_off_amount_minor__isnull=False, amount_minor__gte=F("put_off_amount_minor") * GROWN)
        Alert.objects.filter(grown, resolved_at__isnull=True, put_off_until__gt=now).update(put_off_until=None, changed_at=now)
    return Again(after=PAUSE)


def _new(cause: Found, now: datetime) -> Alert:
    row = Alert(key=cause.key, kind=cause.kind.value, subject=cause.subject, opened_at=now)
    _renewed(row, cause, now)
    return row


def _renewed(row: Alert, cause: Found, now: datetime) -> bool:
    """Take over what the cause says now; whether that was a change."""
    fresh = {
        "severity": cause.severity,
        "values": dict(cause.values),
        "amount_minor": cause.worth,
        "amount_meaning": cause.meaning,
        "proposals": [dict(proposal) for proposal in cause.proposals],
    }
    if all(getattr(row, name) == value for name, value in fresh.items()):
        return False
    for name, value in fresh.items():
        setattr(row, name, value)
    row.changed_at = now
    return True
