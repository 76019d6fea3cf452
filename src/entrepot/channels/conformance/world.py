"""The marketplace as the suite sees it: open an account, buy, look through a buyer's eyes, turn the clock, plan faults."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import httpx

from entrepot.channels.contract import Access, Connector
from entrepot.channels.transport import Call, Transport


@dataclass(frozen=True)
class Shown:
    """One listing as a buyer sees it. ``price`` in major units, as text."""

    sku: str
    title: str
    price: str
    currency: str
    quantity: int
    live: bool


@dataclass(frozen=True)
class Sold:
    """One order line as the marketplace keeps it."""

    order_id: str
    sku: str
    quantity: int
    shipped: int
    canceled: int


class World(Protocol):
    currency: str
    market: str

    def open(self, connector: Connector) -> Any:
        """The account, newly opened, with quotas of its own."""

    def clock(self) -> datetime:
        """The time in the marketplace."""

    def calls(self) -> int:
        """How many calls the account opened last has sent."""

    def reset(self) -> None:
        """An empty shop: no listings, no orders, full quotas, no faults."""

    def advance(self, by: timedelta) -> None: ...

    def buy(self, sku: str, quantity: int) -> str:
        """A buyer buys and pays; the order's id."""

    def ask_to_cancel(self, order_id: str) -> bool:
        """A buyer asks to cancel; False where this marketplace has no such request."""

    def listings(self) -> list[Shown]: ...

    def sold(self) -> list[Sold]: ...

    def fault(self, name: str, *, times: int | None = 1, after: int = 0, how: str = "", retry_after_s: float | None = None) -> None:
        """Let the next calls fail: the catalog of faults is docs/faults. ``after``: calls that pass first."""

    def clear_faults(self) -> None: ...


class SandboxWorld:
    """A sandbox marketplace, by its control plane. ``facts``: what ``entrepot sandbox --json`` prints of one channel."""

    def __init__(
        self,
        facts: Mapping[str, str],
        *,
        settings: Mapping[str, str] | None = None,
        market: str = "US",
        client: Callable[[], httpx.Client] | None = None,
    ) -> None:
        """``settings`` are added to the facts; ``client`` makes the HTTP client of each opened account."""
        self.currency = facts["currency"]
        self.market = market
        self._facts = {**facts, "endpoint": facts["url"], **(settings or {})}
        self._client = client or httpx.Client
        self._control = httpx.Client(base_url=f"{facts['control_url'].rstrip('/')}/", timeout=30, trust_env=False)
        self._ahead = timedelta(0)
        self._log: list[Call] = []
        self._opened: list[Transport] = []

    def open(self, connector: Connector) -> Any:
        secret = {setting.name for setting in connector.settings if setting.secret}
        log: list[Call] = []
        self._log = log
        transport = Transport(limits=connector.limits.operations, clock=self.clock, log=log.append, client=self._client())
        self._opened.append(transport)
        access = Access(
            credentials={name: value for name, value in self._facts.items() if name in secret},
            settings={name: value for name, value in self._facts.items() if name not in secret},
            currency=self.currency,
            market=self.market,
            language="en",
            transport=transport,
            clock=self.clock,
        )
        return connector.open(access)

    def close(self) -> None:
        """Let go of every connection."""
        for transport in self._opened:
            transport.close()
        self._control.close()

    def clock(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def calls(self) -> int:
        return len(self._log)

    def reset(self) -> None:
        self._post("reset", seed=0)

    def advance(self, by: timedelta) -> None:
        told = self._post("clock", advance_s=by.total_seconds())
        self._ahead = datetime.fromisoformat(told["now"]) - datetime.now(UTC)

    def buy(self, sku: str, quantity: int) -> str:
        return str(self._post("buy", sku=sku, quantity=quantity, country=self.market)["order_id"])

    def ask_to_cancel(self, order_id: str) -> bool:
        answer = self._control.post("cancel", json={"order_id": order_id, "request_only": True})
        return answer.is_success

    def listings(self) -> list[Shown]:
        rows = self._world()["listings"]
        return [Shown(r["sku"], r["title"], str(r["price"]), r["currency"], r["quantity"], r["live"]) for r in rows]

    def sold(self) -> list[Sold]:
        return [Sold(r["id"], r["sku"], r["quantity"], r["shipped"], r["canceled"]) for r in self._world()["orders"]]

    def fault(self, name: str, *, times: int | None = 1, after: int = 0, how: str = "", retry_after_s: float | None = None) -> None:
        wish = {"fault": name, "operation": "*", "times": times, "after": after, "retry_after_s": retry_after_s}
        self._post("faults", **wish, **({"how": how} if how else {}))

    def clear_faults(self) -> None:
        self._post("faults")

    def _world(self) -> Any:
        answer = self._control.get("world")
        answer.raise_for_status()
        return answer.json()

    def _post(self, path: str, **body: Any) -> Any:
        answer = self._control.post(path, json=body)
        answer.raise_for_status()
        return answer.json()
