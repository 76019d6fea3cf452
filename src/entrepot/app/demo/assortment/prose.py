"""Titles, descriptions and bullet points, put together so that each language keeps its own grammar.

A family brings a noun and its sentences, a theme brings a name and sentences that fit every noun of its category: no adjective
ever has to agree with a word it has not seen.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from entrepot.app.demo.assortment.types import LANGUAGES, SampleVariant, Text

Content = Mapping[str, Any]

_TITLES = {
    "en": "{brand} {theme} {noun}",
    "zh": "{brand} {theme}系列 {noun}",
    "fr": "{noun} {brand}, collection {theme}",
    "ru": "{noun} {brand}, серия «{theme}»",
}
_PACKED = {
    "en": "Packed: {size} cm, {weight} kg",
    "zh": "包装尺寸\N{FULLWIDTH COLON}{size} 厘米\N{FULLWIDTH COMMA}重 {weight} 公斤",
    "fr": "Colis\N{NO-BREAK SPACE}: {size}\N{NO-BREAK SPACE}cm, {weight}\N{NO-BREAK SPACE}kg",
    "ru": "В упаковке: {size}\N{NO-BREAK SPACE}см, {weight}\N{NO-BREAK SPACE}кг",
}
_PACKED_FROM = {
    "en": "Packed: from {size} cm and {weight} kg",
    "zh": "包装尺寸 {size} 厘米起\N{FULLWIDTH COMMA}重 {weight} 公斤起",
    "fr": "Colis\N{NO-BREAK SPACE}: à partir de {size}\N{NO-BREAK SPACE}cm et {weight}\N{NO-BREAK SPACE}kg",
    "ru": "В упаковке: от {size}\N{NO-BREAK SPACE}см и {weight}\N{NO-BREAK SPACE}кг",
}
_MADE_IN = {
    "CN": {"en": "Made in China", "zh": "中国制造", "fr": "Fabriqué en Chine", "ru": "Сделано в Китае"},
    "DE": {"en": "Made in Germany", "zh": "德国制造", "fr": "Fabriqué en Allemagne", "ru": "Сделано в Германии"},
    "FR": {"en": "Made in France", "zh": "法国制造", "fr": "Fabriqué en France", "ru": "Сделано во Франции"},
    "IN": {"en": "Made in India", "zh": "印度制造", "fr": "Fabriqué en Inde", "ru": "Сделано в Индии"},
    "IT": {"en": "Made in Italy", "zh": "意大利制造", "fr": "Fabriqué en Italie", "ru": "Сделано в Италии"},
    "PL": {"en": "Made in Poland", "zh": "波兰制造", "fr": "Fabriqué en Pologne", "ru": "Сделано в Польше"},
    "PT": {"en": "Made in Portugal", "zh": "葡萄牙制造", "fr": "Fabriqué au Portugal", "ru": "Сделано в Португалии"},
    "RU": {"en": "Made in Russia", "zh": "俄罗斯制造", "fr": "Fabriqué en Russie", "ru": "Сделано в России"},
}


def product_texts(catalog: Content, family: Content, theme: Content, variants: tuple[SampleVariant, ...]) -> Mapping[str, Text]:
    """A product's words in every language: the family says what it is, the theme how it looks, the category how it is sold."""
    return {language: _product_text(language, catalog, family, theme, variants) for language in LANGUAGES}


def _product_text(language: str, catalog: Content, family: Content, theme: Content, variants: tuple[SampleVariant, ...]) -> Text:
    is_a, looks = family["texts"][language], theme["texts"][language]
    return Text(
        title=_TITLES[language].format(brand=catalog["brand"], theme=looks["name"], noun=is_a["noun"]),
        description="\n\n".join((is_a["intro"], looks["line"], catalog["closing"][language])),
        bullets=(
            *is_a["bullets"],
            looks["bullet"],
            _packed(language, variants),
            _MADE_IN[family["origin_country"]][language],
        ),
    )


def _packed(language: str, variants: tuple[SampleVariant, ...]) -> str:
    """Size and weight of the smallest variant; "from" when there are larger ones."""
    smallest = min(variants, key=lambda variant: variant.weight_g)
    sentence = _PACKED if all(variant.weight_g == smallest.weight_g for variant in variants) else _PACKED_FROM
    size = " × ".join(_decimal(language, Decimal(side) / 10) for side in smallest.dims_mm)
    return sentence[language].format(size=size, weight=_decimal(language, Decimal(smallest.weight_g) / 1000))


def _decimal(language: str, number: Decimal) -> str:
    text = f"{number.normalize():f}"
    return text.replace(".", ",") if language in {"fr", "ru"} else text


def kit_texts(texts: Content) -> Mapping[str, Text]:
    """A kit's words, which are written one by one."""
    return {language: Text(words["title"], words["description"], tuple(words["bullets"])) for language, words in texts.items()}
