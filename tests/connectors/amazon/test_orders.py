"""Amazon's orders become ours; what cannot be read is named and costs nothing else."""

from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.ids import RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import Address, Buyer, OrderStatus, Refused, Unreadable
from entrepot.connectors.amazon.orders import order
from tests.connectors.amazon.desk import NOW, STORE, Desk, opened, sample

HOUR = timedelta(hours=1)


def read(name: str) -> Any:
    return order(sample(name)["order"], "EUR")


def test_a_paid_order_is_read_whole() -> None:
    got = read("order_unshipped")
    assert got.remote_id == RemoteId("303-1000001-2000001")
    assert got.placed_at == datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    assert got.updated_at == datetime(2026, 11, 20, 9, 20, 30, 500000, tzinfo=UTC), "a zone of its own becomes UTC"
    assert (got.status, got.raw_status, got.market) == (OrderStatus.PAID, "UNSHIPPED", "DE")
    assert (got.currency, got.total) == ("EUR", Money(6297, "EUR"))
    assert got.ship_by == datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC)
    assert got.ship_to == Address(
        name="Erika Muster",
        company="Muster GmbH",
        street=("Probenweg 3", "Hinterhaus"),
        city="Köln",
        region="NRW",
        postcode="50667",
        country="DE",
        phone="+49 221 000000",
    )
    assert got.buyer == Buyer("Erika Muster", "abc@marketplace.example", "+49 221 000000", note="Klingel links")
    assert not got.cancel_requested


def test_a_line_has_its_own_amounts() -> None:
    lamp, bulb = read("order_unshipped").lines
    assert (lamp.remote_id, lamp.sku, lamp.title, lamp.quantity) == ("10000000000001", Sku("LAMP/RED"), "Tischlampe", 2)
    assert (lamp.unit_price, lamp.shipping) == (Money(2500, "EUR"), Money(499, "EUR"))
    assert lamp.tax == Money(878, "EUR"), "two tax entries are one tax"
    assert lamp.discount == Money(500, "EUR"), "a discount is positive for us"
    assert lamp.listing_id == "B000000001"
    assert (bulb.tax, bulb.shipping, bulb.discount) == (None, None, None)


def test_an_order_that_is_not_paid_yet_is_pending_without_prices() -> None:
    got = read("order_pending")
    assert got.status is OrderStatus.PENDING
    assert got.total == Money(0, "EUR")
    assert [(line.quantity, line.unit_price) for line in got.lines] == [(3, Money(0, "EUR"))]
    assert got.ship_to == Address()


def test_a_preorder_is_pending_too() -> None:
    raw = sample("order_pending")["order"]
    raw["fulfillment"]["fulfillmentStatus"] = "PENDING_AVAILABILITY"
    assert order(raw, "EUR").status is OrderStatus.PENDING


def test_a_partly_shipped_order_tells_shipped_and_canceled_units_in_yen() -> None:
    got = read("order_partly_shipped")
    (line,) = got.lines
    assert (got.status, got.market, got.total) == (OrderStatus.PARTLY_SHIPPED, "JP", Money(5400, "JPY"))
    assert (line.quantity, line.shipped_quantity, line.canceled_quantity) == (3, 1, 1)
    assert line.unit_price == Money(1800, "JPY"), "zeros behind the point of a currency without decimals are no fraction"
    assert not line.cancel_requested, "a request that was decided is a request no more"


def test_a_canceled_order_cancels_every_unit_and_needs_no_price() -> None:
    got = read("order_canceled")
    assert got.status is OrderStatus.CANCELED
    assert [(line.quantity, line.canceled_quantity, line.cancel_requested) for line in got.lines] == [(2, 2, False)]


def test_a_buyers_wish_to_cancel_is_told_apart_from_a_cancellation() -> None:
    raw = sample("order_unshipped")["order"]
    raw["orderItems"][0]["cancellation"] = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "Too late"}}
    got = order(raw, "EUR")
    assert got.cancel_requested
    assert [line.cancel_requested for line in got.lines] == [True, False]
    assert [line.canceled_quantity for line in got.lines] == [0, 0]
    assert got.status is OrderStatus.PAID


def test_F11_an_unknown_status_is_unknown_with_amazons_word() -> None:
    raw = sample("order_unshipped")["order"]
    raw["fulfillment"]["fulfillmentStatus"] = "BEING_GIFT_WRAPPED"
    got = order(raw, "EUR")
    assert (got.status, got.raw_status) == (OrderStatus.UNKNOWN, "BEING_GIFT_WRAPPED")


def test_F11_new_fields_nulls_and_numbers_as_text_change_nothing() -> None:
    raw = sample("order_unshipped")["order"]
    raw["brandNew"] = {"a": [1]}
    raw["buyer"] = None
    raw["recipient"] = None
    raw["orderItems"][0]["quantityOrdered"] = "2"
    got = order(raw, "EUR")
    assert got.lines[0].quantity == 2
    assert (got.buyer, got.ship_to) == (Buyer(), Address())


