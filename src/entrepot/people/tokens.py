"""Tokens of the REST API: made once, kept as a hash, never stronger than the person who made them."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from entrepot.base import clock
from entrepot.base.errors import NotAllowed, NotFound, UserError
from entrepot.people.audit import record
from entrepot.people.models import ApiToken, User
from entrepot.people.types import RIGHTS, Right, Role, TokenView

PREFIX = "ent_"
SEEN_EVERY = timedelta(minutes=1)  # "last used" is this exact, so that reading costs no write
LONGEST = 100


@dataclass(frozen=True)
class Holder:
    """Who calls with a token. ``rights``: what token and person both hold now, so that a lower role weakens old tokens too."""

    token_id: int
    token: UUID
    name: str
    user: User
    rights: frozenset[Right]
    expires_at: datetime | None

    @property
    def actor(self) -> str:
        """How the audit trail and the ledger name this caller."""
        return f"token:{self.user.get_username()}/{self.name}"[:80]


def issue(*, username: str, name: str, scopes: Iterable[str], expires_at: datetime | None, actor: str) -> str:
    """A new token of this person; its text, which nobody can read again.

    Raises: NotFound for the person; UserError for no or an unknown scope; NotAllowed for a scope beyond the person's role.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotFound(gettext("There is no active user “{username}”.").format(username=username))
    if not name.strip():
        raise UserError(gettext("The token needs a name that says what uses it, such as “warehouse system”."))
    wanted = _rights(scopes)
    beyond = sorted(wanted - RIGHTS[Role(user.role)])
    if beyond:
        raise NotAllowed(
            gettext("{username} ({role}) does not hold {scopes}. A token may not do more than its person.").format(
                username=username, role=user.role, scopes=", ".join(beyond)
            )
        )
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        row = ApiToken.objects.create(
            user=user, name=name.strip()[:80], digest=_digest(text), scopes=sorted(wanted), created_at=clock.now(), expires_at=expires_at
        )
        record("token.created", f"token:{row.public_id}", actor=actor, after={"user": username, "name": row.name, "scopes": row.scopes})
    return text


def revoke(public_id: UUID, *, actor: str) -> None:
    """The token opens nothing any more; revoking it twice changes nothing. Raises: NotFound."""
    with transaction.atomic():
        row = ApiToken.objects.select_for_update().filter(public_id=public_id).first()
        if row is None:
            raise NotFound(gettext("There is no token {id}.").format(id=public_id))
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            row.save(update_fields=["revoked_at"])
            record("token.revoked", f"token:{row.public_id}", actor=actor)


def listed() -> list[TokenView]:
    """Every token, the newest first."""
    rows = ApiToken.objects.select_related("user").order_by("-created_at", "-pk")
    return [
        TokenView(
            row.public_id,
            row.name,
            row.user.get_username(),
            frozenset(Right(scope) for scope in row.scopes),
            row.created_at,
            row.last_used_at,
            row.expires_at,
            row.revoked_at,
        )
        for row in rows
    ]


def holder(text: str) -> Holder | None:
    """Who calls with this token; None when it is unknown, revoked or expired, or its person is not active any more."""
    if not text.startswith(PREFIX) or len(text) > LONGEST:
        return None
    now = clock.now()
    row = ApiToken.objects.select_related("user").filter(digest=_digest(text), revoked_at=None).first()
    if row is None or not row.user.is_active or (row.expires_at is not None and row.expires_at <= now):
        return None
    if row.last_used_at is None or now - row.last_used_at >= SEEN_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    rights = frozenset(Right(scope) for scope in row.scopes) & RIGHTS[Role(row.user.role)]
    return Holder(row.pk, row.public_id, row.name, row.user, rights, row.expires_at)


def _rights(scopes: Iterable[str]) -> frozenset[Right]:
    known = ", ".join(Right)
    asked = {scope.strip() for scope in scopes if scope.strip()}
    unknown = sorted(asked.difference(Right))
    if unknown:
        raise UserError(gettext("There is no scope “{scope}”. Scopes are: {known}.").format(scope=unknown[0], known=known))
    wanted = frozenset(Right(scope) for scope in asked)
    if not wanted:
        raise UserError(gettext("The token needs at least one scope of: {known}.").format(known=known))
    return wanted


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
