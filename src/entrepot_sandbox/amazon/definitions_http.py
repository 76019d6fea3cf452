"""Product Type Definitions 2020-09-01 and Sellers v1: what may be listed, and where."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from entrepot_sandbox.amazon import product_types
from entrepot_sandbox.amazon.errors import invalid_input, not_found
from entrepot_sandbox.amazon.product_types import CATALOG, VERSION, ProductType
from entrepot_sandbox.amazon.shop import CURRENCY, LANGUAGE, MARKETPLACE_ID
from entrepot_sandbox.core.http import Call, Json, Response, Route

if TYPE_CHECKING:
    from entrepot_sandbox.amazon.http import AmazonMarketplace

REQUIREMENTS = ("LISTING", "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY")


class DefinitionsApi:
    """Product types with the schema each listing must keep."""

    def __init__(self, market: AmazonMarketplace) -> None:
        self._market = market

    def routes(self) -> Iterable[Route]:
        """The operations, and the schema file a definition links to."""
        types = "/definitions/2020-09-01/productTypes"
        return [
            Route("GET", types, "searchDefinitionsProductTypes", self._search),
            Route("GET", f"{types}/{{productType}}", "getDefinitionsProductType", self._get),
            Route("GET", "/schemas/{productType}/{requirements}", "schema", self._schema, quota="", open=True),
            Route("GET", "/sellers/v1/marketplaceParticipations", "getMarketplaceParticipations", self._participations),
        ]

    def _search(self, call: Call) -> Response:
        _check_marketplace(call)
        words = [word.lower() for word in call.request.all("keywords")]
        found = [kind for kind in CATALOG.values() if not words or any(word in kind.title.lower() for word in words)]
        types = [{"name": kind.name, "displayName": kind.title, "marketplaceIds": [MARKETPLACE_ID]} for kind in found]
        return Response.json({"productTypes": types, "productTypeVersion": VERSION})

    def _get(self, call: Call) -> Response:
        _check_marketplace(call)
        kind = _kind(call)
        requirements = call.request.first("requirements", "LISTING") or ""
        if requirements not in REQUIREMENTS:
            raise invalid_input(f"requirements takes {', '.join(REQUIREMENTS)}")
        checksum = base64.b64encode(hashlib.md5(_schema_file(kind, requirements), usedforsecurity=False).digest()).decode()
        resource = f"{self._market.origin}/schemas/{kind.name}/{requirements}"
        return Response.json(
            {
                "schema": {"link": {"resource": resource, "verb": "GET"}, "checksum": checksum},
                "requirements": requirements,
                "requirementsEnforced": call.request.first("requirementsEnforced", "ENFORCED"),
                "propertyGroups": product_types.groups(),
                "locale": LANGUAGE,
                "marketplaceIds": [MARKETPLACE_ID],
                "productType": kind.name,
                "displayName": kind.title,
                "productTypeVersion": {"version": VERSION, "latest": True, "releaseCandidate": False},
            }
        )

    def _schema(self, call: Call) -> Response:
        if call.params["requirements"] not in REQUIREMENTS:
            raise not_found("no such schema")
        return Response(200, {"content-type": "application/json"}, _schema_file(_kind(call), call.params["requirements"]))

    def _participations(self, call: Call) -> Response:
        marketplace: Json = {
            "id": MARKETPLACE_ID,
            "name": "Sandbox Market A",
            "countryCode": "DE",
            "defaultCurrencyCode": CURRENCY,
            "defaultLanguageCode": LANGUAGE,
            "domainName": "sandbox.example",
        }
        participation = {"isParticipating": True, "hasSuspendedListings": False}
        return Response.json({"payload": [{"marketplace": marketplace, "participation": participation, "storeName": "Sandbox shop"}]})


def _schema_file(kind: ProductType, requirements: str) -> bytes:
    return json.dumps(product_types.schema(kind, requirements, CURRENCY, MARKETPLACE_ID), sort_keys=True).encode()


def _kind(call: Call) -> ProductType:
    kind = CATALOG.get(call.params["productType"])
    if kind is None:
        raise not_found(f"product type {call.params['productType']} not found")
    return kind


def _check_marketplace(call: Call) -> None:
    if set(call.request.all("marketplaceIds")) != {MARKETPLACE_ID}:
        raise invalid_input(f"marketplaceIds is required; this seller is in {MARKETPLACE_ID}")
