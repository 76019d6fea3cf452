"""Level 1: every order is read, once in effect, whatever the channel does while it is read."""

from datetime import timedelta

from entrepot.base.ids import RemoteId
from entrepot.channels.conformance.report import Level
from entrepot.channels.conformance.trial import Trial, check, expect
from entrepot.channels.contract import AccessLost, ChannelError, OrderStatus, ReadsOrders, Refused, Throttled, Unavailable, Unreadable

HERE = Level.READS_ORDERS
BROKEN = ("cut", "truncated", "html", "empty", "charset")
PAGES = ("repeat", "skip", "loop")


@check(HERE)
def ability(trial: Trial) -> None:
    """It has the ability to read orders."""
    expect(isinstance(trial.account, ReadsOrders), "read_orders or read_order is missing")


@check(HERE)
def complete_order(trial: Trial) -> None:
    """An order bought is read with its lines, money and times, by poll and by id alike."""
    (offer,) = trial.publish(trial.content())
    order_id = trial.world.buy(offer.sku, 2)
    trial.settle()
    by_id = trial.account.read_order(RemoteId(order_id))
    polled = [order for order in trial.poll() if order.remote_id == order_id]
    expect(len(polled) == 1, f"the poll found the order {len(polled)} times")
    for order in (by_id, polled[0]):
        expect(order.status is OrderStatus.PAID, f"a paid order is {order.status} ({order.raw_status})")
        expect([(line.sku, line.quantity) for line in order.lines] == [(offer.sku, 2)], f"the lines are {order.lines}")
        expect(order.lines[0].unit_price == offer.price, f"the unit price is {order.lines[0].unit_price}, not {offer.price}")
        expect(order.currency == trial.world.currency == order.total.currency, f"the currency is {order.currency}")
        expect(order.placed_at.utcoffset() == timedelta(0), "the time is not UTC")
        expect(order.placed_at <= order.updated_at <= trial.world.clock(), "the times are not in order")


@check(HERE)
def delivered_often(trial: Trial) -> None:
    """An order is the same however often it is delivered."""
    (offer,) = trial.publish(trial.content())
    order_id = trial.world.buy(offer.sku, 1)
    trial.settle()
    seen = [order for _ in range(2) for order in trial.poll()] + [trial.account.read_order(RemoteId(order_id))]
    keys = {(order.remote_id, tuple(line.remote_id for line in order.lines), order.status, order.updated_at) for order in seen}
    expect(len(keys) == 1, f"{len(seen)} deliveries of one order gave {len(keys)} different ones")


@check(HERE)
def unknown_order(trial: Trial) -> None:
    """An order that does not exist is refused."""
    try:
        trial.account.read_order(RemoteId("00-00000-00000"))
    except Refused:
        return
    expect(False, "no error was raised")


@check(HERE)
def throttled(trial: Trial) -> None:
    """F1: throttling is obeyed: the wait is told, and nothing is sent before it has passed."""
    trial.poll()
    trial.world.fault("F1", retry_after_s=40)
    try:
        trial.poll()
        expect(False, "no error was raised")
    except Throttled as wait:
        expect(wait.retry_after == timedelta(seconds=40), f"the wait told is {wait.retry_after}, the channel said 40 s")
    sent = trial.world.calls()
    try:
        trial.poll()
        expect(False, "the pause was not kept")
    except Throttled:
        expect(trial.world.calls() == sent, "a call was sent within the pause")
    trial.breathe()
    trial.poll()


@check(HERE)
def throttled_silently(trial: Trial) -> None:
    """F1: throttling without a time is an error of its own kind too."""
    trial.world.fault("F1")
    try:
        trial.poll()
    except Throttled as wait:
        expect(wait.retry_after is None, f"the channel named no time, the connector says {wait.retry_after}")
        return
    expect(False, "no error was raised")


@check(HERE)
def down(trial: Trial) -> None:
    """F2: a channel that is down is unavailable, not refusing and not empty."""
    trial.world.fault("F2", times=None)
    try:
        trial.poll()
    except Unavailable:
        trial.world.clear_faults()
        trial.breathe()
        trial.poll()
        return
    expect(False, "no error was raised")


@check(HERE)
def broken_answers(trial: Trial) -> None:
    """F4: a broken answer is an error, never a part of an answer."""
    (offer,) = trial.publish(trial.content())
    order_id = trial.world.buy(offer.sku, 1)
    trial.settle()
    for how in BROKEN:
        trial.world.fault("F4", how=how)
        try:
            found = trial.poll()
        except (Unreadable, Unavailable):
            trial.breathe()
            continue
        expect(False, f"F4 {how} was read as {len(found)} orders")
    expect(order_id in trial.poll_again(), "the order is lost")


@check(HERE)
def token_ends_between_pages(trial: Trial) -> None:
    """F5: a token that ends between two pages is renewed, and no order is lost."""
    bought = trial.many_orders()
    trial.world.fault("F5", after=1)
    found = [order.remote_id for order in trial.poll()]
    missing = bought - set(found)
    expect(not missing, f"{len(missing)} of {len(bought)} orders are missing")


@check(HERE)
def access_revoked(trial: Trial) -> None:
    """F5: a revoked access is told as lost, not retried."""
    trial.world.fault("F5", how="refresh")
    try:
        trial.poll()
    except AccessLost:
        return
    expect(False, "no error was raised")


@check(HERE)
def pages_go_wrong(trial: Trial) -> None:
    """F6: pages that repeat, are skipped or loop end, and the next poll has every order."""
    bought = trial.many_orders()
    for how in PAGES:
        for after in (0, 1):
            trial.world.fault("F6", how=how, after=after, times=None)
            try:
                trial.poll()
            except ChannelError:
                trial.breathe()
            trial.world.clear_faults()
            missing = bought - set(trial.poll_again())
            expect(not missing, f"after F6 {how}, {len(missing)} of {len(bought)} orders are missing")
            trial.breathe()


@check(HERE)
def busy_window(trial: Trial) -> None:
    """Orders that come in while pages are read cost none of the others."""
    bought = trial.many_orders()
    since, until = trial.world.clock() - timedelta(days=1), trial.world.clock()
    first = trial.account.read_orders(since=since, until=until)
    (offer,) = trial.published.values()
    late = {trial.world.buy(offer.sku, 1) for _ in range(3)}
    trial.settle()
    found, cursor = [order.remote_id for order in first.orders], first.cursor
    while cursor is not None:
        page = trial.account.read_orders(since=since, until=until, cursor=cursor)
        found += [order.remote_id for order in page.orders]
        cursor = page.cursor
    missing = bought - set(found)
    expect(not missing, f"{len(missing)} orders were passed over")
    expect(late <= trial.poll_again(), "the late ones are not in the next poll")
