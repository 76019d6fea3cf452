"""The shell's site of lists and forms, opened by role instead of Django's staff flag."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.sites import UnfoldAdminSite

from entrepot.people.rights import holds
from entrepot.people.types import Right
from entrepot.web.access import MissingRight


class BackOffice(UnfoldAdminSite):  # type: ignore[misc]
    """Only who manages people and accounts comes in; one front door for signing in and out."""

    def has_permission(self, request: HttpRequest) -> bool:
        return holds(request, Right.MANAGE)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise MissingRight(Right.MANAGE)
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={request.get_full_path()}")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect("/")
