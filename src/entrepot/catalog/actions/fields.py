"""Values of products and variants before they are written: cleaned, and free where they must be unique."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Value
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from entrepot.catalog import values
from entrepot.catalog.errors import Taken
from entrepot.catalog.models import Product, Variant
from entrepot.catalog.types import Text

MOST_MONEY = 10**15
_PRODUCT: Mapping[str, Callable[[Any], Any]] = {
    "code": lambda value: values.code(value, _("product code")),
    "brand": lambda value: values.line_of_text(value, _("brand"), 80),
    "category": lambda value: values.line_of_text(value, _("category"), 120),
    "origin_country": values.country,
    "hs_code": values.hs_code,
    "option_names": values.option_names,
    "attributes": dict,
}
_VARIANT: Mapping[str, Callable[[Any], Any]] = {
    "sku": values.sku,
    "gtin": values.gtin,
    "price_minor": lambda value: values.amount(value, _("price"), MOST_MONEY),
    "cost_minor": lambda value: values.amount(value, _("cost"), MOST_MONEY),
    "weight_g": lambda value: values.amount(value, _("weight")),
    "length_mm": lambda value: values.amount(value, _("length")),
    "width_mm": lambda value: values.amount(value, _("width")),
    "height_mm": lambda value: values.amount(value, _("height")),
    "low_stock_at": lambda value: values.amount(value, _("low-stock level")),
}
PRODUCT_FIELDS = tuple(_PRODUCT)
VARIANT_FIELDS = (*_VARIANT, "options")


def clean_product(given: Mapping[str, Any]) -> dict[str, Any]:
    """Raises: BadValue for a value or a name that a product does not have."""
    return {name: _cleaner(_PRODUCT, name)(value) for name, value in given.items()}


def clean_variant(given: Mapping[str, Any], option_names: Sequence[str]) -> dict[str, Any]:
    """Raises: BadValue for a value, an option or a name that a variant does not have."""
    found = {name: _cleaner(_VARIANT, name)(value) for name, value in given.items() if name != "options"}
    if "options" in given:
        found["options"] = values.options(given["options"], option_names, found["sku"])
    return found


def clean_text(text: Text) -> dict[str, Any]:
    """Raises: BadValue; a text has a title."""
    title = values.line_of_text(text.title, _("title"), values.LONGEST_TITLE)
    if not title:
        raise values.BadValue(_("The title is empty."))
    bullets = [values.line_of_text(one, _("bullet point"), 1000) for one in text.bullets]
    return {"title": title, "description": values.long_text(text.description, _("description")), "bullets": [one for one in bullets if one]}


def check_variants(variants: Sequence[Mapping[str, Any]]) -> None:
    """No SKU twice, and no two variants of a product with the same options. Raises: Taken."""
    skus: set[str] = set()
    options: dict[tuple[tuple[str, str], ...], str] = {}
    for one in variants:
        if values.fold(one["sku"]) in skus:
            raise Taken(_("The SKU %(sku)s stands there twice.") % {"sku": one["sku"]})
        skus.add(values.fold(one["sku"]))
        chosen = tuple(sorted(one.get("options", {}).items()))
        if chosen in options:
            message = _("%(one)s and %(other)s have the same options, so that a buyer cannot choose between them.")
            raise Taken(message % {"one": options[chosen], "other": one["sku"]})
        options[chosen] = one["sku"]


def refuse_taken(skus: Iterable[str]) -> None:
    """Raises: Taken when a SKU belongs to a variant already, also when it differs by case only or is archived."""
    wanted = [Upper(Value(one)) for one in skus]
    row = Variant.objects.annotate(folded=Upper("sku")).filter(folded__in=wanted).select_related("product").first() if wanted else None
    if row is not None:
        raise Taken(_("The SKU %(sku)s belongs to the product %(code)s already.") % {"sku": row.sku, "code": row.product.code})


def refuse_taken_codes(codes: Sequence[str]) -> None:
    """Raises: Taken when a product code belongs to a product already."""
    row = Product.objects.annotate(folded=Upper("code")).filter(folded__in=[Upper(Value(one)) for one in codes]).first()
    if row is not None:
        raise Taken(_("There is already a product %(code)s.") % {"code": row.code})


def _cleaner(known: Mapping[str, Callable[[Any], Any]], name: str) -> Callable[[Any], Any]:
    if name not in known:
        raise values.BadValue(_("There is no field “%(name)s”.") % {"name": name})
    return known[name]
