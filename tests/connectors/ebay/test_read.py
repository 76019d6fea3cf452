"""Orders and listings as eBay writes them become ours; what is missing is named by its path."""

from datetime import UTC, datetime
from typing import Any

import pytest

from entrepot.base.ids import OfferId, RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import Address, Buyer, OrderStatus, Outcome, Quota, Unreadable, Wanted
from entrepot.connectors.ebay import read
from tests.connectors.ebay.samples import sample, without


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def test_an_order_becomes_ours_with_every_amount_exact() -> None:
    order = read.order(sample("order_paid"))
    assert (order.remote_id, order.status, order.currency, order.total) == ("14-05391-71830", OrderStatus.PAID, "EUR", eur(7980))
    assert order.placed_at == datetime(2026, 3, 2, 9, 14, 7, tzinfo=UTC)
    assert order.updated_at == datetime(2026, 3, 2, 9, 14, 31, 250_000, tzinfo=UTC)
    assert (order.market, order.raw_status) == ("DE", "PAID / NOT_STARTED / NONE_REQUESTED")
    lamp, bulb = order.lines
    assert (lamp.remote_id, lamp.sku, lamp.quantity, lamp.title) == ("10029384756012", "LAMP/OAK-M", 3, "Oak table lamp")
    assert (lamp.unit_price, lamp.discount, lamp.shipping, lamp.tax) == (eur(1999), eur(500), eur(490), eur(150))
    assert (lamp.listing_id, lamp.shipped_quantity, lamp.canceled_quantity) == ("256019283746", 0, 0)
    assert (bulb.unit_price, bulb.discount, bulb.shipping, bulb.tax) == (eur(1993), None, eur(0), None)
    assert order.ship_by == bulb.ship_by == datetime(2026, 3, 4, 22, 59, 59, tzinfo=UTC)


def test_the_address_is_where_the_goods_go_and_the_buyer_who_paid() -> None:
    order = read.order(sample("order_paid"))
    assert order.ship_to == Address(
        name="Knut Östlund",
        company="Östlund Ljus AB",
        street=("Södra Förstadsgatan 14", "Lgh 1102"),
        city="Malmö",
        region="Skåne",
        postcode="211 43",
        country="SE",
        phone="+46 70 555 0141",
    )
    assert order.buyer == Buyer("Knut Östlund", "knut@members.example.com", "+46 70 555 0141", "knut_ostlund", "Please ring twice.")


def test_an_order_older_than_90_days_has_no_address_and_is_read_all_the_same() -> None:
    order = read.order(without(sample("order_paid"), "fulfillmentStartInstructions"))
    assert order.ship_to == Address()


@pytest.mark.parametrize(
    ("payment", "fulfillment", "cancel", "status"),
    [
        ("PENDING", "NOT_STARTED", "NONE_REQUESTED", OrderStatus.PENDING),
        ("FAILED", "NOT_STARTED", "NONE_REQUESTED", OrderStatus.PENDING),
        ("PAID", "IN_PROGRESS", "NONE_REQUESTED", OrderStatus.PARTLY_SHIPPED),
        ("PAID", "FULFILLED", "IN_PROGRESS", OrderStatus.SHIPPED),
        ("PARTIALLY_REFUNDED", "NOT_STARTED", "NONE_REQUESTED", OrderStatus.PAID),
        ("FULLY_REFUNDED", "NOT_STARTED", "NONE_REQUESTED", OrderStatus.CANCELED),
        ("FULLY_REFUNDED", "FULFILLED", "NONE_REQUESTED", OrderStatus.SHIPPED),
        ("FULLY_REFUNDED", "NOT_STARTED", "CANCELED", OrderStatus.CANCELED),
        ("ON_HOLD_BY_NEW_RULE", "NOT_STARTED", "NONE_REQUESTED", OrderStatus.UNKNOWN),
        ("PAID", "HANDED_TO_DRONE", "NONE_REQUESTED", OrderStatus.UNKNOWN),
    ],
)
def test_F11_three_states_make_one_and_a_new_value_is_unknown_with_its_raw_value(
    payment: str, fulfillment: str, cancel: str, status: OrderStatus
) -> None:
    raw = sample("order_paid", orderPaymentStatus=payment, orderFulfillmentStatus=fulfillment, cancelStatus__cancelState=cancel)
    order = read.order(raw)
    assert order.status is status
    assert order.raw_status == f"{payment} / {fulfillment} / {cancel}"


