"""Any states of an order, in any order, any number of times, in any batches, lead to the same state (P5, F7, F8)."""

import itertools
import random
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.base.money import Money
from entrepot.channels.contract import Address, Buyer, OrderStatus
from entrepot.inventory.models import Location, Reservation, StockMove
from entrepot.listings.models import OfferSale
from entrepot.orders import actions
from entrepot.orders.models import OrderEvent
from tests.db import sound
from tests.db.listings import world
from tests.db.orders.shop import Shop, changed, line, lines_of, open_shop, order, row, state_rows, units

pytestmark = pytest.mark.django_db(transaction=True)


def life(number: str, *, ends: str) -> list:
    """created, paid, one unit canceled, one shipped by somebody else, then the rest canceled or shipped."""
    red, blue = line("RED", 3), line("KIT", 2, "2", tax=Money(40, "EUR"))
    placed = order(number, red, blue, at=0, status=OrderStatus.PENDING, total=Money(0, "EUR"))
    paid = replace(changed(placed, 1, status=OrderStatus.PAID), total=Money(5000, "EUR"), cancel_requested=ends == "canceled")
    less = changed(paid, 2, lines=[replace(red, canceled_quantity=1), blue])
    part = changed(less, 3, status=OrderStatus.PARTLY_SHIPPED, lines=[replace(red, canceled_quantity=1, shipped_quantity=1), blue])
    if ends == "canceled":
        return [placed, paid, less, part, changed(part, 4, status=OrderStatus.CANCELED)]
    gone = [replace(red, canceled_quantity=1, shipped_quantity=2), replace(blue, shipped_quantity=2)]
    return [placed, paid, less, part, changed(part, 4, status=OrderStatus.SHIPPED, lines=gone)]


def stocked() -> Shop:
    shop = open_shop()
    shop.has("RED", 20)
    part, other = shop.has("PART", 20), shop.has("OTHER", 20)
    kit = world.kit({part: 2, other: 1})
    world.Variant.objects.filter(pk=kit).update(sku="KIT")
    return shop


def reopened() -> Shop:
    """The shop of the example before, of the same test."""
    one, place = world.Account.objects.get(), Location.objects.get()
    return Shop(one.pk, place.pk, dict(world.Variant.objects.values_list("sku", "pk")))


def deliver(shop: Shop, states: list, cuts: list[int], *, verified: bool = False) -> list[tuple[object, ...]]:
    """The state after these batches; then all of it is undone."""
    with transaction.atomic():
        rest = list(states)
        for cut in cuts:
            shop.takes(*rest[:cut])
            rest = rest[cut:]
        shop.takes(*rest)
        found = state_rows()
        assert not verified or sound.breaches() == []
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("ends", ["canceled", "shipped"])
def test_every_order_of_delivery_of_five_states_ends_alike_p5(ends):
    shop, states = stocked(), life("A", ends=ends)
    wanted = deliver(shop, states, [1, 1, 1, 1], verified=True)
    for permutation in itertools.permutations(states):
        got = deliver(shop, list(permutation), [1, 1, 1, 1])
        assert got == wanted, [str(one.updated_at) for one in permutation]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True)
@given(data=st.data())
def test_states_of_several_orders_repeated_and_shuffled_through_any_batches_end_alike_p5(data):
    shop = stocked() if not world.Variant.objects.exists() else reopened()
    lives = [life("A", ends="canceled"), life("B", ends="shipped"), life("C", ends="shipped")[:3]]
    once = [state for states in lives for state in states]
    wanted = deliver(shop, once, [], verified=True)
    copies = [state for state in once for _ in range(data.draw(st.integers(1, 5)))]
    shuffled = data.draw(st.permutations(copies))
    cuts = data.draw(st.lists(st.integers(1, 7), max_size=8))
    assert deliver(shop, shuffled, cuts) == wanted


