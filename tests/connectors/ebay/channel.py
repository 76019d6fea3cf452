"""An opened account whose HTTP calls are answered by a list of replies: for what no sandbox would answer on purpose."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from entrepot.channels.contract import Access
from entrepot.channels.transport import Call, Transport
from entrepot.connectors.ebay import CONNECTOR
from entrepot.connectors.ebay.account import EbayAccount

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SETTINGS = {
    "client_id": "app",
    "marketplace_id": "EBAY_DE",
    "fulfillment_policy_id": "6100",
    "payment_policy_id": "6200",
    "return_policy_id": "6300",
    "category_id": "112581",
    "location_postcode": "20457",
    "endpoint": "http://ebay.test",
    "token_url": "http://ebay.test/identity/v1/oauth2/token",
}
Reply = httpx.Response | Exception
Handler = Callable[[httpx.Request], Reply]


@dataclass
class Channel:
    """``answer`` gives the reply to every request but those for tokens, which are counted and granted."""

    answer: Handler
    now: datetime = NOW
    tokens: int = 0
    token_reply: Reply | None = None
    sent: list[httpx.Request] = field(default_factory=list)
    log: list[Call] = field(default_factory=list)

    def open(self, **settings: str) -> EbayAccount:
        client = httpx.Client(transport=httpx.MockTransport(self._handle))
        transport = Transport(limits=CONNECTOR.limits.operations, clock=lambda: self.now, log=self.log.append, client=client)
        access = Access(
            credentials={"client_secret": "cert", "refresh_token": "v^1.1#r"},
            settings={**SETTINGS, **settings},
            currency="EUR",
            market="DE",
            language="de",
            transport=transport,
            clock=lambda: self.now,
        )
        account: EbayAccount = CONNECTOR.open(access)
        return account

    def paths(self) -> list[str]:
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.sent]

    def turn(self, by: timedelta) -> None:
        self.now += by

    def _handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/oauth2/token"):
            self.tokens += 1
            reply = self.token_reply or answered({"access_token": f"t{self.tokens}", "expires_in": 7200, "token_type": "User"})
        else:
            self.sent.append(request)
            reply = self.answer(request)
        if isinstance(reply, Exception):
            raise reply
        return reply


def answered(document: Any = None, status: int = 200, **headers: str) -> httpx.Response:
    content = b"" if document is None else json.dumps(document).encode()
    return httpx.Response(status, content=content, headers={"content-type": "application/json", **headers})


def refusal(error_id: int, message: str = "no", status: int = 400, **parameters: str) -> httpx.Response:
    named = [{"name": name, "value": value} for name, value in parameters.items()]
    return answered({"errors": [{"errorId": error_id, "domain": "API_INVENTORY", "message": message, "parameters": named}]}, status)