def test_a_canceled_order_cancels_every_unit() -> None:
    order = read.order(sample("order_paid", cancelStatus__cancelState="CANCELED"))
    assert [line.canceled_quantity for line in order.lines] == [3, 1]


def test_a_request_to_cancel_is_no_cancellation() -> None:
    order = read.order(sample("order_paid", cancelStatus__cancelState="IN_PROGRESS"))
    assert (order.status, order.cancel_requested, order.lines[0].cancel_requested) == (OrderStatus.PAID, True, True)
    told = [{"cancelRequestId": "5", "cancelRequestState": "REQUESTED", "cancelInitiator": "Buyer"}]
    assert read.order(sample("order_paid", cancelStatus__cancelRequests=told)).cancel_requested


def test_units_shipped_come_from_the_packages_of_a_partly_shipped_order() -> None:
    raw = sample("order_paid", orderFulfillmentStatus="IN_PROGRESS", lineItems__1__lineItemFulfillmentStatus="FULFILLED")
    order = read.order(raw, {"10029384756012": 2})
    assert [line.shipped_quantity for line in order.lines] == [2, 1]


RELIED_ON: list[tuple[tuple[str | int, ...], str]] = [
    (("orderId",), "orderId"),
    (("creationDate",), "creationDate"),
    (("lastModifiedDate",), "lastModifiedDate"),
    (("orderPaymentStatus",), "orderPaymentStatus"),
    (("orderFulfillmentStatus",), "orderFulfillmentStatus"),
    (("pricingSummary",), "pricingSummary.total.currency"),
    (("lineItems",), "lineItems"),
    (("lineItems", 1, "lineItemId"), "lineItems[1].lineItemId"),
    (("lineItems", 1, "quantity"), "lineItems[1].quantity"),
    (("lineItems", 0, "lineItemCost"), "lineItems[0].lineItemCost.currency"),
    (("lineItems", 0, "deliveryCost", "shippingCost", "value"), "lineItems[0].deliveryCost.shippingCost.value"),
]


