"""Which variants and products a typed word means: SKU, GTIN or title by their beginning.

Each table is asked for its own ids: an OR over two tables would read every row, where each prefix has an index.
"""

from typing import Any

from django.db.models import QuerySet

from entrepot.catalog.models import Product, ProductText, Variant

Ids = QuerySet[Any, Any]


def variants(rows: QuerySet[Variant], typed: str) -> QuerySet[Variant]:
    """Only those whose SKU, GTIN, product code or title begins with what was typed; all when nothing was."""
    text = typed.strip()
    if not text:
        return rows
    of_products = [Variant.objects.filter(product_id__in=ids).values_list("pk") for ids in _named(text)]
    return rows.filter(pk__in=any_of([*_coded(text, "pk"), *of_products]))


def products(rows: QuerySet[Product], typed: str) -> QuerySet[Product]:
    """Only those that are, or have a variant that is, what was typed."""
    text = typed.strip()
    return rows.filter(pk__in=any_of([*_named(text), *_coded(text, "product_id")])) if text else rows


def any_of(ids: list[Ids]) -> Ids:
    """The ids of all of them, each found by its own index."""
    first, *others = ids
    return first.union(*others, all=True)


def _coded(text: str, field: str) -> list[Ids]:
    found = [Variant.objects.filter(sku__istartswith=text)]
    if text.isdigit():
        found.append(Variant.objects.filter(gtin__startswith=text).exclude(gtin=""))
    return [rows.values_list(field) for rows in found]


def _named(text: str) -> list[Ids]:
    """Products by their code and by their title."""
    titled = ProductText.objects.filter(title__istartswith=text)
    return [Product.objects.filter(code__istartswith=text).values_list("pk"), titled.values_list("product_id")]
