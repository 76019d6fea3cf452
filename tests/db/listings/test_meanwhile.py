"""What happens while a call is on its way or a lane pauses is not forgotten: the next number is the right one."""

from datetime import timedelta

import pytest

from entrepot.base import clock
from entrepot.base.loops import Again
from entrepot.inventory.models import VariantStock
from entrepot.listings import actions as listings
from entrepot.listings.actions import offers
from entrepot.listings.loops import reconcile_availability
from entrepot.listings.models import Lane
from tests.db.listings import test_content as contents
from tests.db.listings import world
from tests.db.listings.test_lane import Seller
from tests.db.listings.world import LIMITS, throttled

pytestmark = pytest.mark.django_db(transaction=True)


def lane_passes(seller: contents.Seller) -> None:
    for _ in range(20):
        if reconcile_availability(seller.account, epoch=seller.epoch, channel=seller.channel, limits=LIMITS) != Again():
            return
    raise AssertionError("the lane does not come to rest")


def test_p1_what_is_sold_while_an_offer_is_published_is_taken_off_it() -> None:
    with clock.turned_to(world.START) as turned:
        seller = contents.Seller(turned)
        one, _ = seller.offers(units=5)
        lane_passes(seller)

        def sold_out() -> None:
            """Elsewhere, and the lane has read the change before the offer is live."""
            seller.channel.while_called = lambda: None
            world.stock(one, seller.place, 0)
            Lane.objects.filter(pk=seller.account).update(cursor_xid=2**62)
            lane_passes(seller)

        seller.channel.while_called = sold_out
        seller.content()
        lane_passes(seller)
        assert seller.channel.pages["A"].quantity == 0


def test_p4_a_number_that_waits_for_tomorrow_does_not_hold_back_a_lower_one_told_while_the_lane_pauses() -> None:
    with clock.turned_to(world.START) as turned:
        seller = Seller()
        one, _ = seller.sells("A", 5)
        seller.passes()
        seller.is_refused_until(world.START + timedelta(hours=20))
        world.stock(one, seller.place, 9)
        seller.passes()
        other, _ = seller.sells("B", 3)
        seller.channel.errors = [throttled(60)]
        seller.passes()
        del seller.channel.refuse["A"]
        world.stock(one, seller.place, 0)
        seller.passes()  # the lane pauses: the change goes to its to-do
        turned.advance(timedelta(seconds=61))
        seller.passes()
        assert seller.window() == {"A": 0, "B": 3}, other


def test_p4_a_comparison_asked_for_during_a_pass_is_made() -> None:
    with clock.turned_to(world.START) as turned:
        seller = Seller()
        one, _ = seller.sells("A", 8)
        seller.passes()

        def lowered() -> None:
            seller.channel.while_called = lambda: None
            listings.sweep_soon([seller.account])

        world.stock(one, seller.place, 7)
        seller.channel.while_called = lowered
        seller.passes()
        turned.advance(timedelta(seconds=2))
        before = Lane.objects.get(pk=seller.account).sweep_after
        seller.passes()
        assert Lane.objects.get(pk=seller.account).sweep_after > before, "the comparison of all was begun and ended"


def test_p8_an_offer_asked_for_again_during_a_pass_stays_on_the_to_do() -> None:
    with clock.turned_to(world.START) as turned:
        seller = Seller()
        _, offer = seller.sells("A", 8)
        seller.passes()
        offers.look_again([offer])
        turned.advance(timedelta(seconds=1))

        def asked() -> None:
            seller.channel.while_called = lambda: None
            turned.advance(timedelta(seconds=1))
            listings.set_terms([offer], cap=2, actor="t")

        seller.channel.pages["A"].quantity = 8
        world.stock(VariantStock.objects.get().variant_id, seller.place, 6)
        seller.channel.while_called = asked
        seller.passes()
        assert seller.window() == {"A": 2}
