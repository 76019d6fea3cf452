"""The shape every sandbox marketplace has, and the way a call goes through it."""

from __future__ import annotations

import itertools
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from entrepot_sandbox.core import control
from entrepot_sandbox.core.buyers import Buyers
from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.events import Journal, Outbox
from entrepot_sandbox.core.faults import FaultPlan, changed, spoiled
from entrepot_sandbox.core.http import BadBody, Call, Request, Response, Route, Router
from entrepot_sandbox.core.quota import Limit, Quotas
from entrepot_sandbox.core.tokens import Tokens
from entrepot_sandbox.core.world import Bought, CannotCancel, NotEnoughLeft, Shown, Told, UnknownOrder, UnknownSku

__all__ = ["Bought", "CannotCancel", "Channel", "Marketplace", "NotEnoughLeft", "Shown", "Told", "UnknownOrder", "UnknownSku"]

log = logging.getLogger(__name__)


class Marketplace(ABC):
    """One marketplace: synchronous and deterministic. All time comes from its clock, all chance from its seed.

    Subclasses give the wire format (`routes`, `authorize`, the error answers) and the world (`buy`, `shown`, ...).
    """

    name: ClassVar[str]
    label: ClassVar[str]  # for people: "Market A, Germany"
    wire: ClassVar[str]  # for people: "Amazon’s Selling Partner API"
    token_prefix: ClassVar[str]
    token_life_s: ClassVar[int]
    limits: ClassVar[Mapping[str, Limit]]
    delays: ClassVar[Mapping[str, float]]  # name -> default seconds; the control plane's /delays changes `delay`

    def __init__(self, clock: Clock, seed: int = 1) -> None:
        self.clock = clock
        self.origin = "http://127.0.0.1"
        self.seed = seed
        self.random = Random(f"{self.name} {seed}")
        self.faults = FaultPlan()
        self.quotas = Quotas(clock, self.limits)
        self.tokens = Tokens(clock, Random(f"{self.name} tokens {seed}"), prefix=self.token_prefix, life_s=self.token_life_s)
        self.journal = Journal(clock)
        self.outbox = Outbox(clock, self.faults)
        self.buyers = Buyers(self)
        self.told = Told()
        self.delay = dict(self.delays)
        self.lang = "en"
        self.neighbors: dict[str, str] = {}
        self._request_number = itertools.count(1)
        self.router = Router(self.routes())
        self.seed_world()

    # The wire format

    @abstractmethod
    def routes(self) -> Iterable[Route]:
        """All operations, with their handlers."""

    @abstractmethod
    def authorize(self, call: Call) -> Response | None:
        """Set `call.who` from the access token, or answer with the channel's own refusal."""

    @abstractmethod
    def throttled(self, call: Call, wait_s: float | None) -> Response:
        """The channel's own 429; `wait_s` only when a Retry-After is to be sent."""

    @abstractmethod
    def failed(self, call: Call, status: int) -> Response:
        """The channel's own 5xx."""

    @abstractmethod
    def bad_body(self, call: Call, error: BadBody) -> Response:
        """The channel's own 400 for a body that cannot be read."""

    @abstractmethod
    def no_such_path(self, request: Request) -> Response:
        """The channel's own 404."""

    def perform(self, call: Call) -> Response:
        """Run the operation; a subclass turns its own refusals into answers here."""
        return call.route.handler(call)

    def finish(self, call: Call, response: Response) -> Response:
        """Add what every answer of the channel carries (request id, rate header)."""
        return response

    # The world

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """What `--json` prints for this channel."""

    @abstractmethod
    def seed_world(self) -> None:
        """Make the listings of `self.seed`; seed 0 and below give an empty shop. No orders."""

    @abstractmethod
    def shown(self) -> list[Shown]:
        """Every listing as a buyer sees it."""

    @abstractmethod
    def bought(self) -> list[Bought]:
        """Every order line."""

    @abstractmethod
    def buy(self, sku: str, quantity: int, country: str | None = None) -> str:
        """A buyer buys and pays at once; the order's id.

        Raises: UnknownSku, NotEnoughLeft.
        """

    @abstractmethod
    def cancel(self, order_id: str, *, request_only: bool = False) -> None:
        """The buyer cancels an order that has not been shipped, or only asks for it.

        Raises: UnknownOrder, CannotCancel.
        """

    @abstractmethod
    def set_by_hand(self, sku: str, quantity: int) -> None:
        """Somebody changes the live quantity in the channel's own pages (F14).

        Raises: UnknownSku.
        """

    # The way of a call

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        self.clock.catch_up()
        if control.concerns(request):
            return control.answer(self, request)
        found = self.router.find(request.method, request.raw_path)
        if found is None:
            return self.no_such_path(request)
        route, params = found
        # A fault for "*" means the channel's operations, not its token endpoint or its queue: those are hit by name.
        call = Call(request, route, params, self.faults.draw(route.operation, by_name=route.open))
        return self._spoiled(call, self.finish(call, self._answered(call)))

    def quota_holders(self) -> list[str]:
        """The callers whose quotas the control plane shows."""
        return [self.name]

    def next_request_number(self) -> int:
        """A number for the channel's own request ids."""
        return next(self._request_number)

    def clear_faults(self) -> None:
        """Plan none, and take back what a fault left behind: a revoked refresh token."""
        self.faults.clear()
        self.tokens.refresh_revoked = False

    def reset(self, seed: int) -> None:
        """The world of that seed: its listings, no orders, full quotas, no faults, no buyers. Keys and tokens stay."""
        self.seed = seed
        self.random.seed(f"{self.name} {seed}")
        self.clock.forget()
        self.faults.reset()
        self.quotas.reset()
        self.outbox.reset()
        self.journal.clear()
        self.buyers.reset()
        self.told = Told()
        self.delay = dict(self.delays)
        self.tokens.refresh_revoked = False
        self.seed_world()

    def _answered(self, call: Call) -> Response:
        """The operation's answer; where the sandbox itself goes wrong, the channel's own 500, and the trace in the log."""
        try:
            return self._judged(call)
        except Exception:
            log.exception("%s %s went wrong", self.name, call.route.operation)
            return self.failed(call, 500)

    def _judged(self, call: Call) -> Response:
        if call.faults:
            self.journal.note("fault", mark="warn", faults=", ".join(f.name for f in call.faults), operation=call.route.operation)
        if (down := call.fault("F2")) is not None:
            return self.failed(call, int(down.own.get("status", 503)))
        if (expiry := call.fault("F5")) is not None:
            self.tokens.expire_all()
            self.tokens.refresh_revoked = self.tokens.refresh_revoked or expiry.how == "refresh"
        if not call.route.open and (refusal := self.authorize(call)) is not None:
            return refusal
        if (throttle := call.fault("F1")) is not None:
            return self.throttled(call, throttle.retry_after_s)
        if call.route.bucket and self.quotas.take(call.route.bucket, call.who) is not None:
            self.journal.note("throttled", mark="warn", operation=call.route.operation)
            return self.throttled(call, None)
        try:
            return self.perform(call)
        except BadBody as error:
            return self.bad_body(call, error)

    def _spoiled(self, call: Call, response: Response) -> Response:
        newer = call.fault("F11")
        answer = response if newer is None else changed(response, newer)
        broken = call.fault("F3") or call.fault("F4")
        return answer if broken is None else spoiled(answer, broken)


@dataclass(frozen=True)
class Channel:
    """What the entry point group `entrepot_sandbox.channels` names: how to open one marketplace."""

    name: str
    open: Callable[[Clock, int], Marketplace]
