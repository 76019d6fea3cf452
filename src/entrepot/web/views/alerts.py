"""Alerts: everything that needs a person, each with what could be done, the most money first."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from entrepot.base import clock
from entrepot.base.errors import NotFound
from entrepot.insight import actions as insight
from entrepot.insight.queries import alerts
from entrepot.people.types import Right
from entrepot.web import needs as needs_of
from entrepot.web import render
from entrepot.web.access import needs, visitor
from entrepot.web.acting import act


@needs(Right.SEE)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    who, now = visitor(request), clock.now()
    later = request.GET.get("tab") == "later"
    found = alerts.open_alerts(who.scope, now, put_off=later)
    context = {
        "tab": "later" if later else "open",
        "rows": needs_of.rows(found, now),
        "counts": {"open": len(alerts.open_alerts(who.scope, now)), "later": len(alerts.open_alerts(who.scope, now, put_off=True))},
        "repaired": alerts.repaired(who.scope, now - timedelta(days=1)),
    }
    return render.page(request, "web/alerts/list.html", context, title=gettext("Alerts"))


@needs(Right.SHIP)
@require_POST
def put_off(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Until tomorrow morning of the reader's day, or until the amount has grown by half."""

    def work() -> str:
        if alerts.one(visitor(request).scope, alert_id) is None:
            raise NotFound(gettext("This alert is gone: its cause no longer holds."))
        here = timezone.localtime(clock.now())
        tomorrow = (here + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
        insight.put_off(alert_id, until=tomorrow, actor=visitor(request).actor)
        return gettext("Put off until tomorrow 08:00, or until the amount has grown by half.")

    return act(request, work, back=reverse("web:alerts"))
