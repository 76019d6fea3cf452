"""The marketplace's error codes and the shape it answers them in.

Source: docs/sources/ebay.md#errors
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

DOMAINS = (
    (1000, 1999, "OAuth"),
    (2000, 2999, "ACCESS"),
    (20000, 22999, "API_ACCOUNT"),
    (25000, 25999, "API_INVENTORY"),
    (30000, 39999, "API_FULFILLMENT"),
    (62000, 62999, "API_TAXONOMY"),
    (195000, 195999, "API_NOTIFICATION"),
)

INVALID_INVENTORY = "The eBay listing associated with the inventory item, or the unpublished offer has "

MESSAGES = {
    1001: "Invalid access token",
    1002: "Missing access token",
    1100: "Access denied",
    2001: "Too many requests",
    2002: "Resource not resolved",
    2003: "Internal error",
    2004: "Invalid request",
    20400: "Invalid request. {additionalInfo}",
    20401: "Missing field {fieldName}. {additionalInfo}",
    20403: "Invalid {fieldName}. {additionalInfo}",
    20404: "{fieldName} not found.",
    20409: "Invalid default policy type. {additionalInfo}",
    25001: "A system error has occurred. {additionalInfo}",
    25002: "A user error has occurred. {additionalInfo}",
    25003: INVALID_INVENTORY + "an invalid price. {additionalInfo}",
    25004: INVALID_INVENTORY + "an invalid quantity. {additionalInfo}",
    25005: INVALID_INVENTORY + "an invalid category ID. {additionalInfo}",
    25007: INVALID_INVENTORY + "invalid data in the associated Fulfillment policy. {additionalInfo}",
    25008: INVALID_INVENTORY + "invalid data in the associated Payment policy. {additionalInfo}",
    25009: INVALID_INVENTORY + "invalid data in the associated Return policy. {additionalInfo}",
    25012: "Invalid inventory location. {additionalInfo}",
    25013: "Invalid data in the Inventory Item Group. {additionalInfo}",
    25016: "The {fieldName} value is invalid. {additionalInfo}",
    25017: "Missing information in a required field. {additionalInfo}",
    25019: "Cannot revise the listing. {additionalInfo}",
    25021: INVALID_INVENTORY + "invalid item condition information. {additionalInfo}",
    25604: "Input error. {additionalInfo}",
    25701: "One or more of the supplied SKU(s) could not be found in the system. {additionalInfo}",
    25702: "{skuValue} could not be found or is not available in the system.",
    25703: "The following SKU is already a member of another group. SKU : {skuValue} groupId : {inventoryItemGroupKey}",
    25704: "The following SKU is already listed as a single SKU listing. SKU : {skuValue} Listing ID : {listingId}",
    25705: "The Inventory Item Group named {inventoryItemGroupKey} could not be found or is not available in the system.",
    25706: "You have provided invalid pagination values. {additionalInfo}.",
    25707: "This is an invalid value for a SKU. Its length must be between 1 and 50 characters.",
    25709: "Invalid value for {fieldName}. {additionalInfo}",
    25710: "We didn't find the resource/entity you are requesting. Please verify the request",
    25713: "This Offer is not available : {additionalInfo}.",
    25725: "No offer found",
    25727: "The number of InventoryItems in the request cannot exceed {additionalInfo}.",
    25728: "InventoryItems should be unique in the request.",
    25729: "The combination of SKU, marketplaceId and format should be unique.",
    25730: "The number of offers in the request cannot exceed {additionalInfo}.",
    25731: "OfferId should be unique in the request.",
    25732: "Offers associated with SKUs that are part of a variation group cannot be published using this endpoint.",
    25733: "Valid SKU and locale information are required for all the InventoryItems in the request.",
    25734: "SKU should be unique in the request.",
    25735: "Invalid SKU, marketplaceId or format.",
    25800: "Invalid {fieldName}.",
    25801: "Missing field {fieldName}.",
    25803: "{fieldName} already exists.",
    25804: "Input error. {additionalInfo}",
    25805: "{fieldName} Not Found.",
    25806: "Deletion is not allowed when the location type has been set to fulfillment center. You may disable it.",
    30500: "System error",
    30700: "Invalid filter name: {fieldName}",
    30800: "Invalid filter value {fieldValue} for filter {fieldName}",
    30810: "Invalid date format",
    30820: "Start date is missing",
    30830: "Time range between start date and end date must be within '2' years.",
    30840: "Start date should be before end date",
    30850: "Start and end dates can't be in the future",
    30900: "Exceeded maximum number of order IDs (the current limit is 50)",
    31000: "Invalid offset: {fieldValue}",
    31100: "Invalid limit: {fieldValue}",
    32100: "Invalid order ID: {orderId}",
    32200: "Invalid line item id: {lineItemId}",
    32210: "Duplicate line item in the request",
    32300: "Invalid shipment tracking number or carrier",
    32500: "Invalid shipped date",
    32600: "Invalid input data",
    32800: "Invalid field group: {fieldGroup}",
    34500: "Please use PUT operation for updating shipping fulfillment",
    34900: "The fulfillment {fulfillmentId} was not found.",
    34910: "The refund cannot be issued. {additionalInfo}",
    62002: "Missing marketplace ID.",
    62003: "The specified marketplace ID was not found.",
    62004: "The specified category tree ID was not found.",
    62005: "The specified category ID does not belong to the specified category tree.",
    62006: "Missing category ID.",
    62007: "Missing keyword 'q'. Please specify a valid set of keywords that best describes your item.",
    62009: "The specified category ID must be a leaf category.",
    195001: "The specified key id is invalid.",
    195002: "Invalid or missing topic id.",
    195003: "Please provide configurations required for notifications. Refer to /config",
    195004: "Invalid limit. Supported ranges 10 - 100.",
    195005: "Invalid continuation token.",
    195006: "Invalid or missing subscription status.",
    195007: "Invalid or missing destination id.",
    195008: "Invalid or missing schema version. Please refer to /topic/{topic_id} for supported schema versions.",
    195009: "Specified format is not supported for the topic.",
    195010: "Invalid or missing protocol",
    195012: "Subscription already exists",
    195013: "The subscription id does not exist.",
    195015: "The subscription cannot be enabled since the destination is not enabled.",
    195016: "Invalid name. Markups or lengths greater than 64 not supported",
    195017: "Invalid or missing endpoint.",
    195018: "Invalid or missing destination status. Supported values:[ENABLED,DISABLED]",
    195019: "Invalid or missing verification token for this endpoint.",
    195020: "Challenge verification failed for requested endpoint",
    195021: "Destination exists for this endpoint",
    195022: "Invalid or missing destination id.",
    195024: "Destination is in use and cannot be deleted.",
    195025: "Invalid or missing email.",
    195026: "Configuration Not Found.",
    195027: "Invalid or missing topic id.",
}

APPLICATION = {2003, 25001, 30500, 195026}


@dataclass(frozen=True)
class Problem:
    """One entry of `errors[]`; `parameters` fill the message and are returned beside it."""

    error_id: int
    parameters: dict[str, str] = field(default_factory=dict)

    def message(self) -> str:
        text = MESSAGES[self.error_id]
        for name, value in self.parameters.items():
            text = text.replace("{" + name + "}", value)
        for left_over in ("additionalInfo", "fieldName", "fieldValue", "skuValue", "topic_id"):
            text = text.replace("{" + left_over + "}", "")
        return text.strip()

    def json(self) -> dict[str, Any]:
        message = self.message()
        return {
            "errorId": self.error_id,
            "domain": next(name for low, high, name in DOMAINS if low <= self.error_id <= high),
            "category": "APPLICATION" if self.error_id in APPLICATION else "REQUEST",
            "message": message,
            "longMessage": message,
            "parameters": [{"name": name, "value": value} for name, value in self.parameters.items()],
        }


class Refused(Exception):
    """A request the marketplace does not carry out, with everything that is wrong with it."""

    def __init__(self, status: int, problems: Sequence[Problem]) -> None:
        self.status = status
        self.problems = list(problems)
        super().__init__("; ".join(f"{problem.error_id} {problem.message()}" for problem in problems))

    def json(self) -> list[dict[str, Any]]:
        return [problem.json() for problem in self.problems]


def refused(status: int, error_id: int, info: str = "", **parameters: str) -> Refused:
    """A refusal with one problem; `info` completes its message."""
    if info:
        parameters = {"additionalInfo": info, **parameters}
    return Refused(status, [Problem(error_id, parameters)])
