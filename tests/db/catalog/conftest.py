"""A seller whose base currency is the euro."""

import pytest

from entrepot.catalog import actions
from entrepot.catalog.types import ProductDraft, ProductRef, Text, VariantDraft
from entrepot.people import deployment

WORDS = {"en": Text("Desk lamp", "A lamp.", ("Bright",)), "zh": Text("台灯", "一盏灯。")}


@pytest.fixture(autouse=True)
def seller(db: None) -> None:
    deployment.set_up(base_currency_code="EUR", time_zone="UTC", demo=False)


@pytest.fixture
def lamp() -> ProductRef:
    """A product with two variants."""
    variants = [
        VariantDraft("LAMP-R", gtin="4006381333931", options={"Colour": "red"}, price_minor=2500),
        VariantDraft("LAMP-B", options={"Colour": "blue"}, price_minor=2600),
    ]
    return actions.create_product(ProductDraft("LAMP", variants, WORDS, brand="Lumen", option_names=["Colour"]), actor="ann")
