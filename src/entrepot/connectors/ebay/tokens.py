"""Access tokens: one of the seller (refresh token) and one of the application, each fetched by one thread at a time.

Source: docs/sources/ebay.md#login
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from entrepot.channels import reading
from entrepot.channels.contract import Access, AccessLost, Refused, Unavailable, Unreadable
from entrepot.channels.transport import body

APPLICATION_SCOPE = "https://api.ebay.com/oauth/api_scope"
EARLY = timedelta(seconds=60)  # a token is renewed before it ends, so that a long page does not outlive it


class Who(StrEnum):
    """In whose name a call is made; each operation wants one of them."""

    SELLER = "seller"
    APPLICATION = "application"


@dataclass(frozen=True)
class Token:
    text: str
    until: datetime


class Tokens:
    """The tokens of one account. Threads that find a token ended wait for the one that renews it (F5)."""

    def __init__(self, access: Access, token_url: str, given: Mapping[str, str]) -> None:
        self._access = access
        self._url = token_url
        self._given = given
        self._locks = {who: threading.Lock() for who in Who}
        self._held: dict[Who, Token] = {}

    def bearer(self, who: Who, *, refused: str = "") -> str:
        """A token that should be good. ``refused``: the one the channel just turned down.

        Raises: AccessLost when the seller must sign in again, Throttled, Unavailable with ``sent`` False, because the
        call that wanted the token has not left.
        """
        with self._locks[who]:
            held = self._held.get(who)
            if held is None or held.text == refused or self._access.clock() >= held.until:
                held = self._held[who] = self._fetch(who)
            return held.text

    def _fetch(self, who: Who) -> Token:
        try:
            answer = self._access.transport.send(
                "getToken",
                "POST",
                self._url,
                form=grant(who, self._given),
                auth=(self._given["client_id"], self._given["client_secret"]),
                expect=(200,),
                access_lost=(400, 401),
            )
            raw = body(answer)
            life = timedelta(seconds=reading.whole(raw, "expires_in"))
            return Token(reading.text(raw, "access_token"), self._access.clock() + max(life - EARLY, life / 2))
        except AccessLost as no:
            raise AccessLost(f"eBay does not renew the access ({no.code}): sign in to eBay again", code=no.code) from no
        except (Refused, Unavailable, Unreadable) as no:
            raise Unavailable(f"no access token: {no.message}", sent=False) from no


def grant(who: Who, given: Mapping[str, str]) -> dict[str, str]:
    """The form that asks for a token. Without a scope the seller's token has all that was consented to."""
    if who is Who.APPLICATION:
        return {"grant_type": "client_credentials", "scope": APPLICATION_SCOPE}
    return {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
