"""Delist everywhere (P8): 0 first, then ended, then read back until it is gone."""

from datetime import timedelta

import pytest

from entrepot.base import clock, sql
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
        assert evidence.asked_at <= evidence.zero_accepted_at <= evidence.zero_at <= evidence.accepted_at <= evidence.gone_at
        assert (evidence.failure, evidence.failed_at) == ("", None)
    assert Recall.objects.get(pk=made.pk).confirmed_at is not None


def test_p8_f17_a_dead_channel_is_named_at_the_deadline_and_still_tried(seller: World) -> None:
    dead = seller.shops[0].channel
    dead.errors = [Unavailable("down", sent=False)] * 10_000
    made = seller.recall()
    seller.passes(16 * 60)
    mine = RecallOffer.objects.get(recall=made, offer_id=seller.offers[0])
    other = RecallOffer.objects.get(recall=made, offer_id=seller.offers[1])
    assert mine.failure == "the channel has not confirmed anything"
    assert made.deadline_at <= mine.failed_at <= made.deadline_at + timedelta(seconds=10)
    assert (mine.zero_accepted_at, mine.zero_at, mine.accepted_at, mine.gone_at) == (None, None, None, None)
    assert (other.failure, other.failed_at) == ("", None)
    since = mine.failed_at
    seller.passes(60)
    assert RecallOffer.objects.get(pk=mine.pk).failed_at == since, "it fails since the first time"
    assert other.gone_at is not None
    assert Recall.objects.get(pk=made.pk).confirmed_at is None
    dead.errors.clear()
    seller.passes(6 * 60)
    mine = RecallOffer.objects.get(pk=mine.pk)
    assert mine.gone_at is not None
    assert (mine.failure, mine.failed_at) == ("", None)
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


def test_p8_what_is_ended_before_it_was_seen_at_0_claims_no_0(seller: World) -> None:
    silent = seller.shops[0].channel
    set_availability = silent.set_availability
    silent.set_availability = lambda wanted: (_ for _ in ()).throw(Unavailable("down", sent=False))
    made = seller.recall()
    seller.passes(3 * 60)
    silent.set_availability = set_availability
    mine, other = RecallOffer.objects.filter(recall=made).order_by("offer_id")
    assert (mine.zero_accepted_at, mine.zero_at) == (None, None)
    assert mine.accepted_at <= mine.gone_at
    assert other.zero_at is not None


def test_p8_a_reading_that_fails_is_named_since_the_first_time_and_forgotten_when_it_works(seller: World) -> None:
    blind = seller.shops[0].channel
    read_listings = blind.read_listings
    blind.read_listings = lambda skus: (_ for _ in ()).throw(Unavailable("no reports today", sent=False))
    made = seller.recall()
    seller.passes(60)
    mine = RecallOffer.objects.get(recall=made, offer_id=seller.offers[0])
    assert "no reports today" in mine.failure
    assert mine.accepted_at <= mine.failed_at < made.deadline_at
    seller.passes(16 * 60)
    late = RecallOffer.objects.get(pk=mine.pk)
    assert (late.failed_at, late.failure) == (mine.failed_at, mine.failure), "the deadline takes no better reason away"
    blind.read_listings = read_listings
    seller.passes(6 * 60)
    late = RecallOffer.objects.get(pk=mine.pk)
    assert (late.failure, late.failed_at) == ("", None)
    assert late.gone_at is not None


def test_f13_an_end_that_is_taken_and_not_done_is_named_so(seller: World) -> None:
    made = seller.recall()
    at = made.asked_at
    RecallOffer.objects.update(zero_at=at, failure="shows 0, and is not ended", failed_at=at)
    seller.turned.advance(timedelta(minutes=16))
    RecallOffer.objects.update(accepted_at=at)
    account = seller.shops[0].account
    sql.run("entrepot.listings", "recall_overdue", {"account": account, "now": clock.now()})
    mine, other = RecallOffer.objects.order_by("offer_id")
    assert (mine.failure, mine.failed_at) == ("ended, and still on the channel", at)
    assert other.failure == "shows 0, and is not ended", "another account's"


def test_p8_an_old_recall_neither_hastens_a_new_one_nor_takes_its_evidence(seller: World) -> None:
    first = seller.recall()
    listings.relist(first.pk, actor="test")
    seller.passes(5 * 60)
    assert [shop.channel.pages["A"].quantity for shop in seller.shops] == [5, 5]
    second = seller.recall()
    patience = clock.now() - timedelta(minutes=1)
    [may] = sql.rows("entrepot.listings", "recall_may_end", {"offer": seller.offers[0], "patience": patience})
    assert not may.may_end, "0 first, also the second time"
    seller.passes(30)
    assert RecallOffer.objects.filter(recall=second, gone_at=None).count() == 0
    steps = RecallOffer.objects.filter(recall=first).values_list("zero_accepted_at", "zero_at", "accepted_at", "gone_at")
    assert list(steps) == [(None, None, None, None)] * 2


def test_what_waits_for_a_person_has_no_evidence_of_another_ending(seller: World, settings) -> None:
    settings.RECALL_BRAKE_AN_HOUR = 1
    made = seller.recall()
    listings.end_offers(seller.offers, actor="test")
    seller.passes(60)
    assert not any(shop.channel.pages["A"].live for shop in seller.shops)
    for evidence in RecallOffer.objects.filter(recall=made):
        assert (evidence.zero_accepted_at, evidence.zero_at, evidence.accepted_at, evidence.gone_at) == (None, None, None, None)
    listings.approve_recall(made.pk, user=None, actor="test")
    approved = clock.now()
    seller.passes(60)
    for evidence in RecallOffer.objects.filter(recall=made):
        assert evidence.asked_at == approved
        assert evidence.gone_at >= evidence.asked_at
