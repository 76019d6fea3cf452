"""The one way to declare an operation: its right, its answer, its refusals, and one effect for a repeated write."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Router
from ninja.errors import ConfigError
from ninja.responses import NinjaJSONEncoder

from entrepot.api.access import Bearer, caller
from entrepot.api.problems import Problem
from entrepot.api.shapes import Answered, Refusal
from entrepot.people import idempotency
from entrepot.people.types import Answer, Right

READ_REFUSALS = (401, 403, 404, 422, 429)
WRITE_REFUSALS = (400, 401, 403, 404, 409, 413, 422, 429)
LONGEST_KEY = 255
TRIES = 3
GIVEN_UP = ("40001", "40P01", "55P03")  # serialization failure, deadlock, lock not available in time
IDEMPOTENCY_HEADER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
    "description": "Your own name for this request. Sent again with the same key within 48 hours, it has no second effect and gets the "
    "same answer. The same key with another request is refused with 422.",
}
View = Callable[..., Any]


class Door(Router):
    """A router on which an operation without a declared right cannot be made (deny by default, X1)."""

    def reads(self, path: str, *, needs: Right, answer: Any, **more: Any) -> Callable[[View], View]:
        def declare(view: View) -> View:
            self._add("GET", path, view, needs, {200: answer}, READ_REFUSALS, more)
            return view

        return declare

    def writes(self, method: str, path: str, *, needs: Right, answer: Any, status: int = 200, **more: Any) -> Callable[[View], View]:
        """The view runs in one transaction."""
        return self._writing(method, path, needs, answer, status, more, _once)

    def commits_by_itself(
        self, method: str, path: str, *, needs: Right, answer: Any, status: int = 200, **more: Any
    ) -> Callable[[View], View]:
        """The view makes its own transactions, and doing its work twice has one effect."""
        return self._writing(method, path, needs, answer, status, more, _answered_once)

    def _writing(
        self, method: str, path: str, needs: Right, answer: Any, status: int, more: dict[str, Any], once: Callable[[View, int], View]
    ) -> Callable[[View], View]:
        def declare(view: View) -> View:
            extra = {"parameters": [IDEMPOTENCY_HEADER]}
            self._add(method, path, once(view, status), needs, {status: answer}, WRITE_REFUSALS, more, extra)
            return view

        return declare

    def add_api_operation(self, path: str, methods: list[str], view_func: View, *, auth: Any = None, **more: Any) -> None:
        if not isinstance(auth, Bearer):
            raise ConfigError(f"{methods} {path} declares no right. Use Door.reads or Door.writes.")
        super().add_api_operation(path, methods, view_func, auth=auth, **more)

    def _add(
        self,
        method: str,
        path: str,
        view: View,
        needs: Right,
        answers: dict[int, Any],
        refusals: tuple[int, ...],
        more: dict[str, Any],
        extra: dict[str, Any] | None = None,
    ) -> None:
        words = {**(extra or {}), **more.pop("openapi_extra", {}), "x-needs": needs.value}
        response = {**answers, **dict.fromkeys(refusals, Refusal)}
        self.add_api_operation(
            path, [method], view, auth=Bearer(needs), response=response, openapi_extra=words, operation_id=view.__name__, **more
        )


def _once(view: View, status: int) -> View:
    """The write in one transaction, its answer kept with it when the caller named the request."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key(request)

        def work() -> HttpResponse:
            if key is None:
                return _sent(Answer(status, _body(view(request, *args, **kwargs))))
            token, digest = caller(request).holder.token_id, _digest(request)
            before = idempotency.earlier_answer(token, key, digest)
            if before is not None:
                return _sent(before, replayed=True)
            now = Answer(status, _body(view(request, *args, **kwargs)))
            idempotency.keep(token, key, digest, now)
            return _sent(now)

        return _tried(work)

    return guarded


def _tried(work: Callable[[], HttpResponse]) -> HttpResponse:
    """The whole transaction again, a few times, when the database gave it up for another's sake (F34)."""
    for _again in range(TRIES - 1):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as no:
            if getattr(no.__cause__, "sqlstate", None) not in GIVEN_UP:
                raise
    with transaction.atomic():
        return work()


def _answered_once(view: View, status: int) -> View:
    """The answer kept after the work. A repeat that comes before that does the work again, to no further effect."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key(request)
        if key is None:
            return _sent(Answer(status, _body(view(request, *args, **kwargs))))
        token, digest = caller(request).holder.token_id, _digest(request)
        with transaction.atomic():
            before = idempotency.earlier_answer(token, key, digest)
        if before is not None:
            return _sent(before, replayed=True)
        now = Answer(status, _body(view(request, *args, **kwargs)))
        with transaction.atomic():
            before = idempotency.earlier_answer(token, key, digest)
            if before is None:
                idempotency.keep(token, key, digest, now)
        return _sent(before or now)

    return guarded


def _key(request: HttpRequest) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST_KEY or not all("!" <= sign <= "~" for sign in key):
        raise Problem(422, "invalid", _("The Idempotency-Key must have 1 to 255 visible ASCII characters."))
    return key


def _digest(request: HttpRequest) -> bytes:
    """Of all that the request says; of a form its fields and files, as its boundary differs from one sending to the next."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        for name in sorted(request.POST):
            found.update(repr((name, request.POST.getlist(name))).encode())
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                found.update(repr((name, file.name)).encode())
                for chunk in file.chunks():
                    found.update(chunk)
                file.seek(0)
    else:
        found.update(request.body)
    return found.digest()


def _body(result: Answered) -> Any:
    """As JSON holds it, written as the answers of reads are."""
    return json.loads(json.dumps(result.model_dump(), cls=NinjaJSONEncoder))


def _sent(answer: Answer, *, replayed: bool = False) -> JsonResponse:
    headers = {"Idempotency-Replayed": "true"} if replayed else {}
    return JsonResponse(answer.body, status=answer.status, headers=headers, safe=False)
