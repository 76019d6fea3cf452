"""The sample seller: its words, codes and numbers are such that every channel could take them."""

import re
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from entrepot.app.demo.assortment import LANGUAGES, SampleKit, SampleProduct, Text, gtin13, sample_assortment, translated

ASSORTMENT = sample_assortment()
PRODUCTS = ASSORTMENT.products
VARIANTS = {variant.sku: variant for product in PRODUCTS for variant in product.variants}
SOLD: list[SampleProduct | SampleKit] = [*PRODUCTS, *ASSORTMENT.kits]
LATIN, CYRILLIC, CHINESE = re.compile(r"[A-Za-zÀ-ÿŒœ]"), re.compile(r"[Ѐ-ӿ]"), re.compile(r"[\u4e00-\u9fff]")
TRADITIONAL = re.compile("[個們這為與對單層裝網燈雙時後開關紙實體製顏節樣]")


def words(text: Text) -> str:
    return "\n".join((text.title, text.description, *text.bullets))


def texts(language: str) -> list[str]:
    return [words(sold.texts[language]) for sold in SOLD]


def test_there_are_enough_products_variants_and_kits_to_look_like_a_seller() -> None:
    assert len(PRODUCTS) >= 200
    assert 600 <= len(VARIANTS) <= 900
    assert len(ASSORTMENT.kits) >= 8
    assert len({product.category for product in PRODUCTS}) >= 8


def test_every_sku_is_its_own_also_when_case_is_ignored() -> None:
    every = [variant.sku for product in PRODUCTS for variant in product.variants] + [kit.sku for kit in ASSORTMENT.kits]
    assert len({sku.upper() for sku in every}) == len(every)
    assert all(sku == sku.strip() and len(sku) <= 40 for sku in every)
    assert any("/" in sku for sku in every), "a slash must stay part of a SKU"
    assert any(sku.isdigit() and sku.startswith("0") for sku in every), "a spreadsheet must not eat leading zeros"


def test_every_gtin_is_valid_unique_and_inside_the_range_kept_for_shops() -> None:
    every = [variant.gtin for variant in VARIANTS.values()] + [kit.gtin for kit in ASSORTMENT.kits]
    assert len(set(every)) == len(every)
    for gtin in every:
        assert re.fullmatch(r"2\d{12}", gtin)
        assert (sum(map(int, gtin[::2])) + 3 * sum(map(int, gtin[1::2]))) % 10 == 0


