"""Pages for what cannot be answered: no right, nothing there, an expected "no", a failure."""

from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from entrepot.base.errors import NotFound, UserError
from entrepot.people.types import RIGHTS, Right, Role
from entrepot.web.access import MissingRight

_log = structlog.get_logger(__name__)


def no_right(request: HttpRequest, exception: Exception) -> HttpResponse:
    user = request.user
    if isinstance(exception, MissingRight):
        text = gettext("This page needs the right “%(right)s”. The owner gives rights under People and roles.") % {
            "right": RIGHT_NAMES[exception.right]
        }
    else:
        text = gettext("This page is not open to you.")
    nothing = user.is_authenticated and not RIGHTS[Role(user.role)]
    back = settings.LOGIN_URL if nothing or not user.is_authenticated else "/"
    label = gettext("Sign in as someone else") if back != "/" else gettext("Back to Today")
    return render(request, "web/problem.html", {"title": gettext("No right"), "text": text, "back": back, "back_label": label}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = gettext("It may have been removed, or it belongs to an account that you do not see.")
    context = {"title": gettext("Nothing here"), "text": text, "back": "/", "back_label": gettext("Back to Today")}
    return render(request, "web/problem.html", context, status=404)


def refused(request: HttpRequest, no: UserError) -> HttpResponse:
    """An expected "no" of a query, in its own words."""
    if isinstance(no, NotFound):
        return not_found(request, no)
    context = {"title": gettext("Not possible"), "text": str(no), "back": "/", "back_label": gettext("Back to Today")}
    return render(request, "web/problem.html", context, status=409)


def broken(request: HttpRequest) -> HttpResponse:
    incident = uuid4().hex[:8]
    _log.error("page.failed", path=request.path, incident=incident)
    text = gettext("This page failed; nothing you saved before is lost. Reading and sending to the channels go on.")
    context = {
        "title": gettext("Something failed"),
        "text": text,
        "back": request.get_full_path(),
        "back_label": gettext("Try again"),
        "incident": incident,
    }
    return render(request, "web/problem.html", context, status=500)


RIGHT_NAMES = {
    Right.SEE: gettext_lazy("see the back office"),
    Right.EDIT_PRODUCT: gettext_lazy("edit products and offers"),
    Right.ADJUST_STOCK: gettext_lazy("adjust stock"),
    Right.SHIP: gettext_lazy("work on orders"),
    Right.SEE_BUYER: gettext_lazy("see buyers"),
    Right.EXPORT: gettext_lazy("export"),
    Right.MANAGE: gettext_lazy("manage people and accounts"),
    Right.SEE_AUDIT: gettext_lazy("see the audit trail"),
}
