"""The faults a seller's system must survive, dialed in by the control plane."""

import httpx
import pytest

from tests.sandbox.ebay.conftest import FULFILLMENT, INVENTORY, InProcess, Seller, errors, offer


def test_the_marketplace_fails_in_its_own_words_F2(seller: Seller) -> None:
    seller.fault("F2", "getOrders", status=503)
    seller.fault("F2", "getInventoryItems", status=500)
    down = seller.call("GET", f"{FULFILLMENT}/order")
    assert (down.status_code, errors(down)) == (503, [30500])
    internal = seller.call("GET", f"{INVENTORY}/inventory_item")
    assert (internal.status_code, errors(internal)) == (500, [25001])


def test_a_listing_is_made_though_the_answer_was_lost_F3(seller: Seller) -> None:
    seller.put_item("MUG-1")
    offer_id = seller.offer("MUG-1")
    seller.fault("F3", "publishOffer")
    with pytest.raises(httpx.ReadError):
        seller.publish(offer_id)
    assert seller.window("MUG-1")["live"]
    assert seller.get(f"{INVENTORY}/offer/{offer_id}")["status"] == "PUBLISHED"


def test_an_offer_is_made_though_the_answer_was_lost_and_is_found_by_sku_F3(seller: Seller) -> None:
    seller.put_item("MUG-1")
    seller.fault("F3", "createOffer")
    with pytest.raises(httpx.ReadError):
        seller.offer("MUG-1")
    again = seller.call("POST", f"{INVENTORY}/offer", offer(seller.market, "MUG-1"))
    assert errors(again) == [25002]
    assert seller.get(f"{INVENTORY}/offer?sku=MUG-1")["total"] == 1


@pytest.mark.parametrize("how", ["cut", "truncated", "html", "empty", "charset"])
def test_an_answer_arrives_broken_F4(seller: Seller, how: str) -> None:
    seller.fault("F4", "getOrders", how=how)
    with httpx.Client(base_url="http://127.0.0.1", transport=InProcess(seller.market), headers=seller.headers) as bare:
        broken = bare.get(f"{FULFILLMENT}/order")
        assert broken.status_code == 200
        with pytest.raises(ValueError):
            broken.json()
        assert bare.get(f"{FULFILLMENT}/order").json()["total"] == 0


@pytest.mark.parametrize(("how", "seen"), [("repeat", [4, 3, 4, 3]), ("skip", [4, 3, 0])])
def test_a_page_comes_again_or_is_left_out_F6(seller: Seller, how: str, seen: list[int]) -> None:
    placed = _five_orders(seller)
    first = seller.orders(limit=2)
    seller.fault("F6", "getOrders", how=how)
    second = seller.orders(limit=2, offset=2)
    got = [placed.index(order["orderId"]) for page in (first, second) for order in page["orders"]]
    assert got == seen


def test_the_next_page_points_to_itself_F6(seller: Seller) -> None:
    _five_orders(seller)
    seller.fault("F6", "getOrders", how="loop")
    page = seller.orders(limit=2, offset=2)
    assert "offset=2" in page["next"]


def _five_orders(seller: Seller) -> list[str]:
    seller.list("MUG-1", 9)
    placed = [seller.buy("MUG-1") for _ in range(5)]
    seller.turn(5)
    return placed


def test_an_answer_has_a_new_enum_value_F11(seller: Seller) -> None:
    _five_orders(seller)
    seller.fault("F11", "getOrders", how="enum", field="orderFulfillmentStatus")
    before, after = seller.orders()["orders"], seller.orders()["orders"]
    assert {order["orderFulfillmentStatus"] for order in after} == {"NOT_STARTED"}
    assert {order["orderFulfillmentStatus"] for order in before}.isdisjoint({"NOT_STARTED", "IN_PROGRESS", "FULFILLED"})


def test_a_listing_is_accepted_and_rejected_minutes_later_F13(seller: Seller) -> None:
    seller.put_item("MUG-1")
    offer_id = seller.offer("MUG-1")
    seller.fault("F13", "publishOffer")
    assert seller.publish(offer_id).status_code == 200
    assert seller.window("MUG-1")["live"]
    seller.turn(120)
    read = seller.get(f"{INVENTORY}/offer/{offer_id}")
    assert (read["status"], read["listing"]["listingStatus"]) == ("UNPUBLISHED", "EBAY_ENDED")
    assert not seller.window("MUG-1")["live"]


def test_a_quantity_is_changed_by_hand_F14(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 3)
    seller.fault("F14", sku="MUG-1", quantity=9)
    assert seller.window("MUG-1")["quantity"] == 9
    assert seller.get(f"{INVENTORY}/offer/{offer_id}")["availableQuantity"] == 9


def test_a_quantity_is_accepted_and_never_done(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 3)
    seller.fault("not_applied", "bulkUpdatePriceQuantity")
    assert seller.set_quantity(offer_id, 0, "MUG-1").status_code == 200
    assert seller.window("MUG-1")["quantity"] == 3
    assert seller.get(f"{INVENTORY}/offer/{offer_id}")["availableQuantity"] == 3
    seller.set_quantity(offer_id, 0, "MUG-1")
    assert seller.window("MUG-1")["quantity"] == 0


def test_a_withdrawal_is_accepted_and_never_done(seller: Seller) -> None:
    offer_id = seller.list("MUG-1", 3)
    seller.fault("not_applied", "withdrawOffer")
    assert seller.call("POST", f"{INVENTORY}/offer/{offer_id}/withdraw").status_code == 200
    assert seller.window("MUG-1")["live"]


def test_clearing_the_plan_leaves_no_fault(seller: Seller) -> None:
    seller.fault("F2", "*", times=None)
    assert seller.call("GET", f"{FULFILLMENT}/order").status_code == 503
    seller.control("faults", {})
    assert seller.call("GET", f"{FULFILLMENT}/order").status_code == 200
