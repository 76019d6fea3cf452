"""What every request of the back office gets: language and zone, a content policy, and a refusal where no right is declared."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from entrepot.base.errors import UserError
from entrepot.web.access import DECLARED
from entrepot.web.views.problems import refused

# The shell's Alpine evaluates attribute expressions, hence unsafe-eval; no inline script and no foreign address is allowed.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' https: data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class UserLocaleMiddleware:
    """A signed-in user's own language and zone; before sign-in the chosen or the browser's language, and UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            language, zone = user.language, user.time_zone
        else:
            language, zone = translation.get_language_from_request(request), "UTC"
        with translation.override(language), timezone.override(_zone(zone)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Refuse a page of ours that declares no right (X1): forgetting the declaration closes the page instead of opening it."""
        match = request.resolver_match
        if match is not None and match.namespace == "web" and not hasattr(view, DECLARED):
            raise PermissionDenied

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """An expected "no" of a query is a page that says it; everything else stays an error."""
        match = request.resolver_match
        if match is None or match.namespace != "web" or not isinstance(exception, UserError):
            return None
        return refused(request, exception)


def _zone(name: str) -> ZoneInfo:
    """A zone that this machine does not know shows UTC: nobody is locked out by it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
