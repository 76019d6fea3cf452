"""Delist everywhere (P8): 0 first, then ended, then read back until it is gone."""

from datetime import timedelta

import pytest

from entrepot.base import clock
from entrepot.base.loops import Again
from entrepot.channels.contract import Unavailable
from entrepot.listings import actions as listings
from entrepot.listings.loops import reconcile_availability, reconcile_content, take_lane
from entrepot.listings.models import Offer, Recall, RecallOffer
from tests.db.listings import world
from tests.db.listings.world import LIMITS, MemoryChannel

pytestmark = pytest.mark.django_db(transaction=True)


class Shop:
    def __init__(self, place: int) -> None:
        self.account = world.account()
        world.inventory.feed(self.account, [place], actor="test")
        self.channel = MemoryChannel()
        self.epoch = take_lane(self.account, holder="test", now=clock.now())

    def pass_once(self) -> None:
        for _ in range(10):
            if reconcile_availability(self.account, epoch=self.epoch, channel=self.channel, limits=LIMITS) != Again():
                break
        reconcile_content(self.account, epoch=self.epoch, channel=self.channel, limits=LIMITS)


class World:
    def __init__(self, turned) -> None:
        self.turned = turned
        world.Deployment.objects.create(base_currency="EUR")
        self.place = world.location()
        self.shops = [Shop(self.place), Shop(self.place)]
        self.variant = world.variant("A")
        world.stock(self.variant, self.place, 5)
        self.offers = [world.offer(self.variant, shop.account) for shop in self.shops]
        self.passes(10)

    def passes(self, seconds: int) -> None:
        for _ in range(max(1, seconds // 5)):
            for shop in self.shops:
                shop.pass_once()
            self.turned.advance(timedelta(seconds=5))

    def recall(self) -> Recall:
        return listings.recall([self.variant], reason="unsafe", user=None, actor="test")


@pytest.fixture
def seller():
    with clock.turned_to(world.START) as turned:
        yield World(turned)


def test_p8_every_channel_shows_0_then_ends_then_is_read_back(seller: World) -> None:
    made = seller.recall()
    seller.passes(30)
    for shop in seller.shops:
        assert shop.channel.sent[-1] == ("A", 0)
        assert shop.channel.ended == ["A"]
    for evidence in RecallOffer.objects.filter(recall=made):
        assert evidence.zero_at <= evidence.accepted_at <= evidence.gone_at
        assert evidence.failure == ""
    assert Recall.objects.get(pk=made.pk).confirmed_at is not None


def test_p8_f17_a_dead_channel_is_named_at_the_deadline_and_still_tried(seller: World) -> None:
    dead = seller.shops[0].channel
    dead.errors = [Unavailable("down", sent=False)] * 10_000
    made = seller.recall()
    seller.passes(16 * 60)
    mine = RecallOffer.objects.get(recall=made, offer_id=seller.offers[0])
    other = RecallOffer.objects.get(recall=made, offer_id=seller.offers[1])
    assert mine.failure == "the channel has not confirmed anything"
    assert (mine.gone_at, other.failure) == (None, "")
    assert other.gone_at is not None
    assert Recall.objects.get(pk=made.pk).confirmed_at is None
    dead.errors.clear()
    seller.passes(6 * 60)
    assert RecallOffer.objects.get(pk=mine.pk).gone_at is not None
    assert Recall.objects.get(pk=made.pk).confirmed_at is not None


def test_a_recalled_offer_stays_at_0_when_stock_arrives_and_cannot_be_published(seller: World) -> None:
    seller.recall()
    seller.passes(30)
    world.stock(seller.variant, seller.place, 50)
    listings.publish_offers(seller.offers, actor="test")
    seller.passes(120)
    assert all(not shop.channel.pages["A"].live for shop in seller.shops)


def test_relisting_publishes_again(seller: World) -> None:
    made = seller.recall()
    seller.passes(30)
    assert listings.relist(made.pk, actor="test") == 2
    seller.passes(30)
    assert [shop.channel.pages["A"].quantity for shop in seller.shops] == [5, 5]
    assert set(Offer.objects.values_list("state", flat=True)) == {"live"}


def test_the_brake_asks_a_person(seller: World, settings) -> None:
    settings.RECALL_BRAKE_AN_HOUR = 1
    made = seller.recall()
    assert made.needs_approval
    seller.passes(30)
    assert [shop.channel.pages["A"].quantity for shop in seller.shops] == [5, 5]
    listings.approve_recall(made.pk, user=None, actor="test")
    seller.passes(30)
    assert not any(shop.channel.pages["A"].live for shop in seller.shops)
