"""Around every request: it is counted; probes are answered whatever host they name; and under /api/ nothing is answered but the
documented kinds of document."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from entrepot.api import counters, probes, problems
from entrepot.base import clock

PREFIX = "/api/"
LARGEST = 10 * 1024 * 1024


class ApiMiddleware:
    """A 404 for an unknown address, a 405, a refused host: whatever Django itself refuses becomes a problem document too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = clock.monotonic()
        probe = probes.AT.get(request.path)
        if probe is not None:
            response = probe(request)
        elif request.path.startswith(PREFIX):
            response = self._answer(request)
        else:
            response = self.get_response(request)
        counters.count_request(request, response, clock.monotonic() - started)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > LARGEST:
            return problems.answer(request, 413, "too_large", _("The body is larger than 10 MB."))
        if "Transfer-Encoding" in request.headers:
            return problems.answer(request, 411, "no_length", _("Send the body with its Content-Length, not in chunks."))
        response = self.get_response(request)
        if response.status_code >= 400 and response.headers.get("Content-Type") != problems.MEDIA_TYPE:
            response = _as_problem(request, response)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    status = HTTPStatus(response.status_code)
    kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
    return problems.answer(request, status, status.name.lower(), status.description or status.phrase, headers=kept)


def _length(request: HttpRequest) -> int:
    declared: Any = request.META.get("CONTENT_LENGTH") or "0"
    return int(declared) if str(declared).isdigit() else 0
