"""The availability lane against a channel in memory."""

from datetime import datetime, timedelta

import pytest

from entrepot.base import clock
from entrepot.base.loops import Again, Settled
from entrepot.channels.contract import AccessLost, Problem, Unavailable
from entrepot.channels.models import Account
from entrepot.inventory.models import Location
from entrepot.listings import actions as listings
from entrepot.listings.loops import reconcile_availability, take_lane
from entrepot.listings.models import Lane, LaneTodo, Offer, OfferReceipt, OfferSale
from entrepot.listings.types import Fenced
from tests.db.listings import world
from tests.db.listings.world import LIMITS, MemoryChannel

pytestmark = pytest.mark.django_db(transaction=True)


class Seller:
    """One account fed by one location, with its lane held."""

    def __init__(self, **account: object) -> None:
        self.account = world.account(**account)
        self.place = world.location(feeds=[self.account])
        self.channel = MemoryChannel()
        self.epoch = take_lane(self.account, holder="test", now=clock.now())

    def sells(self, sku: str, units: int, **offer: object) -> tuple[int, int]:
        one = world.variant(sku)
        world.stock(one, self.place, units)
        return one, world.offer(one, self.account, **offer)

    def passes(self, limits=LIMITS):
        """Let the lane run until it waits."""
        for _ in range(50):
            outcome = reconcile_availability(self.account, epoch=self.epoch, channel=self.channel, limits=limits)
            if outcome != Again():
                return outcome
        raise AssertionError("the lane does not come to rest")

    def is_refused_until(self, end: datetime, sku: str = "A") -> None:
        """The channel refuses numbers of this SKU: it was revised too often today."""
        self.channel.refuse[sku] = Problem("25019", "Revised too often today.")
        self.channel.refuse_until = end

    def window(self) -> dict[str, int]:
        return {sku: page.quantity for sku, page in self.channel.pages.items()}


@pytest.fixture
def seller() -> Seller:
    return Seller()


def test_a_stock_change_reaches_the_channel(seller: Seller) -> None:
    one, offer = seller.sells("A", 7)
    assert seller.passes() == Settled()
    assert seller.window() == {"A": 7}
    world.stock(one, seller.place, 3)
    seller.passes()
    assert seller.window() == {"A": 3}
    row = world.shown(offer)
    assert (row.shown, row.in_flight, row.shown_version) == (3, None, 2)
    receipts = OfferReceipt.objects.filter(offer_id=offer).order_by("attempt").values_list("quantity", "outcome", "version", "epoch")
    assert list(receipts) == [(7, "live", 1, seller.epoch), (3, "live", 2, seller.epoch)]


def test_promise_19_shows_at_most_the_cap_and_refills_at_half_of_it(seller: Seller) -> None:
    one, _ = seller.sells("A", 100)
    seller.passes()
    assert seller.window() == {"A": 10}
    for left in (9, 8, 7, 6):
        assert seller.channel.buy("A")
        world.sold(one, seller.account)
        seller.passes()
        assert seller.window() == {"A": left}, "the channel lowered its number itself: nothing is sent"
    seller.channel.buy("A")
    world.sold(one, seller.account)
    seller.passes()
    assert seller.window() == {"A": 10}
    assert seller.channel.sent == [("A", 10), ("A", 10)]
    assert OfferSale.objects.count() == 0


def test_promise_4_nothing_is_written_to_the_channel_that_made_the_sale_but_to_the_other() -> None:
    a, b = Seller(), Seller()
    world.inventory.feed(b.account, [a.place], actor="test")
    one, _ = a.sells("A", 5)
    world.offer(one, b.account)
    a.passes(), b.passes()
    a.channel.buy("A")
    world.sold(one, a.account)
    a.passes(), b.passes()
    assert a.channel.sent == [("A", 5)]
    assert b.channel.sent == [("A", 5), ("A", 4)]
    assert a.window() == b.window() == {"A": 4}


def test_zero_goes_first_then_lowering_then_raising(seller: Seller) -> None:
    made = {sku: seller.sells(sku, units)[0] for sku, units in {"RAISED": 1, "LOWERED": 9, "GONE": 5}.items()}
    seller.passes()
    seller.channel.calls.clear()
    for sku, units in {"RAISED": 8, "LOWERED": 2, "GONE": 0}.items():
        world.stock(made[sku], seller.place, units)
    seller.passes()
    assert seller.channel.calls == [["GONE", "LOWERED", "RAISED"]]


