"""Items, offers and publishing: what eBay's pages show, and what it refuses."""

import pytest

from entrepot_sandbox.core.http import Request
from tests.sandbox.ebay.conftest import INVENTORY, Seller, errors, item, offer, parameters


def test_an_item_and_an_offer_become_a_live_listing(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 7)
    assert seller.window("MUG-1") == {
        "sku": "MUG-1",
        "title": "Red mug",
        "price": 12.9,
        "currency": "EUR",
        "quantity": 7,
        "live": True,
    }
    read = seller.get(f"{INVENTORY}/offer/{offer_id}")
    assert (read["status"], read["availableQuantity"]) == ("PUBLISHED", 7)
    assert read["listing"]["listingStatus"] == "ACTIVE"


def test_a_slash_and_a_space_in_a_sku_stay_part_of_it(seller: Seller) -> None:
    assert seller.put_item("A%2FB%20C").status_code == 201
    assert seller.get(f"{INVENTORY}/inventory_item/A%2FB%20C")["sku"] == "A/B C"
    offer_id = seller.offer("A/B C")
    assert seller.get(f"{INVENTORY}/offer?sku=A%2FB%20C")["offers"][0]["offerId"] == offer_id


def test_unknown_fields_and_query_parameters_are_ignored(seller: Seller) -> None:
    body = {**item(4), "spelled": 1}
    asked = Request.make("PUT", f"{INVENTORY}/inventory_item/X?foo=1", headers=seller.headers, body=body)
    assert seller.market.handle(asked).status == 201
    assert "spelled" not in seller.get(f"{INVENTORY}/inventory_item/X")


def test_replacing_an_item_without_its_quantity_loses_the_quantity(seller: Seller) -> None:
    seller.list("MUG-1", 7)
    assert seller.put_item("MUG-1", None).status_code == 204
    assert "availability" not in seller.get(f"{INVENTORY}/inventory_item/MUG-1")
    assert seller.window("MUG-1")["quantity"] == 0


def test_the_offers_own_quantity_goes_before_the_items(seller: Seller) -> None:
    seller.list("MUG-1", 7, availableQuantity=2)
    assert seller.window("MUG-1")["quantity"] == 2
    seller.put_item("MUG-1", 50)
    assert seller.window("MUG-1")["quantity"] == 2


def test_replacing_an_offer_without_its_quantity_falls_back_to_the_items(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 7, availableQuantity=2)
    body = offer(seller.market, "MUG-1")
    for key in ("sku", "marketplaceId", "format"):
        body.pop(key)
    assert seller.call("PUT", f"{INVENTORY}/offer/{offer_id}", body).status_code == 200
    assert seller.window("MUG-1")["quantity"] == 7


def test_a_second_offer_of_a_sku_is_refused_and_names_the_first(seller: Seller) -> None:
    seller.put_item("MUG-1")
    first = seller.offer("MUG-1")
    answer = seller.call("POST", f"{INVENTORY}/offer", offer(seller.market, "MUG-1"))
    assert (answer.status_code, errors(answer)) == (400, [25002])
    assert parameters(answer)["offerId"] == first
    assert "Offer entity already exists" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("changes", "error_id"),
    [
        ({"merchantLocationKey": "nowhere"}, 25002),
        ({"categoryId": None}, 25005),
        ({"categoryId": "11700"}, 25005),
        ({"pricingSummary": None}, 25003),
        ({"availableQuantity": 0}, 25004),
    ],
)
def test_publishing_is_refused_without(seller: Seller, changes: dict[str, object], error_id: int) -> None:
    seller.put_item("MUG-1")
    answer = seller.publish(seller.offer("MUG-1", **changes))
    assert (answer.status_code, errors(answer)) == (400, [error_id])
    assert seller.world()["listings"] == []


def test_an_offer_that_names_no_place_ships_from_the_only_one(seller: Seller) -> None:
    seller.put_item("MUG-1")
    assert seller.publish(seller.offer("MUG-1", merchantLocationKey=None)).status_code == 200


def test_of_two_places_an_offer_must_name_one(seller: Seller) -> None:
    place = {"location": {"address": {"postalCode": "D02", "country": "IE"}}, "name": "Second"}
    assert seller.call("POST", f"{INVENTORY}/location/second", place).status_code == 204
    seller.put_item("MUG-1")
    assert errors(seller.publish(seller.offer("MUG-1", merchantLocationKey=None))) == [25002]


@pytest.mark.parametrize(("kind", "error_id"), [("fulfillment", 25007), ("payment", 25008), ("return", 25009)])
def test_publishing_is_refused_without_a_policy(seller: Seller, kind: str, error_id: int) -> None:
    seller.put_item("MUG-1")
    policies = offer(seller.market, "MUG-1")["listingPolicies"]
    del policies[f"{kind}PolicyId"]
    assert errors(seller.publish(seller.offer("MUG-1", listingPolicies=policies))) == [error_id]


def test_publishing_is_refused_without_title_condition_brand_and_description(seller: Seller) -> None:
    seller.put_item("MUG-1", 5, product={}, condition=None)
    assert errors(seller.publish(seller.offer("MUG-1"))) == [25017, 25021, 25016, 25002]


