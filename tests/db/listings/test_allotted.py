"""The allotted policy: exposure is charged before a send, falls by sales, settles, and never exceeds what there is (PROMISE, P3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from entrepot.base import clock
from entrepot.base.errors import UserError
from entrepot.base.loops import Again
from entrepot.channels.contract import Problem, Unavailable
from entrepot.channels.models import Account
from entrepot.inventory.errors import NotEnoughStock
from entrepot.inventory.models import VariantStock
from entrepot.inventory.types import DemandLine
from entrepot.listings import actions as listings
from entrepot.listings.loops import availability, lane, read_back, reconcile_availability, take_lane
from entrepot.listings.models import OfferDemand
from entrepot.listings.types import Policy
from tests.db.listings import world
from tests.db.listings.world import LIMITS, MemoryChannel

pytestmark = pytest.mark.django_db(transaction=True)


class Shop:
    """One channel account and its lane."""

    def __init__(self, place: int | None = None, **account: object) -> None:
        self.account = world.account(**account)
        if place is not None:
            world.inventory.feed(self.account, [place], actor="test")
        self.channel = MemoryChannel()
        self.epoch = take_lane(self.account, holder="test", now=clock.now())

    def passes(self) -> object:
        for _ in range(50):
            outcome = reconcile_availability(self.account, epoch=self.epoch, channel=self.channel, limits=LIMITS)
            if outcome != Again():
                return outcome
        raise AssertionError("the lane does not come to rest")

    def shows(self, sku: str = "A") -> int:
        return self.channel.pages[sku].quantity if sku in self.channel.pages else 0


class Market:
    """Shops that sell one allotted variant from one location, on a turned clock."""

    def __init__(self, turned, *, shops: int, units: int) -> None:
        self.turned = turned
        self.place = world.location()
        self.shops = [Shop(self.place) for _ in range(shops)]
        self.variant = world.variant("A")
        world.stock(self.variant, self.place, units)
        self.offers = [world.offer(self.variant, shop.account) for shop in self.shops]
        listings.set_policy(self.variant, Policy.ALLOTTED, reason="test", actor="test")

    def passes(self) -> None:
        for _ in range(3):
            for shop in self.shops:
                shop.passes()

    def later(self, seconds: float, *, orders_known: bool = True) -> None:
        self.turned.advance(timedelta(seconds=seconds))
        if orders_known:
            for shop in self.shops:
                world.orders_known(shop.account, clock.now())

    def exposures(self) -> list[int]:
        return [world.shown(offer).exposure for offer in self.offers]

    def atp(self) -> int:
        return VariantStock.objects.get(pk=self.variant).atp


@pytest.fixture
def turned():
    with clock.turned_to(world.START) as turned:
        yield turned


def test_promise_7_the_first_numbers_are_shares_of_the_stock_and_charged(turned) -> None:
    market = Market(turned, shops=3, units=10)
    market.passes()
    assert [shop.shows() for shop in market.shops] == [4, 3, 3]
    assert market.exposures() == [4, 3, 3]
    assert VariantStock.objects.get(pk=market.variant).exposed == 10


def test_promise_7_shares_set_by_hand(turned) -> None:
    market = Market(turned, shops=2, units=10)
    listings.set_terms([market.offers[1]], allotment_weight=4, actor="test")
    market.passes()
    assert [shop.shows() for shop in market.shops] == [2, 8]


def test_promise_7_shares_follow_what_each_channel_sold_in_28_days(turned) -> None:
    market = Market(turned, shops=2, units=11)
    world.sold(market.variant, market.shops[0].account, 3)
    market.passes()
    assert [shop.shows() for shop in market.shops] == [6, 2]


@pytest.mark.parametrize("policy", list(Policy))
def test_promise_7_every_sale_counts_once_for_demand_and_is_forgotten(turned, policy: Policy) -> None:
    market = Market(turned, shops=1, units=10)
    listings.set_policy(market.variant, policy, reason="", actor="test")
    for _ in range(2):
        world.sold(market.variant, market.shops[0].account, 2)
    turned.advance(timedelta(days=1))
    world.sold(market.variant, market.shops[0].account, 1)
    market.passes(), market.passes()
    assert list(OfferDemand.objects.order_by("day").values_list("offer_id", "units")) == [(market.offers[0], 4), (market.offers[0], 1)]
    turned.advance(timedelta(days=28))
    assert listings.forget_demand() == 1
    assert OfferDemand.objects.get().units == 1


def test_promise_8_a_channel_that_sold_out_gets_its_part_of_what_another_has_too_much_of(turned) -> None:
    market = Market(turned, shops=2, units=10)
    market.passes()
    market.later(10)
    market.passes()
    first, second = market.shops
    assert first.channel.buy("A", 5)
    world.sold(market.variant, first.account, 5)
    market.passes()
    assert [shop.shows() for shop in market.shops] == [0, 0], "the second gives all back"
    assert sum(market.exposures()) <= market.atp()
    market.later(10)
    market.passes()
    assert [shop.shows() for shop in market.shops] == [4, 1]
    assert second.channel.sent == [("A", 5), ("A", 0), ("A", 1)]
    assert sum(market.exposures()) == market.atp() == 5


def test_promise_8_a_rival_looks_again_when_the_empty_channel_is_settled(turned) -> None:
    """The sale is known before the number that it was sold from is settled: nothing changes at that moment but that."""
    market = Market(turned, shops=2, units=10)
    market.passes()
    first, second = market.shops
    turned.advance(timedelta(seconds=1))
    assert first.channel.buy("A", 5)
    world.sold(market.variant, first.account, 5)
    market.passes()
    assert second.shows() == 5
    market.later(10)
    market.passes()
    assert second.shows() == 0


def test_promise_8_a_channel_whose_lost_0_is_repeated_asks_for_its_part(turned) -> None:
    """It exposes nothing, and stock does not move when its 0 is settled: only that moment itself is left to look."""
    market = Market(turned, shops=2, units=10)
    market.passes()
    market.later(10)
    market.passes()
    first, second = market.shops
    second.channel.lose = lambda sku: "before"
    world.stock(market.variant, market.place, 5)
    market.passes()
    assert second.channel.buy("A", 5)
    world.sold(market.variant, second.account, 5)
    world.stock(market.variant, market.place, 10)
    market.passes()
    assert (first.shows(), world.shown(market.offers[1]).unknown) == (5, True)
    second.channel.lose = lambda sku: ""
    market.later(300)
    market.passes()
    market.later(10)
    market.passes()
    market.later(10)
    market.passes()
    assert [shop.shows() for shop in market.shops] == [1, 4]


def test_promise_2_a_sale_takes_off_exposure_and_stock_together(turned) -> None:
    market = Market(turned, shops=2, units=10)
    market.passes()
    market.later(10, orders_known=False)
    market.shops[0].channel.buy("A", 2)
    assert world.sold(market.variant, market.shops[0].account, 2) == 0
    row = world.shown(market.offers[0])
    assert (row.exposure, row.shown) == (3, 3)
    assert (market.atp(), VariantStock.objects.get(pk=market.variant).exposed) == (8, 8)


def test_promise_3_exposure_settles_only_when_every_order_is_known(turned) -> None:
    """Switched to allotted with 5 shown of which 2 are sold unseen: they leave exposure when the orders are known."""
    market = Market(turned, shops=1, units=8)
    listings.set_policy(market.variant, Policy.POOLED, reason="", actor="test")
    market.passes()
    assert market.exposures() == [0]
    listings.set_policy(market.variant, Policy.ALLOTTED, reason="", actor="test")
    assert market.exposures() == [8]
    market.later(1)
    market.passes()
    assert world.shown(market.offers[0]).watermark is None, "the clock margin has not passed"
    market.later(10)
    market.passes()
    assert world.shown(market.offers[0]).watermark == world.START


def test_promise_3_settling_frees_what_was_charged_twice(turned) -> None:
    market = Market(turned, shops=1, units=9)
    (shop,) = market.shops
    shop.channel.lose = lambda sku: "after"
    outcome = shop.passes()
    assert market.exposures() == [9]
    shop.channel.lose = lambda sku: ""
    market.later(outcome.after.total_seconds(), orders_known=False)
    shop.passes()
    assert shop.channel.sent[-1] == ("A", 0), "PROMISE 5: a repeat is charged again; it does not fit, so it is 0"
    assert market.exposures() == [9]
    market.later(10)
    market.passes()
    assert market.exposures() == [9]
    assert shop.shows() == 9


def test_promise_5_the_charge_of_a_lost_answer_stays(turned) -> None:
    market = Market(turned, shops=2, units=10)
    market.shops[0].channel.lose = lambda sku: "before"
    market.shops[0].passes()
    assert market.exposures() == [5, 0]
    assert world.shown(market.offers[0]).unknown
    market.shops[1].passes()
    assert market.exposures() == [5, 5]


def test_promise_6_a_refused_send_gives_its_charge_back(turned) -> None:
    market = Market(turned, shops=2, units=10)
    market.shops[0].channel.refuse["A"] = Problem("1", "no")
    market.passes()
    assert market.exposures() == [0, 5]
    assert VariantStock.objects.get(pk=market.variant).exposed == 5


def test_f13_an_allotted_send_whose_refusal_ends_by_itself_is_sent_again_then_and_not_before(turned) -> None:
    market = Market(turned, shops=1, units=10)
    (shop,) = market.shops
    shop.channel.refuse["A"] = Problem("25019", "Revised too often today.")
    shop.channel.refuse_until = clock.now() + timedelta(hours=20)
    market.passes()
    assert (market.exposures(), len(shop.channel.calls)) == ([0], 1)
    market.later(timedelta(hours=20).total_seconds())
    market.passes()
    assert (shop.shows(), market.exposures(), len(shop.channel.calls)) == (10, [10], 2)


def test_promise_6_a_send_that_never_left_gives_its_charge_back(turned) -> None:
    market = Market(turned, shops=1, units=10)
    (shop,) = market.shops
    shop.channel.errors = [Unavailable("down", sent=False)]
    outcome = shop.passes()
    assert market.exposures() == [0]
    assert world.shown(market.offers[0]).in_flight is None
    market.later(outcome.after.total_seconds())
    market.passes()
    assert shop.shows() == 10


def test_promise_4_one_write_in_flight(turned) -> None:
    market = Market(turned, shops=1, units=4)
    (shop,) = market.shops
    shop.channel.accepts_for = timedelta(minutes=5)
    market.passes()
    world.stock(market.variant, market.place, 40)
    market.later(10)
    market.passes()
    assert shop.channel.sent == [("A", 4)]


def test_promise_6_a_lower_number_above_0_is_never_sent(turned) -> None:
    market = Market(turned, shops=2, units=10)
    market.passes()
    market.later(10)
    for _ in range(4):
        market.shops[0].channel.buy("A")
        world.sold(market.variant, market.shops[0].account)
        market.later(10)
        market.passes()
    assert [shop.shows() for shop in market.shops] == [1, 5]
    assert [len(shop.channel.sent) for shop in market.shops] == [1, 1]


def test_promise_9_a_count_below_exposure_drains_all_but_the_largest_that_fits(turned) -> None:
    market = Market(turned, shops=3, units=12)
    market.passes()
    market.later(10)
    market.passes()
    world.stock(market.variant, market.place, 5)
    market.passes()
    assert sorted(shop.shows() for shop in market.shops) == [0, 0, 4]
    market.later(10)
    market.passes()
    assert sum(market.exposures()) <= 5
    assert sorted(shop.shows() for shop in market.shops) == [0, 0, 1], "what is left goes to who shows nothing, then PROMISE 8"
    market.later(10)
    market.passes()
    assert sorted(shop.shows() for shop in market.shops) == [1, 2, 2]


def test_promise_10_the_hub_sells_only_what_is_not_exposed(turned) -> None:
    market = Market(turned, shops=1, units=10)
    market.passes()
    with pytest.raises(NotEnoughStock), world.transaction.atomic():
        world.inventory.hold([DemandLine("hold:1", market.variant, 1)], until=clock.now() + timedelta(minutes=5), actor="test")


def test_promise_13_a_sale_dated_before_the_watermark_is_a_breach_and_raises_the_bound(turned) -> None:
    market = Market(turned, shops=1, units=10)
    market.passes()
    market.later(100)
    market.passes()
    market.later(900)
    (shop,) = market.shops
    shop.channel.buy("A")
    world.sold(market.variant, shop.account, at=world.START - timedelta(seconds=1))
    account = Account.objects.get(pk=shop.account)
    assert (account.breaches, account.sale_delay_bound_s) == (1, 1001)


@pytest.mark.parametrize(
    ("dated", "settled", "exposure", "shown"),
    [("after", True, 5, 5), ("before", False, 5, 4), ("before", True, 4, 4)],
)
def test_promise_11_a_channel_that_restores_its_number_keeps_the_unit(turned, dated, settled, exposure, shown) -> None:
    market = Market(turned, shops=1, units=4)
    Account.objects.update(channel="ebay")
    market.passes()
    if settled:
        market.later(100)
        market.passes()
    at = clock.now() + timedelta(seconds=1) if dated == "after" else world.START - timedelta(seconds=1)
    world.stock(market.variant, market.place, 5)
    with world.transaction.atomic():
        world.moves.lock([market.variant])
        listings.count_returns([world.ChannelSale(market.shops[0].account, market.variant, 1, at)])
    row = world.shown(market.offers[0])
    assert (row.exposure, row.shown) == (exposure, shown)
    assert world.exposed_is_the_sum_of_exposures()


def test_a_kit_charges_every_component(turned) -> None:
    place = world.location()
    shop = Shop(place)
    cup, plate = world.variant("CUP"), world.variant("PLATE")
    world.stock(cup, place, 10)
    world.stock(plate, place, 3)
    kit = world.kit({cup: 2, plate: 1})
    offer, single = world.offer(kit, shop.account), world.offer(cup, shop.account)
    listings.set_policy(cup, Policy.ALLOTTED, reason="", actor="test")
    shop.passes()
    assert (world.shown(offer).exposure, world.shown(single).exposure) == (2, 5)
    assert VariantStock.objects.get(pk=cup).exposed == 9
    assert VariantStock.objects.get(pk=plate).exposed == 2
    with pytest.raises(UserError):
        listings.set_policy(kit, Policy.ALLOTTED, reason="", actor="test")
    turned.advance(timedelta(seconds=1))
    world.sold(kit, shop.account)
    assert VariantStock.objects.get(pk=cup).exposed == 7
    assert VariantStock.objects.get(pk=plate).exposed == 1
    assert world.exposed_is_the_sum_of_exposures()


def test_accounts_fed_by_different_places_do_not_share_what_they_cannot_ship(turned) -> None:
    north, south = world.location(), world.location()
    a, b = Shop(north), Shop(south)
    one = world.variant("A")
    world.stock(one, north, 6)
    world.stock(one, south, 2)
    world.offer(one, a.account), world.offer(one, b.account)
    listings.set_policy(one, Policy.ALLOTTED, reason="", actor="test")
    a.passes(), b.passes()
    assert (a.shows(), b.shows()) == (6, 2)


def test_a_policy_switched_while_a_pooled_number_is_on_its_way_is_exposed_for_it(turned) -> None:
    place = world.location()
    shop = Shop(place)
    one = world.variant("A")
    world.stock(one, place, 6)
    offer = world.offer(one, shop.account)
    shop.channel.while_called = lambda: (
        listings.set_policy(one, Policy.ALLOTTED, reason="", actor="test") if not shop.channel.calls else None
    )
    reconcile_availability(shop.account, epoch=shop.epoch, channel=shop.channel, limits=LIMITS)
    assert (world.shown(offer).shown, world.shown(offer).exposure) == (6, 6)
    shop.passes()
    assert shop.channel.sent == [("A", 6)]
    turned.advance(timedelta(seconds=60))
    world.orders_known(shop.account, clock.now())
    shop.passes()
    assert world.shown(offer).watermark is not None


def test_a_plan_made_before_a_switch_is_not_sent(turned) -> None:
    place = world.location()
    shop = Shop(place)
    one = world.variant("A")
    world.stock(one, place, 6)
    world.offer(one, shop.account)
    held = lane.state(shop.account, epoch=shop.epoch)
    listings.set_policy(one, Policy.ALLOTTED, reason="", actor="test")
    assert not availability._begin(held, {1: 6})


def test_st4_a_charge_waits_for_who_changes_the_stock(turned, connect) -> None:
    """Stock falls in a transaction that is still open when the lane decides: it decides on what is committed."""
    market = Market(turned, shops=1, units=10)
    writer = connect()
    writer.execute("SELECT FROM variant_stock WHERE variant_id = %s FOR UPDATE", [market.variant])
    writer.execute("UPDATE stock_level SET on_hand = 2 WHERE variant_id = %s", [market.variant])
    writer.execute("UPDATE variant_stock SET on_hand = 2, atp = 2 WHERE variant_id = %s", [market.variant])

    def lane_pass() -> None:
        market.shops[0].passes()
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        passing = pool.submit(lane_pass)
        with pytest.raises(TimeoutError):
            passing.result(timeout=0.5)
        writer.commit()
        passing.result(timeout=10)
    assert market.exposures() == [2]
    assert market.shops[0].shows() == 2


# Seeds that found something, always run: 103, a lost write that shows up after its repeat was charged once more than it was sent.
SEEDS = (*range(10), 103)


@pytest.mark.parametrize("seed", [*SEEDS, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(400) if seed not in SEEDS)])
def test_p3_promise_6_random_sales_losses_counts_and_crashes_never_expose_more_than_there_is(turned, seed) -> None:
    """Buyers race on three channels, answers are lost, orders are seen late but within the bound: nothing is oversold. From an odd
    seed on one channel only accepts, and is live later within its bound."""
    chance = world.seeded(seed)
    market = Market(turned, shops=3, units=chance.randint(5, 30))
    unseen: list[tuple[Shop, int, object]] = []
    short = 0
    for shop in market.shops:
        shop.channel.lose = lambda sku: chance.choice(["", "", "", "before", "after"])
    if seed % 2:
        market.shops[0].channel.accepts_for = timedelta(seconds=chance.randint(1, 50))
    for _ in range(60):
        shop = chance.choice(market.shops)
        act = chance.random()
        if act < 0.45 and "A" in shop.channel.pages:
            units = chance.randint(1, 2)
            if shop.channel.buy("A", units):
                unseen.append((shop, units, clock.now()))
        elif act < 0.6 and unseen:
            seller, units, at = unseen.pop(0)
            short += world.sold(market.variant, seller.account, units, at=at)
        elif act < 0.65:
            with world.transaction.atomic():
                world.stock(
                    market.variant, market.place, world.StockLevel.objects.get(variant_id=market.variant).on_hand + chance.randint(1, 6)
                )
        elif act < 0.7:
            shop.epoch = take_lane(shop.account, holder="next", now=clock.now())
        else:
            market.turned.advance(timedelta(seconds=chance.randint(1, 20)))
            for one in market.shops:
                first = min((at for seller, _, at in unseen if seller is one), default=clock.now())
                world.orders_known(one.account, first - timedelta(microseconds=1))
            shop.passes()
            read_back(shop.account, epoch=shop.epoch, channel=shop.channel)
        assert sum(market.exposures()) <= market.atp(), f"seed {seed}"
        assert world.exposed_is_the_sum_of_exposures(), f"seed {seed}"
    for seller, units, at in unseen:
        short += world.sold(market.variant, seller.account, units, at=at)
    assert short == 0, f"seed {seed}"
    assert not Account.objects.filter(breaches__gt=0).exists()
