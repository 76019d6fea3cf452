"""Long random stories against a model of ten lines: what a buyer sees is never anything else."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.world import NotEnoughLeft
from entrepot_sandbox.ebay import items, offers, publishing
from entrepot_sandbox.ebay.http import Ebay
from tests.sandbox.ebay.conftest import item, offer

DELAY = 30
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 5)),
        st.tuples(st.just("buy"), st.integers(1, 3)),
        st.tuples(st.just("turn"), st.integers(1, 40)),
        st.tuples(st.just("withdraw"), st.just(0)),
        st.tuples(st.just("publish"), st.just(0)),
    ),
    max_size=30,
)


@dataclass
class Model:
    """What a buyer should see: a number, and the numbers on their way with the seconds they still need."""

    live: bool = True
    shown: int = 3
    recorded: int = 3

    def __post_init__(self) -> None:
        self.coming: list[list[int]] = []

    def turn(self, seconds: int) -> None:
        for entry in self.coming:
            entry[0] -= seconds
        for _, number in [entry for entry in self.coming if entry[0] <= 0]:
            self.shown = self.recorded = number
        self.coming = [entry for entry in self.coming if entry[0] > 0]


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_the_window_follows_writes_sales_and_delays(steps: list[tuple[str, int]]) -> None:
    market, model, bought = Ebay(Clock.virtual(), seed=0), Model(), 0
    items.put_item(market.shop, "A", item(9), "en_US")
    offer_id = offers.create_offer(market.shop, offer(market, "A", availableQuantity=3)).offer_id
    publishing.publish(market.shop, offer_id)
    market.delay["revision_live"] = DELAY
    for step, number in steps:
        if step == "write":
            change = {"sku": "A", "offers": [{"offerId": offer_id, "availableQuantity": number}]}
            assert offers.set_price_quantity(market.shop, change) == [(offer_id, None)]
            model.recorded = number
            if model.live:
                model.coming.append([DELAY, number])
        elif step == "buy" and model.live and model.shown >= number:
            market.buy("A", number)
            bought += number
            model.shown, model.recorded = model.shown - number, max(0, model.recorded - number)
        elif step == "buy":
            with pytest.raises(NotEnoughLeft):
                market.buy("A", number)
        elif step == "turn":
            market.clock.advance(number)
            model.turn(number)
        elif step == "withdraw" and model.live:
            publishing.withdraw(market.shop, offer_id)
            model.live, model.coming = False, []
        elif step == "publish" and not model.live and model.recorded > 0:
            publishing.publish(market.shop, offer_id)
            model.live, model.shown = True, model.recorded
        (seen,) = market.shown()
        assert (seen.live, seen.quantity) == (model.live, model.shown if model.live else 0)
    assert sum(line.quantity for line in market.bought()) == bought
