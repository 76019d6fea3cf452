"""Level 4: packages are reported once, news comes without a poll, quotas are told, cancellation requests are seen."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from entrepot.base.ids import RemoteId
from entrepot.channels.conformance.report import Level
from entrepot.channels.conformance.trial import Trial, check, expect
from entrepot.channels.contract import (
    ChannelError,
    ChannelOrder,
    ConfirmsShipments,
    Hint,
    OrderStatus,
    ReadsNotifications,
    ReadsQuota,
    ReceivesWebhooks,
    Refused,
    Shipment,
    ShipmentLine,
)

HERE = Level.COMPLETE
PATIENCE_S = 5.0
Message = tuple[dict[str, str], bytes]


@check(HERE)
def abilities(trial: Trial) -> None:
    """It confirms shipments, hears of orders without a poll, and tells quotas."""
    missing = [ability.__name__ for ability in (ConfirmsShipments, ReadsQuota) if not isinstance(trial.account, ability)]
    expect(not missing, f"missing: {', '.join(missing)}")
    expect(isinstance(trial.account, ReceivesWebhooks | ReadsNotifications), "neither webhooks nor notifications")


@check(HERE)
def shipped_once(trial: Trial) -> None:
    """A package reported twice is one package."""
    order, package = _to_ship(trial, bought=3, shipped=2)
    for _ in range(2):
        trial.account.confirm_shipment(package)
    expect(_shipped(trial, order) == 2, f"{_shipped(trial, order)} units are shipped, 2 left")
    trial.settle()
    again = trial.account.read_order(order.remote_id)
    expect(again.status is OrderStatus.PARTLY_SHIPPED, f"the order is {again.status}")
    expect(again.lines[0].shipped_quantity == 2, f"the line tells {again.lines[0].shipped_quantity} shipped")


@check(HERE)
def shipped_in_two(trial: Trial) -> None:
    """Two packages are two packages, and then the order is shipped."""
    order, package = _to_ship(trial, bought=3, shipped=2)
    trial.account.confirm_shipment(package)
    line = ShipmentLine(order.lines[0].remote_id, 1)
    trial.account.confirm_shipment(Shipment(order.remote_id, 2, [line], "ups", "1Z999AA10123456785", trial.world.clock()))
    expect(_shipped(trial, order) == 3, f"{_shipped(trial, order)} units are shipped, 3 left")
    trial.settle()
    status = trial.account.read_order(order.remote_id).status
    expect(status is OrderStatus.SHIPPED, f"the order is {status}")


@check(HERE)
def lost_shipment(trial: Trial) -> None:
    """F3: whichever answer is lost, the repeat of a shipment has no second effect."""
    for lost in range(3):
        order, package = _to_ship(trial, bought=2, shipped=1)
        trial.world.fault("F3", after=lost)
        try:
            trial.account.confirm_shipment(package)
        except ChannelError:
            trial.breathe()
        trial.world.clear_faults()
        trial.account.confirm_shipment(package)
        expect(_shipped(trial, order) == 1, f"answer {lost + 1} lost: {_shipped(trial, order)} units are shipped, 1 left")


@check(HERE)
def wrong_shipment(trial: Trial) -> None:
    """A package of a line that does not exist is refused."""
    order, _ = _to_ship(trial, bought=1, shipped=1)
    line = ShipmentLine(RemoteId("1"), 1)
    try:
        trial.account.confirm_shipment(Shipment(order.remote_id, 3, [line], "dhl", "JJD0002", trial.world.clock()))
    except Refused:
        return
    expect(False, "no error was raised")


@check(HERE)
def hears_of_orders(trial: Trial) -> None:
    """An order is heard of without a poll, and subscribing twice changes nothing."""
    (offer,) = trial.publish(trial.content(5))
    hints = _from_webhooks(trial, offer.sku) if isinstance(trial.account, ReceivesWebhooks) else _from_queue(trial, offer.sku)
    order_id, found = hints
    named = [hint for hint in found if hint.remote_id == order_id]
    expect(named, f"{len(found)} messages came, none about the order")
    expect(len({hint.key for hint in named}) == len(named), "one message was delivered twice to one subscription")
    expect(trial.account.read_order(named[0].remote_id).lines, "the order the message names has no lines")


@check(HERE)
def cancel_asked(trial: Trial) -> None:
    """A buyer's request to cancel is seen and is not a cancellation."""
    (offer,) = trial.publish(trial.content(5))
    order_id = trial.world.buy(offer.sku, 1)
    trial.settle()
    if not trial.world.ask_to_cancel(order_id):
        return
    order = trial.account.read_order(RemoteId(order_id))
    expect(order.cancel_requested or any(line.cancel_requested for line in order.lines), "the request is not seen")
    expect(order.status is OrderStatus.PAID, f"a request made the order {order.status}")