def test_a_kit_follows_its_components(seller: Seller) -> None:
    cup, plate = world.variant("CUP"), world.variant("PLATE")
    world.stock(cup, seller.place, 9)
    world.stock(plate, seller.place, 4)
    kit = world.kit({cup: 2, plate: 1})
    offer = world.offer(kit, seller.account)
    seller.passes()
    assert world.shown(offer).shown == 4
    world.stock(cup, seller.place, 5)
    seller.passes()
    assert world.shown(offer).shown == 2
    assert world.shown(offer).shown_version == 3, "a kit's version is the sum of its components'"


def test_batches_are_as_large_as_the_channel_allows(seller: Seller) -> None:
    for number in range(7):
        seller.sells(f"S{number}", 1)
    seller.passes(limits=LIMITS.__class__(operations={}, items_a_call=3))
    assert [len(call) for call in seller.channel.calls] == [3, 3, 1]


def test_a_draft_an_ended_and_a_refused_offer_are_not_sent(seller: Seller) -> None:
    seller.sells("DRAFT", 3, wanted="draft", state="none")
    seller.sells("ENDED", 3, wanted="ended", state="ended")
    seller.sells("REFUSED", 3, wanted="live", state="refused")
    seller.passes()
    assert seller.window() == {}


def test_a_paused_location_and_one_that_does_not_feed_the_account_count_nothing(seller: Seller) -> None:
    one, _ = seller.sells("A", 3)
    other, paused = world.location(), world.location(feeds=[seller.account])
    world.stock(one, other, 5)
    world.stock(one, paused, 5)
    Location.objects.filter(pk=paused).update(paused=True)
    seller.passes()
    assert seller.window() == {"A": 3}


def test_f1_retry_after_is_obeyed_and_other_changes_wait_without_a_call() -> None:
    with clock.turned_to(world.START) as turned:
        seller = Seller()
        one, _ = seller.sells("A", 5)
        seller.channel.errors = [world.throttled(30)]
        assert seller.passes() == Again(timedelta(seconds=30))
        world.stock(one, seller.place, 4)
        turned.advance(timedelta(seconds=10))
        assert seller.passes() == Again(timedelta(seconds=20))
        assert seller.channel.calls == []
        assert Lane.objects.get().waiting == 1
        turned.advance(timedelta(seconds=20))
        assert seller.passes() == Settled()
        assert seller.channel.sent == [("A", 4)]
        assert Lane.objects.get().waiting == 0


def test_f2_an_outage_opens_the_breaker_and_heals() -> None:
    with clock.turned_to(world.START) as turned:
        seller = Seller()
        seller.sells("A", 5)
        seller.channel.errors = [Unavailable("down", sent=False)] * 4
        for _ in range(4):
            outcome = seller.passes()
            assert isinstance(outcome, Again)
            turned.advance(outcome.after)
        assert outcome.after >= timedelta(seconds=4), "after three failures in a row the pauses are longer"
        seller.passes()
        assert seller.window() == {"A": 5}
        operation = Account.objects.get(pk=seller.account).operations.get(operation="set_availability")
        assert (operation.failures, operation.open_until) == (0, None)


def test_a_refused_value_is_not_sent_again_another_is(seller: Seller) -> None:
    one, offer = seller.sells("A", 5)
    seller.channel.refuse["A"] = Problem("25002", "Quantity is not valid.", field="quantity", value="5")
    seller.passes()
    assert world.shown(offer).problems == [{"code": "25002", "message": "Quantity is not valid.", "field": "quantity", "value": "5"}]
    calls = len(seller.channel.calls)
    listings.sweep_soon()
    seller.passes()
    assert len(seller.channel.calls) == calls
    seller.channel.refuse.clear()
    world.stock(one, seller.place, 4)
    seller.passes()
    assert seller.window() == {"A": 4}
    assert world.shown(offer).problems == []


def test_f13_a_refusal_that_ends_by_itself_is_sent_again_then_and_not_before() -> None:
    with clock.turned_to(world.START) as turned:
        seller = Seller()
        one, offer = seller.sells("A", 5)
        seller.passes()
        seller.is_refused_until(world.START + timedelta(hours=20))
        world.stock(one, seller.place, 0)
        outcome = seller.passes()
        assert isinstance(outcome, Again)
        assert outcome.after <= timedelta(hours=20)
        assert (seller.window(), LaneTodo.objects.get().why) == ({"A": 5}, "refused")
        calls = len(seller.channel.calls)
        for _ in range(19):
            turned.advance(timedelta(hours=1))
            listings.sweep_soon()
            seller.passes()
        assert len(seller.channel.calls) == calls, "the same number is not sent again today"
        turned.advance(timedelta(hours=1))
        seller.passes()
        assert (seller.window(), len(seller.channel.calls)) == ({"A": 0}, calls + 1)
        assert (world.shown(offer).problems, LaneTodo.objects.count()) == ([], 0)


