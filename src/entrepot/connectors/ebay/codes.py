"""eBay's codes and ours: marketplaces, states, conditions, carriers, identifiers, errors. One table each, with its source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from entrepot.channels.contract import OrderStatus, Problem


@dataclass(frozen=True)
class Marketplace:
    """``languages``: those eBay shows there, the usual one first."""

    country: str
    languages: tuple[str, ...]


# Source: docs/sources/ebay.md#marketplaces
MARKETPLACES: Mapping[str, Marketplace] = {
    "EBAY_US": Marketplace("US", ("en",)),
    "EBAY_GB": Marketplace("GB", ("en",)),
    "EBAY_DE": Marketplace("DE", ("de",)),
    "EBAY_FR": Marketplace("FR", ("fr",)),
    "EBAY_IT": Marketplace("IT", ("it",)),
    "EBAY_ES": Marketplace("ES", ("es",)),
    "EBAY_NL": Marketplace("NL", ("nl",)),
    "EBAY_PL": Marketplace("PL", ("pl",)),
    "EBAY_AT": Marketplace("AT", ("de",)),
    "EBAY_CH": Marketplace("CH", ("de",)),
    "EBAY_BE": Marketplace("BE", ("nl", "fr")),
    "EBAY_IE": Marketplace("IE", ("en",)),
    "EBAY_AU": Marketplace("AU", ("en",)),
    "EBAY_CA": Marketplace("CA", ("en", "fr")),
    "EBAY_HK": Marketplace("HK", ("zh",)),
    "EBAY_SG": Marketplace("SG", ("en",)),
}


def locale(marketplace: str, language: str) -> str:
    """The Content-Language for texts in ``language`` on a marketplace: en-US, de-DE, fr-BE."""
    found = MARKETPLACES.get(marketplace)
    if found is None:
        return "en-US"
    short = language.replace("_", "-").split("-")[0].lower()
    return f"{short if short in found.languages else found.languages[0]}-{found.country}"


def country(marketplace: str) -> str:
    """The ISO country of a marketplace, empty when the marketplace is new to us."""
    found = MARKETPLACES.get(marketplace)
    return found.country if found else ""


# Our condition -> theirs. Source: docs/sources/ebay.md#conditions
CONDITIONS: Mapping[str, str] = {
    "new": "NEW",
    "new_other": "NEW_OTHER",
    "new_with_defects": "NEW_WITH_DEFECTS",
    "like_new": "LIKE_NEW",
    "refurbished": "SELLER_REFURBISHED",
    "used": "USED_GOOD",
    "used_excellent": "USED_EXCELLENT",
    "used_very_good": "USED_VERY_GOOD",
    "used_good": "USED_GOOD",
    "used_acceptable": "USED_ACCEPTABLE",
    "for_parts": "FOR_PARTS_OR_NOT_WORKING",
}

# Our carrier -> theirs; others are passed on as they are. Source: docs/sources/ebay.md#carriers
CARRIERS: Mapping[str, str] = {
    "dhl": "DHL",
    "dpd": "DPD",
    "gls": "GLS",
    "hermes": "Hermes",
    "ups": "UPS",
    "usps": "USPS",
    "fedex": "FedEx",
    "royal_mail": "RoyalMail",
    "la_poste": "LAPOSTE",
    "colissimo": "Colissimo",
    "chronopost": "Chronopost",
    "deutsche_post": "DeutschePost",
    "china_post": "ChinaPost",
    "yanwen": "YANWEN",
    "4px": "FourPX",
    "postnl": "PostNL",
    "poste_italiane": "PosteItaliane",
    "correos": "Correos",
    "mondial_relay": "MondialRelay",
    "parcelforce": "Parcelforce",
    "swiss_post": "SwissPost",
    "austrian_post": "OsterreichischePostAG",
    "japan_post": "JapanPost",
    "australia_post": "AustraliaPost",
    "tnt": "TNT",
}


def carrier(ours: str) -> str:
    return CARRIERS.get(ours.strip().lower().replace(" ", "_").replace("-", "_"), ours.strip()) or "Other"


# --- order states; source: docs/sources/ebay.md#orders ---------------------------------------------------------

UNPAID = frozenset({"PENDING", "FAILED"})
PAYMENTS = frozenset({"PAID", "PARTIALLY_REFUNDED", "FULLY_REFUNDED"}) | UNPAID
CANCEL_STATES = frozenset({"NONE_REQUESTED", "IN_PROGRESS", "CANCELED"})
FULFILLMENTS: Mapping[str, OrderStatus] = {
    "NOT_STARTED": OrderStatus.PAID,
    "IN_PROGRESS": OrderStatus.PARTLY_SHIPPED,
    "FULFILLED": OrderStatus.SHIPPED,
}


def order_status(payment: str, fulfillment: str, cancel: str) -> OrderStatus:
    """Our status from eBay's three. UNKNOWN as soon as one of them has a value we do not know."""
    if cancel == "CANCELED":
        return OrderStatus.CANCELED
    if payment not in PAYMENTS or fulfillment not in FULFILLMENTS or cancel not in CANCEL_STATES:
        return OrderStatus.UNKNOWN
    if payment == "FULLY_REFUNDED" and fulfillment == "NOT_STARTED":
        return OrderStatus.CANCELED  # the seller gave all the money back before anything left: nothing may be shipped
    if payment in UNPAID and fulfillment == "NOT_STARTED":
        return OrderStatus.PENDING
    return FULFILLMENTS[fulfillment]


