"""The shell's site of lists and forms, opened by role instead of Django's staff flag."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

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

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Who is known but lacks the right is told so, instead of being asked to sign in again."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise MissingRight(Right.MANAGE)
            return cast(HttpResponse, inner(request, *args, **kwargs))

        return guarded

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={request.get_full_path()}")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect("/")
