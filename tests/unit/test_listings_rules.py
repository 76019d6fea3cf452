"""The rules of what a channel may be shown, on plain values."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.listings import rules
from entrepot.listings.rules import Allotted, Part, Pots, Terms

AT = datetime.fromisoformat("2026-11-22T12:00:00+00:00")


def pot(units: int, *accounts: int, variant: int = 1) -> Pots:
    return Pots({(variant, account): units for account in accounts}, {account: frozenset(accounts) for account in accounts})


def allotted(offer: int, **values: object) -> Allotted:
    return Allotted(**{"offer": offer, "account": offer, "parts": {1: 1}, **values})


@pytest.mark.parametrize(
    ("atp", "exposed", "share", "cap", "holdback", "shown"),
    [
        (7, 0, 100, 10, 0, 7),
        (25, 0, 100, 10, 0, 10),
        (25, 0, 100, None, 0, 25),
        (7, 3, 100, 10, 0, 4),
        (7, 9, 100, 10, 0, 0),
        (7, 0, 50, 10, 0, 3),
        (7, 0, 50, 10, 1, 2),
        (7, 0, 50, 10, 9, 0),
        (0, 0, 100, 10, 0, 0),
    ],
)
def test_st3_the_pooled_quantity(atp: int, exposed: int, share: int, cap: int | None, holdback: int, shown: int) -> None:
    assert rules.pooled_quantity([Part(1, 1, {1: atp}, exposed)], Terms(share, cap, holdback)) == shown


def test_a_kit_is_packed_at_one_place() -> None:
    cups, plates = Part(1, 2, {1: 5, 2: 4}), Part(2, 1, {1: 1, 3: 9})
    assert rules.packable([cups, plates]) == 1


def test_exposure_of_a_component_comes_off_its_kits() -> None:
    cups, plates = Part(1, 2, {1: 10}, exposed=5), Part(2, 1, {1: 9})
    assert rules.available([cups, plates]) == 2


@given(st.lists(st.integers(0, 30), min_size=1, max_size=4), st.integers(0, 40), st.integers(0, 100), st.integers(0, 12), st.integers(0, 5))
def test_the_steps_of_an_explanation_sum_to_the_number(atp: list[int], exposed: int, share: int, cap: int, holdback: int) -> None:
    parts = [Part(1, 2, dict(enumerate(atp)), exposed)]
    explanation = rules.pooled_explanation(parts, Terms(share, cap, holdback))
    assert rules.packable(parts) + sum(step.amount for step in explanation.steps) == explanation.answer
    assert 0 <= explanation.answer <= min(cap, sum(atp))


@pytest.mark.parametrize(
    ("quantity", "believed", "sent"),
    [(4, 5, True), (0, 1, True), (5, 5, False), (10, 6, False), (10, 5, True), (1, 0, True), (3, None, True), (0, None, True)],
)
def test_promise_19_lowering_always_a_raise_at_half_the_cap(quantity: int, believed: int | None, sent: bool) -> None:
    assert rules.should_send(quantity, believed, cap=10) is sent


def test_a_refused_number_is_not_repeated_an_unknown_one_is() -> None:
    assert not rules.should_send(4, 5, cap=10, refused=4)
    assert rules.should_send(4, 4, cap=10, unknown=True)


def test_promise_7_the_allotment_is_by_largest_remainder_and_weight() -> None:
    offers = [allotted(1, weight=3), allotted(2), allotted(3)]
    assert [rules.allotment(o, offers, pot(9, 1, 2, 3)) for o in offers] == [5, 2, 2]


def test_promise_6_no_decision_takes_exposure_over_the_stock() -> None:
    offers = [allotted(1, exposure=6, shown=6), allotted(2)]
    assert rules.decide(offers, pot(9, 1, 2), account=2) == {2: 3}
    assert rules.decide([allotted(1, exposure=9, shown=9), allotted(2)], pot(9, 1, 2), account=2) == {}


def test_promise_6_one_decision_counts_what_it_charges_itself() -> None:
    offers = [allotted(1, account=1, weight=2), allotted(2, account=1, weight=2)]
    assert rules.decide(offers, pot(5, 1), account=1) == {1: 3, 2: 2}


def test_promise_7_a_raise_waits_until_it_doubles() -> None:
    assert rules.decide([allotted(1, exposure=3, shown=3)], pot(8, 1), account=1) == {}
    assert rules.decide([allotted(1, exposure=3, shown=3)], pot(9, 1), account=1) == {1: 6}


def test_promise_4_nothing_beside_a_write_in_flight() -> None:
    assert rules.decide([allotted(1, exposure=2, waiting=True)], pot(9, 1), account=1) == {}


def test_promise_5_a_repeat_that_does_not_fit_is_0() -> None:
    assert rules.decide([allotted(1, exposure=4, unknown=True)], pot(9, 1), account=1) == {1: 0}
    assert rules.decide([allotted(1, exposure=4, unknown=True)], pot(4, 1), account=1) == {1: 0}
    assert rules.decide([allotted(1, exposure=0, unknown=True)], pot(4, 1), account=1) == {1: 4}


def test_promise_9_the_largest_seller_that_fits_is_kept() -> None:
    offers = [allotted(1, exposure=6, shown=6, weight=3), allotted(2, exposure=4, shown=4), allotted(3, exposure=2, shown=2)]
    assert rules.to_drain(offers, pot(5, 1, 2, 3)) == {1, 3}
    assert rules.to_drain(offers, pot(12, 1, 2, 3)) == frozenset()
    assert rules.decide(offers, pot(5, 1, 2, 3), account=1) == {1: 0}
    assert rules.decide(offers, pot(5, 1, 2, 3), account=2) == {}


HUNGRY = {"offer": 1}
RICH = {"offer": 2, "exposure": 9, "shown": 9}


def test_promise_8_who_has_too_much_writes_0_for_who_shows_nothing() -> None:
    offers = [allotted(**HUNGRY), allotted(**RICH)]
    assert rules.to_rebalance(offers, pot(9, 1, 2)) == {2}
    assert rules.decide(offers, pot(9, 1, 2), account=2) == {2: 0}
    assert rules.decide(offers, pot(9, 1, 2), account=1) == {}, "its part comes when that is settled"


@pytest.mark.parametrize(
    ("hungry", "rich", "third", "units"),
    [
        ({"settled": False, "exposure": 1}, {"exposure": 8, "shown": 8}, {}, 9),  # what it sold is not all known
        ({}, {"settled": False}, {}, 9),
        ({}, {}, {"drains": True, "exposure": 2}, 11),  # one drains already
        ({}, {}, {}, 10),  # a unit is free: it is raised instead
        ({}, {"exposure": 1, "shown": 1, "weight": 3}, {}, 1),  # nothing is due to it
        ({"on_sale": False}, {}, {}, 9),
        ({}, {"refused": 0}, {}, 9),  # the channel takes no 0
    ],
)
def test_promise_8_nobody_drains(hungry: dict[str, object], rich: dict[str, object], third: dict[str, object], units: int) -> None:
    offers = [allotted(**{**HUNGRY, **hungry}), allotted(**{**RICH, **rich})]
    if third:
        offers.append(allotted(3, **third))
    assert rules.to_rebalance(offers, pot(units, 1, 2, 3)) == frozenset()


def test_promise_8_the_largest_surplus_gives_the_quickest_of_equals() -> None:
    slow = allotted(2, exposure=5, shown=5, delay_s=900)
    quick = allotted(3, exposure=5, shown=5, delay_s=65)
    little = allotted(4, exposure=2, shown=2)
    assert rules.to_rebalance([allotted(1), slow, quick, little], pot(12, 1, 2, 3, 4)) == {3}


def test_promise_8_over_exposed_offers_drain_first() -> None:
    offers = [allotted(1), allotted(2, exposure=6, shown=6), allotted(3, exposure=5, shown=5)]
    assert rules.to_drain(offers, pot(9, 1, 2, 3)) == {1, 3}
    assert rules.decide(offers, pot(9, 1, 2, 3), account=2) == {}


def test_promise_8_a_variant_is_rebalanced_beside_another_that_is_over_exposed() -> None:
    pots = Pots({(1, 1): 9, (1, 2): 9, (2, 1): 3, (2, 2): 3}, {1: frozenset({1, 2}), 2: frozenset({1, 2})})
    over = allotted(8, account=2, parts={2: 1}, exposure=4, shown=4)
    assert rules.decide([allotted(**HUNGRY), allotted(**RICH), over], pots, account=2) == {2: 0, 8: 0}


def test_what_is_not_on_sale_goes_to_0() -> None:
    assert rules.decide([allotted(1, exposure=2, shown=2, on_sale=False)], pot(9, 1), account=1) == {1: 0}


def test_accounts_that_share_no_place_do_not_compete() -> None:
    pots = Pots({(1, 1): 6, (1, 2): 2}, {1: frozenset({1}), 2: frozenset({2})})
    offers = [allotted(1), allotted(2)]
    assert rules.decide(offers, pots, account=1) == {1: 6}
    assert rules.decide(offers, pots, account=2) == {2: 2}


def test_a_place_that_feeds_both_is_promised_once() -> None:
    """One ships from A, the other from A and B: what the other may show could be taken from A."""
    pots = Pots({(1, 1): 5, (1, 2): 10}, {1: frozenset({1, 2}), 2: frozenset({1, 2})})
    offers = [allotted(1), allotted(2, exposure=3, shown=3)]
    assert rules.room(offers[0], offers, pots) == 2


@given(
    st.integers(0, 40),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 4), st.booleans(), st.booleans()), min_size=1, max_size=5),
)
def test_promise_6_random_states_keep_the_sum(units: int, states: list[tuple[int, int, int, bool, bool]]) -> None:
    accounts = range(1, len(states) + 1)
    offers = [
        allotted(n, exposure=max(e, s), shown=s, weight=w, unknown=u, waiting=x and not u)
        for n, (e, s, w, u, x) in zip(accounts, states, strict=True)
    ]
    pots = pot(units, *accounts)
    before = sum(o.exposure for o in offers)
    for account in accounts:
        for value in rules.decide(offers, pots, account=account).values():
            assert value >= 0
            assert value == 0 or before + value <= units


@pytest.mark.parametrize(
    ("sent", "read", "before", "seconds", "live"),
    [
        (5, 5, 0, 1, True),
        (5, 4, 0, 1, True),
        (5, 0, 0, 1, False),
        (5, 0, 0, 60, True),
        (3, 3, 5, 1, False),
        (3, 3, 5, 60, True),
        (0, 0, 5, 1, True),
        (0, 2, 5, 1, False),
    ],
)
def test_f13_an_accepted_number_is_live_when_the_old_one_cannot_explain_what_is_read(sent, read, before, seconds, live) -> None:
    at = AT + timedelta(seconds=seconds)
    assert rules.is_live(sent, read, shown_before=before, accepted_at=AT, read_at=at, live_bound=timedelta(seconds=60)) is live


@pytest.mark.parametrize(
    ("price", "confirmed", "approved", "fine"),
    [
        (None, None, None, False),
        (0, None, None, False),
        (-5, None, None, False),
        (100, None, None, True),
        (500, 100, None, True),
        (501, 100, None, False),
        (20, 100, None, True),
        (19, 100, None, False),
        (501, 100, 501, True),
        (502, 100, 501, False),
    ],
)
def test_f12_a_price_that_jumps_stops(price, confirmed, approved, fine) -> None:
    assert rules.price_is_plausible(price, confirmed, approved=approved) is fine


def test_waits_are_kept_a_minute_each_for_an_hour() -> None:
    waits = rules.waits_with([], last=None, now=AT, waited=2.5)
    assert (len(waits), waits[-1]) == (60, 2.5)
    waits = rules.waits_with(waits, last=AT, now=AT + timedelta(seconds=30), waited=1.0)
    assert waits[-2:] == [0.0, 2.5]
    waits = rules.waits_with(waits, last=AT, now=AT + timedelta(minutes=2), waited=4.0)
    assert waits[-3:] == [2.5, 0.0, 4.0]
    assert rules.waits_with(waits, last=AT, now=AT + timedelta(hours=3), waited=0.0) == [0.0] * 60
