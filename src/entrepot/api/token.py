"""The token itself: what may I do?"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from entrepot.api.access import caller
from entrepot.api.door import Door
from entrepot.api.shapes import Answered
from entrepot.people.deployment import base_currency
from entrepot.people.types import Right

door = Door(tags=["token"])


class TokenOut(Answered):
    """`scopes`: what the token and its person both may do now. `all_accounts`: false where the person sees only some."""

    id: UUID
    name: str
    user: str
    scopes: list[Right]
    all_accounts: bool
    own_products_only: bool
    expires_at: datetime | None
    base_currency: str


@door.reads("/token", needs=Right.SEE, answer=TokenOut, summary="Who am I, and what may I do?")
def read_token(request: HttpRequest) -> Any:
    who = caller(request)
    return TokenOut(
        id=who.holder.token,
        name=who.holder.name,
        user=who.holder.user.get_username(),
        scopes=sorted(who.holder.rights),
        all_accounts=who.scope.accounts is None,
        own_products_only=who.scope.owner is not None,
        expires_at=who.holder.expires_at,
        base_currency=base_currency(),
    )
