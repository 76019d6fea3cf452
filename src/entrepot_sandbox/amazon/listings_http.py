"""The wire format of the Listings Items API 2021-08-01."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from entrepot_sandbox.amazon import attributes as read
from entrepot_sandbox.amazon.errors import Refusal, invalid_input, not_found
from entrepot_sandbox.amazon.login import SELLER_ID
from entrepot_sandbox.amazon.paging import Page, page
from entrepot_sandbox.amazon.product_types import CATALOG
from entrepot_sandbox.amazon.shop import CURRENCY, MARKETPLACE_ID, Fate, Listing, Shop, Submission
from entrepot_sandbox.core.clock import iso, parse_instant
from entrepot_sandbox.core.http import Call, Json, Response, Route

if TYPE_CHECKING:
    from entrepot_sandbox.amazon.http import AmazonMarketplace

LONGEST_SKU = 40
SETS = ("summaries", "attributes", "issues", "offers", "fulfillmentAvailability", "procurement", "relationships", "productTypes")
REQUIREMENTS = ("LISTING", "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY")


class ListingsApi:
    """Five operations on the seller's listings."""

    def __init__(self, market: AmazonMarketplace) -> None:
        self._market = market

    def routes(self) -> Iterable[Route]:
        """The operations."""
        item = "/listings/2021-08-01/items/{sellerId}/{sku}"
        return [
            Route("PUT", item, "putListingsItem", self._put),
            Route("PATCH", item, "patchListingsItem", self._patch),
            Route("GET", item, "getListingsItem", self._get),
            Route("DELETE", item, "deleteListingsItem", self._delete),
            Route("GET", "/listings/2021-08-01/items/{sellerId}", "searchListingsItems", self._search),
        ]

    def _put(self, call: Call) -> Response:
        sku = self._sku(call)
        body = _body(call)
        requirements = body.get("requirements", "LISTING")
        if requirements not in REQUIREMENTS:
            raise invalid_input(f"requirements takes {', '.join(REQUIREMENTS)}")
        wanted = body.get("attributes")
        if not isinstance(wanted, dict):
            raise invalid_input("attributes is required")
        kind = _product_type(body)
        submission = self._shop.put(sku, kind, requirements, wanted, preview=_preview(call), fate=_fate(call))
        return self._submitted(call, submission)

    def _patch(self, call: Call) -> Response:
        sku = self._sku(call)
        body = _body(call)
        patches = body.get("patches")
        if not isinstance(patches, list) or not patches:
            raise invalid_input("patches is a list of at least one operation")
        changes = [_change(patch) for patch in patches]
        submission = self._shop.patch(sku, _product_type(body), changes, preview=_preview(call), fate=_fate(call))
        return self._submitted(call, submission)

    def _get(self, call: Call) -> Response:
        sku = self._sku(call)
        listing = self._shop.find(sku)
        if listing is None or not listing.processed:
            raise not_found(f"SKU {sku} not found in marketplace {MARKETPLACE_ID}")
        return Response.json(self._item(listing, _sets(call)))

    def _delete(self, call: Call) -> Response:
        return self._submitted(call, self._shop.delete(self._sku(call), fate=_fate(call)))

    def _search(self, call: Call) -> Response:
        self._check_place(call)
        found = [listing for listing in self._found(call) if listing.processed]
        sort = call.request.first("sortBy", "lastUpdatedDate")
        key = SORTS.get(sort or "")
        if key is None:
            raise invalid_input(f"sortBy takes {', '.join(SORTS)}")

        def mark(listing: Listing) -> tuple[str, str]:
            return key(listing), listing.sku

        descending = call.request.first("sortOrder", "DESC") == "DESC"
        found.sort(key=mark, reverse=descending)
        size, token, now = _whole(call, "pageSize", 10, most=20), call.request.first("pageToken"), self._market.clock.now()
        part: Page[Listing] = page(call, found, size, mark=mark, token=token, now=now, descending=descending)
        sets = _sets(call)
        pagination = {"pagination": {"nextToken": part.next_token}} if part.next_token else {}
        items = [self._item(listing, sets) for listing in part.rows]
        return Response.json({"numberOfResults": len(found), **pagination, "items": items})

    def _found(self, call: Call) -> list[Listing]:
        request = call.request
        found = [listing for listing in self._shop.listings.values() if not listing.ended]
        identifiers = request.all("identifiers")
        if identifiers:
            kind = request.first("identifiersType")
            if kind is None:
                raise invalid_input("identifiersType is required with identifiers")
            if len(identifiers) > 20:
                raise invalid_input("at most 20 identifiers")
            found = [listing for listing in found if _identifier(listing, kind) in identifiers]
        if (parent := request.first("variationParentSku")) is not None:
            found = [listing for listing in found if read.parent_sku(listing.attributes) == parent]
        wanted, unwanted = set(request.all("withStatus")), set(request.all("withoutStatus"))
        found = [listing for listing in found if wanted <= set(listing.status) and not unwanted & set(listing.status)]
        severities = set(request.all("withIssueSeverity"))
        if severities:
            found = [listing for listing in found if severities & {issue["severity"] for issue in listing.issues}]
        return _within(call, found)

    def _item(self, listing: Listing, sets: Iterable[str]) -> Json:
        parts: Mapping[str, Callable[[], Json]] = {
            "summaries": lambda: [_summary(listing)],
            "attributes": lambda: listing.attributes,
            "issues": lambda: [{**issue, "marketplaceIds": [MARKETPLACE_ID]} for issue in listing.issues],
            "offers": lambda: _offers(listing),
            "fulfillmentAvailability": lambda: _availability(listing),
            "procurement": list,
            "relationships": lambda: [{"marketplaceId": MARKETPLACE_ID, "relationships": self._relationships(listing)}],
            "productTypes": lambda: [{"marketplaceId": MARKETPLACE_ID, "productType": listing.product_type}],
        }
        return {"sku": listing.sku, **{name: parts[name]() for name in sets}}

    def _relationships(self, listing: Listing) -> list[Json]:
        children = self._shop.children(listing.sku)
        parent = read.parent_sku(listing.attributes)
        if not children and parent is None:
            return []
        theme = str(read.first(listing.attributes, "variation_theme", "name") or "")
        variation = {"theme": theme, "attributes": [part.lower() for part in theme.split("/") if part]}
        family: dict[str, list[str]] = {"childSkus": children} if children else {"parentSkus": [parent] if parent else []}
        return [{**family, "variationTheme": variation, "type": "VARIATION"}]

    def _submitted(self, call: Call, submission: Submission) -> Response:
        body: dict[str, Any] = {"sku": submission.sku, "status": submission.status, "submissionId": submission.id}
        body["issues"] = list(submission.issues)
        if "identifiers" in call.request.all("includedData"):
            known = {"asin": submission.asin} if submission.asin else {}
            body["identifiers"] = [{"marketplaceId": MARKETPLACE_ID, **known}]
        return Response.json(body)

    def _sku(self, call: Call) -> str:
        self._check_place(call)
        sku = call.params["sku"]
        if len(sku) > LONGEST_SKU:
            raise invalid_input(f"a SKU has at most {LONGEST_SKU} characters")
        return sku

    def _check_place(self, call: Call) -> None:
        if call.params["sellerId"] != SELLER_ID:
            raise Refusal(403, "Unauthorized", "Access to requested resource is denied.", "The seller is not yours.")
        if set(call.request.all("marketplaceIds")) != {MARKETPLACE_ID}:
            raise invalid_input(f"marketplaceIds is required; this seller is in {MARKETPLACE_ID}")

    @property
    def _shop(self) -> Shop:
        return self._market.shop


