"""Which shelf a demand takes from: the rules, and the same answers as a slow plain version (P2, RIVALS 1, 2)."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.ids import LocationId, VariantId
from entrepot.inventory.allocation import Asked, Shelf, Taken, take

A, B = VariantId(1), VariantId(2)
KIT = VariantId(9)


def shelf(place: int, on_hand: int, reserved: int = 0, safety: int = 0) -> Shelf:
    return Shelf(LocationId(place), on_hand, reserved, safety)


def test_a_demand_stays_whole_where_one_place_has_it_all():
    taken, missing = take([Asked("d", A, 3)], {A: [shelf(1, 2), shelf(2, 3), shelf(3, 9)]}, safety_stock_too=True)
    assert (taken, missing) == ([Taken("d", A, LocationId(2), 3)], {})


def test_else_it_is_spread_in_order_and_safety_stock_comes_last():
    shelves = {A: [shelf(1, 2, safety=1), shelf(2, 2)]}
    taken, missing = take([Asked("d", A, 5)], shelves, safety_stock_too=True)
    assert (taken, missing) == ([Taken("d", A, LocationId(1), 2), Taken("d", A, LocationId(2), 2)], {("d", A): 1})


def test_safety_stock_is_not_touched_when_it_may_not():
    taken, missing = take([Asked("d", A, 5)], {A: [shelf(1, 4, safety=1)]}, safety_stock_too=False)
    assert (taken, missing) == ([Taken("d", A, LocationId(1), 3)], {("d", A): 2})


def test_what_one_demand_took_the_next_does_not_get():
    _, missing = take([Asked("one", A, 2), Asked("two", A, 2)], {A: [shelf(1, 3)]}, safety_stock_too=False)
    assert missing == {("two", A): 1}


def test_the_parts_of_a_kit_come_from_one_place_each_kit_whole():
    parts = [Asked("d", A, 4, None, KIT, 2), Asked("d", B, 2, None, KIT, 1)]
    taken, missing = take(parts, {A: [shelf(1, 2), shelf(2, 9)], B: [shelf(1, 1), shelf(3, 9)]}, safety_stock_too=True)
    assert taken == [Taken("d", A, LocationId(1), 2), Taken("d", B, LocationId(1), 1)]
    assert missing == {("d", A): 2, ("d", B): 1}


def test_lines_of_one_cart_for_the_same_variant_add_up_to_one_entry():
    asked = [Asked("cart", A, 1), Asked("cart", A, 2, None, KIT, 2), Asked("cart", A, 2, None, KIT, 2)]
    taken, missing = take(asked, {A: [shelf(1, 9)]}, safety_stock_too=False)
    assert (taken, missing) == ([Taken("cart", A, LocationId(1), 5)], {})


def test_only_the_place_that_is_asked_for_counts():
    taken, missing = take([Asked("d", A, 1, LocationId(2))], {A: [shelf(1, 9)]}, safety_stock_too=True)
    assert (taken, missing) == ([], {("d", A): 1})


def best(wanted: int, places: list[tuple[int, int, int]], safety_too: bool) -> tuple[int, int]:
    """Brute force over all ways to take: (most units, of these the fewest of safety stock)."""
    ways = product(*(range(on_hand - reserved + 1) for on_hand, reserved, _ in places))
    scored = []
    for way in ways:
        safety = sum(max(0, units - max(0, o - r - s)) for units, (o, r, s) in zip(way, places, strict=True))
        if sum(way) <= wanted and (safety_too or safety == 0):
            scored.append((sum(way), -safety))
    units, safety = max(scored)
    return units, -safety


@given(
    wanted=st.integers(1, 7),
    places=st.lists(st.integers(0, 4).flatmap(lambda o: st.tuples(st.just(o), st.integers(0, o), st.integers(0, 3))), max_size=3),
    safety_too=st.booleans(),
)
def test_as_many_units_as_any_way_could_give_and_no_more_safety_stock_than_needed(wanted, places, safety_too):
    shelves = [Shelf(LocationId(n), *place) for n, place in enumerate(places)]
    taken, missing = take([Asked("d", A, wanted)], {A: shelves}, safety_stock_too=safety_too)
    got = {one.location: one.quantity for one in taken}
    safety = sum(max(0, got.get(LocationId(n), 0) - max(0, o - r - s)) for n, (o, r, s) in enumerate(places))
    assert (sum(got.values()), safety) == best(wanted, places, safety_too)
    assert sum(got.values()) + sum(missing.values()) == wanted
    assert all(0 <= one.reserved <= one.on_hand for one in shelves)


@given(
    kits=st.integers(1, 4),
    each=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stock=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=3),
)
def test_kits_are_as_many_as_the_places_can_pack(kits, each, stock):
    shelves = {v: [shelf(n, units[i]) for n, units in enumerate(stock)] for i, v in enumerate((A, B))}
    asked = [Asked("d", v, kits * each[i], None, KIT, each[i]) for i, v in enumerate((A, B))]
    taken, missing = take(asked, shelves, safety_stock_too=True)
    packed = min(kits, sum(min(a // each[0], b // each[1]) for a, b in stock))
    assert [sum(t.quantity for t in taken if t.variant == v) for v in (A, B)] == [packed * each[0], packed * each[1]]
    assert missing == ({} if packed == kits else {("d", A): (kits - packed) * each[0], ("d", B): (kits - packed) * each[1]})
    for place in range(len(stock)):
        at = {t.variant: t.quantity for t in taken if t.location == place}
        assert at.get(A, 0) * each[1] == at.get(B, 0) * each[0]
