import json

import pytest

from entrepot_sandbox.amazon.login import SELLER_ID
from entrepot_sandbox.amazon.shop import MARKETPLACE_ID
from entrepot_sandbox.core.http import Request
from tests.sandbox.amazon.client import Client, listing, merge_quantity


@pytest.fixture
def client() -> Client:
    return Client()


def test_a_listing_is_accepted_first_and_live_later(client):
    client.control("delays", {"live": 300})
    assert client.put("TENT").parsed()["status"] == "ACCEPTED"
    assert client.get("TENT").status == 404
    assert client.shown("TENT") == {"sku": "TENT", "title": "", "price": 0.0, "currency": "EUR", "quantity": 0, "live": False}
    client.market.clock.advance(300)
    assert client.shown("TENT") == {
        "sku": "TENT", "title": "Tent for two", "price": 19.99, "currency": "EUR", "quantity": 5, "live": True,
    }  # fmt: skip
    assert client.get("TENT").parsed()["summaries"][0]["status"] == ["BUYABLE", "DISCOVERABLE"]


def test_every_data_set_of_a_listing_is_as_the_model_says(client):
    client.publish("TENT", 3)
    sets = ("summaries", "attributes", "issues", "offers", "fulfillmentAvailability", "procurement", "relationships", "productTypes")
    item = client.get("TENT", *sets).parsed()
    assert item["offers"][0]["price"] == {"currencyCode": "EUR", "amount": "19.99"}
    assert item["fulfillmentAvailability"] == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 3}]
    assert item["attributes"] == listing(3)
    assert set(item) == {"sku", *sets}


@pytest.mark.parametrize("sku", ["A/B", "A B", "grün", "A%2FB", "?x=1", "A+B", "a#b"])
def test_a_sku_is_kept_as_it_is_whatever_it_holds(client, sku):
    client.publish(sku)
    assert client.get(sku).parsed()["sku"] == sku
    assert client.shown(sku)["live"]


def test_merge_keeps_the_other_fields_and_replace_wipes_them(client):
    stock = {"fulfillment_channel_code": "DEFAULT", "quantity": 5, "lead_time_to_ship_max_days": 3}
    client.put("TENT", listing(fulfillment_availability=[stock]))
    client.quantity("TENT", 2)
    client.market.clock.advance(1)
    assert client.get("TENT", "attributes").parsed()["attributes"]["fulfillment_availability"] == [{**stock, "quantity": 2}]
    bare = {"fulfillment_channel_code": "DEFAULT", "quantity": 4}
    client.patch("TENT", {"op": "replace", "path": "/attributes/fulfillment_availability", "value": [bare]})
    client.market.clock.advance(1)
    assert client.get("TENT", "attributes").parsed()["attributes"]["fulfillment_availability"] == [bare]


def test_deleting_the_offer_takes_the_listing_off_sale_and_adding_it_brings_it_back(client):
    client.publish("TENT")
    client.patch("TENT", {"op": "delete", "path": "/attributes/purchasable_offer", "value": [{"marketplace_id": MARKETPLACE_ID}]})
    client.market.clock.advance(1)
    assert not client.shown("TENT")["live"]
    assert client.get("TENT").parsed()["summaries"][0]["status"] == ["DISCOVERABLE"]
    client.patch("TENT", {"op": "add", "path": "/attributes/purchasable_offer", "value": listing()["purchasable_offer"]})
    client.market.clock.advance(1)
    assert client.shown("TENT")["live"]


def test_a_preview_changes_nothing(client):
    assert client.put("TENT", mode="VALIDATION_PREVIEW", includedData="identifiers,issues").parsed()["status"] == "VALID"
    client.market.clock.advance(60)
    assert client.control("world").parsed()["listings"] == []
    client.publish("TENT")
    assert client.patch("TENT", merge_quantity(0), mode="VALIDATION_PREVIEW").parsed()["status"] == "VALID"
    client.market.clock.advance(60)
    assert client.shown("TENT")["quantity"] == 5