def test_f13_a_refusal_that_ends_by_itself_outlives_an_outage() -> None:
    with clock.turned_to(world.START) as turned:
        seller = Seller()
        one, _ = seller.sells("A", 5)
        seller.passes()
        seller.is_refused_until(world.START + timedelta(hours=20))
        world.stock(one, seller.place, 0)
        seller.passes()
        seller.channel.errors = [Unavailable("down", sent=False)]
        world.stock(one, seller.place, 3)
        seller.passes()
        world.stock(one, seller.place, 0)
        turned.advance(timedelta(hours=1))
        seller.passes()
        assert seller.window() == {"A": 5}
        turned.advance(timedelta(hours=19))
        seller.passes()
        assert seller.window() == {"A": 0}
        assert LaneTodo.objects.count() == 0


def test_a_refusal_that_ends_by_itself_does_not_keep_another_number_waiting() -> None:
    with clock.turned_to(world.START) as turned:
        seller = Seller()
        one, _ = seller.sells("A", 5)
        seller.passes()
        seller.is_refused_until(world.START + timedelta(hours=20))
        world.stock(one, seller.place, 2)
        seller.passes()
        seller.channel.refuse.clear()
        world.stock(one, seller.place, 1)
        seller.passes()
        assert seller.window() == {"A": 1}
        turned.advance(timedelta(hours=20))
        assert seller.passes() == Settled()
        assert (seller.window(), LaneTodo.objects.count()) == ({"A": 1}, 0)


def test_retry_sends_a_refused_value_again(seller: Seller) -> None:
    _, offer = seller.sells("A", 5)
    seller.channel.refuse["A"] = Problem("1", "no")
    seller.passes()
    seller.channel.refuse.clear()
    listings.retry([offer], actor="test")
    seller.passes()
    assert seller.window() == {"A": 5}


@pytest.mark.parametrize("fate", ["before", "after"])
def test_f3_a_lost_answer_is_sent_again(fate: str) -> None:
    with clock.turned_to(world.START) as turned:
        seller = Seller()
        _, offer = seller.sells("A", 5)
        seller.channel.lose = lambda sku: fate
        outcome = seller.passes()
        assert (world.shown(offer).unknown, world.shown(offer).in_flight) == (True, 5)
        seller.channel.lose = lambda sku: ""
        assert isinstance(outcome, Again)
        turned.advance(outcome.after)
        assert seller.passes() == Settled()
        assert seller.window() == {"A": 5}
        assert (world.shown(offer).unknown, world.shown(offer).in_flight, world.shown(offer).shown) == (False, None, 5)
        assert LaneTodo.objects.count() == 0


def test_an_accepted_value_is_not_confirmed_and_not_repeated(seller: Seller) -> None:
    seller.channel.accepts_for = timedelta(minutes=1)
    one, offer = seller.sells("A", 5)
    seller.passes()
    listings.sweep_soon()
    seller.passes()
    assert seller.channel.sent == [("A", 5)]
    assert (world.shown(offer).shown, world.shown(offer).in_flight) == (None, 5)
    world.stock(one, seller.place, 2)
    seller.passes()
    assert seller.channel.sent == [("A", 5), ("A", 2)]


def test_the_revision_limit_of_a_day_keeps_its_last_tenth_for_lowering() -> None:
    with clock.turned_to(world.START) as turned:
        seller = Seller()
        limits = LIMITS.__class__(operations={}, items_a_call=25, revisions_a_day=20)
        one, offer = seller.sells("A", 1)
        for units in (2, 1) * 9:  # a raise needs half the cap sold: 2 after 1 of cap 10
            seller.passes(limits)
            world.stock(one, seller.place, units)
        seller.passes(limits)
        assert world.shown(offer).revisions == 19
        world.stock(one, seller.place, 3)
        seller.passes(limits)
        assert seller.window() == {"A": 1}
        assert LaneTodo.objects.get().why == "revision_limit"
        world.stock(one, seller.place, 0)
        seller.passes(limits)
        assert seller.window() == {"A": 0}
        world.stock(one, seller.place, 3)
        turned.advance(timedelta(days=1))
        seller.passes(limits)
        assert seller.window() == {"A": 3}


def test_f41_a_lane_given_away_cannot_write(seller: Seller) -> None:
    _, offer = seller.sells("A", 5)
    seller.channel.while_called = lambda: take_lane(seller.account, holder="another worker", now=clock.now()) and None
    with pytest.raises(Fenced):
        seller.passes()
    assert world.shown(offer).shown is None
    assert OfferReceipt.objects.count() == 0
    with pytest.raises(Fenced):
        seller.passes()


