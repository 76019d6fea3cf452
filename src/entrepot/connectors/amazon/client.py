"""HTTP to the Selling Partner API: addresses, tokens, the live rate. No words of ours, no mapping."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from entrepot.channels.contract import Access
from entrepot.channels.reading import text, whole
from entrepot.channels.transport import AccessLost, ChannelError, Refused, Transport, Unavailable, Unreadable, body
from entrepot.connectors.amazon import codes

# Amazon asks every caller to say who it is. Source: docs/sources/amazon.md#login
USER_AGENT = "Entrepot/0.1 (Language=Python)"
NOTIFICATIONS = "sellingpartnerapi::notifications"
NOTIFICATIONS_PATH = "notifications"
EXPIRED = "Unauthorized"  # the code of a 403 whose token has run out; other 403s are about rights


class Tokens:
    """Access tokens of one account, one a grant, fetched by one thread while the others wait for the same one."""

    def __init__(self, transport: Transport, clock: Callable[[], datetime], url: str, client_id: str, client_secret: str) -> None:
        self._transport = transport
        self._clock = clock
        self._url = url
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._lock = threading.Lock()
        self._held: dict[frozenset[tuple[str, str]], tuple[str, datetime]] = {}

    def get(self, grant: Mapping[str, str], *, spent: str = "") -> str:
        """A token that should still be good; never ``spent``, the one that Amazon just called expired (F5).

        Raises: AccessLost when Amazon does not accept our keys any more. Unavailable with ``sent`` False, because the
        call that wanted the token has not left.
        """
        key = frozenset(grant.items())
        with self._lock:
            token, until = self._held.get(key, ("", self._clock()))
            if token and token != spent and self._clock() < until:
                return token
            token, life = self._fetch(grant)
            self._held[key] = token, self._clock() + life - min(timedelta(seconds=60), life / 10)
            return token

    def _fetch(self, grant: Mapping[str, str]) -> tuple[str, timedelta]:
        try:
            answer = body(self._transport.send("lwaToken", "POST", self._url, form={**grant, **self._client}, access_lost=(400, 401)))
            return text(answer, "access_token"), timedelta(seconds=whole(answer, "expires_in"))
        except AccessLost as no:
            raise AccessLost(f"Amazon does not accept the account's keys ({no.message}); sign in again", code=no.code) from no
        except (Refused, Unavailable, Unreadable) as no:
            raise Unavailable(f"no access token: {no.message}", sent=False) from no


class Client:
    """One account's calls. ``path`` parts are escaped here, so a SKU may hold a slash."""

    def __init__(self, access: Access) -> None:
        given = {**access.settings, **access.credentials}
        self.marketplace_id = _needed(given, "marketplace_id")
        self.seller_id = _needed(given, "seller_id")
        self._transport = access.transport
        self._host = (given.get("endpoint") or _host(self.marketplace_id)).rstrip("/")
        self._seller = {"grant_type": "refresh_token", "refresh_token": _needed(given, "refresh_token")}
        self._tokens = Tokens(
            access.transport,
            access.clock,
            given.get("token_url") or codes.TOKEN_URL,
            _needed(given, "client_id"),
            _needed(given, "client_secret"),
        )

    def call(
        self,
        operation: str,
        method: str,
        *path: str,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        grantless: bool = False,
        expect: tuple[int, ...] = (200,),
    ) -> httpx.Response:
        """The answer of one operation. ``grantless``: Amazon wants a token of the application, not of the seller.

        Raises: the five errors. An expired token is renewed and the call repeated, once (F5). A right that is missing for
        notifications is Refused, not AccessLost: it costs the fast way only, orders are still polled.
        """
        grant = {"grant_type": "client_credentials", "scope": NOTIFICATIONS} if grantless else self._seller
        lost = (401,) if path[0] == NOTIFICATIONS_PATH else (401, 403)
        url = self._host + "/" + "/".join(quote(part, safe="") for part in path)

        def send(token: str) -> httpx.Response:
            headers = {"x-amz-access-token": token, "user-agent": USER_AGENT, "accept": "application/json"}
            return self._transport.send(operation, method, url, headers=headers, params=params, json=json, expect=expect, access_lost=lost)

        token = self._tokens.get(grant)
        try:
            response = send(token)
        except (AccessLost, Refused) as no:
            if no.code != EXPIRED:
                raise
            response = send(self._tokens.get(grant, spent=token))
        self._learn(operation, response)
        return response

    def read(self, operation: str, method: str, *path: str, params: Mapping[str, str] | None = None, grantless: bool = False) -> Any:
        """The JSON of an answer."""
        return body(self.call(operation, method, *path, params=params, grantless=grantless))

    def _learn(self, operation: str, response: httpx.Response) -> None:
        """Go by the rate this account really has; the published ones are only the defaults."""
        said = response.headers.get("x-amzn-ratelimit-limit", "")
        try:
            rate = float(said)
        except ValueError:
            return
        if rate > 0:
            self._transport.set_rate(operation, rate)


def lost_answer(no: ChannelError) -> bool:
    """Whether the channel may have done what was asked although no usable answer came (F3, F4)."""
    return isinstance(no, Unreadable) or (isinstance(no, Unavailable) and no.sent)


def _needed(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "").strip()
    if not value:
        raise AccessLost(f"“{name}” is missing in the settings of the Amazon account; fill it in", code="setting_missing")
    return value


def _host(marketplace_id: str) -> str:
    found = codes.MARKETPLACES.get(marketplace_id)
    if found is None:
        raise AccessLost(f"“{marketplace_id}” is not one of Amazon's marketplace ids; correct it or set the endpoint", code="setting_wrong")
    return codes.HOSTS[found.region]