def test_a_missing_attribute_is_named(client):
    attributes = listing()
    del attributes["brand"]
    answer = client.put("TENT", attributes).parsed()
    assert answer["status"] == "INVALID"
    assert [(issue["code"], issue["attributeNames"]) for issue in answer["issues"]] == [("90220", ["brand"])]
    client.market.clock.advance(60)
    assert client.control("world").parsed()["listings"] == []


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("purchasable_offer", [{"currency": "EUR", "our_price": [{"schedule": [{"value_with_tax": 0}]}]}]),
        ("purchasable_offer", [{"currency": "EUR", "our_price": [{"schedule": [{"value_with_tax": 1.999}]}]}]),
        ("purchasable_offer", [{"currency": "USD", "our_price": [{"schedule": [{"value_with_tax": 5}]}]}]),
        ("purchasable_offer", [{"currency": "EUR"}]),
        ("fulfillment_availability", [{"fulfillment_channel_code": "DEFAULT", "quantity": -1}]),
        ("fulfillment_availability", [{"fulfillment_channel_code": "DEFAULT", "quantity": 1.5}]),
        ("fulfillment_availability", [{"quantity": 1}]),
        ("condition_type", [{"value": "shiny"}]),
        ("item_name", [{"value": "x" * 201}]),
        ("item_name", [{"value": " "}]),
        ("main_product_image_locator", [{"media_location": "file:///etc/passwd"}]),
    ],
)
def test_f12_a_value_the_product_type_does_not_take_is_refused(client, attribute, value):
    answer = client.put("TENT", {**listing(), attribute: value}).parsed()
    assert answer["status"] == "INVALID"
    assert answer["issues"][0]["attributeNames"] == [attribute]


def test_an_attribute_nobody_knows_is_left_out_with_a_warning(client):
    answer = client.put("TENT", listing(sparkle=[{"value": "much"}])).parsed()
    assert (answer["status"], answer["issues"][0]["severity"]) == ("ACCEPTED", "WARNING")
    client.market.clock.advance(1)
    assert "sparkle" not in client.get("TENT", "attributes").parsed()["attributes"]
    assert client.shown("TENT")["live"]


def test_a_quantity_for_stock_the_channel_holds_is_refused(client):
    client.publish("TENT")
    value = [{"fulfillment_channel_code": "AMAZON_EU", "quantity": 3}]
    answer = client.patch("TENT", {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}).parsed()
    assert (answer["status"], answer["issues"][0]["code"]) == ("INVALID", "4000003")


def test_a_patch_for_an_unknown_sku_is_invalid(client):
    answer = client.quantity("NOBODY", 1).parsed()
    assert (answer["status"], answer["issues"][0]["code"]) == ("INVALID", "13013")


def test_a_deleted_listing_is_gone_for_the_seller_and_off_sale_for_the_buyer(client):
    client.publish("TENT")
    assert client.delete("TENT").parsed()["status"] == "ACCEPTED"
    assert client.shown("TENT")["live"]
    client.market.clock.advance(1)
    assert client.get("TENT").status == 404
    assert (client.shown("TENT")["live"], client.shown("TENT")["quantity"]) == (False, 0)
    assert client.control("buy", {"sku": "TENT", "quantity": 1}).parsed() == {"left": 0}
    client.publish("TENT", 2)
    assert client.shown("TENT")["quantity"] == 2


def test_a_variation_family_is_made_by_attributes(client):
    client.control("delays", {"live": 0})
    theme = {"variation_theme": [{"name": "SIZE"}]}
    parent = {name: value for name, value in listing().items() if name in ("item_name", "brand", "product_description")}
    assert client.put("TENT", {**parent, **theme, "parentage_level": [{"value": "parent"}]}).parsed()["status"] == "ACCEPTED"
    for size in ("2P", "3P"):
        relation = {"child_relationship_type": "variation", "parent_sku": "TENT"}
        child = listing(
            size=[{"value": size}], parentage_level=[{"value": "child"}], child_parent_sku_relationship=[relation], **theme
        )  # fmt: skip
        assert client.put(f"TENT-{size}", child).parsed()["status"] == "ACCEPTED"
    family = client.get("TENT", "relationships").parsed()["relationships"][0]["relationships"][0]
    assert family["childSkus"] == ["TENT-2P", "TENT-3P"]
    assert client.get("TENT-2P", "relationships").parsed()["relationships"][0]["relationships"][0]["parentSkus"] == ["TENT"]
    assert [row["sku"] for row in client.control("world").parsed()["listings"]] == ["TENT-2P", "TENT-3P"]
    assert client.control("buy", {"sku": "TENT", "quantity": 1}).status == 404
    orphan = listing(
        parentage_level=[{"value": "child"}], child_parent_sku_relationship=[{"parent_sku": "NOBODY"}], **theme
    )  # fmt: skip
    assert client.put("ORPHAN", orphan).parsed()["status"] == "INVALID"


def test_searching_listings_pages_filters_and_finds_by_sku(client):
    client.control("delays", {"live": 0})
    for number in range(7):
        assert client.put(f"SKU-{number}", listing(number)).status == 200

    def search(**query: str):
        path = f"/listings/2021-08-01/items/{SELLER_ID}"
        return client.call("searchListingsItems", "GET", path, marketplaceIds=MARKETPLACE_ID, **query).parsed()

    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        answer = search(sortBy="sku", sortOrder="ASC", pageSize="3", **token)
        found += [item["sku"] for item in answer["items"]]
        if "pagination" not in answer:
            break
        token = {"pageToken": answer["pagination"]["nextToken"]}
    assert found == [f"SKU-{number}" for number in range(7)]
    client.market.clock.advance(60)
    one = search(identifiers="SKU-4", identifiersType="SKU", includedData="summaries,fulfillmentAvailability")
    assert (one["numberOfResults"], one["items"][0]["fulfillmentAvailability"][0]["quantity"]) == (1, 4)
    assert [item["sku"] for item in search(withoutStatus="BUYABLE")["items"]] == ["SKU-0"]


