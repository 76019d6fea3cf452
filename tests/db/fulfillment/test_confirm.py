"""Telling the channel until it knows: lost answers, refusals, throttling (HO11, F1, F3)."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction

from entrepot.base import clock
from entrepot.base.loops import Again, Settled
from entrepot.channels.contract import ChannelError, Refused, Shipment, Throttled, Unavailable, Unreadable
from entrepot.fulfillment import actions as fulfillment
from entrepot.fulfillment.loops import confirm_shipments
from entrepot.fulfillment.models import FulfillmentOrder, ShippedPackage
from tests.db.orders.shop import line, open_shop, order

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Channel:
    """Keeps what it was told by order and reference, as the contract says; ``errors`` are raised by the next calls."""

    told: dict[tuple[str, int], Shipment] = field(default_factory=dict)
    errors: list[tuple[bool, ChannelError]] = field(default_factory=list)  # (done before the answer was lost, error)
    calls: list[int] = field(default_factory=list)
    by_order: dict[str, ChannelError] = field(default_factory=dict)

    def confirm_shipment(self, shipment: Shipment) -> None:
        self.calls.append(shipment.reference)
        if shipment.order in self.by_order:
            raise self.by_order[shipment.order]
        done, error = self.errors.pop(0) if self.errors else (True, None)
        if done:
            before = self.told.setdefault((shipment.order, shipment.reference), shipment)
            assert before == shipment, "told twice with different data"
        if error is not None:
            raise error


def shipped(*numbers: str):
    shop = open_shop()
    shop.has("RED", 50)
    shop.takes(*(order(number, line("RED")) for number in numbers))
    fulfillment.plan_orders()
    for n, work in enumerate(FulfillmentOrder.objects.order_by("id")):
        with transaction.atomic():
            fulfillment.ship(work.public_id, carrier="ups", tracking=f"T{n}", key=f"k{n}", actor="t")
    return shop.account


def test_every_package_is_told_once_and_then_there_is_nothing_to_do_ho11():
    account, channel = shipped("A", "B"), Channel()
    assert confirm_shipments(account, channel) == Settled()
    assert {number for number, _ in channel.told} == {"A", "B"}
    assert confirm_shipments(account, channel) == Settled()
    assert len(channel.calls) == 2
    assert ShippedPackage.objects.filter(told_at=None).count() == 0


@pytest.mark.parametrize("error", [Unavailable("lost"), Unreadable("$")])
def test_a_lost_answer_is_told_again_with_the_same_data_and_blocks_no_other_f3(error):
    with clock.turned_to(clock.now()) as turned:
        account, channel = shipped("A", "B"), Channel(errors=[(True, error)])
        again = confirm_shipments(account, channel)
        assert isinstance(again, Again)
        assert {number for number, _ in channel.told} == {"A", "B"}
        assert ShippedPackage.objects.filter(told_at=None).count() == 1
        turned.advance(again.after + timedelta(seconds=1))
        assert confirm_shipments(account, channel) == Settled()
        assert len(channel.told) == 2


def test_a_refusal_stays_with_its_package_for_a_person_and_is_not_repeated():
    account, channel = shipped("A", "B"), Channel(errors=[(False, Refused("no such carrier"))])
    assert confirm_shipments(account, channel) == Settled()
    assert sorted(ShippedPackage.objects.values_list("refused", flat=True)) == ["", "no such carrier"]
    assert confirm_shipments(account, channel) == Settled()
    assert len(channel.calls) == 2


def test_throttling_waits_as_long_as_the_channel_says_f1():
    account, channel = shipped("A"), Channel(errors=[(False, Throttled(timedelta(seconds=40)))])
    assert confirm_shipments(account, channel) == Again(timedelta(seconds=40))
    assert ShippedPackage.objects.get().tries == 0
    assert confirm_shipments(account, channel) == Settled()


def test_a_channel_that_is_down_is_left_alone_after_three_failures_f2():
    with clock.turned_to(clock.now()) as turned:
        account = shipped(*(f"O{n}" for n in range(8)))
        channel = Channel(errors=[(False, Unavailable())] * 8)
        again = confirm_shipments(account, channel)
        assert len(channel.calls) == 3
        assert isinstance(confirm_shipments(account, channel), Again)
        assert len(channel.calls) == 3
        channel.errors.clear()
        for _ in range(4):
            turned.advance(timedelta(minutes=5))
            again = confirm_shipments(account, channel)
        assert (again, len(channel.told)) == (Settled(), 8)


def test_one_package_that_always_fails_does_not_keep_the_others_from_being_told():
    with clock.turned_to(clock.now()) as turned:
        account, channel = shipped("BAD", "B", "C"), Channel(by_order={"BAD": Unavailable()})
        for _ in range(3):
            confirm_shipments(account, channel)
            turned.advance(timedelta(minutes=6))
        assert {number for number, _ in channel.told} == {"B", "C"}
