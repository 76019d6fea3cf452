"""Locations, policies, categories; and the world itself: seeds, what is printed, what reading does not change."""

from collections.abc import Callable

from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.ebay import CHANNEL
from tests.sandbox.ebay.conftest import INVENTORY, Seller, errors

ACCOUNT, TAXONOMY = "/sell/account/v1", "/commerce/taxonomy/v1"
PLACE = {"location": {"address": {"postalCode": "69002", "country": "FR"}}, "locationTypes": ["STORE"], "name": "Lyon"}


def test_a_location_is_made_once_and_its_address_is_fixed(seller: Seller) -> None:
    path = f"{INVENTORY}/location/lyon"
    assert seller.call("POST", path, PLACE).status_code == 204
    again = seller.call("POST", path, PLACE)
    assert (again.status_code, errors(again)) == (409, [25803])
    assert seller.call("POST", f"{path}/update_location_details", {"name": "Lyon 2"}).status_code == 204
    read = seller.get(path)
    assert (read["name"], read["location"]["address"]["postalCode"]) == ("Lyon 2", "69002")
    assert seller.get(f"{INVENTORY}/location")["total"] == 2
    assert seller.call("DELETE", path).status_code == 204
    assert seller.call("GET", path).status_code == 404


def test_a_location_needs_an_address_and_a_short_key(seller: Seller) -> None:
    assert errors(seller.call("POST", f"{INVENTORY}/location/x", {"name": "x"})) == [25801]
    assert errors(seller.call("POST", f"{INVENTORY}/location/{'x' * 37}", PLACE)) == [25800]


def test_the_printed_policies_are_there_and_more_can_be_made(seller: Seller) -> None:
    facts = seller.market.facts()
    for kind, plural in (("fulfillment", "fulfillmentPolicies"), ("payment", "paymentPolicies"), ("return", "returnPolicies")):
        listed = seller.get(f"{ACCOUNT}/{kind}_policy?marketplace_id={facts['marketplace_id']}")
        assert listed["total"] == 1
        assert listed[plural][0][f"{kind}PolicyId"] == facts[f"{kind}_policy_id"]
        assert seller.get(f"{ACCOUNT}/{kind}_policy/{facts[f'{kind}_policy_id']}")["marketplaceId"] == "EBAY_IE"


def test_a_policy_is_made_once_by_name_and_kept_while_used(seller: Seller) -> None:
    body = {
        "name": "Express",
        "marketplaceId": "EBAY_IE",
        "categoryTypes": [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES"}],
        "handlingTime": {"unit": "DAY", "value": 1},
    }
    made = seller.call("POST", f"{ACCOUNT}/fulfillment_policy/", body)
    policy_id = made.json()["fulfillmentPolicyId"]
    assert made.status_code == 201
    assert errors(seller.call("POST", f"{ACCOUNT}/fulfillment_policy/", body)) == [20400]
    named = seller.get(f"{ACCOUNT}/fulfillment_policy/get_by_policy_name?marketplace_id=EBAY_IE&name=Express")
    assert named["fulfillmentPolicyId"] == policy_id
    policies = {**seller.get(f"{INVENTORY}/offer/{seller.list('A')}")["listingPolicies"], "fulfillmentPolicyId": policy_id}
    seller.list("B", listingPolicies=policies)
    path = f"{ACCOUNT}/fulfillment_policy/{policy_id}"
    assert seller.call("DELETE", path).status_code == 409
    assert seller.call("PUT", path, {**body, "name": "Quick"}).json()["name"] == "Quick"


def test_programs_are_joined_and_left(seller: Seller) -> None:
    programs = {row["programType"] for row in seller.get(f"{ACCOUNT}/program/get_opted_in_programs")["programs"]}
    assert {"SELLING_POLICY_MANAGEMENT", "OUT_OF_STOCK_CONTROL"} == programs
    joined = {"programType": "SELLING_POLICY_MANAGEMENT"}
    assert seller.call("POST", f"{ACCOUNT}/program/opt_in", joined).status_code == 409
    assert seller.call("POST", f"{ACCOUNT}/program/opt_out", joined).status_code == 200
    assert seller.call("POST", f"{ACCOUNT}/program/opt_in", joined).status_code == 200
    assert seller.get(f"{ACCOUNT}/privilege")["sellerRegistrationCompleted"] is True


def test_categories_are_suggested_and_say_which_aspects_they_need(seller: Seller) -> None:
    tree = seller.get(f"{TAXONOMY}/get_default_category_tree_id?marketplace_id=EBAY_IE")["categoryTreeId"]
    found = seller.get(f"{TAXONOMY}/category_tree/{tree}/get_category_suggestions?q=coffee%20mug")
    category = found["categorySuggestions"][0]["category"]
    assert category["categoryName"] == "Mugs"
    path = f"{TAXONOMY}/category_tree/{tree}"
    aspects = seller.get(f"{path}/get_item_aspects_for_category?category_id={category['categoryId']}")["aspects"]
    required = [each["localizedAspectName"] for each in aspects if each["aspectConstraint"]["aspectRequired"]]
    assert required == ["Brand"]
    assert errors(seller.call("GET", f"{path}/get_item_aspects_for_category?category_id=11700")) == [62009]
    assert seller.get(path)["rootCategoryNode"]["childCategoryTreeNodes"]
    assert seller.get(f"{path}/get_category_subtree?category_id=20625")["categorySubtreeNode"]["category"]["categoryId"] == "20625"


def test_what_is_printed_has_every_key_and_a_bare_origin(seller: Seller) -> None:
    facts = seller.market.facts()
    assert list(facts) == [
        "url",
        "token_url",
        "client_id",
        "client_secret",
        "refresh_token",
        "marketplace_id",
        "currency",
        "fulfillment_policy_id",
        "payment_policy_id",
        "return_policy_id",
        "category_id",
        "control_url",
    ]
    assert facts["url"].count("/") == 2


def test_a_seed_gives_the_same_listings_and_reset_leaves_no_orders(seller_of: Callable[[int], Seller]) -> None:
    one, other = seller_of(7), seller_of(7)
    assert one.world() == other.world()
    assert len(one.world()["listings"]) > 3
    before = one.world()["listings"]
    one.buy(before[0]["sku"])
    one.put_item("EXTRA")
    one.fault("F2", "*", times=None)
    one.control("reset", {"seed": 7})
    assert one.world() == {"listings": before, "orders": []}
    assert one.call("GET", f"{INVENTORY}/inventory_item/EXTRA").status_code == 404, "and the old token still opens"
    assert seller_of(8).world()["listings"] != before
    assert seller_of(0).world()["listings"] == []


def test_the_same_steps_give_the_same_world_and_reading_changes_nothing(seller_of: Callable[[int], Seller]) -> None:
    def story(seller: Seller, *, curious: bool) -> list[object]:
        for _ in range(4):
            seller.buy(_first(seller))
            seller.turn(3)
            if curious:
                seller.world()
                seller.orders()
                seller.get(f"{INVENTORY}/inventory_item")
        return [seller.world(), seller.orders()["orders"]]

    assert story(seller_of(1), curious=False) == story(seller_of(1), curious=True)


def _first(seller: Seller) -> str:
    return str(seller.world()["listings"][0]["sku"])


def test_the_channel_opens_by_its_entry_point_name() -> None:
    market = CHANNEL.open(Clock.virtual(), 0)
    assert (CHANNEL.name, market.name) == ("ebay", "ebay")
