"""The assortment, worked out from the content files: each family in each theme of its category is one product."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from random import Random
from typing import Any

from entrepot.app.demo.assortment import stock
from entrepot.app.demo.assortment.prose import kit_texts, product_texts
from entrepot.app.demo.assortment.types import Assortment, SampleKit, SampleProduct, SampleVariant
from entrepot.app.demo.assortment.vocabulary import COLOR, COLORS, SCALES, Color, Scale, Step

CATEGORIES = ("outdoor", "bags", "kitchen", "home_textiles", "stationery", "toys", "wedding_dresses", "lamps", "knitwear")
KIT_GTIN_PREFIX = "20"  # 20-29 is kept free for use inside a shop, so no number here can be a real company's
KIT_PRICE_PERCENT = 92

Content = Mapping[str, Any]


def sample_assortment(seed: int = 2026) -> Assortment:
    """The sample seller's products, kits, locations and first stock. The same seed gives the same assortment; words and codes never change."""
    chance = Random(seed)  # noqa: S311  a made-up seller, no secret
    products = tuple(product for category in CATEGORIES for product in _products(_content(category), chance))
    locations = _content("locations")
    kits = tuple(_kits(products))
    on_hand, safety = stock.first_day(locations, products, kits, chance)
    return Assortment(
        products=products,
        kits=kits,
        locations=tuple(stock.location(raw) for raw in locations),
        stock=on_hand,
        safety_stock=safety,
    )


def _content(name: str) -> Any:
    return json.loads((files(__package__) / "content" / f"{name}.json").read_text(encoding="utf-8"))


def _products(catalog: Content, chance: Random) -> Iterator[SampleProduct]:
    """All products of one category; article numbers run through it."""
    number = 0
    for family in catalog["families"]:
        for position, theme in enumerate(catalog["themes"]):
            variants = tuple(_variants(catalog["gtin_prefix"], number, family, theme, position, chance))
            number += len(variants)
            yield SampleProduct(
                code=f"{family['code']}-{theme['code']}",
                brand=catalog["brand"],
                category=catalog["category"],
                origin_country=family["origin_country"],
                hs_code=family["hs_code"],
                texts=product_texts(catalog, family, theme, variants),
                options=tuple(variants[0].option_values),
                variants=variants,
                picture_key=f"{family['key']}/{theme['motif']}",
            )


def _variants(prefix: str, number: int, family: Content, theme: Content, position: int, chance: Random) -> Iterator[SampleVariant]:
    """Colors times sizes; each theme begins at another color, so that neighbors in a list differ."""
    palette: list[str] = family["colors"]
    count: int = family["color_count"]
    scale = SCALES[family["scale"]] if family["scale"] else None
    cost_percent = chance.randint(34, 47)
    for turn in range(count):
        color = COLORS[palette[(position + turn) % len(palette)]]
        for step in scale.steps if scale else (Step("", ""),):
            price = _retail(family["price_minor"] * theme["price_percent"] * step.price_percent // 10_000)
            yield SampleVariant(
                sku=_sku(family, theme, position, color if count > 1 else None, step),
                gtin=gtin13(prefix, number),
                option_values=_option_values(color if count > 1 else None, scale, step),
                price_minor=price,
                cost_minor=price * cost_percent // 100,
                weight_g=max(1, family["weight_g"] * step.weight_percent // 100),
                dims_mm=_dimensions(family["dims_mm"], step.weight_percent),
                colors=(color.hex,),
            )
            number += 1


def _sku(family: Content, theme: Content, position: int, color: Color | None, step: Step) -> str:
    """Readable parts; a product without options of a numbered family keeps a bare article number, leading zeros included."""
    if color is None and not step.code and family["code"].isdigit():
        return f"{family['code']}{position + 1:02d}"
    return "-".join(part for part in (family["code"], theme["code"], color.code if color else "", step.code) if part)


def _option_values(color: Color | None, scale: Scale | None, step: Step) -> Mapping[str, str]:
    values = {COLOR: color.names["en"]} if color else {}
    if scale:
        values[scale.option] = step.value
    return values


def _retail(minor: int) -> int:
    """The nearest price that ends in .90; from 300 euros on, the nearest ten euros."""
    if minor >= 30_000:
        return (minor + 500) // 1_000 * 1_000
    return max(1, (minor + 60) // 100) * 100 - 10


def _dimensions(base: list[int], weight_percent: int) -> tuple[int, int, int]:
    """A unit twice as heavy is about 1.26 times as long, wide and high."""
    factor = (weight_percent / 100) ** (1 / 3)
    length, width, height = (max(1, round(side * factor / 5) * 5) if weight_percent != 100 else side for side in base)
    return length, width, height


def gtin13(prefix: str, number: int) -> str:
    """A GTIN-13 of the in-store range with its check digit."""
    body = f"{prefix}{number:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def _kits(products: tuple[SampleProduct, ...]) -> Iterator[SampleKit]:
    """Kits name their parts by SKU; the price is that of the parts, less eight percent."""
    parts = {variant.sku: (product, variant) for product in products for variant in product.variants}
    for number, raw in enumerate(_content("kits")):
        components = tuple((sku, quantity) for sku, quantity in raw["components"])
        apart = sum(parts[sku][1].price_minor * quantity for sku, quantity in components)
        yield SampleKit(
            sku=raw["sku"],
            gtin=gtin13(KIT_GTIN_PREFIX, number),
            brand=raw["brand"],
            texts=kit_texts(raw["texts"]),
            components=components,
            price_minor=_retail(apart * KIT_PRICE_PERCENT // 100),
            picture_key="+".join(parts[sku][0].picture_key for sku, _ in components),
            colors=tuple(parts[sku][1].colors[0] for sku, _ in components),
        )
