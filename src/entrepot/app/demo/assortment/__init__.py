"""The sample seller of the demo: products, kits, locations and stock of an invented company, in four languages."""

from entrepot.app.demo.assortment.build import gtin13, sample_assortment
from entrepot.app.demo.assortment.types import (
    LANGUAGES,
    Assortment,
    SampleKit,
    SampleLocation,
    SampleProduct,
    SampleVariant,
    Text,
)
from entrepot.app.demo.assortment.vocabulary import translated

__all__ = [
    "LANGUAGES",
    "Assortment",
    "SampleKit",
    "SampleLocation",
    "SampleProduct",
    "SampleVariant",
    "Text",
    "gtin13",
    "sample_assortment",
    "translated",
]
