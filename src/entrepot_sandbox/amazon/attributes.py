"""Reading, checking and patching the attributes of a listing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from entrepot_sandbox.amazon import errors
from entrepot_sandbox.amazon.errors import Issue
from entrepot_sandbox.amazon.product_types import CONDITIONS, MEDIA, TEXT_LIMITS, TEXTS, ProductType, selectors

Attributes = dict[str, list[dict[str, Any]]]
OWN_STOCK = "DEFAULT"
MOST_UNITS, MOST_PRICE = 2**31 - 1, 1_000_000_000
CHANNEL_STOCK = re.compile(r"AMAZON_\w+")
PATH = re.compile(r"/attributes/([^/]+)")
OPERATIONS = ("add", "replace", "merge", "delete")


def first(attributes: Mapping[str, Any], name: str, key: str = "value") -> Any:
    """One value of the first object of an attribute, None when absent."""
    values = attributes.get(name) or [{}]
    return values[0].get(key)


def quantity(attributes: Mapping[str, Any]) -> int | None:
    """The seller's own stock as submitted; None when no quantity was ever sent."""
    for entry in attributes.get("fulfillment_availability") or []:
        if entry.get("fulfillment_channel_code", OWN_STOCK) == OWN_STOCK:
            amount: int | None = entry.get("quantity")
            return amount
    return None


def with_quantity(attributes: Attributes, left: int) -> Attributes:
    """The same attributes with another quantity of the seller's own stock."""
    return patched(attributes, "merge", "fulfillment_availability", [{"fulfillment_channel_code": OWN_STOCK, "quantity": left}])


def price(attributes: Mapping[str, Any], currency: str) -> Decimal | None:
    """The price a buyer pays; None when there is none in this currency."""
    for offer in attributes.get("purchasable_offer") or []:
        if offer.get("currency", currency) == currency and offer.get("audience", "ALL") == "ALL":
            try:
                return Decimal(str(offer["our_price"][0]["schedule"][0]["value_with_tax"]))
            except (KeyError, IndexError, TypeError, InvalidOperation):
                return None
    return None


def parentage(attributes: Mapping[str, Any]) -> str:
    """`parent`, `child` or an empty text."""
    return str(first(attributes, "parentage_level") or "")


def parent_sku(attributes: Mapping[str, Any]) -> str | None:
    """The SKU of the parent of a variation child."""
    sku = first(attributes, "child_parent_sku_relationship", "parent_sku")
    return None if sku is None else str(sku)


def patched(attributes: Attributes, operation: str, name: str, values: list[dict[str, Any]]) -> Attributes:
    """The attributes after one patch. `merge` keeps the fields of an object that the patch does not name."""
    result = dict(attributes)
    old = attributes.get(name, [])
    if operation in ("add", "replace"):
        result[name] = [dict(value) for value in values]
    elif operation == "merge":
        result[name] = _merged(name, old, values)
    else:
        left = [entry for entry in old if values and not any(_same(name, entry, value) for value in values)]
        result.pop(name, None)
        if left:
            result[name] = left
    return result


def _merged(name: str, old: list[dict[str, Any]], values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    entries = [dict(entry) for entry in old]
    for value in values:
        place = next((index for index, entry in enumerate(entries) if _same(name, entry, value)), None)
        if place is None:
            entries.append(dict(value))
        else:
            entries[place] |= value
    return entries


def _same(name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two objects have the same selectors; one that is not given stands for the default."""
    return all(one.get(key) == other.get(key) or key not in one or key not in other for key in selectors(name))


def known(kind: ProductType, attributes: Mapping[str, Any]) -> Attributes:
    """The attributes the product type knows."""
    return {name: value for name, value in attributes.items() if name in kind.attributes}


def issues(kind: ProductType, requirements: str, attributes: Mapping[str, Any], currency: str) -> list[Issue]:
    """All that is wrong with the attributes of a listing."""
    shapeless = [name for name, values in attributes.items() if not _is_list_of_objects(values)]
    if shapeless:
        return [errors.bad_value(name, "is a list of objects.") for name in shapeless]
    demanded = kind.demanded(requirements, parentage(attributes))
    found = [errors.missing(name) for name in demanded if not attributes.get(name)]
    for name, values in attributes.items():
        if name not in kind.attributes:
            found.append(errors.unknown_attribute(name))
        else:
            found += [problem for value in values if (problem := _problem(kind, name, value, currency))]
    return found


def _is_list_of_objects(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, dict) for value in values)


def _problem(kind: ProductType, name: str, value: Mapping[str, Any], currency: str) -> Issue | None:
    if name in TEXTS:
        return _text_problem(name, value.get("value"))
    if name in MEDIA and not str(value.get("media_location", "")).startswith(("http://", "https://", "s3://")):
        return errors.bad_value(name, "needs media_location with an address.")
    if name == "condition_type" and value.get("value") not in CONDITIONS:
        return errors.bad_value(name, f"takes {', '.join(CONDITIONS)}.")
    if name == "variation_theme" and value.get("name") not in kind.themes:
        return errors.bad_value(name, f"takes {', '.join(kind.themes)}.")
    if name == "parentage_level" and value.get("value") not in ("parent", "child"):
        return errors.bad_value(name, "takes parent or child.")
    if name == "fulfillment_availability":
        return _quantity_problem(value)
    if name == "purchasable_offer":
        return _price_problem(value, currency)
    return None


def _text_problem(name: str, text: Any) -> Issue | None:
    limit = TEXT_LIMITS.get(name, 500)
    if not isinstance(text, str) or not text.strip():
        return errors.bad_value(name, "needs a text.")
    if len(text) > limit:
        return errors.bad_value(name, f"is longer than {limit} characters.")
    return None


def _quantity_problem(value: Mapping[str, Any]) -> Issue | None:
    code, amount = value.get("fulfillment_channel_code"), value.get("quantity")
    if isinstance(code, str) and CHANNEL_STOCK.fullmatch(code):
        return errors.fulfilled_by_channel() if amount is not None else None
    if code != OWN_STOCK:
        return errors.bad_value("fulfillment_availability", "needs fulfillment_channel_code DEFAULT.")
    if amount is not None and (isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount <= MOST_UNITS):
        return errors.bad_value("fulfillment_availability", f"needs a whole quantity from 0 to {MOST_UNITS}.")
    return None


def _price_problem(offer: Mapping[str, Any], currency: str) -> Issue | None:
    if offer.get("currency", currency) != currency:
        return errors.bad_value("purchasable_offer", f"takes {currency} in this marketplace.")
    amount = price({"purchasable_offer": [dict(offer, audience="ALL")]}, currency)
    if amount is None or not amount.is_finite() or not 0 < amount <= MOST_PRICE:
        return errors.bad_value("purchasable_offer", f"needs our_price with a value_with_tax above 0 and at most {MOST_PRICE}.")
    if int(amount.normalize().as_tuple().exponent) < -2:
        return errors.bad_value("purchasable_offer", f"has a price finer than {currency} can pay.")
    return None
