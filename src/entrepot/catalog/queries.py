"""Reading products and variants."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models.functions import Upper

from entrepot.base.errors import NotFound
from entrepot.base.ids import VariantId
from entrepot.catalog.models import KitComponent, Variant


def sku_of(variant: VariantId) -> str:
    """The SKU as typed."""
    return Variant.objects.values_list("sku", flat=True).get(pk=variant)


def variant_of(sku: str) -> VariantId:
    """The variant with this SKU, in any case of letters.

    Raises: NotFound.
    """
    found = Variant.objects.filter(archived_at=None).annotate(key=Upper("sku")).filter(key=sku.strip().upper()).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(f"There is no SKU “{sku}”. Create the product first, or check the spelling.")
    return VariantId(found)


def components_of(variants: Iterable[VariantId]) -> dict[VariantId, list[tuple[VariantId, int]]]:
    """Kit -> its (component, quantity a kit) in component order; variants that are no kits are left out."""
    found: dict[VariantId, list[tuple[VariantId, int]]] = defaultdict(list)
    rows = KitComponent.objects.filter(kit_id__in=set(variants)).order_by("kit_id", "component_id")
    for kit, component, quantity in rows.values_list("kit_id", "component_id", "quantity"):
        found[VariantId(kit)].append((VariantId(component), quantity))
    return dict(found)
