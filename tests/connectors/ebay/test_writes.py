"""What a revision, an end and a publish really write, seen at the wire: nothing they should not."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from entrepot.base.ids import OfferId, RemoteId, Sku
from entrepot.channels.contract import Outcome, Shipment, ShipmentLine, Wanted
from tests.connectors.ebay.channel import NOW, Channel, Reply, answered, refusal
from tests.connectors.ebay.samples import SHIRT, content, sample

ITEM = "/inventory_item/LAMP%2FOAK-M"


def lamp_shop(request: httpx.Request) -> Reply:
    """An eBay that has the lamp of the samples, live, showing 4."""
    path = request.url.path
    if request.method == "GET":
        if path.endswith("/offer"):
            return answered(sample("offers_of_sku"))
        return answered({}) if "/location/" in path else answered(sample("item"))
    if path.endswith("/bulk_update_price_quantity"):
        return answered({"responses": [{"statusCode": 200, "offerId": "8209000002"}]})
    return answered(status=204)


def written(channel: Channel) -> list[tuple[str, Any]]:
    """Method, end of the path and body of every write; asking for many items is a POST and no write."""
    writes = [request for request in channel.sent if request.method != "GET" and "/bulk_get" not in request.url.path]
    return [
        (f"{one.method} {one.url.raw_path.decode().split('/v1')[1]}", json.loads(one.content) if one.content else None) for one in writes
    ]


def test_a_new_title_keeps_the_quantities_that_ebay_has() -> None:
    channel = Channel(lamp_shop)
    channel.open().revise([content(title="Another lamp", attributes={"Material": "Oak"}, options={"Size": "M"}, quantity=99)])
    ((where, body),) = written(channel)
    assert where == f"PUT {ITEM}"
    assert body["product"]["title"] == "Another lamp"
    assert body["availability"]["shipToLocationAvailability"]["quantity"] == 6


def test_a_new_text_replaces_the_offer_with_the_quantity_it_has_and_what_others_set_in_it() -> None:
    channel = Channel(lamp_shop)
    channel.open().revise([content(description="New text.", attributes={"Material": "Oak"}, options={"Size": "M"}, quantity=99)])
    offer = dict(written(channel))["PUT /offer/8209000002"]
    assert (offer["listingDescription"], offer["availableQuantity"]) == ("New text.", 4)
    assert offer["tax"] == {"vatPercentage": 19.0, "applyTax": False}


def test_what_ebay_never_published_cannot_be_revised() -> None:
    channel = Channel(lambda request: refusal(25713, status=404))
    (receipt,) = channel.open().revise([content()])
    assert (receipt.outcome, [problem.code for problem in receipt.problems]) == (Outcome.REFUSED, ["not_published"])
    assert written(channel) == []


def test_a_quantity_for_an_offer_that_ebay_does_not_have_is_refused_without_a_write() -> None:
    channel = Channel(lambda request: refusal(25713, status=404))
    (receipt,) = channel.open().set_availability([Wanted(OfferId(7), Sku("X"), 3, 5)])
    assert (receipt.outcome, receipt.version, receipt.problems[0].code) == (Outcome.REFUSED, 5, "not_published")
    assert written(channel) == []


def test_a_publish_whose_answer_names_no_listing_is_unknown() -> None:
    def answer(request: httpx.Request) -> Reply:
        if request.method == "GET":
            return answered({}) if "/location/" in request.url.path else refusal(25713, status=404)
        return answered({"offerId": "1"}, 201) if request.url.path.endswith("/offer") else answered({"warnings": []})

    (receipt,) = Channel(answer).open().publish([content(remote_id=None)])
    assert receipt.outcome is Outcome.UNKNOWN


# --- groups ----------------------------------------------------------------------------------------------------------


def shirt_shop(group: dict[str, Any], live: Callable[[str], bool]) -> Channel:
    """An eBay with a group of shirts."""

    def answer(request: httpx.Request) -> Reply:
        path, params = request.url.path, request.url.params
        if path.endswith("/bulk_get_inventory_item"):
            skus = [one["sku"] for one in json.loads(request.content)["requests"]]
            return answered({"responses": [{"sku": sku, "statusCode": 200, "inventoryItem": shirt(sku)} for sku in skus]})
        if path.endswith("/bulk_update_price_quantity"):
            return answered({"responses": [{"statusCode": 200, "offerId": f"o-{json.loads(request.content)['requests'][0]['sku']}"}]})
        if request.method != "GET":
            return answered({"listingId": "256"}) if "publish" in path else answered(status=204)
        if path.endswith("/offer"):
            status = "PUBLISHED" if live(params["sku"]) else "UNPUBLISHED"
            offer = {"offerId": f"o-{params['sku']}", "sku": params["sku"], "marketplaceId": "EBAY_DE", "status": status}
            return answered({"offers": [{**offer, "availableQuantity": 3}]})
        return answered(group) if "/inventory_item_group/" in path else answered(shirt("S-1"))

    return Channel(answer)


def shirt(sku: str) -> dict[str, Any]:
    return {"sku": sku, "inventoryItemGroupKeys": ["SHIRT"], "product": {"aspects": {"Size": [sku], "Brand": ["Nordhus"]}}}


def shirts(*skus: str, **changes: Any) -> list[Any]:
    of = replace(SHIRT, options=("Size",))
    return [content(sku, group=of, options={"Size": sku}, **changes) for sku in skus]


GROUP = {"title": "Shirt", "description": "A shirt.", "variantSKUs": ["S-1", "S-2", "OLD"]}


def test_a_member_that_is_no_longer_ours_leaves_the_group_and_one_not_in_the_batch_stays() -> None:
    channel = shirt_shop(GROUP, lambda sku: True)
    channel.open().publish(shirts("S-1", "S-3"))
    group = dict(written(channel))["PUT /inventory_item_group/SHIRT"]
    assert group["variantSKUs"] == ["S-1", "S-2", "S-3"]
    assert group["variesBy"]["specifications"] == [{"name": "Size", "values": ["S-1", "S-2", "S-3"]}]


def test_a_group_that_is_right_already_is_not_written() -> None:
    right = {
        **GROUP,
        "variantSKUs": ["S-1", "S-2"],
        "aspects": {"Brand": ["Nordhus"]},
        "variesBy": {"aspectsImageVariesBy": ["Size"], "specifications": [{"name": "Size", "values": ["S-1", "S-2"]}]},
    }
    channel = shirt_shop(right, lambda sku: True)
    channel.open().publish(shirts("S-1", "S-2"))
    assert not [where for where, _ in written(channel) if "group" in where]


def test_the_whole_page_is_withdrawn_when_no_variation_that_stays_is_live() -> None:
    channel = shirt_shop({**GROUP, "variantSKUs": ["S-1", "S-2"]}, lambda sku: sku == "S-1")
    (receipt,) = channel.open().end([Wanted(OfferId(1), Sku("S-1"), 0, 1)])
    assert receipt.outcome is Outcome.LIVE
    assert written(channel) == [
        ("POST /offer/withdraw_by_inventory_item_group", {"inventoryItemGroupKey": "SHIRT", "marketplaceId": "EBAY_DE"})
    ]


def test_a_page_with_another_live_variation_goes_on() -> None:
    channel = shirt_shop({**GROUP, "variantSKUs": ["S-1", "S-2"]}, lambda sku: True)
    channel.open().end([Wanted(OfferId(1), Sku("S-1"), 0, 1)])
    zero, group = written(channel)
    assert zero[0] == "POST /bulk_update_price_quantity"
    assert (group[0], group[1]["variantSKUs"]) == ("PUT /inventory_item_group/SHIRT", ["S-2"])


# --- packages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tracking", ["JJD00014567", ""])
def test_F3_a_package_that_ebay_has_is_not_reported_again_with_or_without_a_number(tracking: str) -> None:
    there: dict[str, Any] = {"shippedDate": "2026-03-02T12:00:00.000Z", "lineItems": [{"lineItemId": "1", "quantity": 2}]}
    if tracking:
        there = {"shipmentTrackingNumber": tracking, "fulfillmentId": tracking, "lineItems": []}
    channel = Channel(lambda request: answered({"total": 1, "fulfillments": [there]}))
    channel.open().confirm_shipment(Shipment(RemoteId("14"), 1, [ShipmentLine(RemoteId("1"), 2)], "dhl", tracking, NOW))
    assert written(channel) == []


def test_F3_a_conflict_is_fine_when_the_package_turns_out_to_be_there() -> None:
    looks: list[int] = []

    def answer(request: httpx.Request) -> Reply:
        if request.method == "POST":
            return refusal(34500, status=409)
        looks.append(1)
        return answered({"fulfillments": [{"shipmentTrackingNumber": "A1"}] if len(looks) > 1 else []})

    channel = Channel(answer)
    channel.open().confirm_shipment(Shipment(RemoteId("14"), 1, [ShipmentLine(RemoteId("1"), 2)], "dhl", "A1", NOW))
    assert len(looks) == 2


def test_units_shipped_of_a_partly_shipped_order_are_read_from_its_packages() -> None:
    raw = sample("order_paid", orderFulfillmentStatus="IN_PROGRESS", lineItems__0__lineItemFulfillmentStatus="IN_PROGRESS")
    packages = {"fulfillments": [{"lineItems": [{"lineItemId": "10029384756012", "quantity": 2}]}]}
    channel = Channel(lambda request: answered(packages if request.url.path.endswith("/shipping_fulfillment") else raw))
    assert channel.open().read_order(RemoteId("14-05391-71830")).lines[0].shipped_quantity == 2