@pytest.mark.parametrize(("path", "named"), RELIED_ON)
def test_F11_a_missing_field_we_rely_on_is_named(path: tuple[str | int, ...], named: str) -> None:
    with pytest.raises(Unreadable) as no:
        read.order(without(sample("order_paid"), *path))
    assert no.value.path == named


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"lineItems": []}, "lineItems"),
        ({"lineItems__0__quantity": 0}, "lineItems[0].quantity"),
        ({"lineItems__0__quantity": "three"}, "lineItems[0].quantity"),
        ({"lineItems__0__lineItemCost__currency": "SEK"}, "lineItems[0].lineItemCost.currency"),
        ({"lineItems__0__lineItemCost__value": "59.975"}, "lineItems[0].lineItemCost.value"),
        ({"pricingSummary__total__value": "many"}, "pricingSummary.total.value"),
        ({"creationDate": "2026-03-02T09:14:07"}, "creationDate"),
        ({"lineItems__0": "a line"}, "lineItems[0].lineItemId"),
    ],
)
def test_F11_F12_F16_a_value_that_cannot_be_meant_is_named_and_never_guessed(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(Unreadable) as no:
        read.order(sample("order_paid", **changes))
    assert no.value.path == named


def test_F11_a_number_written_as_text_counts_and_new_fields_are_passed_over() -> None:
    raw = sample("order_paid", lineItems__0__quantity="3", lineItems__0__carbonFootprint={"g": 1})
    assert read.order(raw).lines[0].quantity == 3


def test_a_line_without_sku_keeps_the_order_and_has_an_empty_one() -> None:
    assert read.order(without(sample("order_paid"), "lineItems", 1, "sku")).lines[1].sku == ""


# --- pages -----------------------------------------------------------------------------------------------------------


def orders(first: int, last: int) -> list[Any]:
    return [sample("order_paid", orderId=f"order-{n}") for n in range(first, last)]


def test_an_unreadable_order_never_costs_the_page() -> None:
    broken = without(sample("order_paid", orderId="order-x"), "lineItems", 1, "quantity")
    page = read.page({"total": 2, "orders": [broken, sample("order_paid")]}, read.Place(), "EBAY_DE")
    assert [order.remote_id for order in page.orders] == ["14-05391-71830"]
    assert [(one.remote_id, one.path, one.raw) for one in page.unreadable] == [("order-x", "lineItems[1].quantity", broken)]
    assert page.cursor is None


def test_orders_of_the_sellers_other_marketplaces_are_left_to_their_own_account() -> None:
    french = sample("order_paid", orderId="fr", lineItems__0__listingMarketplaceId="EBAY_FR")
    bought_abroad = sample("order_paid", orderId="abroad", lineItems__0__purchaseMarketplaceId="EBAY_FR")
    untold = without(sample("order_paid", orderId="untold"), "lineItems", 0, "listingMarketplaceId")
    raw = {"total": 3, "orders": [french, bought_abroad, untold]}
    assert {order.remote_id for order in read.page(raw, read.Place(), "EBAY_DE").orders} == {"abroad", "untold"}
    assert {order.remote_id for order in read.page(raw, read.Place(), "EBAY_FR").orders} == {"fr", "untold"}


def test_a_page_is_sorted_by_us_because_ebay_does_not() -> None:
    late = sample("order_paid", orderId="late", lastModifiedDate="2026-03-02T11:00:00.000Z")
    page = read.page({"total": 2, "orders": [late, sample("order_paid")]}, read.Place(), "EBAY_DE")
    assert [order.remote_id for order in page.orders] == ["14-05391-71830", "late"]


def test_pages_overlap_because_the_set_they_cut_is_alive() -> None:
    first = read.page({"total": 60, "orders": orders(0, 50)}, read.Place(), "EBAY_DE")
    place = read.Place.of(first.cursor)
    assert place == read.Place(40, ("order-47", "order-48", "order-49"))
    last = read.page({"total": 60, "orders": orders(40, 60)}, place, "EBAY_DE")
    assert last.cursor is None
    assert {order.remote_id for order in (*first.orders, *last.orders)} == {f"order-{n}" for n in range(60)}


@pytest.mark.parametrize(
    ("came", "total"),
    [(orders(0, 50), 100), (orders(90, 100), 100), ([], 100), (orders(0, 50), 60)],
    ids=["the page before again", "a page skipped", "nothing although there is more", "more than there is"],
)
def test_F6_a_page_that_does_not_go_on_where_the_last_one_ended_is_unreadable(came: list[Any], total: int) -> None:
    with pytest.raises(Unreadable):
        read.page({"total": total, "orders": came}, read.Place(40, ("order-47", "order-48", "order-49")), "EBAY_DE")


def test_a_set_that_shrank_while_it_was_read_is_at_its_end() -> None:
    assert read.page({"total": 38, "orders": []}, read.Place(40, ("order-49",)), "EBAY_DE").cursor is None


@pytest.mark.parametrize("cursor", ["", "x", "-1:a"])
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(Unreadable):
        read.Place.of(cursor)


# --- packages, listings, receipts, quotas ----------------------------------------------------------------------------


def test_units_are_summed_over_packages_and_one_is_meant_where_none_is_written() -> None:
    assert read.shipped_units(sample("fulfillments")["fulfillments"]) == {"10029384756012": 3, "10029384756013": 1}


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ({"trackingNumber": "JJD00014567"}, True),
        ({"trackingNumber": "JJD00014568"}, False),
        (
            {
                "shippedDate": "2026-03-04T11:30:00.000Z",
                "lineItems": [{"lineItemId": "10029384756013", "quantity": 1}, {"lineItemId": "10029384756012", "quantity": 1}],
            },
            True,
        ),
        ({"shippedDate": "2026-03-04T11:30:01.000Z", "lineItems": [{"lineItemId": "10029384756013", "quantity": 1}]}, False),
    ],
)
def test_F3_a_package_reported_before_is_found_by_number_or_else_by_its_lines_and_moment(wanted: dict[str, Any], there: bool) -> None:
    assert read.holds_package(sample("fulfillments")["fulfillments"], wanted) is there