SORTS: Mapping[str, Callable[[Listing], str]] = {
    "sku": lambda listing: listing.sku,
    "createdDate": lambda listing: iso(listing.created_at),
    "lastUpdatedDate": lambda listing: iso(listing.updated_at),
}


def _summary(listing: Listing) -> Json:
    condition = read.first(listing.attributes, "condition_type")
    picture = read.first(listing.attributes, "main_product_image_locator", "media_location")
    return {
        "marketplaceId": MARKETPLACE_ID,
        "asin": listing.asin,
        "productType": listing.product_type,
        **({"conditionType": condition} if condition else {}),
        "status": listing.status,
        **({"itemName": listing.title} if listing.title else {}),
        "createdDate": iso(listing.created_at),
        "lastUpdatedDate": iso(listing.updated_at),
        **({"mainImage": {"link": picture, "height": 500, "width": 500}} if picture else {}),
    }


def _offers(listing: Listing) -> list[Json]:
    if listing.price is None:
        return []
    price = {"currencyCode": CURRENCY, "amount": f"{listing.price:.2f}"}
    return [{"marketplaceId": MARKETPLACE_ID, "offerType": "B2C", "price": price}]


def _availability(listing: Listing) -> list[Json]:
    return [
        {
            "fulfillmentChannelCode": str(entry.get("fulfillment_channel_code", read.OWN_STOCK)),
            **({"quantity": entry["quantity"]} if entry.get("quantity") is not None else {}),
        }
        for entry in listing.attributes.get("fulfillment_availability", [])
    ]