@check(HERE)
def quota_told(trial: Trial) -> None:
    """Quotas are told as numbers that fit."""
    trial.poll()
    quotas = trial.account.read_quota()
    expect(quotas, "no quota is told")
    wrong = [quota for quota in quotas if not 0 <= quota.remaining <= quota.limit]
    expect(not wrong, f"more is left than there is: {wrong}")


# --- what they share -------------------------------------------------------------------------------------------------


def _to_ship(trial: Trial, *, bought: int, shipped: int) -> tuple[ChannelOrder, Shipment]:
    (offer,) = trial.publish(trial.content(bought))
    order_id = trial.world.buy(offer.sku, bought)
    trial.settle()
    order: ChannelOrder = trial.account.read_order(RemoteId(order_id))
    line = ShipmentLine(order.lines[0].remote_id, shipped)
    return order, Shipment(order.remote_id, 1, [line], "dhl", "JJD 0001-4567", trial.world.clock())


def _shipped(trial: Trial, order: ChannelOrder) -> int:
    return sum(row.shipped for row in trial.world.sold() if row.order_id == order.remote_id)


def _from_queue(trial: Trial, sku: str) -> tuple[str, list[Hint]]:
    for _ in range(2):
        trial.account.ensure_subscribed()
    order_id = trial.world.buy(sku, 1)
    trial.settle()
    hints, forget = trial.account.read_notifications(wait=timedelta(seconds=2))
    forget()
    again, _ = trial.account.read_notifications(wait=timedelta(0))
    left = [hint for hint in again if hint.remote_id == order_id]
    expect(not left, "a message came again after it was removed")
    return order_id, hints


def _from_webhooks(trial: Trial, sku: str) -> tuple[str, list[Hint]]:
    with receiver(trial.account) as (address, messages):
        for _ in range(2):
            trial.account.subscribe(address)
        order_id = trial.world.buy(sku, 1)
        trial.settle()
        expect(messages.arrived(), f"no message came within {PATIENCE_S:g} s")
    headers, body = messages.all[0]
    try:
        trial.account.hints(headers, body + b" ")
        expect(False, "a changed message was believed")
    except Refused:
        pass
    return order_id, [hint for headers, body in messages.all for hint in trial.account.hints(headers, body)]


class Messages:
    """What was posted to the receiver."""

    def __init__(self) -> None:
        self.all: list[Message] = []
        self._some = threading.Event()

    def add(self, message: Message) -> None:
        self.all.append(message)
        self._some.set()

    def arrived(self) -> bool:
        return self._some.wait(PATIENCE_S)


@contextmanager
def receiver(account: Any) -> Iterator[tuple[str, Messages]]:
    """A web address on this machine that answers challenges and keeps what is posted."""
    messages = Messages()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = account.answer_challenge(dict(parse_qsl(urlsplit(self.path).query)), address)
            self._reply(200 if answer is not None else 404, json.dumps(answer).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            messages.add((dict(self.headers.items()), body))
            self._reply(204, b"")

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_address[1]}/hooks/conformance"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield address, messages
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
