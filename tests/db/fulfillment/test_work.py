"""Asking places for work and shipping it: whole, in part, kits, repeats, and cancels that race (F9, HO1, HO2, HO11)."""

from uuid import uuid4

import pytest
from django.db import transaction

from entrepot.base.errors import UserError, WrongState
from entrepot.channels.contract import OrderStatus
from entrepot.fulfillment import actions as fulfillment
from entrepot.fulfillment.models import FulfillmentEvent, FulfillmentLine, FulfillmentOrder, ShippedPackage
from entrepot.inventory import actions as inventory
from entrepot.inventory.models import LoweredReservation, Reservation
from entrepot.orders import actions as orders
from entrepot.orders import shortages
from tests.db.listings import world
from tests.db.orders.shop import changed, line, lines_of, open_shop, order, row, units
from tests.db.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> FulfillmentOrder:
    return FulfillmentOrder.objects.get()


def ship(which: FulfillmentOrder, tracking: str = "1Z", *, key: str | None = None, units=None, carrier: str = "ups") -> ShippedPackage:
    with transaction.atomic():
        return fulfillment.ship(which.public_id, carrier=carrier, tracking=tracking, key=key or str(uuid4()), actor="ann", units=units)


def cancel(number: str, **more) -> int:
    with transaction.atomic():
        return orders.cancel(row(number).public_id, reason="", actor="ann", **more)


def asked() -> list[tuple[int, int, int]]:
    return list(FulfillmentLine.objects.order_by("id").values_list("fulfillment_order__location_id", "quantity", "shipped"))


def test_every_reserved_unit_of_a_paid_order_is_asked_of_the_place_that_holds_it_once():
    shop = open_shop()
    second = world.location()
    inventory.feed(shop.account, [shop.place, second], actor="t")
    shop.has("RED", 2)
    shop.has("RED", 3, second)
    shop.takes(order("A", line("RED", 5)), order("B", line("RED"), status=OrderStatus.PENDING))
    assert fulfillment.plan_orders() == 2
    assert asked() == [(shop.place, 2, 0), (second, 3, 0)]
    assert fulfillment.plan_orders() == 0
    assert set(Reservation.objects.values_list("kind", flat=True)) == {"work"}


def test_what_is_covered_later_is_added_to_the_work_of_its_place():
    shop = open_shop()
    shop.has("RED", 1)
    shop.takes(order("A", line("RED", 3)))
    fulfillment.plan_orders()
    shop.adjust("RED", 2, "delivery")
    shortages.cover()
    fulfillment.plan_orders()
    assert asked() == [(shop.place, 3, 0)]


def test_an_order_on_hold_is_asked_of_nobody_until_it_ends():
    shop = open_shop()
    shop.has("RED", 1)
    shop.takes(order("A", line("RED")))
    for on in (True, False):
        with transaction.atomic():
            orders.set_hold(row("A").public_id, on, actor="ann")
        assert fulfillment.plan_orders() == (0 if on else 1)


def test_shipping_all_takes_goods_off_the_shelf_closes_the_order_and_tells_the_channel_ho11():
    shop = open_shop()
    shop.has("RED", 5)
    shop.takes(order("A", line("RED", 2)))
    fulfillment.plan_orders()
    package = ship(work(), " 1Z-99 ")
    assert (shop.stock("RED"), units("A"), row("A").closed, work().state) == ((3, 0), [(2, 0, 2, 0)], True, "shipped")
    assert (package.tracking, package.lines, package.reference, package.told_at) == ("1Z99", [{"line": "1", "quantity": 2}], 1, None)
    moves = list(FulfillmentEvent.objects.order_by("id").values_list("before", "after"))
    assert moves == [("accepted", "picking"), ("picking", "packed"), ("packed", "packed"), ("packed", "shipped")]


