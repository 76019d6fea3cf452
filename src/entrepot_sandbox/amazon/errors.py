"""The channel's error answers and listing issues.

Source: the error definitions of the Selling Partner API models; code names as the service answers them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from entrepot_sandbox.core.http import Response

Issue = dict[str, Any]


class Refusal(Exception):
    """An operation ends with this error answer."""

    def __init__(self, status: int, code: str, message: str, details: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.details = status, code, message, details

    def response(self) -> Response:
        """The answer on the wire."""
        return error(self.status, self.code, self.message, self.details)


def error(status: int, code: str, message: str, details: str = "") -> Response:
    """One error in the shape all Selling Partner operations share."""
    return Response.json({"errors": [{"code": code, "message": message, "details": details}]}, status)


def invalid_input(details: str) -> Refusal:
    """400: a parameter or a body is wrong."""
    return Refusal(400, "InvalidInput", "Request has missing or invalid parameters and cannot be parsed.", details)


def not_found(details: str) -> Refusal:
    """404: the thing asked for does not exist for this seller."""
    return Refusal(404, "NotFound", "The specified resource was not found.", details)


def unauthorized(details: str) -> Response:
    """403: no token, a foreign one, or one that expired."""
    return error(403, "Unauthorized", "Access to requested resource is denied.", details)


TOKEN_EXPIRED = "The access token you provided has expired."  # noqa: S105 - a sentence
TOKEN_MISSING = "Access token is missing in the request header."  # noqa: S105
TOKEN_UNKNOWN = "The access token you provided is revoked, malformed or invalid."  # noqa: S105
TOKEN_GRANT = "The access token was issued for another kind of operation."  # noqa: S105


def issue(code: str, message: str, attributes: Sequence[str] = (), *, category: str, severity: str = "ERROR") -> Issue:
    """One listing issue."""
    names = {"attributeNames": list(attributes)} if attributes else {}
    return {"code": code, "message": message, "severity": severity, **names, "categories": [category]}


def missing(attribute: str) -> Issue:
    """A required attribute is not there."""
    return issue("90220", f"'{attribute}' is required but not supplied.", [attribute], category="MISSING_ATTRIBUTE")


def bad_value(attribute: str, why: str) -> Issue:
    """An attribute has a value the product type does not take."""
    return issue("90000900", f"'{attribute}' {why}", [attribute], category="INVALID_ATTRIBUTE")


def unknown_attribute(attribute: str) -> Issue:
    """An attribute the product type does not know: kept out, with a warning."""
    message = f"'{attribute}' is not an attribute of this product type and was ignored."
    return issue("99022", message, [attribute], category="INVALID_ATTRIBUTE", severity="WARNING")


def unknown_sku() -> Issue:
    """A change for a SKU that is not in the catalog."""
    message = "This SKU does not exist in the catalog. Your inventory data cannot be processed."
    return issue("13013", message, category="INVALID_ATTRIBUTE")


def fulfilled_by_channel() -> Issue:
    """A quantity was sent for stock the channel holds itself."""
    message = "Inventory of this offer is managed by the channel; a quantity cannot be sent."
    return issue("4000003", message, ["fulfillment_availability"], category="INVALID_ATTRIBUTE")


def rejected_later() -> Issue:
    """Accepted at first, refused when it was processed (F13)."""
    message = "The submitted data was rejected while it was processed: the product detail page rules are not met."
    return issue("99300", message, ["item_name"], category="INVALID_ATTRIBUTE")


def unknown_parent(sku: str) -> Issue:
    """A variation child names a parent that is not there."""
    return issue("8059", f"The parent SKU '{sku}' does not exist.", ["child_parent_sku_relationship"], category="INVALID_ATTRIBUTE")
