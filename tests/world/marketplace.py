"""A sandbox marketplace as the tests see it: buy, look through a buyer's eyes, break, turn the clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

MARKETS = {"amazon": "DE", "ebay": "IE"}


@dataclass(frozen=True)
class Page:
    """One listing as a buyer sees it."""

    sku: str
    title: str
    price: float
    quantity: int
    live: bool


@dataclass(frozen=True)
class Sale:
    """One order line as the marketplace keeps it."""

    order: str
    sku: str
    quantity: int
    status: str
    shipped: int
    canceled: int


class Marketplace:
    """One channel by its control plane. ``facts``: what ``entrepot sandbox --json`` prints of it."""

    def __init__(self, name: str, facts: dict[str, Any]) -> None:
        self.name = name
        self.facts = facts
        self._http = httpx.Client(base_url=f"{facts['control_url'].rstrip('/')}/", timeout=30, trust_env=False)

    def buy(self, sku: str, quantity: int = 1) -> str | None:
        """The order's number; None when the marketplace does not sell that many of it."""
        answer = self._http.post("buy", json={"sku": sku, "quantity": quantity, "country": MARKETS[self.name]})
        return str(answer.json()["order_id"]) if answer.is_success else None

    def cancel(self, order: str) -> None:
        """The buyer cancels."""
        self._post("cancel", order_id=order, request_only=False)

    def pages(self) -> dict[str, Page]:
        rows = self._get("world")["listings"]
        return {row["sku"]: Page(row["sku"], row["title"], row["price"], row["quantity"], row["live"]) for row in rows}

    def shows(self, sku: str) -> int:
        """Units a buyer could buy now."""
        page = self.pages().get(sku)
        return page.quantity if page is not None and page.live else 0

    def sales(self) -> list[Sale]:
        return [
            Sale(row["id"], row["sku"], row["quantity"], row["status"], row["shipped"], row["canceled"])
            for row in self._get("world")["orders"]
        ]

    def fault(self, name: str, *, operation: str = "*", times: int | None = 1, **own: Any) -> None:
        """The next calls fail as the sandbox's README says; ``times`` None: until mended."""
        self._post("faults", **{"fault": name, "operation": operation, "times": times, "retry_after_s": None, **own})

    def mend(self) -> None:
        self._post("faults")

    def waiting_faults(self) -> int:
        """Planned faults that no call has met yet."""
        return len(self._get("state")["faults"]["waiting"])

    def delays(self, **seconds: float) -> None:
        self._post("delays", **seconds)

    def by_hand(self, sku: str, quantity: int) -> None:
        """Somebody changes the quantity in the marketplace's own pages (F14)."""
        self.fault("F14", sku=sku, quantity=quantity)

    def open_empty(self) -> datetime:
        """No listings, no orders, full quotas, no faults; the clock stands. What time it is there."""
        self._post("reset", seed=0)
        return self.turn(0, speed=0)

    def turn(self, seconds: float, **more: float) -> datetime:
        return datetime.fromisoformat(self._post("clock", advance_s=seconds, **more)["now"])

    def close(self) -> None:
        self._http.close()

    def _get(self, path: str) -> Any:
        return self._http.get(path).raise_for_status().json()

    def _post(self, path: str, **body: Any) -> Any:
        return self._http.post(path, json=body).raise_for_status().json()
