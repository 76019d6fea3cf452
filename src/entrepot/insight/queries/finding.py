"""Which variants and products a typed word means: SKU, GTIN or title by their beginning."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from entrepot.catalog.models import Product, ProductText, Variant


def variants(rows: QuerySet[Variant], typed: str) -> QuerySet[Variant]:
    """Only those whose SKU, GTIN, product code or title begins with what was typed; all when nothing was."""
    text = typed.strip()
    if not text:
        return rows
    titled = ProductText.objects.filter(product=OuterRef("product"), title__istartswith=text)
    return rows.filter(_code(text) | Q(product__code__istartswith=text) | Exists(titled))


def products(rows: QuerySet[Product], typed: str) -> QuerySet[Product]:
    """Only those that are, or have a variant that is, what was typed."""
    text = typed.strip()
    if not text:
        return rows
    titled = ProductText.objects.filter(product=OuterRef("pk"), title__istartswith=text)
    coded = Variant.objects.filter(_code(text), product=OuterRef("pk"))
    return rows.filter(Q(code__istartswith=text) | Exists(coded) | Exists(titled))


def _code(text: str) -> Q:
    code = Q(sku__istartswith=text)
    return code | Q(gtin__startswith=text) if text.isdigit() else code
