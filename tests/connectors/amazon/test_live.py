"""The whole connector against the sandbox marketplace; requests and answers are held to Amazon's own files."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from entrepot.base.ids import OfferId, RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import (
    Access,
    AccessLost,
    ChannelError,
    Group,
    HintKind,
    OfferContent,
    OrderStatus,
    Outcome,
    Shipment,
    ShipmentLine,
    Throttled,
    Unavailable,
    Unreadable,
    Wanted,
)
from entrepot.connectors.amazon import CONNECTOR, AmazonWithQueue
from entrepot_sandbox.core.server import running
from tests import contract_checks
from tests.connectors.amazon.desk import OUTSIDE_THE_MODELS, CheckedTransport
from tests.shared import SHARED

LAMP = OfferContent(OfferId(1), Sku("LAMP/1"), "Lamp", "A lamp", "Muster", Money(2500, "EUR"), 5, language="en")
CUP = Group("CUP", "Cup", "A cup", ("Colour", "Size"), (Sku("CUP-R"), Sku("CUP-B")))
SHORT = timedelta(seconds=1)


class StrictTransport(CheckedTransport):
    """Answers are held to the model too."""

    def send(self, operation: str, method: str, url: str, **given: Any) -> httpx.Response:
        response = super().send(operation, method, url, **given)
        if SHARED is not None and operation not in OUTSIDE_THE_MODELS and not operation.startswith("sqs"):
            try:
                told = response.json() if response.status_code != 204 else None
            except ValueError:
                return response  # an answer broken on purpose
            contract_checks.check_amazon(operation, response.status_code, told)
        return response


class Market:
    """The sandbox and one opened account whose clock goes with it."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._control = facts["control_url"]
        self._ahead = timedelta(0)
        self.http = httpx.Client()
        self.transport = StrictTransport(limits=CONNECTOR.limits.operations, clock=self.now, log=lambda call: None)
        self.account: AmazonWithQueue = CONNECTOR.open(
            Access(
                credentials={
                    name: facts[name] for name in ("client_id", "client_secret", "refresh_token", "sqs_access_key", "sqs_secret_key")
                },
                settings={
                    **{
                        name: facts[name]
                        for name in ("seller_id", "marketplace_id", "product_type", "token_url", "sqs_queue_url", "sqs_region")
                    },
                    "endpoint": facts["url"],
                },
                currency=facts["currency"],
                market="DE",
                language="en",
                transport=self.transport,
                clock=self.now,
            )
        )

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        self.post("clock", advance_s=seconds)
        self._ahead += timedelta(seconds=seconds)

    def post(self, what: str, **body: Any) -> Any:
        answer = self.http.post(f"{self._control}/{what}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def world(self) -> Any:
        return self.http.get(f"{self._control}/world").json()

    def shown(self, sku: str = "LAMP/1") -> Any:
        return next((listing for listing in self.world()["listings"] if listing["sku"] == sku), None)

    def sold(self) -> RemoteId:
        """A lamp, published, live and bought once."""
        self.account.publish([LAMP])
        self.advance(5)
        order = self.post("buy", sku="LAMP/1", quantity=1, country="DE")["order_id"]
        self.advance(5)
        return RemoteId(order)


@pytest.fixture
def market() -> Iterator[Market]:
    with running("amazon", seed=0) as facts:
        opened = Market(facts["channels"]["amazon"])
        yield opened
        opened.transport.close()
        opened.http.close()


def show(quantity: int, version: int = 1) -> Wanted:
    return Wanted(OfferId(1), Sku("LAMP/1"), quantity, version)


def package(order: Any, reference: int = 1) -> Shipment:
    lines = tuple(ShipmentLine(line.remote_id, line.quantity) for line in order.lines)
    return Shipment(order.remote_id, reference, lines, "dhl", f"TRACK-{reference}", order.placed_at + timedelta(hours=1))


def test_an_offer_is_published_bought_told_read_lowered_shipped_and_ended(market: Market) -> None:
    amazon = market.account
    amazon.ensure_subscribed()
    amazon.ensure_subscribed()
    members = [
        OfferContent(
            OfferId(n), Sku(sku), f"Cup {color}", "A cup", "Muster", Money(900, "EUR"), 4, options={"Colour": color, "Size": "M"}, group=CUP
        )
        for n, sku, color in ((2, "CUP-R", "red"), (3, "CUP-B", "blue"))
    ]
    assert [got.outcome for got in amazon.publish([LAMP, *members])] == [Outcome.ACCEPTED] * 3
    market.advance(5)
    assert {(one.sku, one.live, one.quantity) for one in amazon.all_listings()} == {
        ("LAMP/1", True, 5),
        ("CUP-R", True, 4),
        ("CUP-B", True, 4),
    }

    number = market.post("buy", sku="LAMP/1", quantity=2, country="DE")["order_id"]
    market.advance(5)
    hints, remove = amazon.read_notifications(wait=SHORT)
    assert {(hint.kind, hint.remote_id) for hint in hints} == {(HintKind.ORDER, number)}
    remove()
    assert amazon.read_notifications(wait=timedelta(0))[0] == []

    order = amazon.read_order(RemoteId(number))
    assert order.status is OrderStatus.PAID
    assert [(line.sku, line.quantity, line.unit_price) for line in order.lines] == [("LAMP/1", 2, Money(2500, "EUR"))]
    assert order.ship_to.country == "DE"

    (lowered,) = amazon.set_availability([show(1, version=7)])
    assert (lowered.outcome, lowered.version) == (Outcome.ACCEPTED, 7)
    market.advance(5)
    (back,) = amazon.read_listings([Sku("LAMP/1")])
    assert (back.live, back.quantity, back.price) == (True, 1, Money(2500, "EUR"))

    amazon.confirm_shipment(package(order))
    assert amazon.read_order(RemoteId(number)).status is OrderStatus.SHIPPED

    assert [got.outcome for got in amazon.end([show(0)])] == [Outcome.ACCEPTED]
    market.advance(5)
    assert amazon.read_listings([Sku("LAMP/1")]) == []
    assert not market.shown()["live"]
    assert market.shown("CUP-R")["live"]


def test_a_revision_changes_text_and_price_and_leaves_what_was_sold(market: Market) -> None:
    market.sold()
    revised = OfferContent(OfferId(1), Sku("LAMP/1"), "Better lamp", "A lamp", "Muster", Money(1999, "EUR"), 99, bullets=("bright",))
    assert [got.outcome for got in market.account.revise([revised])] == [Outcome.ACCEPTED]
    market.advance(5)
    assert (market.shown()["title"], market.shown()["price"], market.shown()["quantity"]) == ("Better lamp", 19.99, 4)
    assert [got.outcome for got in market.account.revise([revised])] == [Outcome.LIVE], "nothing is left to change"


def test_the_poll_finds_an_order_when_amazon_shows_it_and_never_claims_more(market: Market) -> None:
    number = market.sold()
    since = market.now() - timedelta(hours=1)
    early = market.account.read_orders(since=since, until=market.now())
    assert early.orders == []
    assert early.complete_until is not None
    market.advance(150)
    late = market.account.read_orders(since=since, until=market.now())
    assert [order.remote_id for order in late.orders] == [number]
    assert late.orders[0].updated_at > early.complete_until, "what was promised as complete was complete"


def test_P6_pages_hold_every_order_once(market: Market) -> None:
    market.account.publish([OfferContent(OfferId(1), Sku("LAMP/1"), "Lamp", "A lamp", "Muster", Money(2500, "EUR"), 150)])
    market.advance(5)
    bought = {market.post("buy", sku="LAMP/1", quantity=1, country="DE")["order_id"] for _ in range(130)}
    market.advance(300)
    since, until, cursor, read = market.now() - timedelta(hours=1), market.now(), None, []
    while True:
        page = market.account.read_orders(since=since, until=until, cursor=cursor)
        read += [order.remote_id for order in page.orders]
        cursor = page.cursor
        if cursor is None:
            break
    assert len(read) == 130
    assert set(read) == bought


@pytest.mark.parametrize(("header", "wait"), [(None, None), (3, timedelta(seconds=3))])
def test_F1_throttled_shows_nothing_new_and_passes_later(market: Market, header: float | None, wait: timedelta | None) -> None:
    market.sold()
    market.post("faults", fault="F1", operation="patchListingsItem", times=1, retry_after_s=header)
    with pytest.raises(Throttled) as caught:
        market.account.set_availability([show(0)])
    assert caught.value.retry_after == wait
    market.advance(60)
    assert [got.outcome for got in market.account.set_availability([show(0)])] == [Outcome.ACCEPTED]
    market.advance(5)
    assert market.shown()["quantity"] == 0


@pytest.mark.parametrize("fault", [{"fault": "F2"}, {"fault": "F3", "how": "drop"}, {"fault": "F3", "how": "504"}], ids=str)
def test_F2_F3_a_lost_answer_of_a_quantity_is_unknown(market: Market, fault: dict[str, str]) -> None:
    market.sold()
    market.post("faults", operation="patchListingsItem", times=1, **fault)
    (got,) = market.account.set_availability([show(2, version=4)])
    assert (got.outcome, got.version) == (Outcome.UNKNOWN, 4)
    market.advance(5)
    assert market.shown()["quantity"] == (4 if fault["fault"] == "F2" else 2), "it may or may not have been done"


def test_F3_a_publish_whose_answer_was_lost_makes_one_listing_when_repeated(market: Market) -> None:
    market.post("faults", fault="F3", operation="putListingsItem", times=1)
    assert [got.outcome for got in market.account.publish([LAMP])] == [Outcome.UNKNOWN]
    assert [got.outcome for got in market.account.publish([LAMP])] == [Outcome.ACCEPTED]
    market.advance(5)
    assert [one.sku for one in market.account.all_listings()] == ["LAMP/1"]


def test_F3_a_shipment_whose_answer_was_lost_is_one_shipment_when_repeated(market: Market) -> None:
    order = market.account.read_order(market.sold())
    market.post("faults", fault="F3", operation="confirmShipment", times=1)
    with pytest.raises(Unavailable) as caught:
        market.account.confirm_shipment(package(order))
    assert caught.value.sent
    market.account.confirm_shipment(package(order))
    assert [(line["status"], line["shipped"]) for line in market.world()["orders"]] == [("SHIPPED", 1)]


@pytest.mark.parametrize("how", ["cut", "truncated", "html", "empty", "charset", "huge"])
def test_F4_a_broken_answer_is_an_error_and_imports_nothing(market: Market, how: str) -> None:
    number = market.sold()
    market.post("faults", fault="F4", operation="getOrder", times=1, how=how)
    with pytest.raises((Unreadable, Unavailable)):
        market.account.read_order(number)
    assert market.account.read_order(number).remote_id == number


def test_F5_a_token_that_expires_between_two_pages_is_renewed_unseen(market: Market) -> None:
    number = market.sold()
    market.post("faults", fault="F5", operation="getOrder", times=1, how="access")
    assert market.account.read_order(number).remote_id == number


def test_F5_a_revoked_account_is_access_lost_for_every_ability(market: Market) -> None:
    number = market.sold()
    market.post("faults", fault="F5", operation="getOrder", times=1, how="refresh")
    abilities: list[Callable[[], Any]] = [
        lambda: market.account.read_order(number),
        lambda: market.account.read_orders(since=market.now() - timedelta(hours=1), until=market.now()),
        lambda: market.account.set_availability([show(0)]),
        lambda: market.account.read_listings([Sku("LAMP/1")]),
    ]
    for ability in abilities:
        with pytest.raises(AccessLost):
            ability()


def test_F6_a_listing_search_that_goes_in_a_circle_ends(market: Market) -> None:
    market.account.publish(
        [OfferContent(OfferId(n), Sku(f"S-{n}"), "Lamp", "A lamp", "Muster", Money(2500, "EUR"), 1) for n in range(1, 10)]
    )
    market.advance(60)
    market.account.publish(
        [OfferContent(OfferId(n), Sku(f"S-{n}"), "Lamp", "A lamp", "Muster", Money(2500, "EUR"), 1) for n in range(10, 23)]
    )
    market.advance(60)
    assert len(list(market.account.all_listings())) == 22
    market.post("faults", fault="F6", operation="searchListingsItems", times=None, how="loop")
    with pytest.raises(Unreadable):
        list(market.account.all_listings())


def test_F7_a_message_that_comes_twice_points_at_one_order(market: Market) -> None:
    market.account.ensure_subscribed()
    market.post("faults", fault="F7", operation="*", times=1, how="duplicate")
    number = market.sold()
    hints, remove = market.account.read_notifications(wait=SHORT)
    assert [hint.remote_id for hint in hints] == [number, number]
    remove()


def test_F7_a_message_that_was_not_removed_comes_again(market: Market) -> None:
    market.account.ensure_subscribed()
    number = market.sold()
    assert [hint.remote_id for hint in market.account.read_notifications(wait=SHORT)[0]] == [number]
    assert market.account.read_notifications(wait=timedelta(0))[0] == []
    market.advance(130)
    hints, remove = market.account.read_notifications(wait=SHORT)
    assert [hint.remote_id for hint in hints] == [number]
    remove()


def test_F13_accepted_then_rejected_shows_when_it_is_read_back(market: Market) -> None:
    market.post("faults", fault="F13", operation="putListingsItem", times=1)
    assert [got.outcome for got in market.account.publish([LAMP])] == [Outcome.ACCEPTED]
    market.advance(30)
    for back in market.account.read_listings([Sku("LAMP/1")]):
        assert not back.live
        assert back.problems


def test_an_order_whose_payment_is_not_authorized_is_pending(market: Market) -> None:
    market.post("delays", payment=600)
    order = market.account.read_order(market.sold())
    assert order.status is OrderStatus.PENDING
    assert [(line.sku, line.quantity) for line in order.lines] == [("LAMP/1", 1)]


def test_a_buyers_wish_and_a_buyers_cancellation_are_two_things(market: Market) -> None:
    wished, canceled = market.sold(), RemoteId(market.post("buy", sku="LAMP/1", quantity=1, country="DE")["order_id"])
    market.post("cancel", order_id=wished, request_only=True)
    market.post("cancel", order_id=canceled)
    market.advance(5)
    wish, cancellation = market.account.read_order(wished), market.account.read_order(canceled)
    assert (wish.status, wish.cancel_requested) == (OrderStatus.PAID, True)
    assert (cancellation.status, cancellation.lines[0].canceled_quantity) == (OrderStatus.CANCELED, 1)


def test_quotas_are_kept_so_that_amazon_never_has_to_refuse(market: Market) -> None:
    market.sold()
    for quantity in range(12):
        assert [got.outcome for got in market.account.set_availability([show(quantity)])] == [Outcome.ACCEPTED]
    with pytest.raises(ChannelError):
        for _ in range(21):
            market.account.read_orders(since=market.now() - timedelta(hours=1), until=market.now())
    thrown = market.http.get(f"{market._control}/state").json()["faults"]["thrown"]
    assert thrown == {}
