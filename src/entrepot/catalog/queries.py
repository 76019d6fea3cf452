"""Reading products and variants."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from entrepot.base import sql
from entrepot.base.errors import NotFound
from entrepot.base.ids import ProductId, Sku, UserId, VariantId
from entrepot.catalog import values
from entrepot.catalog.models import KitComponent, Media, MediaBlob, Product, ProductText, Variant
from entrepot.catalog.types import MediaContent, Picture, ProductRow, ProductView, Text, VariantContent, VariantRow, VariantView
from entrepot.people.scope import EVERYTHING, Scope

PACKAGE = "entrepot.catalog"
FALLBACK = "en"
PAGE = 50


def sku_of(variant: VariantId) -> str:
    """The SKU as typed."""
    return Variant.objects.values_list("sku", flat=True).get(pk=variant)


def variant_of(sku: str) -> VariantId:
    """The variant with this SKU, however its case is typed. Raises: NotFound."""
    found = variants_of([sku.strip()])
    if not found:
        raise NotFound(_("There is no SKU %(sku)s. Create it, or check how it is written.") % {"sku": sku.strip()})
    return found[sku.strip()]


def variants_of(skus: Iterable[str]) -> dict[str, VariantId]:
    """SKU as asked -> variant, however the case is typed; unknown ones are left out."""
    asked = sorted(set(skus))
    rows = sql.rows(PACKAGE, "known_variants", {"skus": asked}) if asked else []
    return {row.asked: VariantId(row.variant_id) for row in rows}


def components_of(variants: Iterable[VariantId]) -> dict[VariantId, list[tuple[VariantId, int]]]:
    """Kit -> its (component, quantity a kit) in component order; variants that are no kits are left out."""
    found: dict[VariantId, list[tuple[VariantId, int]]] = defaultdict(list)
    rows = KitComponent.objects.filter(kit_id__in=set(variants)).order_by("kit_id", "component_id")
    for kit, component, quantity in rows.values_list("kit_id", "component_id", "quantity"):
        found[VariantId(kit)].append((VariantId(component), quantity))
    return dict(found)


def product(public_id: UUID, *, scope: Scope = EVERYTHING) -> ProductView:
    """One product with everything. Raises: NotFound, also for a product outside the scope."""
    row = scope.on_products(Product.objects.all()).filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such product."))
    return ProductView(
        id=ProductId(row.pk),
        public_id=row.public_id,
        version=row.version,
        code=row.code,
        brand=row.brand,
        category=row.category,
        origin_country=row.origin_country,
        hs_code=row.hs_code,
        option_names=tuple(row.option_names),
        attributes=row.attributes,
        owner=UserId(row.owner_id) if row.owner_id else None,
        changed_at=row.changed_at,
        archived_at=row.archived_at,
        texts={one.language: Text(one.title, one.description, tuple(one.bullets)) for one in row.texts.order_by("language")},
        variants=_variants(row),
        pictures=tuple(_picture(one) for one in row.media.all()),
    )


def product_of(variant: VariantId) -> UUID:
    """The public id of a variant's product."""
    return Variant.objects.values_list("product__public_id", flat=True).get(pk=variant)


def listed(*, scope: Scope = EVERYTHING, after: UUID | None = None, size: int = PAGE, archived: bool = False) -> list[ProductRow]:
    """Products in the order they were made, from the one after ``after``: pages by key, nothing is counted."""
    rows = scope.on_products(Product.objects.filter(archived_at__isnull=not archived))
    if after is not None:
        rows = rows.filter(public_id__gt=after)
    return _rows(list(rows.order_by("public_id")[:size]))


def search(typed: str, *, scope: Scope = EVERYTHING, most: int = 20) -> list[VariantRow]:
    """Variants whose SKU, GTIN or title begins with what was typed: SKUs first, in their order."""
    text = typed.strip()
    if not text:
        return []
    living = scope.on_products(Variant.objects.filter(archived_at=None), "product__owner_id").select_related("product")
    found = {row.pk: row for row in living.filter(sku__istartswith=text).order_by(Upper("sku"))[:most]}
    if text.isdigit():
        found |= {row.pk: row for row in living.filter(gtin__startswith=text).exclude(gtin="").order_by("gtin")[:most]}
    if len(found) < most:
        titled = ProductText.objects.filter(title__istartswith=text).values_list("product_id", flat=True)[:most]
        found |= {row.pk: row for row in living.filter(product_id__in=list(titled)).order_by("pk")[:most]}
    rows = list(islice(found.values(), most))
    titles = _titles({row.product_id for row in rows})
    return [
        VariantRow(
            VariantId(row.pk), Sku(row.sku), row.gtin, titles.get(row.product_id, row.product.code), row.product.public_id, row.is_kit
        )
        for row in rows
    ]