def test_the_offer_of_a_marketplace_is_read_back_with_its_own_quantity() -> None:
    offer = read.offer_of(sample("offers_of_sku")["offers"], "EBAY_DE")
    assert offer is not None
    listing = read.listing(offer, sample("item"))
    assert (listing.sku, listing.live, listing.quantity, listing.price) == ("LAMP/OAK-M", True, 4, eur(1999))
    assert (listing.title, listing.remote_id) == ("Oak table lamp", "8209000002")
    assert read.offer_of(sample("offers_of_sku")["offers"], "EBAY_IT") is None


def test_an_offer_without_a_quantity_shows_the_items() -> None:
    offer = without(sample("offers_of_sku")["offers"][1], "availableQuantity")
    assert read.listing(offer, sample("item")).quantity == 6


@pytest.mark.parametrize(
    ("changes", "live"),
    [
        ({}, True),
        ({"offers__1__listing__listingStatus": "OUT_OF_STOCK"}, True),
        ({"offers__1__listing__listingStatus": "ENDED"}, False),
        ({"offers__1__listing__listingStatus": "EBAY_ENDED"}, False),
        ({"offers__1__status": "UNPUBLISHED"}, False),
    ],
)
def test_live_is_what_a_buyer_can_open(changes: dict[str, Any], live: bool) -> None:
    assert read.is_live(sample("offers_of_sku", **changes)["offers"][1]) is live


def test_a_listing_on_hold_says_so() -> None:
    offer = sample("offers_of_sku", offers__1__listing__listingOnHold=True)["offers"][1]
    assert [problem.code for problem in read.listing(offer, None).problems] == ["listing_on_hold"]


@pytest.mark.parametrize(
    ("offer_id", "outcome", "codes"),
    [("8209000002", Outcome.ACCEPTED, []), ("8209000003", Outcome.REFUSED, ["25019"]), ("8209000004", Outcome.UNKNOWN, ["25001"])],
)
def test_each_entry_of_a_207_answers_for_itself(offer_id: str, outcome: Outcome, codes: list[str]) -> None:
    wanted = Wanted(OfferId(7), Sku("LAMP/OAK-M"), 3, version=41)
    receipt = read.availability_receipt(wanted, offer_id, sample("price_quantity_207")["responses"])
    assert (receipt.offer, receipt.version, receipt.remote_id) == (7, 41, offer_id)
    assert (receipt.outcome, [problem.code for problem in receipt.problems]) == (outcome, codes)


def test_an_answer_that_leaves_the_offer_out_is_unreadable() -> None:
    wanted = Wanted(OfferId(7), Sku("LAMP/OAK-M"), 3, version=41, remote_id=RemoteId("1"))
    with pytest.raises(Unreadable, match="offer 1"):
        read.availability_receipt(wanted, "1", sample("price_quantity_207")["responses"])


def test_quotas_are_read_with_the_moment_they_are_whole_again() -> None:
    assert read.quotas(sample("rate_limits")) == [Quota("sell.inventory", 2_000_000, 1_999_871, at("2026-03-03T08:00:00+00:00"))]
    assert read.quotas({}) == []
