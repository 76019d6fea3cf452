"""What other floors may see of the catalog."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from entrepot.base.ids import ProductId, Sku, UserId, VariantId


@dataclass(frozen=True, slots=True)
class Text:
    """A product's words in one language."""

    title: str
    description: str = ""
    bullets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """A variant about to be made. Units: prices gross, costs net, both in minor units of the base currency."""

    sku: str
    gtin: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    price_minor: int | None = None
    cost_minor: int | None = None
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    low_stock_at: int | None = None


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product about to be made. ``texts``: language -> words; every variant has a value for each of ``option_names``."""

    code: str
    variants: Sequence[VariantDraft]
    texts: Mapping[str, Text] = field(default_factory=dict)
    brand: str = ""
    category: str = ""
    origin_country: str = ""
    hs_code: str = ""
    option_names: Sequence[str] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    owner: UserId | None = None


@dataclass(frozen=True, slots=True)
class ProductRef:
    """A product as it is now; ``version`` goes back with the next change."""

    id: ProductId
    public_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that somebody else has changed meanwhile."""

    field: str
    yours: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Picture:
    """On the web (``url``) or uploaded (``sha256``); ``variant`` None: of the whole product."""

    id: int
    position: int
    url: str
    sha256: str
    variant: VariantId | None


@dataclass(frozen=True, slots=True)
class VariantView:
    id: VariantId
    sku: Sku
    gtin: str
    options: Mapping[str, str]
    is_kit: bool
    price_minor: int | None
    cost_minor: int | None
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    low_stock_at: int | None
    archived_at: datetime | None
    components: Sequence[tuple[Sku, int]]


@dataclass(frozen=True, slots=True)
class ProductView:
    """One product with everything that its page or its API document shows."""

    id: ProductId
    public_id: UUID
    version: int
    code: str
    brand: str
    category: str
    origin_country: str
    hs_code: str
    option_names: Sequence[str]
    attributes: Mapping[str, Any]
    owner: UserId | None
    changed_at: datetime
    archived_at: datetime | None
    texts: Mapping[str, Text]
    variants: Sequence[VariantView]
    pictures: Sequence[Picture]


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product in a list."""

    public_id: UUID
    code: str
    title: str
    brand: str
    skus: Sequence[Sku]
    changed_at: datetime
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class VariantRow:
    """A variant found by what was typed."""

    id: VariantId
    sku: Sku
    gtin: str
    title: str
    product: UUID
    is_kit: bool


@dataclass(frozen=True, slots=True)
class VariantContent:
    """All of a variant that a listing shows. ``language`` is the one the words are in: the asked one, or the next best.

    ``pictures``: the variant's own first, then the product's. ``siblings``: SKUs of the product that are not archived.
    ``content_version`` rises with every change of product, variant, text or picture.
    """

    variant: VariantId
    sku: Sku
    gtin: str
    product: ProductId
    product_code: str
    language: str
    title: str
    description: str
    bullets: Sequence[str]
    brand: str
    category: str
    options: Mapping[str, str]
    option_names: Sequence[str]
    attributes: Mapping[str, Any]
    price_minor: int | None
    weight_g: int | None
    is_kit: bool
    archived: bool
    siblings: Sequence[Sku]
    pictures: Sequence[Picture]
    content_version: int


@dataclass(frozen=True, slots=True)
class MediaContent:
    """Bytes of an uploaded picture."""

    mime: str
    width: int
    height: int
    content: bytes
