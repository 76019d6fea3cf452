"""What a person does with an alert. It is never deleted by hand: it goes when its cause is gone."""

from datetime import datetime

from django.utils.translation import gettext

from entrepot.base.errors import NotFound
from entrepot.insight.models import Alert
from entrepot.people.audit import record


def put_off(alert_id: int, *, until: datetime, actor: str) -> None:
    """Hide an open alert until then, or until its amount has grown by half.

    Raises: NotFound when it is not open any more.
    """
    alert = Alert.objects.select_for_update().filter(pk=alert_id, resolved_at__isnull=True).first()
    if alert is None:
        raise NotFound(gettext("This alert is gone: its cause no longer holds."))
    alert.put_off_until, alert.put_off_amount_minor = until, alert.amount_minor
    alert.save(update_fields=["put_off_until", "put_off_amount_minor"])
    record("alert.put_off", f"alert:{alert.key}", actor=actor, after={"until": until.isoformat()})