def test_an_order_that_was_short_ends_alike_however_its_states_came_p5():
    shop = open_shop()
    shop.has("RED", 1)
    first = order("A", line("RED", 3))
    states = [
        first, changed(first, 1, lines=[line("RED", 3, canceled_quantity=1)]),
        changed(first, 2, status=OrderStatus.PARTLY_SHIPPED, lines=[line("RED", 3, canceled_quantity=1, shipped_quantity=1)]),
    ]  # fmt: skip
    ends = [deliver(shop, list(permutation), [1, 1]) for permutation in itertools.permutations(states)]
    assert all(end == ends[0] for end in ends)
    shop.takes(*states)
    assert units("A") == [(3, 1, 1, 1)]


def test_an_older_state_never_comes_back_f7():
    shop = open_shop()
    shop.has("RED", 5)
    first = order("A", line("RED", 2), status=OrderStatus.PENDING)
    canceled = changed(first, 5, status=OrderStatus.CANCELED)
    shop.takes(canceled)
    assert shop.takes(first, changed(first, 4, status=OrderStatus.PAID)).unchanged == 1
    assert (row("A").status, units("A"), shop.stock("RED")) == ("canceled", [(2, 2, 0, 0)], (5, 0))


def test_at_the_same_instant_the_higher_rank_wins_f7():
    shop = open_shop()
    shop.has("RED", 5)
    first = order("A", line("RED", 2))
    for states in ((first, changed(first, 0, status=OrderStatus.CANCELED)), (changed(first, 0, status=OrderStatus.CANCELED), first)):
        shop.takes(*states)
        assert row("A").status == "canceled"


def test_quantity_up_and_down_and_a_changed_address_are_followed_f8():
    shop = open_shop()
    shop.has("RED", 4)
    first = order("A", line("RED", 2))
    shop.takes(first)
    shop.takes(changed(first, 1, lines=[line("RED", 5)]))
    assert (units("A"), shop.stock("RED")) == ([(5, 0, 0, 1)], (4, 4))
    moved = replace(changed(first, 2, lines=[line("RED", 1)]), ship_to=Address(name="Bo", city="Oslo", postcode="0150", country="NO"))
    shop.takes(moved)
    assert (units("A"), shop.stock("RED")) == ([(1, 0, 0, 0)], (4, 1))
    assert (row("A").country, row("A").postcode_area) == ("NO", "015")
    with transaction.atomic():
        assert actions.open_buyer(row("A").public_id, actor="t", source="t")["ship_to"]["city"] == "Oslo"
    shop.takes(changed(moved, 3, lines=[line("RED", 1), line("RED", 2, "2")]))
    assert (units("A"), shop.stock("RED")) == ([(1, 0, 0, 0), (2, 0, 0, 0)], (4, 3))
    shop.takes(changed(moved, 4, lines=[line("RED", 2, "2")]))  # the first line was taken out
    assert (units("A"), shop.stock("RED")) == ([(0, 0, 0, 0), (2, 0, 0, 0)], (4, 2))
    assert OrderEvent.objects.filter(kind="order.changed").count() == 4


def test_amounts_follow_the_newest_state():
    shop = open_shop()
    pending = order("A", line("RED", 2, price=Money(0, "EUR")), status=OrderStatus.PENDING)
    shop.takes(pending)
    shop.takes(replace(changed(pending, 1, lines=[line("RED", 2, tax=Money(30, "EUR"))]), total=Money(2030, "EUR")))
    (one,) = lines_of("A")
    assert (one.unit_price_minor, one.tax_minor, row("A").total_minor, row("A").base_total_minor) == (1000, 30, 2030, 2030)


def test_an_answer_without_personal_data_keeps_the_buyer_we_have():
    shop = open_shop()
    first = order("A", line("RED"))
    shop.takes(first)
    shop.takes(replace(changed(first, 1, status=OrderStatus.SHIPPED), ship_to=Address(country="UA"), buyer=Buyer()))
    with transaction.atomic():
        assert actions.open_buyer(row("A").public_id, actor="t", source="t")["buyer"]["name"] == "Ada Byron"


