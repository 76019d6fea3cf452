"""Inventory API v1, first half: inventory items, groups and locations on the wire.

Source: docs/sources/ebay.md#inventory
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from entrepot_sandbox.core.http import Call, Response, Route
from entrepot_sandbox.ebay import account, items
from entrepot_sandbox.ebay.errors import Refused, refused
from entrepot_sandbox.ebay.records import Item
from entrepot_sandbox.ebay.wire import (
    NO_CONTENT,
    Api,
    body_of,
    entries_of,
    locale_of,
    query,
    shown_page,
    whole,
)

MOST_IN_BULK = 25


class ItemsApi(Api):
    """Items, groups and locations."""

    base = "/sell/inventory/v1"
    bucket = "sell.inventory"

    def routes(self) -> list[Route]:
        item, group, place = "/inventory_item/{sku}", "/inventory_item_group/{key}", "/location/{key}"
        return [
            self.route("PUT", item, "createOrReplaceInventoryItem", self.put_item),
            self.route("GET", item, "getInventoryItem", self.get_item),
            self.route("DELETE", item, "deleteInventoryItem", self.delete_item),
            self.route("GET", "/inventory_item", "getInventoryItems", self.list_items),
            self.route("POST", "/bulk_create_or_replace_inventory_item", "bulkCreateOrReplaceInventoryItem", self.put_many),
            self.route("POST", "/bulk_get_inventory_item", "bulkGetInventoryItem", self.get_many),
            self.route("PUT", group, "createOrReplaceInventoryItemGroup", self.put_group),
            self.route("GET", group, "getInventoryItemGroup", self.get_group),
            self.route("DELETE", group, "deleteInventoryItemGroup", self.delete_group),
            self.route("GET", "/location", "getInventoryLocations", self.list_locations),
            self.route("GET", place, "getInventoryLocation", self.get_location),
            self.route("POST", place, "createInventoryLocation", self.create_location),
            self.route("DELETE", place, "deleteInventoryLocation", self.delete_location),
            self.route("POST", f"{place}/update_location_details", "updateInventoryLocation", self.update_location),
            self.route("POST", f"{place}/enable", "enableInventoryLocation", self.switch_location("ENABLED")),
            self.route("POST", f"{place}/disable", "disableInventoryLocation", self.switch_location("DISABLED")),
        ]

    # Items

    def put_item(self, call: Call) -> Response:
        locale, body = locale_of(call), body_of(call)
        with self.shop.pretending(call.fault("not_applied") or call.fault("F13")):
            new = items.put_item(self.shop, call.params["sku"], body, locale)
        return Response.json({"warnings": []}, 201) if new else NO_CONTENT

    def get_item(self, call: Call) -> Response:
        return Response.json(self.item_json(items.item_of(self.shop, call.params["sku"])))

    def delete_item(self, call: Call) -> Response:
        items.delete_item(self.shop, call.params["sku"])
        return NO_CONTENT

    def list_items(self, call: Call) -> Response:
        limit = whole(call, "limit", 25, 1, 200, 25706)
        page = whole(call, "offset", 0, 0, 10**6, 25706)
        rows = [self.shop.items[sku] for sku in sorted(self.shop.items)]
        shown, following = shown_page(call, rows, page * limit, limit)
        answer: dict[str, Any] = {
            "href": self.address(f"/inventory_item?{query({'limit': limit, 'offset': page})}"),
            "limit": limit,
            "size": -(-len(rows) // limit),
            "total": len(rows),
            "inventoryItems": [self.item_json(item) for item in shown],
        }
        if following is not None:
            answer["next"] = self.address(f"/inventory_item?{query({'limit': limit, 'offset': following // limit})}")
        if page:
            answer["prev"] = self.address(f"/inventory_item?{query({'limit': limit, 'offset': page - 1})}")
        return Response.json(answer)

    def put_many(self, call: Call) -> Response:
        entries = entries_of(call, "requests", MOST_IN_BULK, 25727)
        skus = [entry.get("sku") for entry in entries]
        if len(set(map(str, skus))) != len(skus):
            raise refused(400, 25728)

        def put(entry: Mapping[str, Any]) -> int:
            if not isinstance(entry.get("sku"), str) or not entry.get("locale"):
                raise refused(400, 25733)
            return 201 if items.put_item(self.shop, entry["sku"], entry, str(entry["locale"])) else 200

        with self.shop.pretending(call.fault("not_applied")):
            outcomes = [one_by_one(call, place, partial(put, entry)) for place, entry in enumerate(entries)]
        rows = [
            {"sku": str(entry.get("sku")), "locale": str(entry.get("locale")), **outcome}
            for entry, outcome in zip(entries, outcomes, strict=True)
        ]
        return bulk_answer(rows)

    def get_many(self, call: Call) -> Response:
        entries = entries_of(call, "requests", MOST_IN_BULK, 25727)
        skus = [str(entry.get("sku")) for entry in entries]
        if len(set(skus)) != len(skus):
            raise refused(400, 25734)
        rows: list[dict[str, Any]] = []
        for sku in skus:
            item = self.shop.items.get(sku)
            if item is None:
                rows.append({"sku": sku, "statusCode": 404, "errors": refused(404, 25702, skuValue=sku).json()})
            else:
                shown = self.item_json(item)
                shown.pop("groupIds", None)
                rows.append({"sku": sku, "statusCode": 200, "inventoryItem": shown, "errors": [], "warnings": []})
        return bulk_answer(rows)

    def item_json(self, item: Item) -> dict[str, Any]:
        """An item as it is read back."""
        key = self.shop.group_of(item.sku)
        answer = {"sku": item.sku, "locale": item.locale, **copy.deepcopy(item.body)}
        if item.quantity is not None:
            allocation = {"auction": 0, "fixedPrice": item.quantity}
            answer["availability"]["shipToLocationAvailability"]["allocationByFormat"] = allocation
        if key is not None:
            answer.update(groupIds=[key], inventoryItemGroupKeys=[key])
        return answer

    # Groups

    def put_group(self, call: Call) -> Response:
        locale_of(call)
        new = items.put_group(self.shop, call.params["key"], body_of(call))
        return Response.json({"warnings": []}, 201) if new else NO_CONTENT

    def get_group(self, call: Call) -> Response:
        key = call.params["key"]
        return Response.json({"inventoryItemGroupKey": key, **items.group(self.shop, key)})

    def delete_group(self, call: Call) -> Response:
        items.delete_group(self.shop, call.params["key"])
        return NO_CONTENT

    # Locations

    def list_locations(self, call: Call) -> Response:
        limit = whole(call, "limit", 100, 1, 200, 25804)
        offset = whole(call, "offset", 0, 0, 10**6, 25804)
        keys = sorted(self.shop.locations)
        shown, following = shown_page(call, keys, offset, limit)
        answer: dict[str, Any] = {
            "href": self.address(f"/location?{query({'limit': limit, 'offset': offset})}"),
            "limit": limit,
            "offset": offset,
            "total": len(keys),
            "locations": [{"merchantLocationKey": key, **self.shop.locations[key]} for key in shown],
        }
        if following is not None:
            answer["next"] = self.address(f"/location?{query({'limit': limit, 'offset': following})}")
        return Response.json(answer)

    def get_location(self, call: Call) -> Response:
        key = call.params["key"]
        return Response.json({"merchantLocationKey": key, **account.location(self.shop, key)})

    def create_location(self, call: Call) -> Response:
        account.create_location(self.shop, call.params["key"], body_of(call))
        return NO_CONTENT

    def update_location(self, call: Call) -> Response:
        account.update_location(self.shop, call.params["key"], body_of(call))
        return NO_CONTENT

    def delete_location(self, call: Call) -> Response:
        account.delete_location(self.shop, call.params["key"])
        return NO_CONTENT

    def switch_location(self, status: str) -> Callable[[Call], Response]:
        """The operation that enables or disables a location."""

        def switch(call: Call) -> Response:
            account.location(self.shop, call.params["key"])["merchantLocationStatus"] = status
            return Response.json({})

        return switch


def one_by_one(call: Call, place: int, act: Callable[[], int]) -> dict[str, Any]:
    """One entry of a bulk call: its status code and, when it was refused, why. The fault `refused_item` refuses one."""
    fault = call.fault("refused_item")
    try:
        if fault is not None and int(fault.own.get("item", 0)) == place:
            raise refused(400, 25002, "The item was refused.")
        return {"statusCode": act(), "errors": [], "warnings": []}
    except Refused as refusal:
        return {"statusCode": refusal.status, "errors": refusal.json(), "warnings": []}


def bulk_answer(rows: list[dict[str, Any]]) -> Response:
    """200 when every entry passed, 207 when one did not."""
    failed = any(row["statusCode"] >= 400 for row in rows)
    return Response.json({"responses": rows}, 207 if failed else 200)
