"""Buyers: so many an hour, a burst, or a race for the last unit. Chance comes from the marketplace's seed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from entrepot_sandbox.core.world import NotEnoughLeft, Shown, UnknownSku

if TYPE_CHECKING:
    from entrepot_sandbox.core.marketplace import Marketplace


class Buyers:
    """The people who buy in one marketplace. A buyer who comes too late leaves; that is counted, not an error."""

    def __init__(self, marketplace: Marketplace) -> None:
        self._marketplace = marketplace
        self.per_hour = 0.0
        self._round = 0
        self.bought = 0
        self.too_late = 0

    def reset(self) -> None:
        """Nobody buys, nobody bought."""
        self.set_rate(0)
        self.bought = self.too_late = 0

    def set_rate(self, per_hour: float) -> None:
        """Let so many buyers an hour come from now on, at random times."""
        self.per_hour = max(0.0, per_hour)
        self._round += 1
        if self.per_hour:
            self._expect(self._round)

    def burst(self, buyers: int, within_s: float, sku: str | None = None, quantity: int = 1) -> None:
        """Let so many buyers come at random moments of the next seconds, for one SKU or for any.

        Raises: UnknownSku.
        """
        market = self._marketplace
        round_now = self._round
        self._must_know(sku)
        for _ in range(buyers):
            moment = market.clock.now() + timedelta(seconds=market.random.uniform(0, within_s))
            market.clock.at(moment, lambda: self._visit(sku, quantity) if round_now == self._round else None)

    def race(self, buyers: int, sku: str, quantity: int = 1) -> dict[str, int]:
        """Let so many buyers press "buy" in the same instant; how many got it.

        Raises: UnknownSku.
        """
        self._must_know(sku)
        before = (self.bought, self.too_late)
        for _ in range(buyers):
            self._visit(sku, quantity)
        return {"bought": self.bought - before[0], "too_late": self.too_late - before[1]}

    def rarest(self) -> Shown | None:
        """The live listing with the fewest units left: what a race for the last unit is about."""
        live = [shown for shown in self._marketplace.shown() if shown.live and shown.quantity > 0]
        return min(live, key=lambda shown: (shown.quantity, shown.sku), default=None)

    def _expect(self, round_now: int) -> None:
        market = self._marketplace
        wait = market.random.expovariate(self.per_hour / 3600)
        market.clock.at(market.clock.now() + timedelta(seconds=wait), lambda: self._arrive(round_now))

    def _arrive(self, round_now: int) -> None:
        if round_now != self._round:
            return
        self._visit(None, 1)
        self._expect(round_now)

    def _visit(self, sku: str | None, quantity: int) -> None:
        market = self._marketplace
        if sku is None:
            live = [shown.sku for shown in market.shown() if shown.live and shown.quantity >= quantity]
            if not live:
                self.too_late += 1
                return
            sku = market.random.choice(live)
        try:
            market.buy(sku, quantity)
            self.bought += 1
        except (NotEnoughLeft, UnknownSku):
            self.too_late += 1

    def _must_know(self, sku: str | None) -> None:
        if sku is not None and all(shown.sku != sku for shown in self._marketplace.shown()):
            raise UnknownSku(sku)
