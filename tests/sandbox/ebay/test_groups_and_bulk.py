"""Variation groups, bulk calls with an outcome an entry, and the faults that refuse one of them."""

from typing import Any

import httpx

from tests.sandbox.ebay.conftest import FULFILLMENT, INVENTORY, Seller, errors, item, offer

GROUP = f"{INVENTORY}/inventory_item_group/DRESS"
MEMBERS = {"DRESS-S": "S", "DRESS-M": "M"}


def group(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Linen dress",
        "description": "A dress of linen.",
        "variantSKUs": list(MEMBERS),
        "variesBy": {"specifications": [{"name": "Size", "values": ["S", "M"]}]},
        **changes,
    }


def members(seller: Seller) -> dict[str, str]:
    """Both sizes as items with offers, in a group; their offer ids."""
    for sku, size in MEMBERS.items():
        product = {"title": f"Dress {size}", "brand": "Nordhus", "aspects": {"Size": [size]}}
        assert seller.put_item(sku, 5, product=product).status_code == 201
    assert seller.call("PUT", GROUP, group()).status_code == 201
    return {sku: seller.offer(sku) for sku in MEMBERS}


def publish(seller: Seller, operation: str = "publish") -> httpx.Response:
    body = {"inventoryItemGroupKey": "DRESS", "marketplaceId": "EBAY_IE"}
    return seller.call("POST", f"{INVENTORY}/offer/{operation}_by_inventory_item_group", body)


def test_a_group_becomes_one_listing_with_variations(seller: Seller) -> None:
    ids = members(seller)
    listing_id = publish(seller).json()["listingId"]
    for sku, offer_id in ids.items():
        assert seller.get(f"{INVENTORY}/offer/{offer_id}")["listing"]["listingId"] == listing_id
        assert seller.window(sku)["title"] == "Linen dress"
    line = seller.get(f"{FULFILLMENT}/order/{seller.buy('DRESS-M')}")["lineItems"][0]
    assert line["variationAspects"] == [{"name": "Size", "value": "M"}]
    assert line["legacyVariationId"]
    assert (seller.window("DRESS-M")["quantity"], seller.window("DRESS-S")["quantity"]) == (4, 5)


def test_a_member_is_not_published_alone(seller: Seller) -> None:
    ids = members(seller)
    assert errors(seller.publish(ids["DRESS-S"])) == [25732]


def test_a_member_without_the_varying_aspect_is_refused(seller: Seller) -> None:
    members(seller)
    seller.put_item("DRESS-S", 5)
    assert errors(publish(seller)) == [25013]
    assert seller.world()["listings"] == []


def test_a_group_is_withdrawn_whole_and_comes_back_whole(seller: Seller) -> None:
    members(seller)
    publish(seller)
    assert publish(seller, "withdraw").status_code == 204
    assert [row["live"] for row in seller.world()["listings"]] == [False, False]
    assert publish(seller, "withdraw").status_code == 400
    assert publish(seller).status_code == 200
    assert [row["live"] for row in seller.world()["listings"]] == [True, True]


def test_a_member_left_out_of_the_group_leaves_the_page(seller: Seller) -> None:
    members(seller)
    publish(seller)
    assert seller.call("PUT", GROUP, group(variantSKUs=["DRESS-M"])).status_code == 204
    assert (seller.window("DRESS-S")["live"], seller.window("DRESS-M")["live"]) == (False, True)


def test_a_sku_is_a_member_of_one_group_only(seller: Seller) -> None:
    members(seller)
    other = f"{INVENTORY}/inventory_item_group/OTHER"
    assert errors(seller.call("PUT", other, group())) == [25703]
    assert errors(seller.call("PUT", other, group(variantSKUs=["NONE"]))) == [25701]
    seller.list("MUG-1")
    assert errors(seller.call("PUT", other, group(variantSKUs=["MUG-1"]))) == [25704]


def test_an_unknown_group_is_refused(seller: Seller) -> None:
    assert publish(seller).status_code == 400
    assert publish(seller, "withdraw").status_code == 400
    assert seller.call("GET", GROUP).status_code == 404


