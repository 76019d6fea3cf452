"""Locations, business policies and programs of the seller's account.

Source: docs/sources/ebay.md#account
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from entrepot_sandbox.ebay.errors import refused
from entrepot_sandbox.ebay.items import known
from entrepot_sandbox.ebay.records import Body
from entrepot_sandbox.ebay.shapes import check
from entrepot_sandbox.ebay.shop import Shop

LOCATION_FIELDS = (
    "fulfillmentCenterSpecifications",
    "location",
    "locationAdditionalInformation",
    "locationInstructions",
    "locationTypes",
    "locationWebUrl",
    "merchantLocationStatus",
    "name",
    "operatingHours",
    "phone",
    "specialHours",
    "timeZoneId",
)
LOCATION_SHAPE = {"location": {"address": {}}, "locationTypes": [str]}
LOCATION_TYPES = {"STORE", "WAREHOUSE", "FULFILLMENT_CENTER"}
FIXED_ONCE_CREATED = {"location", "merchantLocationStatus"}
KEY_LENGTH = 36
SHARED_POLICY_FIELDS = ("categoryTypes", "description", "marketplaceId", "name")
POLICY_FIELDS = {
    "fulfillment": (
        *SHARED_POLICY_FIELDS,
        "freightShipping",
        "globalShipping",
        "handlingTime",
        "localPickup",
        "pickupDropOff",
        "shippingOptions",
        "shipToLocations",
    ),
    "payment": (
        *SHARED_POLICY_FIELDS,
        "deposit",
        "fullPaymentDueIn",
        "immediatePay",
        "paymentInstructions",
        "paymentMethods",
    ),
    "return": (
        *SHARED_POLICY_FIELDS,
        "extendedHolidayReturnsOffered",
        "internationalOverride",
        "refundMethod",
        "restockingFeePercentage",
        "returnInstructions",
        "returnMethod",
        "returnPeriod",
        "returnsAccepted",
        "returnShippingCostPayer",
    ),
}
PROGRAMS = {"OUT_OF_STOCK_CONTROL", "PARTNER_MOTORS_DEALER", "SELLING_POLICY_MANAGEMENT"}


def create_location(shop: Shop, key: str, sent: Mapping[str, Any]) -> None:
    """Create a location; it is enabled unless it says otherwise.

    Raises: Refused; 409 with 25803 when the key is taken.
    """
    if len(key) > KEY_LENGTH:
        raise refused(400, 25800, fieldName="merchantLocationKey")
    if key in shop.locations:
        raise refused(409, 25803, fieldName="merchantLocationKey")
    body = known(sent, LOCATION_FIELDS)
    _check_location(body)
    address = (body.get("location") or {}).get("address") or {}
    if not address.get("country"):
        raise refused(400, 25801, fieldName="location.address.country")
    if not address.get("postalCode") and not (address.get("city") and address.get("stateOrProvince")):
        raise refused(400, 25801, fieldName="location.address.postalCode")
    body.setdefault("merchantLocationStatus", "ENABLED")
    body.setdefault("locationTypes", ["WAREHOUSE"])
    body["location"]["locationId"] = f"L{len(shop.locations) + 1:08d}"
    shop.locations[key] = body


def _check_location(body: Body) -> None:
    check(body, LOCATION_SHAPE, 25800)
    if not set(body.get("locationTypes", ())) <= LOCATION_TYPES:
        raise refused(400, 25800, fieldName="locationTypes")


def location(shop: Shop, key: str) -> Body:
    """The location of a key.

    Raises: Refused 404 with 25805.
    """
    body = shop.locations.get(key)
    if body is None:
        raise refused(404, 25805, fieldName="merchantLocationKey")
    return body


def update_location(shop: Shop, key: str, sent: Mapping[str, Any]) -> None:
    """Change what may change of a location: not its address.

    Raises: Refused.
    """
    body = location(shop, key)
    changes = known(sent, tuple(name for name in LOCATION_FIELDS if name not in FIXED_ONCE_CREATED))
    _check_location(changes)
    body.update(changes)


def delete_location(shop: Shop, key: str) -> None:
    """Delete a location. Pages that ship from it stay.

    Raises: Refused.
    """
    if "FULFILLMENT_CENTER" in location(shop, key)["locationTypes"]:
        raise refused(400, 25806)
    del shop.locations[key]


def checked_policy(shop: Shop, kind: str, sent: Mapping[str, Any], own_id: str = "") -> Body:
    """A policy as it will be kept.

    Raises: Refused.
    """
    body = known(sent, POLICY_FIELDS[kind])
    for name in ("name", "marketplaceId", "categoryTypes"):
        if not body.get(name):
            raise refused(400, 20401, fieldName=name)
    if kind == "return" and "returnsAccepted" not in body:
        raise refused(400, 20401, fieldName="returnsAccepted")
    for policy_id, other in shop.policies[kind].items():
        if policy_id != own_id and (other["name"], other["marketplaceId"]) == (body["name"], body["marketplaceId"]):
            raise refused(400, 20400, "Duplicate policy name.", duplicatePolicyId=policy_id)
    return body


def create_policy(shop: Shop, kind: str, sent: Mapping[str, Any]) -> str:
    """Create a policy; its id.

    Raises: Refused.
    """
    body = checked_policy(shop, kind, sent)
    policy_id = str(shop.next_number("policy"))
    shop.policies[kind][policy_id] = body
    return policy_id


def policy(shop: Shop, kind: str, policy_id: str) -> Body:
    """The policy of an id.

    Raises: Refused 404 with 20404.
    """
    body = shop.policies[kind].get(policy_id)
    if body is None:
        raise refused(404, 20404, fieldName=f"{kind}PolicyId")
    return body


def delete_policy(shop: Shop, kind: str, policy_id: str) -> None:
    """Delete a policy that no offer uses.

    Raises: Refused; 409 with 20409 while it is used.
    """
    policy(shop, kind, policy_id)
    used = any(str((offer.body.get("listingPolicies") or {}).get(f"{kind}PolicyId")) == policy_id for offer in shop.offers.values())
    if used:
        raise refused(409, 20409, "The policy is used by an offer.")
    del shop.policies[kind][policy_id]
