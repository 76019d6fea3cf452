"""Where the sample seller's units lie on the first day."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from entrepot.app.demo.assortment.types import SampleKit, SampleLocation, SampleProduct

Content = Mapping[str, Any]
Units = dict[tuple[str, str], int]
KITS_AT_HAND = 5  # a kit is packed at one place, so its parts must lie together somewhere


def location(raw: Content) -> SampleLocation:
    """One location of the content files."""
    hours = {day: (opens, closes) for day, (opens, closes) in raw["opening_hours"].items()}
    plain = {key: value for key, value in raw.items() if key not in {"holds", "opening_hours", "capabilities"}}
    return SampleLocation(**plain, opening_hours=hours, capabilities=tuple(raw["capabilities"]))


def first_day(
    locations: Sequence[Content], products: Sequence[SampleProduct], kits: Sequence[SampleKit], chance: Random
) -> tuple[Units, Units]:
    """Stock and safety stock by (location code, SKU). A salon's samples are all safety stock: they are shown, not sold."""
    stock: Units = {}
    safety: Units = {}
    for raw in locations:
        holds = raw["holds"]
        if "samples_of" in holds:
            samples = {(raw["code"], sku): 1 for sku in _sample_skus(holds["samples_of"], products)}
            stock |= samples
            safety |= samples
        else:
            stock |= _on_shelves(raw["code"], holds, products, chance)
            if holds["categories"] == "all":
                _complete_kits(stock, raw["code"], kits)
    return stock, safety


def _sample_skus(category: str, products: Sequence[SampleProduct]) -> Iterator[str]:
    """The middle variant of each product: one dress to try on, in the size most brides start from."""
    for product in products:
        if product.category == category:
            yield product.variants[len(product.variants) // 2].sku


def _on_shelves(code: str, holds: Content, products: Sequence[SampleProduct], chance: Random) -> Units:
    """Few units of most variants and many of some, as on real shelves; a small part is sold out."""
    units: Units = {}
    for product in products:
        if holds["categories"] != "all" and product.category not in holds["categories"]:
            continue
        for variant in product.variants:
            if chance.randrange(100) >= holds["share_percent"]:
                continue
            spread = holds["most"] - holds["least"]
            sold_out = chance.randrange(100) < 2
            units[(code, variant.sku)] = 0 if sold_out else holds["least"] + int(spread * chance.random() ** 2.2)
    return units


def _complete_kits(units: Units, code: str, kits: Sequence[SampleKit]) -> None:
    """Raise what lies at a location until a few of every kit could be packed there."""
    for kit in kits:
        for sku, quantity in kit.components:
            units[(code, sku)] = max(units.get((code, sku), 0), quantity * KITS_AT_HAND)