def test_a_listing_changed_between_two_pages_pushes_no_other_one_out(client):
    for number in range(4):
        client.publish(f"SKU-{number}")
    path = f"/listings/2021-08-01/items/{SELLER_ID}"
    query = {"marketplaceIds": MARKETPLACE_ID, "sortBy": "lastUpdatedDate", "sortOrder": "ASC", "pageSize": "2"}
    first = client.call("searchListingsItems", "GET", path, **query).parsed()
    client.quantity("SKU-0", 9)
    client.market.clock.advance(1)
    token = first["pagination"]["nextToken"]
    second = client.call("searchListingsItems", "GET", path, **query, pageToken=token).parsed()
    assert [item["sku"] for item in first["items"] + second["items"]] == [f"SKU-{number}" for number in range(4)]


def test_f13_what_was_accepted_is_rejected_later(client):
    client.control("faults", {"fault": "F13", "operation": "putListingsItem", "times": 1})
    assert client.put("TENT").parsed()["status"] == "ACCEPTED"
    client.market.clock.advance(1)
    item = client.get("TENT", "summaries", "issues").parsed()
    assert (item["summaries"][0]["status"], item["issues"][0]["severity"]) == ([], "ERROR")
    assert not client.shown("TENT")["live"]


def test_what_is_accepted_is_not_always_applied(client):
    client.publish("TENT")
    client.control("faults", {"fault": "not_applied", "operation": "patchListingsItem", "times": 1})
    assert client.quantity("TENT", 1).parsed()["status"] == "ACCEPTED"
    client.market.clock.advance(1800)
    assert client.shown("TENT")["quantity"] == 5
    client.quantity("TENT", 1)
    client.market.clock.advance(1)
    assert client.shown("TENT")["quantity"] == 1


def test_f14_a_quantity_is_changed_by_hand(client):
    client.publish("TENT")
    assert client.control("faults", {"fault": "F14", "sku": "TENT", "quantity": 12}).status == 200
    assert client.shown("TENT")["quantity"] == 12
    assert client.get("TENT", "fulfillmentAvailability").parsed()["fulfillmentAvailability"][0]["quantity"] == 12
    assert client.control("faults", {"fault": "F14", "sku": "NOBODY", "quantity": 1}).status == 404


def test_an_old_number_written_over_a_sale_puts_it_back_on_sale(client):
    client.publish("TENT", 1)
    client.control("delays", {"live": 60})
    client.quantity("TENT", 1)
    client.buy("TENT")
    assert client.shown("TENT")["quantity"] == 0
    client.market.clock.advance(60)
    assert client.shown("TENT")["quantity"] == 1


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", {"productType": "PRODUCT", "attributes": {}}),
        ("?marketplaceIds=ATVPDKIKX0DER", {"productType": "PRODUCT", "attributes": {}}),
        (f"?marketplaceIds={MARKETPLACE_ID}", {"productType": "NOTHING", "attributes": {}}),
        (f"?marketplaceIds={MARKETPLACE_ID}", {"productType": "PRODUCT"}),
        (f"?marketplaceIds={MARKETPLACE_ID}", []),
        (f"?marketplaceIds={MARKETPLACE_ID}", b"{"),
        (f"?marketplaceIds={MARKETPLACE_ID}&mode=MAYBE", {"productType": "PRODUCT", "attributes": {}}),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_in_the_channels_form(client, query, body):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    target = f"/listings/2021-08-01/items/{SELLER_ID}/TENT{query}"
    answer = client.market.handle(Request.make("PUT", target, headers={"x-amz-access-token": client.token}, body=raw))
    assert answer.status == 400
    assert answer.parsed()["errors"][0]["code"] == "InvalidInput"


def test_unknown_parameters_and_body_fields_are_ignored(client):
    target = f"/listings/2021-08-01/items/{SELLER_ID}/TENT?marketplaceIds={MARKETPLACE_ID}&MarketplaceId=x&marketplace_ids=y"
    body = {"productType": "PRODUCT", "attributes": listing(), "MarketplaceIds": ["x"], "marketplace_ids": ["y"]}
    headers = {"x-amz-access-token": client.token, "host": "27.0.0.1"}
    answer = client.market.handle(Request.make("PUT", target, headers=headers, body=body))
    assert answer.parsed()["status"] == "ACCEPTED"
