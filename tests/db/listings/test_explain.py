"""Every number explains itself: the steps sum to what the channel shows."""

import pytest

from entrepot.base import clock
from entrepot.base.errors import NotFound
from entrepot.base.loops import Again
from entrepot.inventory.models import Location, StockLevel
from entrepot.listings import actions as listings
from entrepot.listings import queries
from entrepot.listings.loops import reconcile_availability, take_lane
from entrepot.listings.types import Policy
from tests.db.listings import world
from tests.db.listings.world import LIMITS, MemoryChannel

pytestmark = pytest.mark.django_db(transaction=True)


def passes(account: int, channel: MemoryChannel) -> None:
    epoch = take_lane(account, holder="test", now=clock.now())
    while reconcile_availability(account, epoch=epoch, channel=channel, limits=LIMITS) == Again():
        pass


def test_a_pooled_number_is_led_back_to_the_shelf() -> None:
    account = world.account(share_percent=50, cap=4, holdback=1)
    place, closed, other = world.location("BER", feeds=[account]), world.location("CLOSED", feeds=[account]), world.location("PAR")
    one = world.variant("A")
    for at, units in ((place, 20), (closed, 5), (other, 7)):
        world.stock(one, at, units)
    StockLevel.objects.filter(location_id=place).update(reserved=3, safety_stock=2)
    Location.objects.filter(pk=closed).update(paused=True)
    world.offer(one, account)
    channel = MemoryChannel()
    passes(account, channel)
    found = queries.explain(one, account)
    assert found.answer == channel.pages["A"].quantity == 4
    assert sum(step.amount for step in found.steps) == 4
    assert [(step.label, step.amount) for step in found.steps if step.rule in ("ST3", "PROMISE 19")] == [
        ("share of this channel {percent} %", -8),
        ("held back from this channel", -1),
        ("shown at most {cap}", -2),
    ]
    text = queries.as_text(found)
    assert "+20  on hand at BER (ST1)" in text
    assert "-5  CLOSED does not feed this channel, or is paused (ST1)" in text
    assert text.endswith("= 4")


def test_a_number_that_is_not_refilled_yet_says_so() -> None:
    account = world.account()
    place = world.location(feeds=[account])
    one = world.variant("A")
    world.stock(one, place, 7)
    world.offer(one, account)
    channel = MemoryChannel()
    passes(account, channel)
    world.stock(one, place, 30)
    passes(account, channel)
    found = queries.explain(one, account)
    assert found.answer == channel.pages["A"].quantity == 7
    assert found.steps[-1].label == "a channel is refilled when half of {cap} is sold"


def test_an_allotted_number_names_the_part_and_the_exposure() -> None:
    place = world.location()
    accounts = [world.account(), world.account()]
    one = world.variant("A")
    for account in accounts:
        world.inventory.feed(account, [place], actor="test")
        world.offer(one, account)
    world.stock(one, place, 9)
    listings.set_policy(one, Policy.ALLOTTED, reason="", actor="test")
    channels = [MemoryChannel(), MemoryChannel()]
    for account, channel in zip(accounts, channels, strict=True):
        passes(account, channel)
    assert [queries.explain(one, account).answer for account in accounts] == [c.pages["A"].quantity for c in channels] == [5, 4]
    world.stock(one, place, 20)
    assert queries.explain(one, accounts[0]).answer == 10


def test_a_kit_names_its_components() -> None:
    account = world.account()
    place = world.location("BER", feeds=[account])
    cup, plate = world.variant("CUP"), world.variant("PLATE")
    world.stock(cup, place, 9)
    world.stock(plate, place, 3)
    kit = world.kit({cup: 2, plate: 1})
    world.offer(kit, account)
    found = queries.explain(kit, account)
    assert found.answer == 3
    assert "CUP: 9 may be promised, 2 a kit" in queries.as_text(found)


def test_a_draft_and_a_recalled_offer_show_nothing() -> None:
    account = world.account()
    place = world.location(feeds=[account])
    one, other = world.variant("A"), world.variant("B")
    for variant in (one, other):
        world.stock(variant, place, 5)
    world.offer(one, account, wanted="draft", state="none")
    world.offer(other, account, recalled=True)
    assert queries.explain(one, account).answer == 0
    assert queries.explain(other, account).answer == 0
    assert queries.explain(other, account).steps[-1].rule == "P8"


def test_no_offer_no_number() -> None:
    with pytest.raises(NotFound):
        queries.explain(world.variant(), world.account())


def test_offers_by_page_with_wanted_beside_shown() -> None:
    account = world.account()
    place = world.location(feeds=[account])
    made = []
    for sku in ("A", "B", "C"):
        one = world.variant(sku)
        world.stock(one, place, 3)
        made.append(world.offer(one, account))
    first = queries.offers(account=account, limit=2)
    rest = queries.offers(account=account, after=first[-1].id)
    assert [view.id for view in (*first, *rest)] == made
    assert (first[0].wanted_quantity, first[0].shown_quantity) == (3, None)
    assert queries.offer(made[2]).sku == "C"
