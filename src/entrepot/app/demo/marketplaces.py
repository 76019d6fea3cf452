"""The sandbox marketplaces as the demo sees them: a process with addresses, and a control plane a channel."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import httpx

from entrepot.app.processes import CannotStart, Processes

MARKETS = {"amazon": ("Amazon DE (sandbox)", "DE"), "ebay": ("eBay IE (sandbox)", "IE")}
FIRST_PORT = 4010


@dataclass(frozen=True)
class Shown:
    """What a buyer sees of one listing."""

    quantity: int
    live: bool


class Marketplace:
    """One channel's control plane: buy, look, break."""

    def __init__(self, name: str, facts: dict[str, Any]) -> None:
        self.name = name
        self.facts = facts
        self._client = httpx.Client(base_url=facts["control_url"], timeout=10.0)

    def buy(self, sku: str, quantity: int = 1) -> str | None:
        """A buyer buys and pays; the order's number, None when the channel has not enough left or does not sell it."""
        answer = self._client.post("/buy", json={"sku": sku, "quantity": quantity, "country": MARKETS[self.name][1]})
        return str(answer.json()["order_id"]) if answer.status_code == 200 else None

    def shown(self) -> dict[str, Shown]:
        listings = self._client.get("/world").json()["listings"]
        return {row["sku"]: Shown(row["quantity"], row["live"]) for row in listings}

    def orders(self) -> list[dict[str, Any]]:
        """One row an order line."""
        return list(self._client.get("/world").json()["orders"])

    def control(self, what: str, **body: Any) -> None:
        """Any call of the control plane, e.g. control("faults", fault="F2", operation="*", times=None)."""
        self._client.post(f"/{what}", json=body).raise_for_status()

    def close(self) -> None:
        self._client.close()


def start(processes: Processes) -> subprocess.Popen[str]:
    """The sandbox process begins, with empty shops and order numbers that no earlier run has used; ``found`` waits for it."""
    seed = -int(time.time())
    command = [sys.executable, "-m", "entrepot_sandbox", "--json", "--seed", str(seed), "--port-base", str(FIRST_PORT)]
    return processes.start("sandbox", command, output=None)


def found(child: subprocess.Popen[str]) -> dict[str, Marketplace]:
    """The marketplaces of a sandbox process, once it says where they are. Raises: CannotStart with the sandbox's own words."""
    assert child.stdout is not None
    line = child.stdout.readline()
    try:
        channels = json.loads(line)["channels"]
    except (ValueError, KeyError):
        raise CannotStart(f"The sandbox marketplaces did not start: {line.strip() or 'no word from them'}") from None
    return {name: Marketplace(name, facts) for name, facts in channels.items() if name in MARKETS}