def test_f40_what_a_killed_holder_had_on_its_way_is_sent_again(seller: Seller) -> None:
    """The number was 5, 4 was on its way when the worker died, and then it was wanted to be 5 again."""
    one, _ = seller.sells("A", 5)
    seller.passes()

    class Killed(BaseException):
        pass

    def kill() -> None:
        seller.channel.pages["A"].quantity = 4
        raise Killed

    world.stock(one, seller.place, 4)
    seller.channel.while_called = kill
    with pytest.raises(Killed):
        seller.passes()
    seller.channel.while_called = lambda: None
    world.stock(one, seller.place, 5)
    seller.epoch = take_lane(seller.account, holder="next", now=clock.now())
    seller.passes()
    assert seller.window() == {"A": 5}


def test_f5_access_lost_stops_the_account(seller: Seller) -> None:
    seller.sells("A", 5)
    seller.channel.errors = [AccessLost("the token was revoked")]
    with pytest.raises(AccessLost):
        seller.passes()
    assert Account.objects.get(pk=seller.account).state == "reconnect"
    assert LaneTodo.objects.count() == 1, "nothing is dropped"


def test_a_change_that_commits_late_is_not_lost(seller: Seller, connect) -> None:
    """A writer that began before others and commits after the lane passed."""
    late_one, late_offer = seller.sells("LATE", 5)
    quick, _ = seller.sells("QUICK", 5)
    seller.passes()
    writer = connect()
    writer.execute("SELECT pg_current_xact_id()")
    writer.execute("UPDATE stock_level SET on_hand = 1 WHERE variant_id = %s", [late_one])
    writer.execute("UPDATE variant_stock SET version = version + 1, on_hand = 1, atp = 1 WHERE variant_id = %s", [late_one])
    writer.execute(
        "INSERT INTO availability_change (variant_id, version, changed_at, xid) VALUES (%s, 2, now(), pg_current_xact_id()::text::bigint)",
        [late_one],
    )
    world.stock(quick, seller.place, 2)
    seller.passes()
    assert seller.window() == {"LATE": 5, "QUICK": 2}
    writer.commit()
    seller.passes()
    assert seller.window() == {"LATE": 1, "QUICK": 2}
    assert world.shown(late_offer).shown == 1


def test_a_restored_database_compares_everything(seller: Seller) -> None:
    seller.sells("A", 5)
    seller.passes()
    Lane.objects.update(cursor_xid=10**15, sweep_after=clock.now() + timedelta(hours=1))
    seller.channel.pages.clear()
    world.OfferShown.objects.update(shown=None)
    seller.passes()
    assert seller.window() == {"A": 5}
    assert Lane.objects.get().cursor_xid < 10**15


def test_a_lost_change_row_is_found_by_the_comparison_of_all(seller: Seller, owner) -> None:
    one, _ = seller.sells("A", 5)
    seller.passes()
    world.stock(one, seller.place, 2)
    owner.execute("DELETE FROM availability_change")
    seller.passes()
    assert seller.window() == {"A": 5}
    Lane.objects.update(sweep_after=clock.now())
    seller.passes()
    assert seller.window() == {"A": 2}


def test_many_changes_at_once_go_through_the_to_do(seller: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = LIMITS.__class__(operations={}, items_a_call=1)
    made = [seller.sells(f"S{n}", n + 1)[0] for n in range(60)]
    seller.passes(limits)
    assert len(seller.window()) == 60
    for n, one in enumerate(made):
        world.stock(one, seller.place, max(0, n - 30))
    seller.passes(limits)
    assert seller.window() == {f"S{n}": min(10, max(0, n - 30)) for n in range(60)}
    assert LaneTodo.objects.count() == 0


def test_the_lane_says_how_long_changes_waited() -> None:
    with clock.turned_to(world.START) as turned:
        seller = Seller()
        one, _ = seller.sells("A", 5)
        seller.passes()
        turned.advance(timedelta(minutes=2))
        seller.passes()
        world.stock(one, seller.place, 4)
        turned.advance(timedelta(seconds=3))
        seller.passes()
        lane = Lane.objects.get()
        assert len(lane.waits) == 60
        assert lane.waits[-1] == 3.0
        assert lane.passed_at == clock.now()


def test_offer_settings_win_over_the_accounts(seller: Seller) -> None:
    _, offer = seller.sells("A", 20)
    listings.set_terms([offer], share_percent=50, cap=100, holdback=3, actor="test")
    seller.passes()
    assert seller.window() == {"A": 7}
    assert Offer.objects.get(pk=offer).cap == 100
