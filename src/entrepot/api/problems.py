"""Every refusal of the API as one kind of document: RFC 9457, ``application/problem+json``."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, ValidationError

from entrepot.base.errors import NotAllowed, NotFound, UserError, WrongState
from entrepot.catalog.errors import Taken, VersionConflict
from entrepot.inventory.errors import NotEnoughStock

RETRY_AFTER = "5"
MEDIA_TYPE = "application/problem+json"
_CONFLICTS = (WrongState, VersionConflict, Taken, NotEnoughStock)
_log = structlog.get_logger(__name__)


class Problem(Exception):
    """A refusal that the door itself makes; ``code`` is for programs, ``detail`` for people."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, errors: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers, self.errors = status, code, detail, headers or {}, errors


def answer(
    request: HttpRequest,
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[Mapping[str, Any]] = (),
) -> JsonResponse:
    document: dict[str, Any] = {
        "type": f"urn:entrepot:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request.path,
    }
    if errors:
        document["errors"] = list(errors)
    return JsonResponse(document, status=status, content_type=MEDIA_TYPE, headers={"Cache-Control": "no-store", **(headers or {})})


def told(request: HttpRequest, no: Exception | type[Exception]) -> JsonResponse:
    """Any exception of an endpoint as a problem; one that nobody expected is logged with its trace and says only its number."""
    if isinstance(no, HttpError) and isinstance(no.__cause__, Problem):
        no = no.__cause__  # what our parser said about the body
    if isinstance(no, Problem):
        return answer(request, no.status, no.code, no.detail, headers=no.headers, errors=no.errors)
    if isinstance(no, ValidationError):
        return answer(request, 422, "invalid", _("The request does not fit the documentation."), errors=[_field(one) for one in no.errors])
    if isinstance(no, UserError):
        errors = [{"where": one.field, "message": str(one.theirs)} for one in no.conflicts] if isinstance(no, VersionConflict) else ()
        return answer(request, status_of(no), no.code, str(no), errors=errors)
    if isinstance(no, AuthenticationError):
        return unauthorized(request)
    if isinstance(no, OperationalError | InterfaceError):
        return unavailable(request, no)
    if isinstance(no, RequestDataTooBig):
        return answer(request, 413, "too_large", _("The body is larger than 10 MB."))
    if isinstance(no, SuspiciousOperation | MultiPartParserError):
        return answer(request, 400, "unreadable", _("The form cannot be read."))
    if isinstance(no, HttpError):
        return answer(request, no.status_code, "unreadable", str(no))
    return broken(request, no)


def status_of(no: UserError) -> int:
    if isinstance(no, NotFound):
        return 404
    if isinstance(no, NotAllowed):
        return 403
    return 409 if isinstance(no, _CONFLICTS) else 422


def unauthorized(request: HttpRequest) -> JsonResponse:
    detail = _("A token is needed: Authorization: Bearer ent_… It is unknown, expired or revoked, or there was none.")
    return answer(request, 401, "no_token", detail, headers={"WWW-Authenticate": 'Bearer realm="entrepot"'})


def unavailable(request: HttpRequest, no: Exception) -> JsonResponse:
    """The database cannot be reached, or gave the work up again and again."""
    _log.warning("api.no_database", path=request.path, error=type(no.__cause__ or no).__name__)
    detail = _("The database cannot be reached or is too busy. Send it again in a moment, with its Idempotency-Key.")
    return answer(request, 503, "unavailable", detail, headers={"Retry-After": RETRY_AFTER})


def broken(request: HttpRequest, bug: Exception | type[Exception]) -> JsonResponse:
    incident = uuid4().hex[:8]
    _log.error("api.failed", path=request.path, incident=incident, exc_info=bug)
    detail = _(
        "Something failed here, and it is not certain what was done: look, or send it again with its Idempotency-Key. "
        "Our log has it as %(incident)s."
    ) % {"incident": incident}
    return answer(request, 500, "failed", detail)


def _field(error: Mapping[str, Any]) -> dict[str, str]:
    """Where in the request, and why; the value itself is not repeated, it may be personal."""
    where = ".".join(str(part) for part in error.get("loc", ()))
    return {"where": where, "message": str(error.get("msg", ""))}