def test_shipping_in_parts_and_a_kit_takes_its_parts():
    shop = open_shop()
    a, b = shop.has("A", 9), shop.has("B", 9)
    sku = world.Variant.objects.get(pk=world.kit({a: 2, b: 1})).sku
    shop.takes(order("K", line(sku, 3)))
    fulfillment.plan_orders()
    (one,) = lines_of("K")
    ship(work(), "T1", units={one.pk: 1})
    assert (shop.stock("A"), shop.stock("B"), units("K"), work().state) == ((7, 4), (8, 2), [(3, 0, 1, 0)], "packed")
    with pytest.raises(UserError, match="2 left to ship here, 3 asked"):
        ship(work(), "T2", units={one.pk: 3})
    ship(work(), "T2")
    assert (shop.stock("A"), shop.stock("B"), units("K"), work().state) == ((3, 0), (6, 0), [(3, 0, 3, 0)], "shipped")
    assert list(ShippedPackage.objects.order_by("reference").values_list("reference", "tracking")) == [(1, "T1"), (2, "T2")]


def test_the_same_parcel_or_the_same_command_again_is_the_same_package_ho2():
    shop = open_shop()
    shop.has("RED", 5)
    shop.takes(order("A", line("RED", 3)))
    fulfillment.plan_orders()
    (one,) = lines_of("A")
    first = ship(work(), "T1", units={one.pk: 1})
    assert ship(work(), "T-1", units={one.pk: 1}).pk == first.pk
    second = ship(work(), "", key="click", units={one.pk: 1})
    assert ship(work(), "", key="click", units={one.pk: 1}).pk == second.pk
    third = ship(work(), "", key="another click")  # a second parcel without a number is a parcel of its own
    assert (third.pk != second.pk, shop.stock("RED"), units("A")) == (True, (2, 0), [(3, 0, 3, 0)])


def test_a_long_key_is_refused_with_words_and_changes_nothing_ho2():
    shop = open_shop()
    shop.has("RED", 5)
    shop.takes(order("A", line("RED")))
    fulfillment.plan_orders()
    with pytest.raises(UserError, match="key"):
        ship(work(), "T1", key="k" * 130)
    assert shop.stock("RED") == (5, 1)


def test_a_tracking_number_with_other_signs_is_refused():
    shop = open_shop()
    shop.has("RED", 5)
    shop.takes(order("A", line("RED")))
    fulfillment.plan_orders()
    with pytest.raises(UserError, match="letters and digits"):
        ship(work(), "1Z/9")


@pytest.mark.parametrize("turn", range(4))
def test_a_cancel_and_a_shipment_at_the_same_moment_have_one_winner_f9(turn):
    shop = open_shop()
    shop.has("RED", 5)
    shop.takes(order("A", line("RED", 2)))
    fulfillment.plan_orders()
    jobs = [lambda: ship(work(), "T1"), lambda: cancel("A")]
    answers = at_once(jobs if turn % 2 else jobs[::-1])
    shipped, canceled = answers if turn % 2 else answers[::-1]
    if isinstance(shipped, ShippedPackage):
        assert isinstance(canceled, WrongState)
        assert (shop.stock("RED"), units("A")) == ((3, 0), [(2, 0, 2, 0)])
    else:
        assert isinstance(shipped, (WrongState, UserError))
        assert canceled == 2
        assert (shop.stock("RED"), units("A")) == ((5, 0), [(2, 2, 0, 0)])
        fulfillment.follow_cancels()
        assert work().state == "withdrawn"


def test_two_people_ship_the_same_work_at_once_and_one_package_leaves_f9():
    shop = open_shop()
    shop.has("RED", 5)
    shop.takes(order("A", line("RED", 2)))
    fulfillment.plan_orders()
    answers = at_once([lambda n=n: ship(work(), f"T{n}") for n in range(4)])
    assert sum(isinstance(a, ShippedPackage) for a in answers) == 1
    assert all(isinstance(a, (ShippedPackage, UserError)) for a in answers)
    assert (ShippedPackage.objects.count(), shop.stock("RED")) == (1, (3, 0))