def test_the_check_digit_agrees_with_a_published_example() -> None:
    assert gtin13("62", 9104150021) == "6291041500213"  # the example of the GS1 check digit page


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_complete_and_of_a_length_that_channels_take(language: str) -> None:
    shortest = 50 if language == "zh" else 120
    for sold in SOLD:
        text = sold.texts[language]
        assert 8 <= len(text.title) <= 80
        least = shortest if isinstance(sold, SampleProduct) else shortest // 3
        assert least <= len(text.description) <= 1_000, text.title
        assert 3 <= len(text.bullets) <= 5
        assert all(3 <= len(bullet) <= 120 for bullet in text.bullets)
        assert "{" not in words(text), "an unfilled place"
        assert "  " not in words(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_pages_have_the_same_title(language: str) -> None:
    assert [title for title, count in Counter(sold.texts[language].title for sold in SOLD).items() if count > 1] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_latin_texts_have_no_foreign_letters(language: str) -> None:
    for text in texts(language):
        assert not CYRILLIC.search(text)
        assert not CHINESE.search(text)


def test_english_is_plain_ascii_letters_and_american() -> None:
    for text in texts("en"):
        assert not re.search(r"[À-ÖØ-öø-ÿ]", text.replace("café", "cafe")), text
        assert not re.search(r"\b(colour|grey|metre|centre|favourite)", text, re.IGNORECASE), text


def test_russian_words_never_mix_alphabets() -> None:
    for text in texts("ru"):
        assert CYRILLIC.search(text)
        assert not CHINESE.search(text)
        for word in re.findall(r"\w+", text):
            assert not (LATIN.search(word) and CYRILLIC.search(word)), word


def test_chinese_is_simplified_with_its_own_punctuation() -> None:
    for text in texts("zh"):
        assert CHINESE.search(text)
        assert not CYRILLIC.search(text)
        assert not TRADITIONAL.search(text), text
        assert not re.search(r"[\u4e00-\u9fff][,;:!?]", text), text


def test_french_elides_and_spaces_as_french_does() -> None:
    for text in texts("fr"):
        assert not re.search(r"\b(?:[Ll]e|[Ll]a|[Dd]e|[Qq]ue|[Jj]e|[Nn]e|[Ss]e) [aeiouéèêâîôœAEIOUÉÈÊ](?!UR)", text.replace("de 1", "")), (
            text
        )
        assert "'" not in text
        assert not re.search(r"\S[;:!?]", re.sub("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}][;:!?]", "", text)), text


def test_option_values_have_a_word_in_every_language() -> None:
    for variant in VARIANTS.values():
        for option, value in variant.option_values.items():
            assert CHINESE.search(translated(option, "zh"))
            assert CYRILLIC.search(translated(option, "ru"))
            if value.istitle() and len(value) > 2:
                assert CHINESE.search(translated(value, "zh"))
                assert CYRILLIC.search(translated(value, "ru"))
    assert translated("0.75 L", "fr") == "0,75\N{NO-BREAK SPACE}l"
    assert translated("70 × 140 cm", "ru") == "70 × 140\N{NO-BREAK SPACE}см"


def test_variants_of_a_product_differ_in_exactly_its_options() -> None:
    for product in PRODUCTS:
        assert all(tuple(variant.option_values) == product.options for variant in product.variants)
        assert len({tuple(variant.option_values.values()) for variant in product.variants}) == len(product.variants)


def test_logistics_data_is_complete() -> None:
    for product in PRODUCTS:
        assert re.fullmatch(r"\d{6}", product.hs_code)
        assert re.fullmatch(r"[A-Z]{2}", product.origin_country)
        for variant in product.variants:
            assert 0 < variant.weight_g < 30_000
            assert all(0 < side <= 1_600 for side in variant.dims_mm)


def test_every_price_is_above_its_cost_and_a_kit_below_its_parts() -> None:
    assert all(variant.price_minor > variant.cost_minor > 0 for variant in VARIANTS.values())
    for kit in ASSORTMENT.kits:
        parts = [(VARIANTS[sku], quantity) for sku, quantity in kit.components]
        assert sum(part.cost_minor * quantity for part, quantity in parts) < kit.price_minor
        assert kit.price_minor < sum(part.price_minor * quantity for part, quantity in parts)


def test_a_kit_is_made_of_at_least_two_units_of_variants_that_exist() -> None:
    for kit in ASSORTMENT.kits:
        assert all(sku in VARIANTS and quantity > 0 for sku, quantity in kit.components)
        assert sum(quantity for _, quantity in kit.components) >= 2
        assert all(kit.brand in text.title for text in kit.texts.values())
        assert len(kit.picture_key.split("+")) == len(kit.colors) == len(kit.components)


def test_stock_lies_at_locations_and_of_variants_that_exist() -> None:
    codes = {location.code for location in ASSORTMENT.locations}
    assert {code for code, _ in ASSORTMENT.stock} == codes
    held = {sku for _, sku in ASSORTMENT.stock}
    assert held <= VARIANTS.keys()
    assert len(held) > 0.95 * len(VARIANTS)
    assert all(units >= 0 for units in ASSORTMENT.stock.values())
    assert 0 in ASSORTMENT.stock.values(), "something is sold out somewhere"


def test_every_kit_can_be_packed_at_one_place() -> None:
    stock = ASSORTMENT.stock
    for kit in ASSORTMENT.kits:
        assert any(
            all(stock.get((place.code, sku), 0) >= quantity for sku, quantity in kit.components) for place in ASSORTMENT.locations
        ), kit.sku


def test_samples_in_the_salon_are_shown_and_not_sold() -> None:
    salon = {key: units for key, units in ASSORTMENT.stock.items() if key[0] == "LED"}
    assert salon
    assert salon == ASSORTMENT.safety_stock
    dresses = {variant.sku for product in PRODUCTS if product.category == "wedding_dresses" for variant in product.variants}
    assert {sku for _, sku in salon} <= dresses


def test_locations_are_real_places_with_hours() -> None:
    assert {location.kind for location in ASSORTMENT.locations} == {"warehouse", "store", "wholesaler"}
    assert {("FR", "store"), ("RU", "store")} <= {(location.country, location.kind) for location in ASSORTMENT.locations}
    for location in ASSORTMENT.locations:
        ZoneInfo(location.timezone)
        assert -90 < location.latitude < 90
        assert -180 < location.longitude < 180
        assert location.opening_hours
        assert all(opens < closes for opens, closes in location.opening_hours.values())
        assert location.street
        assert location.postcode


def test_the_same_seed_gives_the_same_seller_and_another_seed_other_stock() -> None:
    assert sample_assortment(2026) == ASSORTMENT
    other = sample_assortment(7)
    assert other.stock != ASSORTMENT.stock
    assert [product.texts for product in other.products] == [product.texts for product in PRODUCTS]
