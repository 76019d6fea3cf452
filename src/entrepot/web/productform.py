"""The product form: every value under a flat name, so that what a person changed can be told from what stood there (F28).

Names: ``f.<field>`` of the product, ``t.<language>.<part>`` of a text, ``v.<variant>.<field>`` of a variant, ``n.<i>.<field>``
of a variant to be added. Each input goes with ``was.<name>``, the value that stood there when the page was made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from entrepot.base.errors import UserError
from entrepot.base.ids import VariantId
from entrepot.base.money import Money, money
from entrepot.catalog.types import ProductDraft, ProductView, Text, VariantDraft

FIELDS = ("code", "brand", "category", "origin_country", "hs_code", "option_names")
PARTS = ("title", "description", "bullets")
NUMBERS = ("weight_g", "length_mm", "width_mm", "height_mm", "low_stock_at")
MONEYS = ("price_minor", "cost_minor")
VARIANT_FIELDS = ("sku", "gtin", "options", *MONEYS, *NUMBERS)
NEW_ROWS = 3

Flat = Mapping[str, str]


@dataclass(frozen=True)
class Clash:
    """A value that this person and somebody else changed to different things."""

    name: str
    label: str
    yours: str
    theirs: str


@dataclass(frozen=True)
class Change:
    """What goes to ``update_product``."""

    fields: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, Text | None] = field(default_factory=dict)
    variants: dict[VariantId, dict[str, Any]] = field(default_factory=dict)
    new_variants: Sequence[VariantDraft] = ()


def flat(view: ProductView, currency: str) -> dict[str, str]:
    """Every value of a product as the form shows it."""
    found = {f"f.{name}": _shown(name, getattr(view, name), currency) for name in FIELDS}
    for language, text in view.texts.items():
        found |= {f"t.{language}.{part}": _shown(part, getattr(text, part), currency) for part in PARTS}
    for one in view.variants:
        found |= {f"v.{one.id}.{name}": _shown(name, _value(one, name, view.option_names), currency) for name in VARIANT_FIELDS}
    return found


def typed(post: QueryDict) -> dict[str, str]:
    """What stands in the form now."""
    return {name: _plain(post.get(name, "")) for name in post if name[:2] in ("f.", "t.", "v.", "n.")}


def touched(post: QueryDict) -> dict[str, str]:
    """Only what this person changed."""
    return {name: value for name, value in typed(post).items() if value != _plain(post.get(f"was.{name}", ""))}


def clashes(post: QueryDict, changed: Flat, stored: Flat) -> list[Clash]:
    """Changed here and, since the page was made, to something else by somebody else."""
    return [
        Clash(name, label(name), value, stored[name])
        for name, value in changed.items()
        if name in stored and stored[name] != _plain(post.get(f"was.{name}", "")) and stored[name] != value
    ]


def change(changed: Flat, view: ProductView, currency: str) -> Change:
    """Changed values as the action takes them. A text of which a part changed is given whole.

    Raises: UserError naming the value that cannot be read.
    """
    names = _words(changed.get("f.option_names", ", ".join(view.option_names)))
    fields = {name: _value_of(name, changed[f"f.{name}"], names, currency) for name in FIELDS if f"f.{name}" in changed}
    texts: dict[str, Text | None] = {}
    for language in {name.split(".")[1] for name in changed if name.startswith("t.")}:
        now = view.texts.get(language)
        parts = {part: changed.get(f"t.{language}.{part}", _shown(part, getattr(now, part), currency) if now else "") for part in PARTS}
        texts[language] = _text(parts)
    variants: dict[VariantId, dict[str, Any]] = {}
    for name, value in changed.items():
        if name.startswith("v."):
            _, pk, what = name.split(".")
            variants.setdefault(VariantId(int(pk)), {})[what] = _value_of(what, value, names, currency)
    return Change(fields, texts, variants, new_variants(changed, names, currency))


def draft(values: Flat, language: str, currency: str, owner: Any) -> ProductDraft:
    """A new product from the form. Raises: UserError naming the value that cannot be read."""
    names = _words(values.get("f.option_names", ""))
    given = {name: _value_of(name, values.get(f"f.{name}", ""), names, currency) for name in FIELDS}
    text = _text({part: values.get(f"t.{language}.{part}", "") for part in PARTS})
    rows = new_variants(values, names, currency)
    code = given.pop("code") or (rows[0].sku if rows else "")
    return ProductDraft(code=code, variants=rows, texts={language: text} if text else {}, owner=owner, **given)


def new_variants(values: Flat, names: Sequence[str], currency: str) -> list[VariantDraft]:
    """The rows of added variants that have a SKU; a row with other values and no SKU is a mistake."""
    rows = []
    for i in sorted({int(name.split(".")[1]) for name in values if name.startswith("n.")}):
        row = {what: values.get(f"n.{i}.{what}", "") for what in VARIANT_FIELDS}
        if not row["sku"]:
            if any(row.values()):
                raise UserError(gettext("A variant without SKU cannot be kept. Type its SKU or empty the row."))
            continue
        rows.append(VariantDraft(**{what: _value_of(what, value, names, currency) for what, value in row.items()}))
    return rows


def label(name: str) -> str:
    """What the form calls a value."""
    words = {
        "code": gettext("Product code"), "brand": gettext("Brand"), "category": gettext("Category"),
        "origin_country": gettext("Made in (country)"), "hs_code": gettext("HS code"), "option_names": gettext("Options"),
        "title": gettext("Title"), "description": gettext("Description"), "bullets": gettext("Bullet points"),
        "sku": "SKU", "gtin": "GTIN", "options": gettext("Option values"), "price_minor": gettext("Price"),
        "cost_minor": gettext("Cost"), "weight_g": gettext("Weight, g"), "length_mm": gettext("Length, mm"),
        "width_mm": gettext("Width, mm"), "height_mm": gettext("Height, mm"), "low_stock_at": gettext("Alert at"),
    }  # fmt: skip
    parts = name.split(".")
    return words.get(parts[-1], parts[-1]) + (f" ({parts[1]})" if parts[0] == "t" else "")


def _value(one: Any, name: str, option_names: Sequence[str]) -> Any:
    return [one.options.get(option, "") for option in option_names] if name == "options" else getattr(one, name)


def _shown(name: str, value: Any, currency: str) -> str:
    if value is None:
        return ""
    if name in MONEYS:
        return str(Money(value, currency).major())
    if name == "bullets":
        return "\n".join(value)
    if name in ("option_names", "options"):
        return ", ".join(value)
    return _plain(str(value))


def _value_of(name: str, text: str, option_names: Sequence[str], currency: str) -> Any:
    if name in MONEYS:
        return money(text.replace(",", "."), currency).minor if text else None
    if name in NUMBERS:
        if text and not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise UserError(gettext("%(field)s: “%(typed)s” is not a whole number.") % {"field": label(name), "typed": text})
        return int(text) if text else None
    if name == "option_names":
        return _words(text)
    if name == "options":
        values = _words(text)
        if len(values) > len(option_names):
            raise UserError(gettext("“%(typed)s”: there are more values than options.") % {"typed": text})
        return dict(zip(option_names, values, strict=False))
    return text


def _text(parts: Flat) -> Text | None:
    if not any(parts.values()):
        return None
    return Text(parts["title"], parts["description"], [line.strip() for line in parts["bullets"].splitlines() if line.strip()])


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.replace("，", ",").split(",") if word.strip()]


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
