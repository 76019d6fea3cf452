"""HTTP only: addresses, headers, tokens, pages; raw JSON in and out. One method an operation, named as eBay names it."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from entrepot.channels import reading
from entrepot.channels.contract import Access, ChannelError, Refused, Unavailable, Unreadable
from entrepot.channels.transport import body
from entrepot.connectors.ebay.tokens import Tokens, Who

INVENTORY = "/sell/inventory/v1"
FULFILLMENT = "/sell/fulfillment/v1"
NOTIFICATION = "/commerce/notification/v1"
ANALYTICS = "/developer/analytics/v1_beta"
DISPENSABLE = (NOTIFICATION, ANALYTICS)  # the fast way and the numbers to show: an account goes on without them

ORDERS_A_PAGE = 200
ITEMS_A_PAGE = 200
ITEMS_A_BULK = 25
MOST_PAGES = 10_000

Json = Mapping[str, Any]


class Client:
    """The eBay operations we use, for one account."""

    def __init__(self, access: Access, endpoint: str, tokens: Tokens) -> None:
        self._transport = access.transport
        self._endpoint = endpoint.rstrip("/")
        self._tokens = tokens
        self._own = threading.local()

    def writes(self) -> int:
        """Writes of this thread that have, or may have, reached eBay: what decides whether a failure is "unknown"."""
        return int(getattr(self._own, "writes", 0))

    # --- items, groups, offers -------------------------------------------------------------------------------------

    def get_item(self, sku: str) -> Json | None:
        return self._found("getInventoryItem", f"{INVENTORY}/inventory_item/{segment(sku)}")

    def get_items(self, skus: Sequence[str]) -> dict[str, Json]:
        """SKU -> item, for those eBay knows; 25 a call.

        Raises: Unavailable when eBay fails on one of them: it would look like an item that is not there.
        """
        found: dict[str, Json] = {}
        for start in range(0, len(skus), ITEMS_A_BULK):
            asked = {"requests": [{"sku": sku} for sku in skus[start : start + ITEMS_A_BULK]]}
            answer = document(self._call("bulkGetInventoryItem", "POST", f"{INVENTORY}/bulk_get_inventory_item", asked))
            for entry in reading.items(answer, "responses"):
                status = reading.whole(entry, "statusCode")
                if status >= 500:
                    raise Unavailable(f"eBay could not read an item: {status}", sent=False)
                if status < 300:
                    found[reading.text(entry, "sku")] = reading.optional(entry, "inventoryItem") or {}
        return found

    def put_item(self, sku: str, item: Json, locale: str) -> Json:
        return self._send("createOrReplaceInventoryItem", "PUT", f"{INVENTORY}/inventory_item/{segment(sku)}", item, locale=locale)

    def items(self) -> Iterator[Json]:
        """Every inventory item of the account. ``offset`` counts pages here; a page that brings nothing new ends it (F6)."""
        seen: set[str] = set()
        for page in range(MOST_PAGES):
            found = self._found("getInventoryItems", f"{INVENTORY}/inventory_item", {"limit": ITEMS_A_PAGE, "offset": page})
            if found is None:
                return
            new = [item for item in reading.items(found, "inventoryItems") if reading.text(item, "sku") not in seen]
            seen.update(reading.text(item, "sku") for item in new)
            yield from new
            if not new or len(seen) >= reading.whole(found, "total"):
                return

    def get_group(self, key: str) -> Json | None:
        return self._found("getInventoryItemGroup", f"{INVENTORY}/inventory_item_group/{segment(key)}")

    def put_group(self, key: str, group: Json, locale: str) -> Json:
        path = f"{INVENTORY}/inventory_item_group/{segment(key)}"
        return self._send("createOrReplaceInventoryItemGroup", "PUT", path, group, locale=locale)

    def get_offers(self, sku: str) -> Sequence[Json]:
        """All offers of a SKU; none when eBay does not know it."""
        found = self._found("getOffers", f"{INVENTORY}/offer", {"sku": sku})
        return reading.items(found, "offers") if found else ()

    def create_offer(self, offer: Json, locale: str) -> Json:
        return self._send("createOffer", "POST", f"{INVENTORY}/offer", offer, locale=locale)

    def update_offer(self, offer_id: str, offer: Json, locale: str) -> Json:
        return self._send("updateOffer", "PUT", f"{INVENTORY}/offer/{segment(offer_id)}", offer, locale=locale)

    def delete_offer(self, offer_id: str) -> None:
        self._send("deleteOffer", "DELETE", f"{INVENTORY}/offer/{segment(offer_id)}")

    def publish_offer(self, offer_id: str) -> Json:
        return self._send("publishOffer", "POST", f"{INVENTORY}/offer/{segment(offer_id)}/publish")

    def publish_group(self, key: str, marketplace: str) -> Json:
        sent = {"inventoryItemGroupKey": key, "marketplaceId": marketplace}
        return self._send("publishOfferByInventoryItemGroup", "POST", f"{INVENTORY}/offer/publish_by_inventory_item_group", sent)

    def withdraw_offer(self, offer_id: str) -> Json:
        return self._send("withdrawOffer", "POST", f"{INVENTORY}/offer/{segment(offer_id)}/withdraw")

    def withdraw_group(self, key: str, marketplace: str) -> Json:
        sent = {"inventoryItemGroupKey": key, "marketplaceId": marketplace}
        return self._send("withdrawOfferByInventoryItemGroup", "POST", f"{INVENTORY}/offer/withdraw_by_inventory_item_group", sent)

    def update_price_quantity(self, change: Json) -> Sequence[Json]:
        """The entries of the answer; each has its own status (HTTP 200 and 207 say nothing of them)."""
        answer = self._send("bulkUpdatePriceQuantity", "POST", f"{INVENTORY}/bulk_update_price_quantity", {"requests": [change]})
        return reading.items(answer, "responses")

    def get_location(self, key: str) -> Json | None:
        return self._found("getInventoryLocation", f"{INVENTORY}/location/{segment(key)}")

    def create_location(self, key: str, location: Json) -> None:
        self._send("createInventoryLocation", "POST", f"{INVENTORY}/location/{segment(key)}", location, also=(409,))

    # --- orders ----------------------------------------------------------------------------------------------------

    def get_orders(self, search: str, offset: int) -> Json:
        """One page of a search, counted in orders (the offsets of items count pages)."""
        params = {"filter": search, "limit": ORDERS_A_PAGE, "offset": offset}
        return document(self._call("getOrders", "GET", f"{FULFILLMENT}/order", params=params))

    def get_order(self, order_id: str) -> Json:
        found = self._found("getOrder", f"{FULFILLMENT}/order/{segment(order_id)}")
        if found is None:
            raise Refused(f"eBay has no order {order_id}", code="not_found", status=404)
        return found

    def get_fulfillments(self, order_id: str) -> Sequence[Json]:
        path = f"{FULFILLMENT}/order/{segment(order_id)}/shipping_fulfillment"
        return reading.items(document(self._call("getShippingFulfillments", "GET", path)), "fulfillments")

    def create_fulfillment(self, order_id: str, fulfillment: Json) -> None:
        self._send("createShippingFulfillment", "POST", f"{FULFILLMENT}/order/{segment(order_id)}/shipping_fulfillment", fulfillment)

    # --- notifications, quota --------------------------------------------------------------------------------------

    def get_config(self) -> Json | None:
        return self._found("getConfig", f"{NOTIFICATION}/config", who=Who.APPLICATION)

    def put_config(self, config: Json) -> None:
        self._send("updateConfig", "PUT", f"{NOTIFICATION}/config", config, who=Who.APPLICATION)

    def get_topic(self, topic: str) -> Json:
        return document(self._call("getTopic", "GET", f"{NOTIFICATION}/topic/{segment(topic)}", who=Who.APPLICATION))

    def destinations(self) -> Iterator[Json]:
        return self._listed("getDestinations", f"{NOTIFICATION}/destination", "destinations", Who.APPLICATION)

    def create_destination(self, destination: Json) -> str:
        """The new destination's id, from the address in Location."""
        answer = self._call("createDestination", "POST", f"{NOTIFICATION}/destination", destination, who=Who.APPLICATION)
        return str(answer.headers.get("location", "")).rstrip("/").rsplit("/", 1)[-1]

    def update_destination(self, destination_id: str, destination: Json) -> None:
        path = f"{NOTIFICATION}/destination/{segment(destination_id)}"
        self._send("updateDestination", "PUT", path, destination, who=Who.APPLICATION)

    def subscriptions(self) -> Iterator[Json]:
        return self._listed("getSubscriptions", f"{NOTIFICATION}/subscription", "subscriptions", Who.SELLER)

    def create_subscription(self, subscription: Json) -> None:
        self._send("createSubscription", "POST", f"{NOTIFICATION}/subscription", subscription)

    def update_subscription(self, subscription_id: str, subscription: Json) -> None:
        self._send("updateSubscription", "PUT", f"{NOTIFICATION}/subscription/{segment(subscription_id)}", subscription)

    def get_public_key(self, key_id: str) -> Json | None:
        return self._found("getPublicKey", f"{NOTIFICATION}/public_key/{segment(key_id)}", who=Who.APPLICATION)

    def rate_limits(self) -> Json:
        answer = self._call("getRateLimits", "GET", f"{ANALYTICS}/rate_limit/", who=Who.APPLICATION)
        return document(answer) if answer.content else {}

    def user_rate_limits(self) -> Json:
        answer = self._call("getUserRateLimits", "GET", f"{ANALYTICS}/user_rate_limit/")
        return document(answer) if answer.content else {}

    # --- the call --------------------------------------------------------------------------------------------------

    def _found(self, operation: str, path: str, params: Json | None = None, *, who: Who = Who.SELLER) -> Json | None:
        """The document at an address, None where eBay says 404."""
        answer = self._call(operation, "GET", path, params=params, who=who, also=(404,))
        return None if answer.status_code == 404 else document(answer)

    def _send(
        self,
        operation: str,
        method: str,
        path: str,
        sent: Json | None = None,
        *,
        locale: str = "",
        who: Who = Who.SELLER,
        also: tuple[int, ...] = (),
    ) -> Json:
        """The answer's document; many writes answer with none."""
        try:
            answer = self._call(operation, method, path, sent, locale=locale, who=who, also=also)
        except ChannelError as no:
            self._own.writes = self.writes() + (isinstance(no, Unavailable) and no.sent)
            raise
        self._own.writes = self.writes() + 1
        return document(answer) if answer.content else {}

    def _listed(self, operation: str, path: str, name: str, who: Who) -> Iterator[Json]:
        """The entries of a list whose pages are chained by a token in ``next``; a token seen before ends it (F6)."""
        used: set[str] = set()
        token = ""
        while token not in used:
            used.add(token)
            params = {"limit": 100, **({"continuation_token": token} if token else {})}
            page = document(self._call(operation, "GET", path, params=params, who=who))
            yield from reading.items(page, name)
            token = parameter(str(page.get("next") or ""), "continuation_token")

    def _call(
        self,
        operation: str,
        method: str,
        path: str,
        sent: Json | None = None,
        *,
        params: Json | None = None,
        locale: str = "",
        who: Who = Who.SELLER,
        also: tuple[int, ...] = (),
    ) -> Any:
        """Send once; after a 401 renew the token once and send once more (F5). The second 401 is AccessLost.

        A 403 is AccessLost too, but Refused where the account can do without (a scope that was not granted, say).
        """
        accepted = (200, 201, 202, 204, 207, *also)
        token = self._tokens.bearer(who)
        answer = self._once(operation, method, path, sent, params, locale, token, (*accepted, 401))
        if answer.status_code != 401:
            return answer
        renewed = self._tokens.bearer(who, refused=token)
        return self._once(operation, method, path, sent, params, locale, renewed, accepted)

    def _once(
        self,
        operation: str,
        method: str,
        path: str,
        sent: Json | None,
        params: Json | None,
        locale: str,
        token: str,
        expect: tuple[int, ...],
    ) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if sent is not None:
            headers["Content-Type"] = "application/json"
        if locale:
            headers["Content-Language"] = locale
        return self._transport.send(
            operation,
            method,
            f"{self._endpoint}{path}",
            headers=headers,
            params=params,
            json=sent,
            expect=expect,
            access_lost=(401,) if path.startswith(DISPENSABLE) else (401, 403),
        )


def document(answer: Any) -> Json:
    """The JSON object of an answer.

    Raises: Unreadable for anything else (F4).
    """
    raw = body(answer)
    if not isinstance(raw, Mapping):
        raise Unreadable("$", f"expected an object, got {type(raw).__name__}")
    return raw


def segment(text: str) -> str:
    """One segment of a path: a slash in a SKU stays part of the SKU."""
    return quote(text, safe="")


def parameter(address: str, name: str) -> str:
    """A query parameter of an address, empty when it has none."""
    return parse_qs(urlsplit(address).query).get(name, [""])[0]