def test_items_are_written_25_at_a_time_each_with_its_outcome(seller: Seller) -> None:
    entries = [{"sku": f"S-{number}", "locale": "en_US", **item(3)} for number in range(25)]
    entries[3]["product"]["title"] = "x" * 81
    answer = seller.call("POST", f"{INVENTORY}/bulk_create_or_replace_inventory_item", {"requests": entries})
    assert answer.status_code == 207
    assert [row["statusCode"] for row in answer.json()["responses"]] == [201] * 3 + [400] + [201] * 21
    assert seller.get(f"{INVENTORY}/inventory_item?limit=10&offset=1")["total"] == 24
    entries.append(entries[0])
    refused = seller.call("POST", f"{INVENTORY}/bulk_create_or_replace_inventory_item", {"requests": entries})
    assert errors(refused) == [25727]
    read = seller.call("POST", f"{INVENTORY}/bulk_get_inventory_item", {"requests": [{"sku": "S-1"}, {"sku": "NONE"}]})
    assert [row["statusCode"] for row in read.json()["responses"]] == [200, 404]


def test_items_are_paged_by_page_number(seller: Seller) -> None:
    for number in range(5):
        seller.put_item(f"S-{number}")
    second = seller.get(f"{INVENTORY}/inventory_item?limit=2&offset=1")
    assert [each["sku"] for each in second["inventoryItems"]] == ["S-2", "S-3"]
    assert (second["total"], second["size"]) == (5, 3)
    third = seller.get(second["next"].removeprefix("http://127.0.0.1"))
    assert [each["sku"] for each in third["inventoryItems"]] == ["S-4"]


def test_offers_are_created_and_published_in_bulk_and_one_refused_by_fault(seller: Seller) -> None:
    skus = ["A", "B", "C"]
    for sku in skus:
        seller.put_item(sku)
    bulk = {"requests": [offer(seller.market, sku) for sku in skus]}
    created = seller.call("POST", f"{INVENTORY}/bulk_create_offer", bulk)
    assert created.status_code == 200
    seller.fault("refused_item", "bulkPublishOffer", item=1)
    ids = [{"offerId": row["offerId"]} for row in created.json()["responses"]]
    answer = seller.call("POST", f"{INVENTORY}/bulk_publish_offer", {"requests": ids})
    assert (answer.status_code, [row["statusCode"] for row in answer.json()["responses"]]) == (207, [200, 400, 200])
    assert {row["sku"] for row in seller.world()["listings"]} == {"A", "C"}


def test_price_and_quantity_are_set_for_one_sku_a_call(seller: Seller) -> None:
    first, second = seller.list("A", 5), seller.list("B", 5)
    price = {"value": "9.50", "currency": "EUR"}
    path = f"{INVENTORY}/bulk_update_price_quantity"
    change = {"offerId": first, "availableQuantity": 3, "price": price}
    answer = seller.call("POST", path, {"requests": [{"sku": "A", "offers": [change]}]})
    assert answer.json()["responses"] == [{"statusCode": 200, "errors": [], "warnings": [], "sku": "A", "offerId": first}]
    assert (seller.window("A")["quantity"], seller.window("A")["price"]) == (3, 9.5)
    two = [{"sku": "A", "offers": [change]}, {"sku": "B", "offers": [{**change, "offerId": second}]}]
    assert errors(seller.call("POST", path, {"requests": two})) == [25727]
    foreign = seller.call("POST", path, {"requests": [{"sku": "A", "offers": [change, {**change, "offerId": second}]}]})
    assert [row["statusCode"] for row in foreign.json()["responses"]] == [200, 400]
    assert seller.window("B")["quantity"] == 5
    shared = {"requests": [{"sku": "B", "shipToLocationAvailability": {"quantity": 1}}]}
    assert seller.call("POST", path, shared).status_code == 200
    assert seller.window("B")["quantity"] == 1


def test_a_price_alone_does_not_touch_the_quantity(seller: Seller) -> None:
    first = seller.list("A", 5)
    seller.buy("A", 2)
    change = {"offerId": first, "price": {"value": "9.50", "currency": "EUR"}}
    seller.call("POST", f"{INVENTORY}/bulk_update_price_quantity", {"requests": [{"sku": "A", "offers": [change]}]})
    assert (seller.window("A")["quantity"], seller.window("A")["price"]) == (3, 9.5)
    dear = {"offerId": first, "price": {"value": "9.50", "currency": "USD"}}
    answer = seller.call("POST", f"{INVENTORY}/bulk_update_price_quantity", {"requests": [{"sku": "A", "offers": [dear]}]})
    assert answer.json()["responses"][0]["errors"][0]["errorId"] == 25003
