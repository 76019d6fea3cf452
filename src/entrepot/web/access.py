"""Deny by default: a view without a declared right answers nobody (X1).

``@needs(Right.SEE)`` declares what a view asks for; ``@public`` that it asks for nothing. The middleware refuses every
page of the back office that declares neither.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property

from entrepot.channels.scope import scope_of
from entrepot.people.scope import Scope
from entrepot.people.types import RIGHTS, Person, Right, Role

View = Callable[..., HttpResponseBase]
DECLARED = "entrepot_right"


class MissingRight(PermissionDenied):
    """The user is known, but the role does not hold the right; the page names it."""

    def __init__(self, right: Right) -> None:
        super().__init__(right.value)
        self.right = right


class Visitor:
    """The signed-in user of a request, with rights and scope; each read at most once."""

    def __init__(self, user: Person) -> None:
        self.user = user

    @cached_property
    def rights(self) -> frozenset[Right]:
        return RIGHTS[Role(self.user.role)]

    @cached_property
    def scope(self) -> Scope:
        return scope_of(self.user)

    def may(self, right: Right) -> bool:
        return right in self.rights

    @property
    def actor(self) -> str:
        """How the audit trail and the ledger name this person."""
        return f"user:{self.user.get_username()}"


def visitor(request: HttpRequest) -> Visitor:
    """Only inside a view that declared a right, so that somebody is signed in."""
    found = getattr(request, "visitor", None)
    if found is None:
        found = Visitor(cast(Person, request.user))
        request.visitor = found  # type: ignore[attr-defined]
    return cast(Visitor, found)


def needs(right: Right) -> Callable[[View], View]:
    """The view answers only those whose role holds ``right``; others are asked to sign in, or told what is missing."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in(request)
            if not visitor(request).may(right):
                raise MissingRight(right)
            return view(request, *args, **kwargs)

        setattr(guarded, DECLARED, right)
        return guarded

    return guard


def public(view: View) -> View:
    """Anyone may ask this view: signing in, changing the language before it."""
    setattr(view, DECLARED, None)
    return view


def _sign_in(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" else "/"
    address = f"{settings.LOGIN_URL}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