def test_work_follows_cancels_at_the_place_where_units_are_still_reserved_f8():
    shop = open_shop()
    second = world.location()
    inventory.feed(shop.account, [shop.place, second], actor="t")
    shop.has("RED", 2)
    shop.has("RED", 1, second)
    first = order("A", line("RED", 3))
    shop.takes(first)
    fulfillment.plan_orders()
    shop.takes(changed(first, 1, lines=[line("RED", 3, canceled_quantity=1)]))
    assert fulfillment.follow_cancels() == 1
    held = dict(Reservation.objects.values_list("location_id", "quantity"))
    assert {place: quantity for place, quantity, _ in asked()} == held
    assert (fulfillment.follow_cancels(), LoweredReservation.objects.count()) == (0, 0)


def test_work_whose_rest_was_canceled_ends_as_shipped_and_untouched_work_as_withdrawn():
    shop = open_shop()
    shop.has("RED", 9)
    shop.takes(order("A", line("RED", 3)), order("B", line("RED", 1)))
    fulfillment.plan_orders()
    of = {work.order.channel_order_id: work for work in FulfillmentOrder.objects.select_related("order")}
    ship(of["A"], "T1", units={lines_of("A")[0].pk: 2})
    cancel("A")
    cancel("B")
    assert fulfillment.follow_cancels() == 3  # a shipment, two cancels
    states = {work.order.channel_order_id: work.state for work in FulfillmentOrder.objects.select_related("order")}
    assert states == {"A": "shipped", "B": "withdrawn"}
    assert shop.stock("RED") == (7, 0)


def test_what_was_shipped_elsewhere_is_not_asked_for_any_more():
    shop = open_shop()
    shop.has("RED", 9)
    first = order("A", line("RED", 3))
    shop.takes(first)
    fulfillment.plan_orders()
    shop.takes(changed(first, 1, status=OrderStatus.PARTLY_SHIPPED, lines=[line("RED", 3, shipped_quantity=2)]))
    assert fulfillment.follow_cancels() == 1
    assert asked() == [(shop.place, 1, 0)]
    ship(work(), "T1")
    assert (shop.stock("RED"), units("A")) == ((6, 0), [(3, 0, 3, 0)])


def test_a_state_moves_only_as_the_table_says_and_a_repeated_command_moves_once_ho1_ho2():
    from entrepot.fulfillment.states import move
    from entrepot.fulfillment.types import WorkState

    shop = open_shop()
    shop.has("RED", 9)
    shop.takes(order("A", line("RED")))
    fulfillment.plan_orders()
    one = work()
    with pytest.raises(WrongState):
        move(one, WorkState.SHIPPED, key="a", actor="t")
    move(one, WorkState.PICKING, key="b", actor="t")
    move(one, WorkState.PICKING, key="b", actor="t")
    stale = FulfillmentOrder(pk=one.pk, state="accepted", version=1)
    with pytest.raises(WrongState):
        move(stale, WorkState.FAILED, key="c", actor="t")
    assert list(FulfillmentEvent.objects.values_list("before", "after")) == [("accepted", "picking")]


def test_in1_what_a_count_took_away_is_not_shipped_before_the_work_follows():
    shop = open_shop()
    second = world.location()
    inventory.feed(shop.account, [shop.place, second], actor="t")
    shop.has("RED", 2)
    shop.has("RED", 2, second)
    shop.takes(order("A", line("RED", 4)))
    fulfillment.plan_orders()
    shop.adjust("RED", -2, "a count found none")
    shortages.take_over_reported()
    here = FulfillmentOrder.objects.get(location_id=shop.place)
    with pytest.raises(WrongState, match="0 reserved here after a count, 2 asked"):
        ship(here, "T1")
    ship(FulfillmentOrder.objects.get(location_id=second), "T2")
    assert units("A") == [(4, 0, 2, 2)]
