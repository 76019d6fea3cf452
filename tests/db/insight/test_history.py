"""Time travel: what a channel showed at a minute, why, and the stock behind it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entrepot.base import clock, sql
from entrepot.base.clock import TurnedClock
from entrepot.base.errors import NotFound
from entrepot.base.ids import AccountId, OfferId, RemoteId, Sku, VariantId
from entrepot.base.loops import Again
from entrepot.base.money import Money
from entrepot.channels.contract import ChannelLine, ChannelOrder, OrderStatus, Problem
from entrepot.insight import telling
from entrepot.insight.queries import history
from entrepot.listings.loops import read_back, reconcile_availability, take_lane
from entrepot.listings.models import OfferShown
from entrepot.orders import intake
from entrepot.people.deployment import set_up
from tests.db.listings import world
from tests.db.listings.world import LIMITS, START, MemoryChannel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def turned() -> Iterator[TurnedClock]:
    with clock.turned_to(START) as standing:
        yield standing


def minute(count: float) -> datetime:
    return START + timedelta(minutes=count)


class Shop:
    """One offer of one variant on one channel in memory, and the hand that turns the clock."""

    def __init__(self, units: int, turned: TurnedClock) -> None:
        set_up(base_currency_code="EUR", time_zone="UTC", demo=False)
        self.turned = turned
        self.account: AccountId = world.account("Memory DE")
        self.place = world.location("BER", feeds=[self.account])
        self.variant: VariantId = world.variant("A")
        world.stock(self.variant, self.place, units)
        self.offer: OfferId = world.offer(self.variant, self.account)
        self.channel = MemoryChannel()

    def passes(self, count: float) -> None:
        """The lane passes at that minute."""
        self.at(count)
        epoch = take_lane(self.account, holder="test", now=clock.now())
        while reconcile_availability(self.account, epoch=epoch, channel=self.channel, limits=LIMITS) == Again():
            pass

    def reads(self, count: float) -> None:
        self.at(count)
        read_back(self.account, epoch=take_lane(self.account, holder="test", now=clock.now()), channel=self.channel, everything=True)

    def sells(self, count: float, units: int) -> None:
        self.at(count)
        assert self.channel.buy("A", units)
        price, now = Money(1000, "EUR"), clock.now()
        line = ChannelLine(remote_id=RemoteId("1"), sku=Sku("A"), title="A", quantity=units, unit_price=price)
        order = ChannelOrder(
            remote_id=RemoteId(f"O-{count}"), placed_at=now, updated_at=now, status=OrderStatus.PAID, currency="EUR",
            total=price * units, lines=[line], market="DE",
        )  # fmt: skip
        intake.take(self.account, [order])

    def at(self, count: float) -> None:
        self.turned.advance(minute(count) - clock.now())

    def then(self, count: float) -> history.History:
        return history.shown_at(self.variant, self.account, minute(count))

    def shown(self, *counts: float) -> list[int | None]:
        return [self.then(count).shown for count in counts]


def test_the_number_follows_the_sale_and_the_receipt(turned: TurnedClock) -> None:
    shop = Shop(8, turned)
    shop.passes(1)
    shop.sells(10, 3)
    shop.at(19)
    world.stock(shop.variant, shop.place, 20)
    shop.passes(20)
    shop.at(60)
    assert shop.shown(0.5, 1, 9, 10, 19, 20, 59) == [None, 8, 8, 5, 5, 10, 10]
    sold = shop.then(15)
    assert [(step.label, step.amount) for step in sold.explained.steps] == [("confirmed by the channel", 8), ("sold there since", -3)]
    assert (sold.confirmed.at, sold.confirmed.version > 0, sold.confirmed.computed_at) == (minute(1), True, START)
    assert [(level.location_name, level.on_hand, level.reserved) for level in sold.levels] == [("BER", 8, 3)]
    assert [(level.on_hand, level.reserved) for level in shop.then(9).levels] == [(8, 0)]
    assert [(level.on_hand, level.reserved) for level in shop.then(59).levels] == [(20, 3)]
    assert (sold.moves[0].reserved_delta, sold.moves[0].reserved_after) == (3, 3)
    curve = history.curve(shop.variant, shop.account, minute(30))
    assert (curve[0], curve[-1], set(curve)) == (8, 10, {8, 5, 10})


def test_a_number_is_on_its_way_from_the_moment_it_leaves_until_it_is_answered(turned: TurnedClock) -> None:
    shop = Shop(8, turned)
    shop.passes(1)
    world.stock(shop.variant, shop.place, 2)
    shop.channel.while_called = lambda: shop.at(7)
    shop.passes(5)
    shop.at(12)
    leaving = shop.then(6)
    assert (leaving.shown, leaving.in_flight.quantity, leaving.in_flight.sent_at, leaving.settled.at) == (8, 2, minute(5), minute(7))
    assert (shop.then(7).shown, shop.then(7).in_flight, shop.then(4).in_flight) == (2, None, None)
    text = telling.as_text(leaving, "Memory DE")
    assert "2 was on its way to Memory DE, not answered yet. It was sent at 2026-11-22 12:05:00." in text
    assert "It was confirmed at 2026-11-22 12:07:00." in text


def test_a_refused_number_changes_nothing_that_is_shown(turned: TurnedClock) -> None:
    shop = Shop(8, turned)
    shop.passes(1)
    shop.channel.refuse["A"] = Problem("9", "too few")
    world.stock(shop.variant, shop.place, 2)
    shop.passes(5)
    shop.at(10)
    assert shop.shown(4, 9) == [8, 8]
    assert [(one.outcome, one.quantity) for one in shop.then(9).told] == [("refused", 2), ("live", 8)]
    assert shop.then(9).in_flight is None


def test_p5_a_lost_answer_is_on_its_way_until_a_later_confirmation_names_it(turned: TurnedClock) -> None:
    shop = Shop(8, turned)
    shop.passes(1)
    shop.channel.lose = lambda _: "after"
    world.stock(shop.variant, shop.place, 2)
    shop.passes(5)
    shop.channel.lose = lambda _: ""
    lost = shop.then(5)
    assert (lost.shown, lost.in_flight.outcome, lost.in_flight.quantity, lost.settled) == (8, "unknown", 2, None)
    assert "either number may have been shown" in telling.as_text(lost, "Memory DE")
    assert "Nothing has confirmed it to this day." in telling.as_text(lost, "Memory DE")
    shop.passes(9)
    shop.at(12)
    assert (shop.then(5).settled.at, shop.then(9).in_flight, shop.then(9).shown) == (minute(9), None, 2)


def test_an_accepted_number_is_shown_from_its_read_back_on_with_its_version(turned: TurnedClock) -> None:
    shop = Shop(8, turned)
    shop.passes(1)
    shop.channel.accepts_for = timedelta(minutes=2)
    world.stock(shop.variant, shop.place, 3)
    shop.passes(5)
    shop.reads(8)
    shop.at(12)
    waiting, read = shop.then(6), shop.then(9)
    assert (waiting.shown, waiting.in_flight.quantity, waiting.settled.at) == (8, 3, minute(8))
    assert (read.shown, read.confirmed.outcome, read.in_flight) == (3, "read", None)
    assert read.confirmed.version == waiting.in_flight.version > 0


def test_f14_a_number_changed_by_hand_is_shown_from_the_moment_it_was_read(turned: TurnedClock) -> None:
    shop = Shop(8, turned)
    shop.passes(1)
    shop.channel.pages["A"].quantity = 5
    shop.reads(30)
    shop.at(40)
    assert shop.shown(29, 30) == [8, 5]
    assert (shop.then(30).confirmed.outcome, shop.then(30).confirmed.version) == ("read", 0)


def test_where_the_facts_do_not_reach_back_it_says_from_when_on(turned: TurnedClock) -> None:
    shop = Shop(8, turned)
    shop.passes(1)
    shop.at(10)
    early = shop.then(-60)
    assert (early.shown, early.levels, early.receipts_since, early.ledger_since) == (None, [], minute(1), START)
    text = telling.as_text(early, "Memory DE")
    assert "Receipts of this offer are kept from 2026-11-22 12:01:00 on." in text
    assert "The ledger of this variant is kept from 2026-11-22 12:00:00 on." in text
    assert history.curve(shop.variant, shop.account, minute(-14400)) == []
    with pytest.raises(history.InTheFuture):
        shop.then(11)
    with pytest.raises(NotFound):
        history.shown_at(shop.variant, world.account(), minute(5))


def test_a_kits_stock_is_that_of_its_components(turned: TurnedClock) -> None:
    account = world.account()
    place = world.location("BER", feeds=[account])
    cup, plate = world.variant("CUP"), world.variant("PLATE")
    world.stock(cup, place, 9)
    world.stock(plate, place, 3)
    kit = world.kit({cup: 2, plate: 1})
    world.offer(kit, account)
    turned.advance(timedelta(minutes=5))
    world.stock(cup, place, 1)
    assert [(one.sku, one.on_hand) for one in history.shown_at(kit, account, minute(1)).levels] == [("CUP", 9), ("PLATE", 3)]


def test_an_end_is_a_receipt(turned: TurnedClock) -> None:
    shop = Shop(8, turned)
    shop.passes(1)
    shop.at(5)
    epoch = take_lane(shop.account, holder="test", now=clock.now())
    sql.run("entrepot.listings", "shown_ended", {"account": shop.account, "epoch": epoch, "offers": [shop.offer], "now": clock.now()})
    assert shop.shown(4, 5) == [8, 0]
    assert OfferShown.objects.get(offer_id=shop.offer).shown == 0
    assert "took the listing off sale at 2026-11-22 12:05:00" in telling.as_text(shop.then(5), "Memory DE")


def test_one_variant_among_many_is_found_by_index(turned: TurnedClock) -> None:
    shop = Shop(8, turned)
    shop.passes(1)
    shop.sells(2, 1)
    with CaptureQueriesContext(connection) as asked:
        shop.then(2)
        history.curve(shop.variant, shop.account, minute(2))
    hot = [query["sql"] for query in asked if any(name in query["sql"] for name in ("offer_receipt", "stock_move", "order_line"))]
    assert len(hot) >= 8
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")  # the tables of a test are too small for an index to be worth it
        plans = []
        for text in hot:
            cursor.execute("EXPLAIN " + text)
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    with connection.connection.cursor() as raw:
        raw.execute(b"EXPLAIN " + sql.statement("entrepot.insight", "stock_at"), {"variants": [shop.variant], "at": minute(1)})
        plans.append("\n".join(row[0] for row in raw.fetchall()))
        raw.execute("RESET enable_seqscan")
    for plan in plans:
        assert "Seq Scan" not in plan
        assert f"variant_id = {shop.variant}" in plan or "variant_id = ANY" in plan
    newest = next(plan for plan in plans if "offer_receipt" in plan)
    assert "Scan Backward" in newest  # read off the end of the key
    assert "->  Sort" not in newest
