"""What was sold is what is packed: a kit's components stay while it is reserved, stored or on sale (ST3, P1)."""

import threading

import pytest
from django.db import connection, transaction

from entrepot.base import clock
from entrepot.base.errors import WrongState
from entrepot.base.ids import Sku, VariantId
from entrepot.catalog import queries as catalog
from entrepot.catalog.actions import kits as catalog_kits
from entrepot.listings import actions as listings
from entrepot.listings import exposure
from entrepot.listings.models import Lane, LaneTodo, Offer, OfferShown
from entrepot.listings.types import Policy
from entrepot.orders import actions, intake, kits
from tests.db.listings import world
from tests.db.orders.shop import Shop, line, open_shop, order, row, units
from tests.db.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    """SET holds a cup and two spoons; a lid could be added."""
    shop = open_shop()
    for sku in ("CUP", "SPOON", "LID"):
        shop.has(sku, 10)
    shop.variants["SET"] = world.variant("SET")
    kits.set_components(shop.variants["SET"], [("CUP", 1), ("SPOON", 2)], actor="ann")
    return shop


def with_a_lid(shop: Shop) -> None:
    kits.set_components(shop.variants["SET"], [("CUP", 1), ("SPOON", 2), ("LID", 1)], actor="ann")


def parts(shop: Shop) -> list[tuple[VariantId, int]]:
    return catalog.components_of([shop.variants["SET"]])[shop.variants["SET"]]


def test_a_kit_with_open_orders_keeps_its_components(shop: Shop) -> None:
    shop.takes(order("A", line("SET", 1)), order("B", line("SET", 2)))
    before = parts(shop)
    with pytest.raises(WrongState, match="2 open orders are packed with the components that SET has now"):
        with_a_lid(shop)
    assert parts(shop) == before
    for number in ("A", "B"):
        with transaction.atomic():
            actions.cancel(row(number).public_id, reason="buyer", actor="ann")
    with_a_lid(shop)
    shop.takes(order("C", line("SET", 1)))
    assert (units("C"), shop.stock("LID")) == ([(1, 0, 0, 0)], (10, 1))


def test_an_order_of_which_nothing_is_reserved_does_not_hold_the_components(shop: Shop) -> None:
    shop.has("CUP", 0)
    shop.takes(order("A", line("SET", 1)))
    assert units("A") == [(1, 0, 0, 1)]
    with_a_lid(shop)
    assert len(parts(shop)) == 3


def test_what_lies_somewhere_does_not_become_a_kit(shop: Shop) -> None:
    with pytest.raises(WrongState, match="LID lies at"):
        kits.set_components(shop.variants["LID"], [("CUP", 1)], actor="ann")
    shop.has("LID", 0)
    kits.set_components(shop.variants["LID"], [("CUP", 1)], actor="ann")


@pytest.mark.parametrize(
    "sold", [{"shown": 3}, {"in_flight": 0}, {"exposure": 1}, {"unknown": True}, {"shown": 0, "state": "pending"}, {"sending": True}]
)
def test_p1_a_kit_that_a_channel_may_still_sell_keeps_its_components(shop: Shop, sold: dict[str, object]) -> None:
    offer = world.offer(shop.variants["SET"], shop.account)
    Lane.objects.create(account_id=shop.account, sweep_after=clock.now(), sending={str(offer): 3} if sold.pop("sending", False) else {})
    if state := sold.pop("state", None):
        Offer.objects.filter(pk=offer).update(state=state)
    OfferShown.objects.filter(offer_id=offer).update(**sold)
    with pytest.raises(WrongState, match="SET is on sale on account"):
        with_a_lid(shop)
    assert len(parts(shop)) == 2


def test_p1_an_offer_that_shows_nothing_is_computed_by_the_new_components(shop: Shop) -> None:
    offer = world.offer(shop.variants["SET"], shop.account)
    Lane.objects.create(account_id=shop.account, sweep_after=clock.now())
    OfferShown.objects.filter(offer_id=offer).update(shown=0)
    LaneTodo.objects.all().delete()
    with_a_lid(shop)
    assert Lane.objects.get().plans == 1, "a plan made before is not sent"
    assert list(LaneTodo.objects.values_list("offer_id", flat=True)) == [offer]


def test_the_same_components_again_are_no_change_while_it_is_sold(shop: Shop) -> None:
    shop.takes(order("A", line("SET", 1)))
    kits.set_components(shop.variants["SET"], [("SPOON", 2), ("CUP", 1)], actor="ann")
    assert len(parts(shop)) == 2


def test_p1_a_change_waits_for_an_order_that_is_being_taken_and_then_sees_it(shop: Shop) -> None:
    known, go_on = threading.Event(), threading.Event()

    def take() -> None:
        with transaction.atomic():
            catalog_kits.hold([shop.variants["SET"]])  # as intake does before it reads what a kit is made of
            known.set()
            assert go_on.wait(10)
            shop.takes(order("A", line("SET", 1)))

    def change() -> None:
        assert known.wait(10)
        with_a_lid(shop)

    def watch() -> None:
        assert known.wait(10)
        try:
            wait_until_somebody_waits()
        finally:
            go_on.set()

    taken, refused, watched = at_once([take, change, watch])
    assert (taken, watched) == (None, None)
    assert isinstance(refused, WrongState), refused
    assert (len(parts(shop)), shop.stock("SPOON")) == (2, (10, 2))


@pytest.mark.parametrize("door", ["intake", "exposure"])
def test_p1_whoever_reserves_or_charges_a_kit_holds_its_components(shop: Shop, door: str) -> None:
    """Another connection cannot take the variant as a change of its components would."""
    one = shop.variants["SET"]
    if door == "exposure":
        listings.set_policy(shop.variants["CUP"], Policy.ALLOTTED, reason="t", actor="t")
    with transaction.atomic():
        if door == "intake":
            intake.known_skus(shop.account, {Sku("SET")})  # before anything is stored that refers to the variant
        else:
            assert exposure.lock([one]) == sorted([shop.variants["CUP"], shop.variants["SPOON"]])
        [free] = at_once([lambda: lockable(one)])
    assert free is False
    assert lockable(one)


def lockable(one: VariantId) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM variant WHERE id = %s FOR UPDATE SKIP LOCKED", [one])
        return cursor.fetchone() is not None


def wait_until_somebody_waits() -> None:
    deadline = threading.Event()
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone() == (True,):
                return
        deadline.wait(0.01)
    raise AssertionError("the change did not wait for the order")