def test_F10_a_line_without_our_sku_is_read_for_a_person_to_assign() -> None:
    raw = sample("order_unshipped")["order"]
    del raw["orderItems"][0]["product"]["sellerSku"]
    assert [line.sku for line in order(raw, "EUR").lines] == ["", "BULB"]


RELIED_ON = [
    ("orderId",),
    ("createdTime",),
    ("lastUpdatedTime",),
    ("fulfillment", "fulfillmentStatus"),
    ("orderItems",),
    ("orderItems", 1, "orderItemId"),
    ("orderItems", 1, "quantityOrdered"),
    ("orderItems", 1, "product", "price", "unitPrice"),
    ("orderItems", 1, "product", "price", "unitPrice", "amount"),
    ("orderItems", 1, "fulfillment", "quantityFulfilled"),
]


def written(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


@pytest.mark.parametrize("path", RELIED_ON, ids=written)
@pytest.mark.parametrize("damage", ["missing", "null", "list"])
def test_F11_a_missing_field_we_rely_on_is_named(path: tuple[str | int, ...], damage: str) -> None:
    raw = sample("order_unshipped")["order"]
    parent: Any = raw
    for part in path[:-1]:
        parent = parent[part]
    if damage == "missing":
        del parent[path[-1]]
    else:
        parent[path[-1]] = None if damage == "null" else [{}]
    with pytest.raises(Unreadable) as caught:
        order(raw, "EUR")
    assert caught.value.path.startswith(written(path))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("createdTime", "2026-11-20T09:15:00"),  # no zone: refused rather than guessed (F16)
        ("createdTime", "yesterday"),
        ("orderItems", "none"),
    ],
)
def test_F16_a_time_without_a_zone_is_not_guessed(path: str, value: str) -> None:
    raw = sample("order_unshipped")["order"]
    raw[path] = value
    with pytest.raises(Unreadable) as caught:
        order(raw, "EUR")
    assert caught.value.path == path


@pytest.mark.parametrize("value", [-1, 1.5, "two", True])
def test_F11_a_quantity_that_is_no_count_is_unreadable(value: Any) -> None:
    raw = sample("order_unshipped")["order"]
    raw["orderItems"][0]["quantityOrdered"] = value
    with pytest.raises(Unreadable) as caught:
        order(raw, "EUR")
    assert caught.value.path == "orderItems[0].quantityOrdered"


def test_F12_an_amount_finer_than_the_currency_is_unreadable_not_rounded() -> None:
    raw = sample("order_unshipped")["order"]
    raw["orderItems"][0]["product"]["price"]["unitPrice"]["amount"] = "25.005"
    with pytest.raises(Unreadable) as caught:
        order(raw, "EUR")
    assert caught.value.path == "orderItems[0].product.price.unitPrice.amount"


def test_F12_two_currencies_in_one_order_are_unreadable() -> None:
    raw = sample("order_unshipped")["order"]
    raw["orderItems"][1]["product"]["price"]["unitPrice"]["currencyCode"] = "GBP"
    with pytest.raises(Unreadable, match="GBP in an order in EUR"):
        order(raw, "EUR")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.data())
def test_F4_whatever_stands_in_a_field_an_order_is_read_or_unreadable(value: Any, data: Any) -> None:
    raw = sample("order_unshipped")["order"]
    places: list[tuple[Any, Any]] = []

    def collect(node: Any) -> None:
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], dict | list):
                collect(node[key])

    collect(raw)
    node, key = data.draw(st.sampled_from(places))
    node[key] = deepcopy(value)
    with suppress(Unreadable):
        order(raw, "EUR")


# --- page by page ------------------------------------------------------------------------------------------------


def test_the_newest_window_is_left_to_amazon_and_says_how_far_it_reaches() -> None:
    desk = Desk().on("GET", "/orders", (200, sample("orders_page")))
    page = opened(desk).read_orders(since=NOW - HOUR, until=NOW)
    (asked,) = desk.asked("GET")
    assert asked.url.params["lastUpdatedAfter"] == "2026-11-20T11:00:00Z"
    assert "lastUpdatedBefore" not in asked.url.params, "a bound within the last two minutes is refused by Amazon"
    assert asked.url.params["marketplaceIds"] == STORE
    assert asked.url.params["fulfilledBy"] == "MERCHANT"
    assert page.complete_until == datetime(2026, 11, 20, 11, 57, 30, tzinfo=UTC)
    assert [got.remote_id for got in page.orders] == ["303-1000001-2000001"]


