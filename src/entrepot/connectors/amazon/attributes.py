"""Our offer in Amazon's attributes; pure functions.

Every attribute is a list of entries, each for one store (``marketplace_id``) and, where it is text, one language.
Source: docs/sources/amazon.md#listing-attributes
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from entrepot.base.ids import Sku
from entrepot.base.money import Money
from entrepot.channels.contract import Group, OfferContent, Refused
from entrepot.connectors.amazon import codes
from entrepot.connectors.amazon.product_types import theme

Attributes = dict[str, list[dict[str, Any]]]

QUANTITY = "fulfillment_availability"
PRICE = "purchasable_offer"
OWN_STOCK = "DEFAULT"  # the fulfillment channel of what the seller ships
EXTRA_PICTURES = 8


@dataclass(frozen=True)
class Store:
    """Where an offer is written to."""

    marketplace_id: str
    product_type: str  # the account's default; an offer may name its own

    def text(self, value: str, language: str) -> dict[str, Any]:
        return {"value": value, "language_tag": codes.language_tag(self.marketplace_id, language), "marketplace_id": self.marketplace_id}

    def plain(self, value: Any) -> dict[str, Any]:
        return {"value": value, "marketplace_id": self.marketplace_id}


def product_type(offer: OfferContent, store: Store) -> str:
    return offer.category or store.product_type


def new_offer(offer: OfferContent, store: Store, themes: Sequence[str] = ()) -> Attributes:
    """All attributes of an offer that is put for the first time, with its quantity.

    Raises: Refused (code ``option_unknown``) when an option has no attribute at Amazon.
    """
    return {**content(offer, store, themes), QUANTITY: [quantity(offer.quantity)]}


def content(offer: OfferContent, store: Store, themes: Sequence[str] = ()) -> Attributes:
    """What describes and prices an offer: everything but its quantity. What the seller gave in Amazon's words wins.

    ``themes``: the variation themes that the product type allows, for a member of a group.
    """
    made = {
        **_described(offer.title, offer.description, offer.bullets, offer.pictures, offer, store),
        "condition_type": [store.plain(codes.CONDITION.get(offer.condition, offer.condition))],
        **_identifier(offer.gtin, store),
        PRICE: [price(offer.price, store)],
        **_variation(offer, store, themes),
    }
    if offer.weight_g is not None:
        made["item_package_weight"] = [{"value": offer.weight_g, "unit": "grams", "marketplace_id": store.marketplace_id}]
    return {**made, **_given(offer.attributes)}


def parent(offer: OfferContent, group: Group, store: Store, themes: Sequence[str] = ()) -> Attributes:
    """The page that holds the variations: no price, no quantity, nothing to buy. Any member may speak for the group."""
    made = {
        **_described(group.title, group.description, offer.bullets, group.pictures or offer.pictures[:1], offer, store),
        "parentage_level": [store.plain("parent")],
        "variation_theme": [_theme(group, store, themes)],
    }
    only_children_have = {"purchasable_offer", QUANTITY, "externally_assigned_product_identifier", "child_parent_sku_relationship"}
    varies = {attribute for name in group.options if (attribute := codes.OPTION.get(name.lower()))}
    given = _given(offer.attributes)
    return {**made, **{name: value for name, value in given.items() if name not in only_children_have | varies | {"parentage_level"}}}


def parent_sku(group: Group) -> Sku:
    """The SKU of a group's page, always the same for the same group, so that a repeat finds it (F3)."""
    return Sku(f"{group.key}-PARENT")


def quantity(units: int) -> dict[str, Any]:
    return {"fulfillment_channel_code": OWN_STOCK, "quantity": units}


def price(amount: Money, store: Store) -> dict[str, Any]:
    """The price buyers pay, tax included, for everybody (not the business price)."""
    return {
        "marketplace_id": store.marketplace_id,
        "currency": amount.currency,
        "audience": "ALL",
        "our_price": [{"schedule": [{"value_with_tax": _number(amount.major())}]}],
    }


def _described(
    title: str, description: str, bullets: Sequence[str], pictures: Sequence[str], offer: OfferContent, store: Store
) -> Attributes:
    made: Attributes = {
        "item_name": [store.text(title, offer.language)],
        "brand": [store.text(offer.brand, offer.language)],
        "product_description": [store.text(description, offer.language)],
    }
    if bullets:
        made["bullet_point"] = [store.text(bullet, offer.language) for bullet in bullets]
    for number, address in enumerate(pictures[: EXTRA_PICTURES + 1]):
        name = f"other_product_image_locator_{number}" if number else "main_product_image_locator"
        made[name] = [{"media_location": address, "marketplace_id": store.marketplace_id}]
    return made


def _identifier(gtin: str | None, store: Store) -> Attributes:
    if not gtin:
        return {"supplier_declared_has_product_identifier_exemption": [store.plain(True)]}
    return {
        "externally_assigned_product_identifier": [
            {"type": codes.GTIN_TYPE.get(len(gtin), "gtin"), "value": gtin, "marketplace_id": store.marketplace_id}
        ]
    }