# --- offers; source: docs/sources/ebay.md#listing-states -------------------------------------------------------------

LIVE_LISTINGS = frozenset({"ACTIVE", "OUT_OF_STOCK"})


def identifier(gtin: str) -> tuple[str, str]:
    """The product field a GTIN goes into, and its value there."""
    digits = gtin.strip()
    if len(digits) == 14 and digits.startswith("0"):
        digits = digits[1:]
    if len(digits) == 10 or (len(digits) == 13 and digits.startswith(("978", "979"))):
        return "isbn", digits
    return ("upc" if len(digits) == 12 else "ean"), digits


# --- errors; source: docs/sources/ebay.md#errors ---------------------------------------------------------------------

ERROR_FIELDS: Mapping[str, str] = {
    "25003": "price",
    "25004": "quantity",
    "25005": "category",
    "25007": "fulfillment_policy",
    "25008": "payment_policy",
    "25009": "return_policy",
    "25012": "location",
    "25013": "options",
    "25014": "pictures",
    "25015": "pictures",
    "25020": "weight",
    "25021": "condition",
    "25022": "attributes",
    "25501": "pictures",
    "25502": "attributes",
    "25601": "attributes",
    "25703": "group",
    "25704": "group",
    "25707": "sku",
    "25708": "sku",
    "25715": "weight",
}

# Generic errors (25002, 25016, 25709, ...) name eBay's field in a parameter or only in the text. First match counts.
WORDS: tuple[tuple[str, str], ...] = (
    ("listingdescription", "description"),
    ("description", "description"),
    ("title", "title"),
    ("quantity", "quantity"),
    ("price", "price"),
    ("category", "category"),
    ("imageurl", "pictures"),
    ("photo", "pictures"),
    ("picture", "pictures"),
    ("condition", "condition"),
    ("brand", "brand"),
    ("product identifier", "gtin"),
    ("ean", "gtin"),
    ("upc", "gtin"),
    ("isbn", "gtin"),
    ("location", "location"),
    ("country", "location"),
    ("item specific", "attributes"),
    ("aspect", "attributes"),
)

ALREADY_EXISTS = "25002"
REVISED_TOO_OFTEN = "25019"  # passes again when eBay's day begins
PACIFIC = ZoneInfo("America/Los_Angeles")
DAY_MARGIN = timedelta(minutes=5)  # eBay's clock and ours may differ


def problem(error: Any) -> Problem:
    """One entry of ``errors`` or ``warnings`` in our words: field and value where eBay lets us tell them."""
    if not isinstance(error, Mapping):
        return Problem("unknown", "The channel refused and did not say why.")
    code = str(error.get("errorId", ""))
    message = str(error.get("longMessage") or error.get("message") or "")
    named = parameters(error)
    known = ERROR_FIELDS.get(code)
    return Problem(code, message, known or _field((*error.get("inputRefIds", ()), *named.values(), message)), named.get("fieldName", ""))


def problems(errors: Any) -> tuple[Problem, ...]:
    return tuple(problem(error) for error in errors) if isinstance(errors, list) else ()


def next_day(now: datetime) -> datetime:
    """When eBay's next day has surely begun: shortly after midnight Pacific."""
    tomorrow = (now - DAY_MARGIN).astimezone(PACIFIC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(0), PACIFIC).astimezone(UTC) + DAY_MARGIN


def parameters(error: Mapping[str, Any]) -> dict[str, str]:
    """The named values beside an error."""
    entries = error.get("parameters")
    if not isinstance(entries, list):
        return {}
    return {str(entry.get("name")): str(entry.get("value")) for entry in entries if isinstance(entry, Mapping)}


def _field(texts: Iterable[Any]) -> str:
    for text in texts:
        lowered = str(text).lower()
        for word, field in WORDS:
            if word in lowered.replace("_", ""):
                return field
    return ""
