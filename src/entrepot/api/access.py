"""Who calls: a token, its rights and its scope. An operation names the right it asks for; without one it cannot be declared."""

import math
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from entrepot.api.problems import Problem
from entrepot.api.rate import Buckets
from entrepot.channels.scope import scope_of
from entrepot.people import tokens
from entrepot.people.scope import Scope
from entrepot.people.types import Right

buckets = Buckets(settings.API_CALLS_A_MINUTE)


class Caller:
    """The token behind a request; its scope is read at most once."""

    def __init__(self, holder: tokens.Holder, address: str) -> None:
        self.holder = holder
        self.source = f"api {address}"[:80]

    @property
    def actor(self) -> str:
        return self.holder.actor

    @property
    def language(self) -> str:
        return str(self.holder.user.language)

    @cached_property
    def scope(self) -> Scope:
        return scope_of(self.holder.user)


class Bearer(HttpBearer):
    """Lets a token pass that holds ``right``, not more often than allowed."""

    def __init__(self, right: Right) -> None:
        super().__init__()
        self.right = right

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Raises: Problem 429 when the token calls too often, 403 when it lacks the right."""
        holder = tokens.holder(token)
        if holder is None:
            return None
        wait = buckets.take(holder.token_id)
        if wait:
            detail = _("This token calls too often. Wait %(seconds)d s.") % {"seconds": math.ceil(wait)}
            raise Problem(429, "too_many_calls", detail, headers={"Retry-After": str(math.ceil(wait))})
        if self.right not in holder.rights:
            raise Problem(403, "no_right", _("This token does not hold “%(right)s”.") % {"right": self.right.value})
        return Caller(holder, request.META.get("REMOTE_ADDR", ""))


def caller(request: HttpRequest) -> Caller:
    """Only inside an operation, so that a token stands behind the request."""
    found = getattr(request, "auth", None)
    assert isinstance(found, Caller), "an operation was called without its token"
    return found
