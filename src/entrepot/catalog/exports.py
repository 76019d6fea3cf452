"""The catalog as a table that comes back unchanged through the built-in mapping ``entrepot``."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from entrepot.base.money import Money
from entrepot.catalog.imports.fields import WORDS
from entrepot.catalog.models import Media, Product, ProductText, Variant
from entrepot.people.deployment import base_currency
from entrepot.people.scope import EVERYTHING, Scope

OPTIONS = 3
_PRODUCT = ("brand", "category", "origin_country", "hs_code")
_NUMBERS = ("weight_g", "length_mm", "width_mm", "height_mm", "low_stock_at")
_PAGE = 500


def products_table(*, scope: Scope = EVERYTHING) -> tuple[list[str], Iterator[list[Any]]]:
    """(headings, a row a variant), for ``tabular.csv_lines`` and ``write_xlsx``; archived ones and kits are left out.

    A kit is more than its row: it is not made by a table of products. Rows are read page by page, so any number may pass.
    """
    languages = sorted(ProductText.objects.values_list("language", flat=True).distinct())
    options = [f"option{n + 1}_{part}" for n in range(OPTIONS) for part in ("name", "value")]
    words = [f"{word}:{language}" for language in languages for word in WORDS]
    headings = ["product_code", "sku", "gtin", *_PRODUCT, *options, "price", "cost", *_NUMBERS, "pictures", *words]
    return headings, chain.from_iterable(_rows(page, languages) for page in _pages(scope))


def _pages(scope: Scope) -> Iterator[list[Product]]:
    after = 0
    while page := list(scope.on_products(Product.objects.filter(pk__gt=after, archived_at=None)).order_by("pk")[:_PAGE]):
        yield page
        after = page[-1].pk


def _rows(products: Sequence[Product], languages: Sequence[str]) -> Iterator[list[Any]]:
    ids = [product.pk for product in products]
    texts = {(text.product_id, text.language): text for text in ProductText.objects.filter(product_id__in=ids)}
    pictures: dict[int, list[str]] = defaultdict(list)
    for product_id, url in Media.objects.filter(product_id__in=ids, variant=None).exclude(url="").values_list("product_id", "url"):
        pictures[product_id].append(url)
    variants: dict[int, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(product_id__in=ids, archived_at=None, is_kit=False).order_by("pk"):
        variants[variant.product_id].append(variant)
    for product in products:
        words = list(chain.from_iterable(_words(texts.get((product.pk, language))) for language in languages))
        for variant in variants[product.pk]:
            yield [
                product.code,
                variant.sku,
                variant.gtin,
                *(getattr(product, name) for name in _PRODUCT),
                *_options(product, variant),
                _major(variant.price_minor),
                _major(variant.cost_minor),
                *(getattr(variant, name) for name in _NUMBERS),
                " ".join(pictures[product.pk]),
                *words,
            ]


def _options(product: Product, variant: Variant) -> list[str]:
    named = [(name, variant.options.get(name, "")) for name in product.option_names[:OPTIONS]]
    return list(chain.from_iterable([*named, *[("", "")] * (OPTIONS - len(named))]))


def _words(text: ProductText | None) -> list[str]:
    return [text.title, text.description, "\n".join(text.bullets)] if text else [""] * len(WORDS)


def _major(minor: int | None) -> Any:
    return None if minor is None else Money(minor, base_currency()).major()