def test_a_window_inside_the_two_minutes_begins_earlier_so_that_amazon_takes_it() -> None:
    desk = Desk().on("GET", "/orders", (200, {"orders": []}))
    page = opened(desk).read_orders(since=NOW - timedelta(seconds=30), until=NOW)
    assert desk.asked("GET")[0].url.params["lastUpdatedAfter"] == "2026-11-20T11:48:00Z"
    assert page.complete_until == NOW - timedelta(minutes=2)


def test_without_amazons_word_the_last_two_minutes_count_as_unread() -> None:
    desk = Desk().on("GET", "/orders", (200, {"orders": []}))
    page = opened(desk).read_orders(since=NOW - HOUR, until=NOW)
    assert page.complete_until == NOW - timedelta(minutes=2)
    assert page.cursor is None


def test_an_old_window_is_bounded_and_complete_as_asked() -> None:
    desk = Desk().on("GET", "/orders", (200, {"orders": [], "lastUpdatedBefore": "2026-11-20T10:00:00Z"}))
    until = NOW - 2 * HOUR
    page = opened(desk).read_orders(since=until - HOUR, until=until)
    assert desk.asked("GET")[0].url.params["lastUpdatedBefore"] == "2026-11-20T10:00:00Z"
    assert page.complete_until == until


def test_a_page_token_goes_with_the_query_it_came_from_though_the_clock_went_on() -> None:
    now = [NOW]
    desk = Desk().on("GET", "/orders", (200, sample("orders_page")), (200, {"orders": []}))
    account = opened(desk, clock=lambda: now[0])
    since, until = NOW - 5 * HOUR, NOW - timedelta(minutes=13)
    first = account.read_orders(since=since, until=until)
    now[0] += timedelta(minutes=30)
    last = account.read_orders(since=since, until=until, cursor=first.cursor)
    one, two = (dict(request.url.params) for request in desk.asked("GET"))
    assert two.pop("paginationToken") == "next|page"
    assert one == two
    assert last.cursor is None


def test_F6_a_token_that_points_to_itself_gives_the_same_cursor_so_that_the_reader_can_stop() -> None:
    desk = Desk().on("GET", "/orders", (200, sample("orders_page")))
    account = opened(desk)
    first = account.read_orders(since=NOW - HOUR, until=NOW)
    again = account.read_orders(since=NOW - HOUR, until=NOW, cursor=first.cursor)
    assert first.cursor == again.cursor


def test_one_unreadable_order_never_costs_the_page() -> None:
    page = sample("orders_page")
    poison = deepcopy(page["orders"][0]) | {"orderId": "303-9", "createdTime": None}
    page["orders"] = [poison, "nonsense", *page["orders"]]
    got = opened(Desk().on("GET", "/orders", (200, page))).read_orders(since=NOW - HOUR, until=NOW)
    assert [read.remote_id for read in got.orders] == ["303-1000001-2000001"]
    assert [(bad.remote_id, bad.path) for bad in got.unreadable] == [("303-9", "createdTime"), ("", "fulfillment.fulfillmentStatus")]
    assert got.unreadable[0].raw == poison


def test_one_order_is_read_by_its_number() -> None:
    desk = Desk().on("GET", "/orders/303-1000001-2000001", (200, sample("order_unshipped")))
    assert opened(desk).read_order(RemoteId("303-1000001-2000001")).status is OrderStatus.PAID


def test_an_order_that_does_not_exist_is_refused() -> None:
    desk = Desk().on("GET", "/orders/", (404, {"errors": [{"code": "NotFound", "message": "no such order"}]}))
    with pytest.raises(Refused) as caught:
        opened(desk).read_order(RemoteId("000-0000000-0000000"))
    assert caught.value.status == 404


def test_an_order_of_another_store_of_the_seller_is_not_read_here() -> None:
    raw = sample("order_unshipped")
    raw["order"]["salesChannel"]["marketplaceId"] = "A13V1IB3VIYZZH"
    with pytest.raises(Refused, match=STORE) as caught:
        opened(Desk().on("GET", "/orders/", (200, raw))).read_order(RemoteId("1"))
    assert (caught.value.code, caught.value.status) == ("other_marketplace", 404)


def test_an_order_that_names_no_store_is_read() -> None:
    raw = sample("order_unshipped")
    del raw["order"]["salesChannel"]
    assert opened(Desk().on("GET", "/orders/", (200, raw))).read_order(RemoteId("1")).status is OrderStatus.PAID


def test_a_path_in_one_order_is_told_from_the_top() -> None:
    raw = sample("order_unshipped")
    del raw["order"]["orderItems"][0]["orderItemId"]
    with pytest.raises(Unreadable) as caught:
        opened(Desk().on("GET", "/orders/", (200, raw))).read_order(RemoteId("1"))
    assert caught.value.path == "order.orderItems[0].orderItemId"
