"""Hints are followed, windows polled whole, quarantine tried again (P6, F1, F6, FACTS 0.3)."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from entrepot.base import clock
from entrepot.base.loops import Again, Settled
from entrepot.base.told import told
from entrepot.channels.actions import store_hints
from entrepot.channels.contract import (
    ChannelError,
    Hint,
    HintKind,
    Limits,
    Page,
    Refused,
    Throttled,
    Unavailable,
    Unreadable,
    UnreadableOrder,
)
from entrepot.channels.models import AccountHint, AccountProgress
from entrepot.orders.loops import follow_hints, poll_orders, retry_quarantine
from entrepot.orders.models import OrderQuarantine, SalesOrder
from tests.db.orders.shop import Shop, line, open_shop, order

pytestmark = pytest.mark.django_db(transaction=True)
LIMITS = Limits(operations={}, items_a_call=1, poll_every=timedelta(minutes=3), poll_overlap=timedelta(minutes=5))


@dataclass
class Channel:
    pages: list[Page] = field(default_factory=list)
    calls: list[str | None] = field(default_factory=list)
    windows: list = field(default_factory=list)
    errors: dict[str, ChannelError] = field(default_factory=dict)
    budget: int = 1000

    def read_orders(self, *, since, until, cursor=None):
        if self.budget == 0:
            raise Throttled(timedelta(seconds=60))
        self.budget -= 1
        self.calls.append(cursor)
        self.windows.append((since, until))
        return self.pages[int(cursor or 0)]

    def read_order(self, remote_id):
        self.calls.append(remote_id)
        if remote_id in self.errors:
            raise self.errors[remote_id]
        return order(remote_id, line("RED"))


def pages(count: int, *, loop: bool = False) -> list[Page]:
    last = "0" if loop else None
    return [Page([order(f"P{n}", line("RED"))], cursor=str(n + 1) if n + 1 < count else last) for n in range(count)]


def shop() -> Shop:
    one = open_shop()
    one.has("RED", 100)
    return one


def test_a_window_is_read_whole_with_overlap_and_only_then_complete_p6():
    one, channel = shop(), Channel(pages(3))
    before = AccountProgress.objects.get().orders_complete_until
    assert poll_orders(one.account, channel, LIMITS) == Again(LIMITS.poll_every)
    assert channel.windows[0][0] == before - LIMITS.poll_overlap
    progress = AccountProgress.objects.get()
    assert (SalesOrder.objects.count(), progress.orders_complete_until) == (3, channel.windows[0][1])
    assert isinstance(poll_orders(one.account, channel, LIMITS), Again)
    assert len(channel.calls) == 3


def test_a_quota_that_ends_in_the_middle_of_a_long_window_goes_on_there_p6_f1():
    """A day of downtime may be more pages than the channel's burst allows: beginning anew each time would never end."""
    with clock.turned_to(clock.now()) as turned:
        one, channel = shop(), Channel(pages(7), budget=3)
        for _ in range(2):
            assert poll_orders(one.account, channel, LIMITS) == Again(timedelta(seconds=60))
            channel.budget = 3
            turned.advance(timedelta(seconds=60))
        poll_orders(one.account, channel, LIMITS)
        assert channel.calls == [None, "1", "2", "3", "4", "5", "6"]
        assert (SalesOrder.objects.count(), AccountProgress.objects.get().orders_complete_until) == (7, channel.windows[0][1])


def test_a_cursor_the_channel_refuses_later_begins_the_window_anew():
    with clock.turned_to(clock.now()) as turned:
        one, channel = shop(), Channel(pages(3), budget=2)
        poll_orders(one.account, channel, LIMITS)
        turned.advance(timedelta(seconds=60))

        def expired(**asked):
            raise Refused("cursor expired")

        real, channel.read_orders = channel.read_orders, expired
        with pytest.raises(Refused):
            poll_orders(one.account, channel, LIMITS)
        channel.read_orders, channel.budget = real, 9
        poll_orders(one.account, channel, LIMITS)
        assert channel.calls == [None, "1", None, "1", "2"]


def test_a_channel_whose_cursor_goes_in_circles_is_left_and_the_window_is_not_complete_f6():
    one, channel = shop(), Channel(pages(3, loop=True))
    before = AccountProgress.objects.get().orders_complete_until
    poll_orders(one.account, channel, LIMITS)
    assert len(channel.calls) < 6
    assert AccountProgress.objects.get().orders_complete_until == before


def test_a_failing_poll_is_shown_until_it_works_again_rivals_7():
    one, channel = shop(), Channel(pages(1))

    def down(**asked):
        raise Unavailable("down")

    real, channel.read_orders = channel.read_orders, down
    with pytest.raises(Unavailable):
        poll_orders(one.account, channel, LIMITS)
    assert AccountProgress.objects.get().failing_since is not None
    channel.read_orders = real
    poll_orders(one.account, channel, LIMITS)
    assert (AccountProgress.objects.get().failing_since, AccountProgress.objects.get().failure) == (None, "")


def test_an_unreadable_order_of_a_page_costs_nothing_else_and_comes_in_later():
    one = shop()
    channel = Channel([Page([order("A", line("RED"))], unreadable=[UnreadableOrder("B", "lines[0].price", {"id": "B"})])])
    poll_orders(one.account, channel, LIMITS)
    assert told(OrderQuarantine.objects.get().reason) == "It cannot be read at lines[0].price."
    retry_quarantine(one.account, channel, every=timedelta(seconds=-1))
    assert OrderQuarantine.objects.get().resolved_at is not None
    assert SalesOrder.objects.count() == 2


def test_hints_are_followed_once_each_and_forgotten_after_the_orders_are_in():
    one, channel = shop(), Channel(errors={"GONE": Refused("no such order"), "ODD": Unreadable("total")})
    hints = [Hint(f"m{n}", HintKind.ORDER, number) for n, number in enumerate(["A", "A", "GONE", "ODD", "B"])]
    assert store_hints(one.account, [*hints, hints[0]]) == 5
    assert follow_hints(one.account, channel) == Settled()
    assert channel.calls == ["A", "GONE", "ODD", "B"]
    assert (SalesOrder.objects.count(), AccountHint.objects.count(), OrderQuarantine.objects.count()) == (2, 0, 1)


def test_a_throttled_hint_waits_and_the_ones_before_are_in_f1():
    one, channel = shop(), Channel(errors={"B": Throttled(timedelta(seconds=9))})
    store_hints(one.account, [Hint(n, HintKind.ORDER, n) for n in "ABC"])
    assert follow_hints(one.account, channel) == Again(timedelta(seconds=9))
    assert (SalesOrder.objects.count(), AccountHint.objects.count()) == (1, 2)


def test_one_order_that_cannot_be_fetched_does_not_keep_the_rest_in_quarantine():
    one = shop()
    with clock.turned_to(clock.now()) as turned:
        one.takes(*(order(number, line("RED"), line("RED")) for number in ("BAD", "GOOD")))
        channel = Channel(errors={"BAD": Unavailable("500")})
        for _ in range(2):
            turned.advance(timedelta(minutes=11))
            try:
                retry_quarantine(one.account, channel)
            except Unavailable:
                continue
        assert set(OrderQuarantine.objects.filter(resolved_at=None).values_list("channel_order_id", flat=True)) == {"BAD"}