def _identifier(listing: Listing, kind: str) -> str | None:
    if kind == "SKU":
        return listing.sku
    if kind == "ASIN":
        return listing.asin
    identifier = listing.attributes.get("externally_assigned_product_identifier", [])
    return next((str(entry.get("value")) for entry in identifier if str(entry.get("type", "")).upper() in (kind, "GTIN")), None)


def _within(call: Call, found: list[Listing]) -> list[Listing]:
    for name, after, value in BOUNDS:
        text = call.request.first(name)
        if text is None:
            continue
        bound = parse_instant(text)
        if bound is None:
            raise invalid_input(f"{name} is an ISO 8601 time")
        found = [listing for listing in found if (value(listing) >= bound if after else value(listing) <= bound)]
    return found


BOUNDS: tuple[tuple[str, bool, Callable[[Listing], Any]], ...] = (
    ("createdAfter", True, lambda listing: listing.created_at),
    ("createdBefore", False, lambda listing: listing.created_at),
    ("lastUpdatedAfter", True, lambda listing: listing.updated_at),
    ("lastUpdatedBefore", False, lambda listing: listing.updated_at),
)


def _body(call: Call) -> dict[str, Any]:
    body = call.request.json()
    if not isinstance(body, dict):
        raise invalid_input("the body is a JSON object")
    return body


def _product_type(body: Mapping[str, Any]) -> str:
    name = body.get("productType")
    if not isinstance(name, str) or name not in CATALOG:
        raise invalid_input(f"productType is required; known: {', '.join(CATALOG)}")
    return name


def _change(patch: Any) -> tuple[str, str, list[dict[str, Any]]]:
    if not isinstance(patch, dict) or patch.get("op") not in read.OPERATIONS:
        raise invalid_input(f"op takes {', '.join(read.OPERATIONS)}")
    path = read.PATH.fullmatch(str(patch.get("path")))
    if path is None:
        raise invalid_input("path names one top-level attribute, such as /attributes/item_name")
    values = patch.get("value", [])
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise invalid_input("value is a list of objects")
    if not values and patch["op"] != "delete":
        raise invalid_input(f"value is required for {patch['op']}")
    return patch["op"], path.group(1).replace("~1", "/").replace("~0", "~"), values


def _preview(call: Call) -> bool:
    mode = call.request.first("mode")
    if mode not in (None, "VALIDATION_PREVIEW"):
        raise invalid_input("mode takes VALIDATION_PREVIEW")
    return mode is not None


def _fate(call: Call) -> Fate:
    return Fate(rejected=call.fault("F13") is not None, not_applied=call.fault("not_applied") is not None)


def _sets(call: Call) -> list[str]:
    wanted = call.request.all("includedData") or ["summaries"]
    if not set(wanted) <= set(SETS):
        raise invalid_input(f"includedData takes {', '.join(SETS)}")
    return wanted


def _whole(call: Call, name: str, default: int, *, most: int) -> int:
    text = call.request.first(name, str(default)) or ""
    if not text.isascii() or not text.isdigit() or len(text) > 5 or not 1 <= int(text) <= most:
        raise invalid_input(f"{name} is a number from 1 to {most}")
    return int(text)
