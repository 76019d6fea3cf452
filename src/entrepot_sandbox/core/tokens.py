"""Access tokens that expire, by the marketplace's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from entrepot_sandbox.core.clock import Clock


@dataclass(frozen=True)
class Token:
    """One access token: whose it is, how it was asked for, until when it lives."""

    text: str
    who: str
    grant: str
    scope: str
    expires_at: datetime


class Tokens:
    """The access tokens a marketplace gave out. They outlive a reset: the printed keys stay valid."""

    def __init__(self, clock: Clock, random: Random, *, prefix: str, life_s: int) -> None:
        self._clock = clock
        self._random = random
        self._prefix = prefix
        self.life_s = life_s
        self._tokens: dict[str, Token] = {}
        self.refresh_revoked = False

    def issue(self, *, who: str, grant: str, scope: str = "") -> Token:
        """A new access token."""
        text = f"{self._prefix}{self._random.getrandbits(256):064x}"
        token = Token(text, who, grant, scope, self._clock.now() + timedelta(seconds=self.life_s))
        self._tokens[text] = token
        return token

    def find(self, text: str) -> Token | None:
        """The token of that text, expired or not; None when it was never given out."""
        return self._tokens.get(text)

    def alive(self, token: Token) -> bool:
        """Whether the token still opens doors."""
        return self._clock.now() < token.expires_at and token.text in self._tokens

    def expire_all(self) -> None:
        """Let every access token expire now (F5)."""
        now = self._clock.now()
        self._tokens = {
            text: Token(text, token.who, token.grant, token.scope, min(now, token.expires_at)) for text, token in self._tokens.items()
        }
