"""A form that changes something: one transaction, one action, one sentence about what happened, back to the page."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from entrepot.base.errors import UserError


def act(request: HttpRequest, work: Callable[[], str], *, back: str) -> HttpResponseRedirect:
    """Run ``work`` and say what it answers. An expected "no" is shown as it is and changes nothing."""
    try:
        with transaction.atomic():
            done = work()
    except UserError as no:
        messages.error(request, str(no))
    else:
        if done:
            messages.success(request, done)
    return HttpResponseRedirect(came_from(request, back))


def came_from(request: HttpRequest, otherwise: str) -> str:
    """The page the form stood on (its field ``next``), when it is one of ours."""
    asked = request.POST.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(asked)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return otherwise