def test_a_disabled_location_does_not_publish(seller: Seller) -> None:
    seller.put_item("MUG-1")
    seller.call("POST", f"{INVENTORY}/location/main-warehouse/disable")
    assert errors(seller.publish(seller.offer("MUG-1"))) == [25012]
    seller.call("POST", f"{INVENTORY}/location/main-warehouse/enable")
    assert seller.publish(seller.get(f"{INVENTORY}/offer?sku=MUG-1")["offers"][0]["offerId"]).status_code == 200


def test_a_live_offer_keeps_its_state_when_its_replacement_is_refused(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 7, availableQuantity=2)
    before = seller.get(f"{INVENTORY}/offer/{offer_id}")
    incomplete = offer(seller.market, "MUG-1", availableQuantity=9, categoryId=None)
    for key in ("sku", "marketplaceId", "format"):
        incomplete.pop(key)
    assert errors(seller.call("PUT", f"{INVENTORY}/offer/{offer_id}", incomplete)) == [25005]
    assert seller.get(f"{INVENTORY}/offer/{offer_id}") == before
    assert seller.window("MUG-1")["quantity"] == 2


def test_an_offer_of_an_unknown_sku_or_marketplace_is_refused(seller: Seller) -> None:
    assert errors(seller.call("POST", f"{INVENTORY}/offer", offer(seller.market, "NONE"))) == [25702]
    seller.put_item("MUG-1")
    nowhere = offer(seller.market, "MUG-1", marketplaceId="EBAY_XX")
    assert errors(seller.call("POST", f"{INVENTORY}/offer", nowhere)) == [25709]


def test_deleting_an_offer_ends_its_listing(seller: Seller) -> None:
    offer_id = seller.list("MUG-1")
    assert seller.call("DELETE", f"{INVENTORY}/offer/{offer_id}").status_code == 204
    assert seller.world()["listings"] == []
    assert seller.call("GET", f"{INVENTORY}/offer?sku=MUG-1").status_code == 404
    assert seller.control("buy", {"sku": "MUG-1", "quantity": 1}).status_code == 404


def test_a_listing_at_zero_stays_and_comes_back(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 7)
    listing = seller.get(f"{INVENTORY}/offer/{offer_id}")["listing"]["listingId"]
    seller.set_quantity(offer_id, 0, "MUG-1")
    assert (seller.window("MUG-1")["quantity"], seller.window("MUG-1")["live"]) == (0, True)
    assert seller.get(f"{INVENTORY}/offer/{offer_id}")["listing"]["listingStatus"] == "OUT_OF_STOCK"
    seller.set_quantity(offer_id, 3, "MUG-1")
    read = seller.get(f"{INVENTORY}/offer/{offer_id}")["listing"]
    assert (read["listingId"], read["listingStatus"]) == (listing, "ACTIVE")


def test_a_withdrawn_offer_stays_and_is_relisted_under_a_new_listing(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 7)
    ended = seller.call("POST", f"{INVENTORY}/offer/{offer_id}/withdraw", {}).json()["listingId"]
    assert (seller.window("MUG-1")["live"], seller.window("MUG-1")["quantity"]) == (False, 0)
    assert seller.get(f"{INVENTORY}/offer/{offer_id}")["status"] == "UNPUBLISHED"
    again = seller.call("POST", f"{INVENTORY}/offer/{offer_id}/publish", {}).json()["listingId"]
    assert again != ended
    assert seller.window("MUG-1")["live"]


def test_publishing_or_withdrawing_twice_is_refused(seller: Seller) -> None:
    offer_id = seller.list("MUG-1")
    assert errors(seller.publish(offer_id)) == [25002]
    seller.call("POST", f"{INVENTORY}/offer/{offer_id}/withdraw")
    assert errors(seller.call("POST", f"{INVENTORY}/offer/{offer_id}/withdraw")) == [25002]


def test_deleting_an_item_ends_its_listing_and_its_offers(seller: Seller) -> None:
    offer_id = seller.list("MUG-1")
    assert seller.call("DELETE", f"{INVENTORY}/inventory_item/MUG-1").status_code == 204
    assert seller.world()["listings"] == []
    assert seller.call("GET", f"{INVENTORY}/offer/{offer_id}").status_code == 404
    assert errors(seller.call("GET", f"{INVENTORY}/inventory_item/MUG-1")) == [25710]


def test_offers_of_a_sku_without_any_are_a_404(seller: Seller) -> None:
    answer = seller.call("GET", f"{INVENTORY}/offer?sku=NONE")
    assert (answer.status_code, errors(answer)) == (404, [25713])


def test_a_listing_is_revised_250_times_a_day_and_then_blocked_until_midnight_pacific(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 7)
    other = seller.list("MUG-2", 7)
    for number in range(250):
        assert seller.set_quantity(offer_id, number, "MUG-1").status_code == 200
    blocked = seller.set_quantity(offer_id, 3, "MUG-1")
    assert (blocked.status_code, blocked.json()["responses"][0]["errors"][0]["errorId"]) == (207, 25019)
    assert seller.window("MUG-1")["quantity"] == 249
    assert errors(seller.put_item("MUG-1", 3)) == [25019]
    assert seller.set_quantity(other, 3, "MUG-2").status_code == 200
    seller.turn(24 * 3600)
    seller.log_in()
    assert seller.set_quantity(offer_id, 3, "MUG-1").status_code == 200
    assert seller.window("MUG-1")["quantity"] == 3
