"""The token endpoint: refresh tokens and client credentials for access tokens of two hours.

Source: docs/sources/ebay.md#login
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING
from urllib.parse import unquote

from entrepot_sandbox.core.http import Call, Response, Route
from entrepot_sandbox.core.tokens import Token
from entrepot_sandbox.ebay.errors import refused

if TYPE_CHECKING:
    from entrepot_sandbox.ebay.http import Ebay

PATH = "/identity/v1/oauth2/token"
APPLICATION_SCOPE = "https://api.ebay.com/oauth/api_scope"
REFRESH, CLIENT = "refresh_token", "client_credentials"
BUCKETS = {REFRESH: "oauth.refresh_token", CLIENT: "oauth.client_credentials"}
USER_ONLY = "/sell/"


class Identity:
    """Gives out access tokens and reads them again."""

    def __init__(self, market: Ebay) -> None:
        self.market = market

    def routes(self) -> list[Route]:
        """The one operation; it asks for no token and counts by grant."""
        return [Route("POST", PATH, "token", self.token, quota="", open=True)]

    def token(self, call: Call) -> Response:
        market = self.market
        if not self._client_is_known(call):
            return _oauth_error(401, "invalid_client", "client authentication failed")
        form = call.request.form()
        grant = form.get("grant_type", "")
        if grant not in BUCKETS:
            return _oauth_error(400, "unsupported_grant_type", "grant type in request is not supported by the server")
        if market.quotas.take(BUCKETS[grant], market.client_id) is not None:
            return market.throttled(call, None)
        if grant == REFRESH:
            if form.get("refresh_token") != market.refresh_token or market.tokens.refresh_revoked:
                text = "the provided authorization refresh token is invalid or was issued to another client"
                return _oauth_error(400, "invalid_grant", text)
            token = market.tokens.issue(who=market.seller, grant=grant, scope=form.get("scope", ""))
            return _issued(token, market.tokens.life_s, "User Access Token")
        token = market.tokens.issue(who=market.client_id, grant=grant, scope=form.get("scope", APPLICATION_SCOPE))
        return _issued(token, market.tokens.life_s, "Application Access Token")

    def _client_is_known(self, call: Call) -> bool:
        scheme, _, given = call.request.headers.get("authorization", "").partition(" ")
        try:
            client_id, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return False
        told, true = f"{unquote(client_id)}:{unquote(secret)}", f"{self.market.client_id}:{self.market.client_secret}"
        known = hmac.compare_digest(told.encode(), true.encode())
        return scheme.lower() == "basic" and known

    def caller(self, call: Call) -> str:
        """Whose quota a call draws on; the application's, whoever's token it carries.

        Raises: Refused 401 without a living token, 403 for an application token on the seller's own data.
        """
        scheme, _, text = call.request.headers.get("authorization", "").partition(" ")
        if not text:
            raise refused(401, 1002)
        token = self.market.tokens.find(text.strip())
        if scheme.lower() != "bearer" or token is None or not self.market.tokens.alive(token):
            raise refused(401, 1001)
        if token.grant == CLIENT and call.route.pattern.startswith(USER_ONLY):
            raise refused(403, 1100)
        return self.market.client_id


def _issued(token: Token, life_s: int, kind: str) -> Response:
    return Response.json({"access_token": token.text, "expires_in": life_s, "token_type": kind})


def _oauth_error(status: int, error: str, description: str) -> Response:
    """A refusal in the shape of OAuth 2.0, and in `errors[]` as everywhere else."""
    refusal = refused(status, 1001).json()
    return Response.json({"error": error, "error_description": description, "errors": refusal}, status)