def test_a_request_to_cancel_is_noted_and_taken_back_with_it():
    shop = open_shop()
    first = order("A", line("RED"))
    shop.takes(first)
    shop.takes(replace(changed(first, 1), cancel_requested=True))
    assert row("A").cancel_requested_at is not None
    shop.takes(changed(first, 2))
    assert row("A").cancel_requested_at is None


def test_units_canceled_here_stay_canceled_while_the_channel_has_not_heard_of_it():
    shop = open_shop()
    shop.has("RED", 9)
    first = order("A", line("RED", 4))
    shop.takes(first)
    with transaction.atomic():
        assert actions.cancel(row("A").public_id, reason="damaged", actor="ann", line_id=lines_of("A")[0].pk, units=1) == 1
    shop.takes(changed(first, 1))
    assert (units("A"), shop.stock("RED")) == ([(4, 1, 0, 0)], (9, 3))
    shop.takes(changed(first, 2, lines=[line("RED", 4, canceled_quantity=1)]))
    assert (units("A"), shop.stock("RED")) == ([(4, 1, 0, 0)], (9, 3))
    shop.takes(changed(first, 3, lines=[line("RED", 3)]))  # the same cancel, told as a lower quantity
    assert (units("A"), shop.stock("RED")) == ([(3, 0, 0, 0)], (9, 3))


def test_cancels_give_back_exactly_what_was_reserved_short_units_first():
    shop = open_shop()
    shop.has("RED", 3)
    shop.takes(order("A", line("RED", 5)))
    assert (units("A"), shop.stock("RED")) == ([(5, 0, 0, 2)], (3, 3))
    with transaction.atomic():
        actions.cancel(row("A").public_id, reason="", actor="ann", line_id=lines_of("A")[0].pk, units=3)
    assert (units("A"), shop.stock("RED")) == ([(5, 3, 0, 0)], (3, 2))
    with transaction.atomic():
        assert actions.cancel(row("A").public_id, reason="", actor="ann") == 2
    assert (units("A"), shop.stock("RED"), row("A").closed) == ([(5, 5, 0, 0)], (3, 0), True)
    assert Reservation.objects.count() == 0
    assert sum(StockMove.objects.values_list("reserved_delta", flat=True)) == 0


def test_a_canceled_unit_that_a_report_had_taken_is_not_given_back_twice():
    shop = open_shop()
    shop.has("RED", 3)
    shop.takes(order("A", line("RED", 3)))
    shop.adjust("RED", -2, "gone")
    assert shop.stock("RED") == (1, 1)
    with transaction.atomic():
        actions.cancel(row("A").public_id, reason="", actor="ann", line_id=lines_of("A")[0].pk, units=2)
    assert shop.stock("RED") == (1, 1)
    with transaction.atomic():
        actions.cancel(row("A").public_id, reason="", actor="ann")
    assert (shop.stock("RED"), Reservation.objects.count()) == ((1, 0), 0)


def test_what_a_channel_puts_back_on_sale_after_a_cancel_is_counted_also_for_short_units_promise_11():
    shop = open_shop()
    world.Account.objects.filter(pk=shop.account).update(channel="ebay")
    world.offer(shop.has("RED", 1), shop.account)
    first = order("A", line("RED", 3))
    shop.takes(first)
    shop.takes(changed(first, 1, status=OrderStatus.CANCELED))
    assert sorted(OfferSale.objects.values_list("quantity", flat=True)) == [-3, 3]


def test_states_of_many_orders_in_one_batch_lock_and_end_like_one_by_one():
    chance = random.Random(5)
    lives = [life(f"O{n}", ends=chance.choice(["canceled", "shipped"])) for n in range(2)]
    shop = stocked()
    together = deliver(shop, [state for states in zip(*lives, strict=True) for state in states], [])
    assert deliver(shop, [state for states in lives for state in states], [1] * 9) == together
