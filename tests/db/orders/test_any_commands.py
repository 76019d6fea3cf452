"""Random commands in any order keep every invariant (IN1, IN2, IN4, P1, P2)."""

import random
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from entrepot.base import clock
from entrepot.base.errors import UserError
from entrepot.channels.contract import OrderStatus
from entrepot.fulfillment import actions as fulfillment
from entrepot.fulfillment.models import FulfillmentOrder
from entrepot.inventory import actions as inventory
from entrepot.inventory.models import Reservation
from entrepot.inventory.types import DemandLine
from entrepot.orders import actions as orders
from entrepot.orders import shortages
from entrepot.orders.models import OrderLine, SalesOrder
from tests.db import sound
from tests.db.listings import world
from tests.db.orders.shop import changed, line, open_shop, order

pytestmark = pytest.mark.django_db(transaction=True)


class Commands(RuleBasedStateMachine):
    """One seller, two places, two variants and a kit of both. Each example is undone by its outer transaction."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.number = 0
        self.states: dict[str, object] = {}

    @initialize(first=st.integers(0, 6), second=st.integers(0, 6))
    def open(self, first: int, second: int) -> None:
        self.shop = open_shop()
        self.second = world.location()
        inventory.feed(self.shop.account, [self.shop.place, self.second], actor="t")
        a, b = self.shop.has("A", first), self.shop.has("B", second)
        self.shop.has("A", 2, self.second)
        self.skus = ["A", "B", world.Variant.objects.get(pk=world.kit({a: 2, b: 1})).sku, "nobody knows"]

    def key(self) -> str:
        self.number += 1
        return f"key-{self.number}"

    def act(self, command) -> None:
        """Run a command as a door does; an expected "no" undoes it."""
        try:
            with transaction.atomic():
                command()
        except UserError:
            return

    @rule(sku=st.integers(0, 3), units=st.integers(1, 4), pending=st.booleans())
    def sells(self, sku: int, units: int, pending: bool) -> None:
        number = self.key()
        status = OrderStatus.PENDING if pending else OrderStatus.PAID
        self.states[number] = order(number, line(self.skus[sku], units), line("A", 1, "2"), status=status)
        self.shop.takes(self.states[number], self.states[number])

    @precondition(lambda self: self.states)
    @rule(pick=st.integers(0, 99), quantity=st.integers(1, 5), canceled=st.integers(0, 5), gone=st.integers(0, 5), end=st.booleans())
    def channel_changes(self, pick: int, quantity: int, canceled: int, gone: int, end: bool) -> None:
        number = sorted(self.states)[pick % len(self.states)]
        before = self.states[number]
        self.number += 1
        first = replace(before.lines[0], quantity=quantity, canceled_quantity=min(canceled, quantity), shipped_quantity=min(gone, quantity))
        status = OrderStatus.CANCELED if end else OrderStatus.PAID
        self.states[number] = changed(before, self.number, status=status, lines=[first, *before.lines[1:]])
        self.shop.takes(self.states[number])
        assert self.shop.takes(before).updated == 0

    @precondition(lambda self: self.states)
    @rule(pick=st.integers(0, 99), units=st.integers(1, 3))
    def cancels_here(self, pick: int, units: int) -> None:
        lines = list(OrderLine.objects.order_by("id"))
        chosen = lines[pick % len(lines)]
        self.act(lambda: orders.cancel(chosen.order.public_id, reason="", actor="t", line_id=chosen.pk, units=units))

    @rule(variant=st.sampled_from("AB"), delta=st.integers(-4, 6), second=st.booleans())
    def adjusts(self, variant: str, delta: int, second: bool) -> None:
        place = self.second if second else self.shop.place
        self.act(lambda: self.shop.adjust(variant, delta, self.key(), place))

    @rule(variant=st.sampled_from("AB"), counted=st.integers(0, 6), absolute=st.booleans())
    def reports(self, variant: str, counted: int, absolute: bool) -> None:
        kind, units = ("absolute", counted) if absolute else ("delta", counted - 3)
        chosen = self.shop.variants[variant]
        self.act(lambda: inventory.report(self.shop.place, self.key(), {chosen: units}, kind=kind, counted_at=clock.now(), actor="t"))

    @rule(units=st.integers(1, 3), sku=st.integers(0, 2))
    def holds(self, units: int, sku: int) -> None:
        variant = world.Variant.objects.get(sku=self.skus[sku]).pk
        lines = [DemandLine(self.key(), variant, units), DemandLine(f"key-{self.number}", self.shop.variants["A"], 1)]
        self.act(lambda: inventory.hold(lines, until=clock.now() - world.timedelta(seconds=units % 2 or -60), actor="t"))

    @rule()
    def picks(self) -> None:
        Reservation.objects.filter(kind="work").update(firm=True)

    @rule()
    def housekeeping(self) -> None:
        inventory.expire_holds()
        shortages.take_over_reported()
        shortages.cover()

    @rule()
    def plans(self) -> None:
        fulfillment.plan_orders()

    @rule()
    def follows(self) -> None:
        fulfillment.follow_cancels()

    @precondition(lambda self: FulfillmentOrder.objects.exists())
    @rule(pick=st.integers(0, 99), part=st.booleans())
    def ships(self, pick: int, part: bool) -> None:
        works = list(FulfillmentOrder.objects.order_by("id"))
        chosen = works[pick % len(works)]
        units = {row.order_line_id: 1 for row in chosen.lines.all()} if part else None
        self.act(lambda: fulfillment.ship(chosen.public_id, carrier="ups", tracking=self.key(), key=self.key(), actor="t", units=units))

    @invariant()
    def everything_adds_up(self) -> None:
        assert sound.breaches() == []
        for one in SalesOrder.objects.filter(closed=True):
            assert not Reservation.objects.filter(demand_ref__in=[f"order-line:{x.pk}" for x in one.lines.all()], quantity__gt=0).exists()

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            self.comes_to_rest()
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def comes_to_rest(self) -> None:
        """Loops end: after a few passes none has anything left to do, and places are asked for exactly what they hold."""
        for _ in range(6):
            done = [shortages.take_over_reported(), shortages.cover(), fulfillment.plan_orders(), fulfillment.follow_cancels()]
        assert done == [0, 0, 0, 0], done
        self.everything_adds_up()


def test_random_commands_keep_every_invariant_in1_in2_in4():
    run_state_machine_as_test(
        Commands,
        settings=settings(max_examples=25, stateful_step_count=20, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck)),
    )


@pytest.mark.parametrize("seed", range(2))
def test_commands_of_several_people_at_once_keep_every_invariant_in1_in2_f34(seed):
    from tests.db.threads import at_once

    shop = open_shop()
    a, b = shop.has("A", 20), shop.has("B", 20)
    skus = ["A", "B", world.Variant.objects.get(pk=world.kit({a: 1, b: 2})).sku]
    base = [order(f"O{n}", line(skus[n % 3], 1 + n % 3), line(skus[(n + 1) % 3], 1, "2")) for n in range(10)]
    shop.takes(*base)
    fulfillment.plan_orders()
    works = list(FulfillmentOrder.objects.values_list("public_id", flat=True))
    ids = list(SalesOrder.objects.values_list("public_id", flat=True))

    def door(command):
        def run():
            try:
                with transaction.atomic():
                    command()
            except UserError as no:
                return type(no).__name__
            return None

        return run

    jobs = []
    for n in range(10):
        jobs += [
            door(lambda n=n: orders.cancel(ids[n], reason="", actor="t")) if n % 3 == 0 else shortages.cover,
            door(lambda n=n: fulfillment.ship(works[n % len(works)], carrier="u", tracking=f"T{n}", key=f"k{n}", actor="t")),
            lambda n=n: shop.takes(*(changed(one, n + 1, lines=[line(skus[n % 3], 2, "3"), *one.lines]) for one in base)),
            lambda n=n: shop.takes(*(order(f"N{n}-{i}", line(sku)) for i, sku in enumerate(skus if n % 2 else skus[::-1]))),
            door(lambda n=n: shop.adjust("AB"[n % 2], -1, f"adj{n}")),
            shortages.take_over_reported,
            fulfillment.plan_orders,
            fulfillment.follow_cancels,
        ]
    random.Random(seed).shuffle(jobs)
    answers = at_once(jobs, threads=12)
    assert [x for x in answers if isinstance(x, Exception)] == []
