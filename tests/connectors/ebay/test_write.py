"""Our words become eBay's objects, whole, because eBay replaces whole objects."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from entrepot.base.ids import RemoteId
from entrepot.base.money import Money
from entrepot.channels.contract import OrderStatus, Refused, Shipment, ShipmentLine
from entrepot.connectors.ebay import CONNECTOR, codes, read, write
from tests.connectors.ebay.samples import SHIRT, TERMS, content, sample
from tests.contract_checks_ebay import check_ebay, check_ebay_request
from tests.shared import needs_shared

LANGUAGE = {"Content-Language": "de-DE", "Content-Type": "application/json"}
FULL: dict[str, Any] = {
    "bullets": ("Warm light", "5 < 6 W"),
    "gtin": "4006381333931",
    "pictures": ("https://pictures.example.com/1.jpg",),
    "options": {"Size": "M"},
    "attributes": {"Material": "Oak", "Features": ["Dimmable", "Foldable"], "MPN": "NH-7"},
    "weight_g": 850,
}


def test_an_item_has_all_that_the_seller_said() -> None:
    made = write.item(content(**FULL), write.available(4))
    assert made == {
        "availability": {"shipToLocationAvailability": {"quantity": 4}},
        "condition": "NEW",
        "packageWeightAndSize": {"weight": {"unit": "GRAM", "value": 850}},
        "product": {
            "title": "Oak table lamp",
            "description": "A lamp of oak.",
            "brand": "Nordhus",
            "mpn": "NH-7",
            "ean": ["4006381333931"],
            "imageUrls": ["https://pictures.example.com/1.jpg"],
            "aspects": {
                "Material": ["Oak"],
                "Features": ["Dimmable", "Foldable"],
                "MPN": ["NH-7"],
                "Brand": ["Nordhus"],
                "Size": ["M"],
            },
        },
    }


def test_bullet_points_follow_the_description_on_the_page_only() -> None:
    made = write.offer(content(**FULL), TERMS, 4)
    assert made["listingDescription"] == "A lamp of oak.<ul><li>Warm light</li><li>5 &lt; 6 W</li></ul>"


def test_a_bare_item_sends_no_empty_fields() -> None:
    made = write.item(content(brand=""), write.available(0))
    assert made["product"] == {"title": "Oak table lamp", "description": "A lamp of oak.", "aspects": {}}
    assert set(made) == {"availability", "condition", "product"}


@pytest.mark.parametrize(
    ("gtin", "field"),
    [("4006381333931", "ean"), ("96385074", "ean"), ("036000291452", "upc"), ("9780306406157", "isbn"), ("04006381333931", "ean")],
)
def test_a_gtin_goes_into_the_field_of_its_kind(gtin: str, field: str) -> None:
    assert codes.identifier(gtin) == (field, gtin[1:] if len(gtin) == 14 else gtin)


def test_an_offer_never_lets_ebay_overwrite_the_text_and_names_its_quantity() -> None:
    made = write.new_offer(content(category="9355"), TERMS, 4)
    assert made["includeCatalogProductDetails"] is False
    assert (made["sku"], made["marketplaceId"], made["format"], made["listingDuration"]) == ("LAMP/OAK-M", "EBAY_DE", "FIXED_PRICE", "GTC")
    assert (made["availableQuantity"], made["categoryId"], made["merchantLocationKey"]) == (4, "9355", "entrepot")
    assert made["pricingSummary"] == {"price": {"value": "19.99", "currency": "EUR"}}
    assert write.offer(content(), TERMS, 0)["categoryId"] == "112581"


@pytest.mark.parametrize(("money", "text"), [(Money(1200, "JPY"), "1200"), (Money(5, "EUR"), "0.05"), (Money(12345, "KWD"), "12.345")])
def test_money_is_written_exactly_as_many_decimals_as_it_has(money: Money, text: str) -> None:
    assert write.price(money) == {"value": text, "currency": money.currency}


def test_a_group_lists_what_varies_and_shares_what_all_have() -> None:
    members = {
        "S-1": {"Brand": ["Aird"], "Size": ["S"], "Color": ["Red"]},
        "S-2": {"Brand": ["Aird"], "Size": ["M"], "Color": ["Red"]},
    }
    made = write.group(SHIRT, members)
    assert made["variantSKUs"] == ["S-1", "S-2"]
    assert made["aspects"] == {"Brand": ["Aird"]}
    assert made["variesBy"] == {
        "aspectsImageVariesBy": ["Size"],
        "specifications": [{"name": "Size", "values": ["S", "M"]}, {"name": "Color", "values": ["Red"]}],
    }


def test_a_member_that_leaves_takes_its_values_with_it() -> None:
    before = {**write.group(SHIRT, {"S-1": {"Size": ["S"]}, "S-2": {"Size": ["M"]}}), "inventoryItemGroupKey": "SHIRT"}
    after = write.without(before, {"S-2": {"Size": ["M"]}})
    assert (after["variantSKUs"], after["variesBy"]["specifications"]) == (["S-2"], [{"name": "Size", "values": ["M"]}])
    assert after["title"] == "Shirt"
    assert "inventoryItemGroupKey" not in after


def test_a_price_alone_names_no_quantity_and_a_quantity_names_both_records() -> None:
    assert write.price_quantity("A", "1", money=Money(500, "EUR")) == {
        "sku": "A",
        "offers": [{"offerId": "1", "price": {"value": "5.00", "currency": "EUR"}}],
    }
    assert write.price_quantity("A", "1", quantity=0) == {
        "sku": "A",
        "shipToLocationAvailability": {"quantity": 0},
        "offers": [{"offerId": "1", "availableQuantity": 0}],
    }


def test_what_is_the_same_needs_no_revision() -> None:
    existing = sample("offers_of_sku")["offers"][1]
    wanted = write.offer(content(), TERMS, 4)
    assert write.same(wanted, existing)  # 19.9900 is 19.99; a policy eBay added is not ours
    assert not write.same(write.offer(content(price=Money(2000, "EUR")), TERMS, 4), existing)
    assert not write.same(write.offer(content(description="Another."), TERMS, 4), existing)
    assert not write.same({"title": "1.0"}, {"title": "one"})


def test_what_others_set_in_an_offer_survives_its_replacement() -> None:
    assert write.kept_of_offer(sample("offers_of_sku")["offers"][1]) == {"tax": {"vatPercentage": 19.0, "applyTax": False}}


def test_kept_quantities_leave_out_what_only_a_read_has() -> None:
    assert write.kept_availability(sample("item")) == {
        "shipToLocationAvailability": {"quantity": 6, "availabilityDistributions": [{"merchantLocationKey": "entrepot", "quantity": 6}]}
    }
    assert write.kept_availability({}) == {}


def shipment(**changes: Any) -> Shipment:
    made = {
        "order": RemoteId("14-05391-71830"),
        "reference": 1,
        "lines": [ShipmentLine(RemoteId("10029384756012"), 2)],
        "carrier": "royal mail",
        "tracking": " JJD 0001-4567 ",
        "shipped_at": datetime(2026, 3, 3, 18, 30, tzinfo=timezone(timedelta(hours=8))),
    }
    return Shipment(**{**made, **changes})


def test_a_package_has_a_number_of_letters_and_digits_and_a_carrier_only_with_it() -> None:
    assert write.fulfillment(shipment()) == {
        "lineItems": [{"lineItemId": "10029384756012", "quantity": 2}],
        "shippedDate": "2026-03-03T10:30:00.000Z",
        "shippingCarrierCode": "RoyalMail",
        "trackingNumber": "JJD00014567",
    }
    assert "shippingCarrierCode" not in write.fulfillment(shipment(tracking="--"))


@pytest.mark.parametrize(("ours", "theirs"), [("dhl", "DHL"), ("China Post", "ChinaPost"), ("Post Nord", "Post Nord"), (" ", "Other")])
def test_a_carrier_we_do_not_know_is_passed_on(ours: str, theirs: str) -> None:
    assert codes.carrier(ours) == theirs


def test_the_search_is_open_at_the_end_unless_it_lies_in_the_past() -> None:
    since = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert write.modified_since(since, None) == "lastmodifieddate:[2026-03-02T09:00:00.000Z..]"
    assert write.modified_since(since, since).endswith("[2026-03-02T09:00:00.000Z..2026-03-02T09:00:00.000Z]")


def test_a_location_needs_a_postcode_or_city_and_region() -> None:
    assert write.location({"location_postcode": "20457"}, "DE")["location"] == {"address": {"postalCode": "20457", "country": "DE"}}
    made = write.location({"location_city": "Lyon", "location_region": "Rhône", "location_country": "FR"}, "DE")
    assert made["location"]["address"]["country"] == "FR"
    with pytest.raises(Refused, match="postcode"):
        write.location({"location_city": "Lyon"}, "FR")


@pytest.mark.parametrize(
    ("marketplace", "language", "locale"),
    [
        ("EBAY_DE", "de", "de-DE"),
        ("EBAY_DE", "zh_CN", "de-DE"),
        ("EBAY_BE", "fr", "fr-BE"),
        ("EBAY_US", "en-GB", "en-US"),
        ("EBAY_XX", "en", "en-US"),
    ],
)
def test_texts_are_announced_in_a_language_the_marketplace_has(marketplace: str, language: str, locale: str) -> None:
    assert codes.locale(marketplace, language) == locale


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "field"),
    [
        ({"errorId": 25003, "message": "invalid price"}, "price"),
        ({"errorId": 25002, "message": "Any user error. Add at least 1 photo."}, "pictures"),
        (
            {"errorId": 25002, "message": "The item specific Brand is missing.", "parameters": [{"name": "aspectName", "value": "Brand"}]},
            "brand",
        ),
        ({"errorId": 25709, "message": "Invalid value", "parameters": [{"name": "fieldName", "value": "product.title"}]}, "title"),
        ({"errorId": 25016, "message": "x", "parameters": [{"name": "fieldName", "value": "listingDescription"}]}, "description"),
        ({"errorId": 99999, "message": "Computer says no"}, ""),
    ],
)
def test_an_error_names_our_field_where_ebay_lets_us_tell(error: dict[str, Any], field: str) -> None:
    problem = codes.problem(error)
    assert (problem.code, problem.field) == (str(error["errorId"]), field)
    assert problem.message == error["message"]


@pytest.mark.parametrize("strange", [None, "no", 7, [], {"errorId": 1, "parameters": "x"}])
def test_F4_an_error_list_of_another_shape_breaks_nothing(strange: Any) -> None:
    assert isinstance(codes.problem(strange).message, str)
    assert isinstance(codes.problems(strange), tuple)


def test_every_status_we_know_of_has_a_meaning() -> None:
    for payment in codes.PAYMENTS:
        for fulfillment in codes.FULFILLMENTS:
            for cancel in codes.CANCEL_STATES:
                assert codes.order_status(payment, fulfillment, cancel) is not OrderStatus.UNKNOWN


# --- eBay's own files ------------------------------------------------------------------------------------------------


@needs_shared
def test_every_object_we_write_is_allowed_by_ebays_own_files() -> None:
    full = content(**FULL)
    inventory, orders = "/sell/inventory/v1", "/sell/fulfillment/v1"
    for method, target, body in [
        ("PUT", f"{inventory}/inventory_item/LAMP%2FOAK-M", write.item(full, write.available(4))),
        ("PUT", f"{inventory}/inventory_item/X", write.item(content(), write.kept_availability(sample("item")))),
        ("PUT", f"{inventory}/inventory_item_group/SHIRT", write.group(SHIRT, {"S-1": {"Size": ["S"], "Brand": ["A"]}})),
        ("POST", f"{inventory}/offer", write.new_offer(full, TERMS, 4)),
        ("PUT", f"{inventory}/offer/1", {**write.kept_of_offer(sample("offers_of_sku")["offers"][1]), **write.offer(full, TERMS, 0)}),
        ("POST", f"{inventory}/bulk_update_price_quantity", {"requests": [write.price_quantity("A", "1", quantity=0, money=full.price)]}),
        ("POST", f"{inventory}/location/entrepot", write.location({"location_postcode": "20457"}, "DE")),
    ]:
        check_ebay_request("inventory", method, target, body, LANGUAGE)
    check_ebay_request("fulfillment", "POST", f"{orders}/order/1/shipping_fulfillment", write.fulfillment(shipment()), LANGUAGE)


@needs_shared
def test_our_samples_are_answers_that_ebays_own_files_allow() -> None:
    inventory, orders = "/sell/inventory/v1", "/sell/fulfillment/v1"
    check_ebay("fulfillment", "GET", f"{orders}/order/1", 200, sample("order_paid"))
    check_ebay("fulfillment", "GET", f"{orders}/order/1/shipping_fulfillment", 200, sample("fulfillments"))
    check_ebay("inventory", "GET", f"{inventory}/offer", 200, sample("offers_of_sku"))
    check_ebay("inventory", "GET", f"{inventory}/inventory_item/1", 200, sample("item"))
    check_ebay("inventory", "POST", f"{inventory}/bulk_update_price_quantity", 207, sample("price_quantity_207"))
    check_ebay("analytics", "GET", "/developer/analytics/v1_beta/rate_limit/", 200, sample("rate_limits"))


def test_limits_are_data() -> None:
    limits = CONNECTOR.limits
    assert (limits.revisions_a_day, limits.title_characters, limits.orders_a_page) == (250, 80, 200)
    assert limits.operations["bulkUpdatePriceQuantity"].per_day == 2_000_000
    assert limits.operations["getOrders"].per_day == 100_000
    assert limits.orders_a_page > read.OVERLAP
    json.dumps([(setting.name, setting.label) for setting in CONNECTOR.settings])
