"""Inventory API v1, second half: offers, publishing, price and quantity on the wire.

Source: docs/sources/ebay.md#inventory
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import partial
from typing import Any

from entrepot_sandbox.core.http import Call, Response, Route
from entrepot_sandbox.ebay import offers, publishing
from entrepot_sandbox.ebay.api_items import MOST_IN_BULK, bulk_answer, one_by_one
from entrepot_sandbox.ebay.errors import refused
from entrepot_sandbox.ebay.records import Offer
from entrepot_sandbox.ebay.wire import NO_CONTENT, Api, body_of, entries_of, locale_of, query, shown_page, whole

REJECTED_AFTER_S = 120.0


class OffersApi(Api):
    """Offers and the listings they become."""

    base = "/sell/inventory/v1"
    bucket = "sell.inventory"

    def routes(self) -> list[Route]:
        return [
            self.route("POST", "/offer", "createOffer", self.create),
            self.route("GET", "/offer", "getOffers", self.list_offers),
            self.route("GET", "/offer/{offer}", "getOffer", self.get),
            self.route("PUT", "/offer/{offer}", "updateOffer", self.update),
            self.route("DELETE", "/offer/{offer}", "deleteOffer", self.delete),
            self.route("POST", "/bulk_create_offer", "bulkCreateOffer", self.create_many),
            self.route("POST", "/offer/{offer}/publish", "publishOffer", self.publish),
            self.route("POST", "/bulk_publish_offer", "bulkPublishOffer", self.publish_many),
            self.route("POST", "/offer/{offer}/withdraw", "withdrawOffer", self.withdraw),
            self.route("POST", "/offer/publish_by_inventory_item_group", "publishOfferByInventoryItemGroup", self.publish_group),
            self.route("POST", "/offer/withdraw_by_inventory_item_group", "withdrawOfferByInventoryItemGroup", self.withdraw_group),
            self.route("POST", "/bulk_update_price_quantity", "bulkUpdatePriceQuantity", self.set_price_quantity),
        ]

    def create(self, call: Call) -> Response:
        locale_of(call)
        return Response.json({"offerId": offers.create_offer(self.shop, body_of(call)).offer_id, "warnings": []}, 201)

    def create_many(self, call: Call) -> Response:
        locale_of(call)
        entries = entries_of(call, "requests", MOST_IN_BULK, 25730)
        keys = [tuple(str(entry.get(name)) for name in offers.KEY_FIELDS) for entry in entries]
        if len(set(keys)) != len(keys):
            raise refused(400, 25729)

        def create(entry: Mapping[str, Any], row: dict[str, Any]) -> int:
            row["offerId"] = offers.create_offer(self.shop, entry).offer_id
            return 200

        rows = []
        for place, entry in enumerate(entries):
            row: dict[str, Any] = {name: str(entry.get(name)) for name in offers.KEY_FIELDS}
            row.update(one_by_one(call, place, partial(create, entry, row)))
            rows.append(row)
        return bulk_answer(rows)

    def get(self, call: Call) -> Response:
        return Response.json(self.offer_json(self.shop.offer(call.params["offer"])))

    def list_offers(self, call: Call) -> Response:
        sku = call.request.first("sku")
        if not sku:
            raise refused(400, 25709, "The sku is required.", fieldName="sku")
        limit = whole(call, "limit", 100, 1, 200, 25706)
        page = whole(call, "offset", 0, 0, 10**6, 25706)
        market = call.request.first("marketplace_id")
        rows = [offer for offer in self.shop.offers_of.get(sku, ()) if market in (None, "", offer.marketplace_id)]
        if not rows:
            raise refused(404, 25713, sku)
        shown, following = shown_page(call, rows, page * limit, limit)
        answer: dict[str, Any] = {
            "href": self.address(f"/offer?{query({'sku': sku, 'limit': limit, 'offset': page})}"),
            "limit": limit,
            "size": len(shown),
            "total": len(rows),
            "offers": [self.offer_json(offer) for offer in shown],
        }
        if following is not None:
            answer["next"] = self.address(f"/offer?{query({'sku': sku, 'limit': limit, 'offset': following // limit})}")
        return Response.json(answer)

    def update(self, call: Call) -> Response:
        locale_of(call)
        with self.shop.pretending(call.fault("not_applied") or call.fault("F13")):
            offer = offers.update_offer(self.shop, call.params["offer"], body_of(call))
        return Response.json({"offerId": offer.offer_id, "warnings": []})

    def delete(self, call: Call) -> Response:
        offers.delete_offer(self.shop, call.params["offer"])
        return NO_CONTENT

    def publish(self, call: Call) -> Response:
        body_of(call)
        listing_id = publishing.publish(self.shop, call.params["offer"])
        self._listed(call, listing_id)
        return Response.json({"listingId": listing_id, "warnings": []})

    def publish_many(self, call: Call) -> Response:
        entries = entries_of(call, "requests", MOST_IN_BULK, 25730)
        ids = [str(entry.get("offerId")) for entry in entries]
        if len(set(ids)) != len(ids):
            raise refused(400, 25731)

        def publish(offer_id: str, row: dict[str, Any]) -> int:
            row["listingId"] = publishing.publish(self.shop, offer_id)
            self._listed(call, row["listingId"])
            return 200

        rows = []
        for place, offer_id in enumerate(ids):
            row: dict[str, Any] = {"offerId": offer_id}
            row.update(one_by_one(call, place, partial(publish, offer_id, row)))
            rows.append(row)
        return bulk_answer(rows)

    def publish_group(self, call: Call) -> Response:
        body = body_of(call)
        key, marketplace_id = str(body.get("inventoryItemGroupKey")), str(body.get("marketplaceId"))
        listing_id = publishing.publish_group(self.shop, key, marketplace_id)
        self._listed(call, listing_id)
        return Response.json({"listingId": listing_id, "warnings": []})

    def _listed(self, call: Call, listing_id: str) -> None:
        """Let a page end again: at once when it is only pretended (not_applied), later when it is rejected (F13)."""
        listing = self.shop.listings[listing_id]
        later = call.fault("F13")
        if later is None and call.fault("not_applied") is None:
            return

        def reject() -> None:
            for offer_id in list(listing.offer_ids):
                self.shop.end(self.shop.offers[offer_id], by_channel=True)

        self.market.clock.after(float(later.own.get("delay_s", REJECTED_AFTER_S)) if later else 0, reject)

    def withdraw(self, call: Call) -> Response:
        body_of(call)
        offer = self.shop.offer(call.params["offer"])
        if call.fault("not_applied") is not None and offer.published:
            return Response.json({"listingId": offer.listing_id, "warnings": []})
        return Response.json({"listingId": publishing.withdraw(self.shop, offer.offer_id), "warnings": []})

    def withdraw_group(self, call: Call) -> Response:
        body = body_of(call)
        if call.fault("not_applied") is None:
            publishing.withdraw_group(self.shop, str(body.get("inventoryItemGroupKey")), str(body.get("marketplaceId")))
        return NO_CONTENT

    def set_price_quantity(self, call: Call) -> Response:
        entries = entries_of(call, "requests", 1, 25727)
        with self.shop.pretending(call.fault("not_applied") or call.fault("F13")):
            outcomes = offers.set_price_quantity(self.shop, entries[0], refuse=self._refused_place(call))
        rows = []
        for offer_id, refusal in outcomes:
            row: dict[str, Any] = {"statusCode": 200 if refusal is None else refusal.status, "errors": [], "warnings": []}
            if refusal is not None:
                row["errors"] = refusal.json()
            if entries[0].get("sku"):
                row["sku"] = entries[0]["sku"]
            if offer_id is not None:
                row["offerId"] = offer_id
            rows.append(row)
        return bulk_answer(rows)

    def _refused_place(self, call: Call) -> int | None:
        fault = call.fault("refused_item")
        return None if fault is None else int(fault.own.get("item", 0))

    def offer_json(self, offer: Offer) -> dict[str, Any]:
        """An offer as it is read back: of a published one, the quantity a buyer can buy now."""
        answer = {"offerId": offer.offer_id, **copy.deepcopy(offer.body)}
        quantity = offer.window.quantity if offer.window else self.shop.wanted_quantity(offer)
        if quantity is not None:
            answer["availableQuantity"] = quantity
        answer["status"] = "PUBLISHED" if offer.published else "UNPUBLISHED"
        if offer.listing_id is not None and offer.window is not None:
            answer["listing"] = {
                "listingId": offer.listing_id,
                "listingStatus": "ACTIVE" if offer.window.quantity else "OUT_OF_STOCK",
                "soldQuantity": offer.sold,
                "listingOnHold": False,
            }
        elif offer.listing_id is not None:
            ended = self.shop.listings[offer.listing_id]
            answer["listing"] = {
                "listingId": offer.listing_id,
                "listingStatus": "EBAY_ENDED" if ended.ended_by_channel else "ENDED",
                "soldQuantity": offer.sold,
                "listingOnHold": False,
            }
        return answer