def _variation(offer: OfferContent, store: Store, themes: Sequence[str]) -> Attributes:
    """The values of the options, and for a member of a group what ties it to its page."""
    own_theme = "variation_theme" in offer.attributes
    names = option_attributes(tuple(offer.options), guess=not own_theme)
    made: Attributes = {names[name]: [store.text(value, offer.language)] for name, value in offer.options.items() if name in names}
    missing = [name for name in offer.options if name not in names]
    if missing and offer.group is not None and not own_theme:
        raise Refused(
            f"Amazon has no attribute for the option “{missing[0]}”; give it and variation_theme as Amazon attributes of the product",
            code="option_unknown",
        )
    if offer.group is None:
        return made
    return {
        **made,
        "parentage_level": [store.plain("child")],
        "variation_theme": [_theme(offer.group, store, themes)],
        "child_parent_sku_relationship": [
            {
                "child_relationship_type": "variation",
                "parent_sku": parent_sku(offer.group),
                "marketplace_id": store.marketplace_id,
            }
        ],
    }


def option_attributes(options: Sequence[str], *, guess: bool = True) -> dict[str, str]:
    """Our option -> Amazon's attribute. One that Amazon has no attribute for (Diameter, Pieces) is the size where that is
    free, else the style, as sellers do by hand; a third such option is left out, and without ``guess`` all of them."""
    known = {name: codes.OPTION[name.lower()] for name in options if name.lower() in codes.OPTION}
    free = [attribute for attribute in ("size", "style") if attribute not in known.values()]
    others = [name for name in options if guess and name not in known]
    return {**known, **dict(zip(others, free, strict=False))}


def _theme(group: Group, store: Store, themes: Sequence[str]) -> dict[str, Any]:
    names = option_attributes(group.options)
    return {"name": theme([names.get(name, name) for name in group.options], themes), "marketplace_id": store.marketplace_id}


def _given(attributes: Mapping[str, Any]) -> Attributes:
    """Attributes typed in Amazon's words: a full list of entries is passed on, a bare value becomes one."""
    return {name: value if isinstance(value, list) else [{"value": value}] for name, value in attributes.items()}


def _number(amount: Decimal) -> int | float:
    """A JSON number. Its shortest text is the exact amount for up to 15 digits, so nothing is rounded on the wire."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


# --- what differs ------------------------------------------------------------------------------------------------


def patches(wanted: Attributes, shown: Mapping[str, Any], store: Store) -> list[Mapping[str, Any]]:
    """The operations that make ``shown`` (attributes read back) equal to ``wanted``, and not one more.

    The price is merged, so that a sale price or a business price set at Amazon stays. Pictures and bullet points that
    are shown and no longer wanted are deleted. Quantity is never among them.
    """
    made: list[Mapping[str, Any]] = []
    for name, entries in wanted.items():
        there = _of_store(shown.get(name), store)
        if name == QUANTITY or _says(entries, there, any_of=name == PRICE):
            continue
        made.append({"op": "merge" if name == PRICE else "replace", "path": f"/attributes/{name}", "value": entries})
    for name in shown:
        if name not in wanted and (name == "bullet_point" or name.startswith("other_product_image_locator")):
            gone = [_selector(entry) for entry in _of_store(shown[name], store)]
            made.append({"op": "delete", "path": f"/attributes/{name}", "value": gone})
    return made


def _of_store(entries: Any, store: Store) -> list[Mapping[str, Any]]:
    """The entries of one attribute that concern this store; an entry that names none concerns all."""
    listed = entries if isinstance(entries, list) else []
    return [e for e in listed if isinstance(e, Mapping) and e.get("marketplace_id", store.marketplace_id) == store.marketplace_id]


def _says(wanted: Sequence[Any], there: Sequence[Any], *, any_of: bool) -> bool:
    """Whether what is there holds all that is wanted; Amazon adds keys of its own, those do not count."""
    if any_of:
        return all(any(_holds(entry, want) for entry in there) for want in wanted)
    return len(wanted) == len(there) and all(_holds(entry, want) for entry, want in zip(there, wanted, strict=True))


def _holds(there: Any, want: Any) -> bool:
    if isinstance(want, Mapping):
        return isinstance(there, Mapping) and all(_holds(there.get(key), value) for key, value in want.items())
    if isinstance(want, list):
        return isinstance(there, list) and len(there) == len(want) and all(map(_holds, there, want))
    if isinstance(want, int | float) and not isinstance(want, bool) and isinstance(there, int | float | str):
        return str(there) == str(want) or _decimal(there) == _decimal(want)
    return bool(there == want)


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return None


def _selector(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What names an entry to Amazon when it shall be deleted."""
    return {key: entry[key] for key in ("marketplace_id", "language_tag") if key in entry}
