"""What the sample seller is made of: plain values, no Django and no database."""

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "zh", "fr", "ru")


@dataclass(frozen=True, slots=True)
class Text:
    """A product's words in one language. The description has paragraphs, separated by an empty line."""

    title: str
    description: str
    bullets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleVariant:
    """What is counted and sold.

    Units: prices in EUR minor units (the price is gross, the cost is net), dims_mm is length, width, height of the packed unit.
    """

    sku: str
    gtin: str
    option_values: Mapping[str, str]  # English name -> English value; `translated` gives the other languages
    price_minor: int
    cost_minor: int
    weight_g: int
    dims_mm: tuple[int, int, int]
    colors: tuple[str, ...]  # "#rrggbb", what `pictures.draw` is given


@dataclass(frozen=True, slots=True)
class SampleProduct:
    """What is described: one page for a buyer, one or more variants behind it."""

    code: str
    brand: str
    category: str
    origin_country: str
    hs_code: str
    texts: Mapping[str, Text]
    options: tuple[str, ...]
    variants: tuple[SampleVariant, ...]
    picture_key: str


@dataclass(frozen=True, slots=True)
class SampleKit:
    """A set that is sold under its own SKU and is made of other variants' units."""

    sku: str
    gtin: str
    brand: str
    texts: Mapping[str, Text]
    components: tuple[tuple[str, int], ...]  # (SKU, units of it in one kit)
    price_minor: int
    picture_key: str
    colors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleLocation:
    """A place that holds stock. `opening_hours`: "mon" ... "sun" -> (opens, closes) in the location's own time; a missing day is closed."""

    code: str
    name: str
    kind: str
    country: str
    city: str
    postcode: str
    street: str
    latitude: float
    longitude: float
    timezone: str
    opening_hours: Mapping[str, tuple[str, str]]
    priority: int
    capabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assortment:
    """Everything the sample seller has on the first day.

    `stock` and `safety_stock` are keyed by (location code, SKU). Where a shop's samples are not for sale, the safety stock equals the stock.
    """

    products: tuple[SampleProduct, ...]
    kits: tuple[SampleKit, ...]
    locations: tuple[SampleLocation, ...]
    stock: Mapping[tuple[str, str], int]
    safety_stock: Mapping[tuple[str, str], int]
