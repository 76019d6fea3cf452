"""The content loop against a channel in memory: publish, revise, refuse, end, relist."""

from datetime import timedelta

import pytest

from entrepot.base import clock
from entrepot.base.loops import Again, Settled
from entrepot.catalog.models import Media, Product, ProductText, Variant
from entrepot.channels.contract import Problem, Unavailable
from entrepot.listings import actions as listings
from entrepot.listings.loops import read_back, reconcile_availability, reconcile_content, take_lane
from entrepot.listings.models import Lane, Offer
from entrepot.listings.types import Policy
from entrepot.people.models import Deployment
from tests.db.listings import world
from tests.db.listings.world import LIMITS, MemoryChannel

pytestmark = pytest.mark.django_db(transaction=True)


class Seller:
    def __init__(self, turned) -> None:
        self.turned = turned
        Deployment.objects.get_or_create(id=True, defaults={"base_currency": "EUR"})
        self.account = world.account()
        self.place = world.location(feeds=[self.account])
        self.channel = MemoryChannel()
        self.epoch = take_lane(self.account, holder="test", now=clock.now())

    def offers(self, sku: str = "A", units: int = 5, *, price: int | None = 1000) -> tuple[int, int]:
        one = world.variant(sku)
        world.stock(one, self.place, units)
        (offer,) = listings.create_offers([one], self.account, price_minor=price, actor="test", publish=True)
        return one, offer

    def content(self, limits=LIMITS):
        for _ in range(20):
            outcome = reconcile_content(self.account, epoch=self.epoch, channel=self.channel, limits=limits)
            if outcome != Again():
                return outcome
        raise AssertionError("the content loop does not come to rest")

    def everything(self, seconds: int = 120) -> None:
        """All loops of the account, for so long."""
        for _ in range(seconds // 5):
            self.content()
            for _ in range(5):
                if reconcile_availability(self.account, epoch=self.epoch, channel=self.channel, limits=LIMITS) != Again():
                    break
            read_back(self.account, epoch=self.epoch, channel=self.channel)
            world.orders_known(self.account, clock.now())
            self.turned.advance(timedelta(seconds=5))


@pytest.fixture
def seller():
    with clock.turned_to(world.START) as turned:
        yield Seller(turned)


def row(offer: int) -> Offer:
    return Offer.objects.get(pk=offer)


def test_an_offer_is_published_once_with_the_quantity_it_may_show(seller) -> None:
    _, offer = seller.offers(units=4)
    seller.content()
    seller.content()
    (made,) = seller.channel.publishes
    assert (made.title, made.price.minor, made.quantity, made.brand) == ("Title of A", 1000, 4, "Brand")
    assert (row(offer).state, row(offer).remote_id) == ("live", "R-A")
    assert (world.shown(offer).shown, world.shown(offer).in_flight) == (4, None)


def test_the_variants_price_holds_in_the_base_currency(seller) -> None:
    seller.offers(price=None)
    seller.content()
    assert seller.channel.publishes[0].price.minor == 1000


def test_a_changed_text_or_price_is_revised_and_nothing_else(seller) -> None:
    one, offer = seller.offers()
    seller.content()
    calls = len(seller.channel.calls)
    seller.turned.advance(timedelta(minutes=5))
    seller.content()
    assert len(seller.channel.calls) == calls
    ProductText.objects.filter(product__variants=one).update(title="A better title")
    Product.objects.filter(variants=one).update(changed_at=clock.now())
    seller.content()
    assert seller.channel.pages["A"].title == "A better title"
    listings.set_price({offer: 1200}, actor="test")
    seller.content()
    assert seller.channel.pages["A"].price_minor == 1200
    assert len(seller.channel.publishes) == 1


@pytest.mark.parametrize("price", [10_000, 100])
def test_f12_an_absurd_price_stops_until_a_person_confirms_it(seller, price: int) -> None:
    _, offer = seller.offers()
    seller.content()
    listings.set_price({offer: price}, actor="test")
    seller.content()
    assert seller.channel.pages["A"].price_minor == 1000
    assert [(p["code"], p["field"]) for p in row(offer).problems] == [("price_guard", "price")]
    listings.approve_price(offer, actor="test")
    seller.content()
    assert seller.channel.pages["A"].price_minor == price
    assert row(offer).problems == []


def test_f12_no_price_is_not_published(seller) -> None:
    _, offer = seller.offers(price=None)
    Variant.objects.update(price_minor=None)
    seller.content()
    assert seller.channel.publishes == []
    assert row(offer).problems[0]["code"] == "no_price"


def test_a_refusal_names_the_field_and_is_tried_again_when_it_changed(seller) -> None:
    one, offer = seller.offers()
    _, fine = seller.offers("B")
    seller.channel.refuse["A"] = Problem("25004", "Title is too loud.", field="title", value="A")
    seller.content()
    seller.turned.advance(timedelta(minutes=10))
    seller.content()
    assert (row(offer).state, row(fine).state) == ("refused", "live")
    assert row(offer).problems == [{"code": "25004", "message": "Title is too loud.", "field": "title", "value": "A"}]
    assert sum("A" in call for call in seller.channel.calls) == 1
    seller.channel.refuse.clear()
    ProductText.objects.filter(product__variants=one).update(title="Quiet")
    Product.objects.filter(variants=one).update(changed_at=clock.now())
    seller.content()
    assert row(offer).state == "live"


def test_f13_a_revision_whose_refusal_ends_by_itself_is_sent_again_then_and_not_before(seller) -> None:
    one, offer = seller.offers()
    seller.content()
    seller.channel.refuse["A"] = Problem("25019", "Revised too often today.")
    seller.channel.refuse_until = clock.now() + timedelta(hours=20)
    ProductText.objects.filter(product__variants=one).update(title="Quiet")
    Product.objects.filter(variants=one).update(changed_at=clock.now())
    seller.content()
    assert (row(offer).state, row(offer).next_try_at) == ("live", seller.channel.refuse_until)
    seller.turned.advance(timedelta(seconds=11))  # until then its product may have been committed after the look
    seller.content()
    calls = len(seller.channel.calls)
    seller.turned.advance(timedelta(hours=19))
    seller.content()
    assert len(seller.channel.calls) == calls
    seller.turned.advance(timedelta(hours=1))
    seller.content()
    assert (seller.channel.pages["A"].title, row(offer).problems) == ("Quiet", [])


@pytest.mark.parametrize("fate", ["before", "after"])
def test_f3_a_lost_answer_is_read_back_before_anything_else(seller, fate: str) -> None:
    _, offer = seller.offers()
    seller.channel.lose = lambda sku: fate
    outcome = seller.content()
    assert row(offer).state == "unknown"
    seller.channel.lose = lambda sku: ""
    seller.turned.advance(outcome.after)
    seller.everything()
    assert row(offer).state == "live"
    assert len(seller.channel.publishes) == 1, "no second listing"
    assert world.shown(offer).shown == 5


def test_f13_accepted_is_pending_until_it_is_read_back_live(seller) -> None:
    seller.channel.accepts_for = timedelta(seconds=20)
    _, offer = seller.offers()
    outcome = seller.content()
    assert row(offer).state == "pending"
    seller.turned.advance(outcome.after)
    seller.content()
    assert row(offer).state == "pending"
    seller.everything()
    assert row(offer).state == "live"
    assert (world.shown(offer).shown, world.shown(offer).in_flight) == (5, None)


def test_f2_an_outage_while_publishing_loses_nothing(seller) -> None:
    _, offer = seller.offers()
    seller.channel.errors = [Unavailable("down", sent=False)]
    outcome = seller.content()
    seller.turned.advance(outcome.after)
    seller.everything(30)
    assert row(offer).state == "live"


def test_variants_of_a_product_are_one_group_and_a_kit_stands_alone(seller) -> None:
    one, _ = seller.offers("RED")
    product = Product.objects.get(variants=one)
    blue = Variant.objects.create(product=product, sku="BLUE", options={"Colour": "blue"}, price_minor=1000)
    world.stock(blue.pk, seller.place, 2)
    kit = world.kit({one: 2})
    listings.create_offers([blue.pk, kit], seller.account, price_minor=1000, actor="test", publish=True)
    seller.content()
    made = {content.sku: content for content in seller.channel.publishes}
    assert made["RED"].group.members == made["BLUE"].group.members == ("RED", "BLUE")
    assert made["BLUE"].options == {"Colour": "blue"}
    assert [content.group for sku, content in made.items() if sku not in ("RED", "BLUE")] == [None]


def test_text_is_in_the_accounts_language_with_english_as_the_next(seller, settings) -> None:
    settings.PUBLIC_URL = "https://hub.example"
    one, _ = seller.offers()
    product = Product.objects.get(variants=one)
    ProductText.objects.create(product=product, language="fr", title="Titre")
    Media.objects.create(product=product, url="https://pictures.example/1.jpg")
    world.Account.objects.update(language="fr-FR")
    seller.content()
    assert (seller.channel.publishes[0].title, seller.channel.publishes[0].language) == ("Titre", "fr")
    assert seller.channel.publishes[0].pictures == ("https://pictures.example/1.jpg",)


def test_an_ended_offer_shows_nothing_and_is_relisted_when_its_stock_returns(seller) -> None:
    one, offer = seller.offers()
    seller.content()
    world.stock(one, seller.place, 0)
    listings.end_offers([offer], actor="test", relist_when_stocked=True)
    seller.everything(60)
    assert (row(offer).state, seller.channel.pages["A"].live) == ("ended", False)
    world.stock(one, seller.place, 3)
    seller.everything(120)
    assert (row(offer).state, seller.channel.pages["A"].live, seller.channel.pages["A"].quantity) == ("live", True, 3)


def test_without_stock_publishing_waits_and_says_so(seller) -> None:
    one, offer = seller.offers(units=0)
    seller.content()
    assert row(offer).problems[0]["code"] == "no_stock"
    world.stock(one, seller.place, 1)
    seller.everything(90)
    assert row(offer).state == "live"
    assert row(offer).problems == []


def test_promise_2_an_allotted_offer_is_charged_before_it_is_published(seller) -> None:
    one, offer = seller.offers(units=6)
    listings.set_policy(one, Policy.ALLOTTED, reason="", actor="test")
    seller.channel.while_called = lambda: charged.append(world.shown(offer).exposure)
    charged: list[int] = []
    seller.content()
    assert charged == [6]
    assert (seller.channel.publishes[0].quantity, world.shown(offer).shown) == (6, 6)


def test_promise_5_an_allotted_publication_whose_answer_is_lost_comes_right(seller) -> None:
    one, offer = seller.offers(units=6)
    listings.set_policy(one, Policy.ALLOTTED, reason="", actor="test")
    seller.channel.lose = lambda sku: "before" if not seller.channel.publishes and len(seller.channel.calls) == 1 else ""
    seller.everything(240)
    assert (row(offer).state, world.shown(offer).shown, world.shown(offer).exposure) == ("live", 6, 6)


def test_p7_f14_what_was_changed_by_hand_is_repaired(seller) -> None:
    _, offer = seller.offers()
    seller.content()
    seller.channel.pages["A"].quantity = 50
    read_back(seller.account, epoch=seller.epoch, channel=seller.channel, everything=True)
    seller.everything(10)
    assert seller.channel.pages["A"].quantity == 5
    seller.channel.pages["A"].live = False
    read_back(seller.account, epoch=seller.epoch, channel=seller.channel, everything=True)
    seller.everything(10)
    assert (seller.channel.pages["A"].live, row(offer).state) == (True, "live")


def test_f14_or_left_and_marked_where_the_account_says_ask(seller) -> None:
    world.Account.objects.update(settings={"on_manual_change": "ask"})
    _, offer = seller.offers()
    seller.content()
    seller.channel.pages["A"].live = False
    read_back(seller.account, epoch=seller.epoch, channel=seller.channel, everything=True)
    seller.everything(10)
    assert not seller.channel.pages["A"].live
    assert row(offer).problems[0]["code"] == "manual_end"


def test_listings_we_do_not_know_are_counted(seller) -> None:
    seller.offers()
    seller.content()
    seller.channel.pages["STRANGER"] = world.Page(3)
    read_back(seller.account, epoch=seller.epoch, channel=seller.channel, everything=True)
    assert world.OfferShown.objects.count() == 1
    assert Lane.objects.get().foreign_listings == 1


def test_promise_12_more_live_than_believed_is_exposure_and_drained(seller) -> None:
    one, offer = seller.offers(units=6)
    listings.set_policy(one, Policy.ALLOTTED, reason="", actor="test")
    seller.everything(60)
    seller.channel.pages["A"].quantity = 9
    seller.turned.advance(timedelta(minutes=15))
    read_back(seller.account, epoch=seller.epoch, channel=seller.channel)
    assert world.shown(offer).exposure == 9
    assert world.exposed_is_the_sum_of_exposures()
    reconcile_availability(seller.account, epoch=seller.epoch, channel=seller.channel, limits=LIMITS)
    assert seller.channel.pages["A"].quantity == 0, "rule 9: what does not fit is drained"


def test_f14_a_quantity_set_by_hand_is_left_where_the_account_says_ask_while_the_stock_covers_it(seller) -> None:
    world.Account.objects.update(settings={"on_manual_change": "ask"}, cap=5)
    one, offer = seller.offers(units=20)
    seller.content()
    seller.channel.pages["A"].quantity = 8
    read_back(seller.account, epoch=seller.epoch, channel=seller.channel, everything=True)
    seller.everything(10)
    assert seller.channel.pages["A"].quantity == 8
    assert world.shown(offer).manual_quantity == 8
    world.stock(one, seller.place, 6)
    seller.everything(10)
    assert seller.channel.pages["A"].quantity == 5


def test_a_connector_without_an_ability_is_left_alone(seller) -> None:
    """It only takes quantities: an offer to publish waits without a busy loop."""

    class OnlyQuantities:
        limits = LIMITS

        def set_availability(self, wanted):
            raise AssertionError("nothing is live")

    _, offer = seller.offers()
    outcome = reconcile_content(seller.account, epoch=seller.epoch, channel=OnlyQuantities(), limits=LIMITS)
    assert outcome == Settled()
    assert row(offer).state == "none"


def test_f13_a_lower_pooled_number_is_confirmed_as_soon_as_it_is_read(seller) -> None:
    one, offer = seller.offers(units=5)
    seller.content()
    seller.channel.accepts_for = timedelta(seconds=4)
    world.stock(one, seller.place, 3)
    seller.everything(20)
    assert (world.shown(offer).shown, world.shown(offer).in_flight) == (3, None)


def test_a_price_set_while_the_channel_is_called_is_not_lost(seller) -> None:
    _, offer = seller.offers()
    seller.content()
    listings.set_price({offer: 1200}, actor="test")

    def again() -> None:
        seller.channel.while_called = lambda: None
        seller.turned.advance(timedelta(seconds=1))
        listings.set_price({offer: 1300}, actor="test")

    seller.channel.while_called = again
    seller.content()
    assert seller.channel.pages["A"].price_minor == 1300


def test_f13_what_is_accepted_and_never_seen_says_so_after_the_bound(seller) -> None:
    seller.channel.accepts_for = timedelta(days=1)
    _, offer = seller.offers()
    seller.everything(90)
    assert row(offer).state == "pending"
    assert row(offer).problems[0]["code"] == "not_live_yet"
