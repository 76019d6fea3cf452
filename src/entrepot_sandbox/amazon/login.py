"""Login with Amazon: access tokens for the seller's own calls and for those that need no seller.

Source: Login with Amazon, access token request; grantless operations.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from entrepot_sandbox.amazon import errors
from entrepot_sandbox.core.http import BadBody, Call, Response, Route

if TYPE_CHECKING:
    from entrepot_sandbox.amazon.http import AmazonMarketplace

CLIENT_ID = "amzn1.application-oa2-client.sandbox00000000000000000000000001"
CLIENT_SECRET = "amzn1.oa2-cs.v1.sandbox"  # noqa: S105 - opens this sandbox and nothing else
REFRESH_TOKEN = "Atzr|sandbox-refresh-token"  # noqa: S105
SELLER_ID = "A0SANDBOXSELLER"
GRANTLESS = ("sellingpartnerapi::notifications", "sellingpartnerapi::migration", "sellingpartnerapi::client_credential:rotation")
SELLER, NO_SELLER = "refresh_token", "client_credentials"


class Login:
    """The token endpoint, and the check of the token on every call."""

    def __init__(self, market: AmazonMarketplace) -> None:
        self._market = market

    def routes(self) -> Iterable[Route]:
        """The token endpoint."""
        return [Route("POST", "/auth/o2/token", "token", self._token, quota="", open=True)]

    def authorize(self, call: Call) -> Response | None:
        """Set who calls, or refuse with 403."""
        text = call.request.headers.get("x-amz-access-token", "")
        if not text:
            return errors.unauthorized(errors.TOKEN_MISSING)
        token = self._market.tokens.find(text)
        if token is None:
            return errors.unauthorized(errors.TOKEN_UNKNOWN)
        if not self._market.tokens.alive(token):
            return errors.unauthorized(errors.TOKEN_EXPIRED)
        wanted = GRANTS.get(call.route.operation, (SELLER,))
        if token.grant not in wanted:
            return errors.unauthorized(errors.TOKEN_GRANT)
        call.who = token.who
        return None

    def _token(self, call: Call) -> Response:
        form = self._form(call)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _refused(401, "invalid_client", "Client authentication failed")
        grant = form.get("grant_type")
        if grant == SELLER:
            return self._for_seller(form)
        if grant == NO_SELLER:
            if form.get("scope") not in GRANTLESS:
                return _refused(400, "invalid_scope", "The request has an invalid parameter : scope")
            return self._answer(NO_SELLER, str(form["scope"]), {})
        return _refused(400, "unsupported_grant_type", "The request has an invalid grant_type")

    def _for_seller(self, form: dict[str, str]) -> Response:
        given = form.get("refresh_token")
        if not given:
            return _refused(400, "invalid_request", "The request is missing a required parameter : refresh_token")
        if given != REFRESH_TOKEN or self._market.tokens.refresh_revoked:
            return _refused(400, "invalid_grant", "The request has an invalid grant parameter : refresh_token")
        return self._answer(SELLER, "", {"refresh_token": REFRESH_TOKEN})

    def _answer(self, grant: str, scope: str, more: dict[str, str]) -> Response:
        token = self._market.tokens.issue(who=SELLER_ID if grant == SELLER else "application", grant=grant, scope=scope)
        body = {"access_token": token.text, **more, "token_type": "bearer", "expires_in": self._market.tokens.life_s}
        return Response.json(body, headers={"cache-control": "no-store"})

    def _form(self, call: Call) -> dict[str, str]:
        if not call.request.headers.get("content-type", "").startswith("application/json"):
            return call.request.form()
        body = call.request.json()
        if not isinstance(body, dict):
            raise BadBody("the body is not an object")
        return {str(key): str(value) for key, value in body.items()}


GRANTS = {
    "createDestination": (NO_SELLER,),
    "getDestinations": (NO_SELLER,),
    "getDestination": (NO_SELLER,),
    "deleteDestination": (NO_SELLER,),
    "getSubscriptionById": (NO_SELLER, SELLER),
    "deleteSubscriptionById": (NO_SELLER, SELLER),
}


def _refused(status: int, code: str, description: str) -> Response:
    """A refusal in the shape of OAuth 2.0, and in `errors[]` as everywhere else."""
    errors_too = [{"code": code, "message": description}]
    return Response.json({"error": code, "error_description": description, "errors": errors_too}, status)