def content_of(variants: Iterable[VariantId], language: str, *, fallbacks: Sequence[str] = (FALLBACK,)) -> dict[VariantId, VariantContent]:
    """What listings show of these variants, the words in ``language``, else in its base (zh-tw -> zh), else in a fallback, else in any.

    A product without any text is called by its code. Unknown variants are left out.
    """
    tag = values.language(language)
    languages = list(dict.fromkeys([tag, tag.partition("-")[0], *fallbacks]))
    rows = sql.rows(PACKAGE, "content", {"variants": sorted(set(variants)), "languages": languages})
    return {VariantId(row.variant_id): _content(row) for row in rows}


def media_content(sha256: str) -> MediaContent:
    """The bytes of an uploaded picture. Raises: NotFound."""
    blob = MediaBlob.objects.filter(pk=sha256).first()
    if blob is None:
        raise NotFound(_("There is no such picture."))
    return MediaContent(blob.mime, blob.width, blob.height, bytes(blob.content))


def _variants(row: Product) -> tuple[VariantView, ...]:
    rows = list(row.variants.order_by("pk"))
    parts: dict[int, list[tuple[Sku, int]]] = defaultdict(list)
    kits = KitComponent.objects.filter(kit__in=[one.pk for one in rows if one.is_kit]).order_by("kit_id", "component_id")
    for kit, sku, quantity in kits.values_list("kit_id", "component__sku", "quantity"):
        parts[kit].append((Sku(sku), quantity))
    return tuple(
        VariantView(
            id=VariantId(one.pk),
            sku=Sku(one.sku),
            gtin=one.gtin,
            options=one.options,
            is_kit=one.is_kit,
            price_minor=one.price_minor,
            cost_minor=one.cost_minor,
            weight_g=one.weight_g,
            length_mm=one.length_mm,
            width_mm=one.width_mm,
            height_mm=one.height_mm,
            low_stock_at=one.low_stock_at,
            archived_at=one.archived_at,
            components=tuple(parts[one.pk]),
        )
        for one in rows
    )


def _rows(found: Sequence[Product]) -> list[ProductRow]:
    ids = {row.pk for row in found}
    titles, skus = _titles(ids), defaultdict(list)
    for product_id, sku in Variant.objects.filter(product_id__in=ids).order_by("pk").values_list("product_id", "sku"):
        skus[product_id].append(Sku(sku))
    return [
        ProductRow(
            public_id=row.public_id,
            code=row.code,
            title=titles.get(row.pk, row.code),
            brand=row.brand,
            skus=tuple(skus[row.pk]),
            changed_at=row.changed_at,
            archived_at=row.archived_at,
        )
        for row in found
    ]


def _titles(products: set[int]) -> dict[int, str]:
    """English where there is one, else the first language."""
    rows: QuerySet[Any, Any] = ProductText.objects.filter(product_id__in=products).order_by("product_id", "language")
    found: dict[int, str] = {}
    for product_id, language, title in rows.values_list("product_id", "language", "title"):
        if language == FALLBACK or product_id not in found:
            found[product_id] = title
    return found


def _content(row: Any) -> VariantContent:
    pictures = [
        Picture(one["id"], one["position"], one["url"], one["sha256"] or "", one["variant"]) for one in json.loads(row.pictures or "[]")
    ]
    return VariantContent(
        variant=VariantId(row.variant_id),
        sku=Sku(row.sku),
        gtin=row.gtin,
        product=ProductId(row.product_id),
        product_code=row.code,
        language=row.language or "",
        title=row.title or row.code,
        description=row.description or "",
        bullets=tuple(json.loads(row.bullets or "[]")),
        brand=row.brand,
        category=row.category,
        options=json.loads(row.options),
        option_names=tuple(json.loads(row.option_names)),
        attributes=json.loads(row.attributes),
        price_minor=row.price_minor,
        weight_g=row.weight_g,
        is_kit=row.is_kit,
        archived=row.archived,
        siblings=tuple(Sku(sku) for sku in row.siblings or ()),
        pictures=tuple(pictures),
        content_version=row.version,
    )


def _picture(row: Media) -> Picture:
    variant = VariantId(row.variant_id) if row.variant_id else None
    return Picture(row.pk, row.position, row.url, row.blob_id or "", variant)
