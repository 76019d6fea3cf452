"""Kits: a variant that is sold as one and stored as its components."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from entrepot.base import clock
from entrepot.base.errors import NotFound, UserError
from entrepot.base.ids import VariantId
from entrepot.catalog import values
from entrepot.catalog.models import KitComponent, Variant
from entrepot.people.audit import record

MOST_COMPONENTS = 50
MOST_UNITS = 10_000


def set_components(kit: VariantId, components: Sequence[tuple[str, int]], *, actor: str, source: str = "") -> bool:
    """The kit holds exactly these (SKU, units in one kit); with none it is no kit any more; whether that was a change.

    Whether stock, offers and orders allow it is for the floor that knows them (``orders.kits``); the variant is locked for it.
    Raises: UserError for a component that is a kit, the kit itself, archived or there twice; NotFound for an unknown SKU.
    """
    with transaction.atomic():
        row = Variant.objects.select_related("product").select_for_update(of=("self", "product")).filter(pk=kit).first()
        if row is None:
            raise NotFound(_("There is no such variant."))
        wanted = _components(row, components)
        before = {one.component.sku: one.quantity for one in row.components.select_related("component")}
        after = {component.sku: quantity for component, quantity in wanted}
        if before == after and row.is_kit == bool(wanted):
            return False
        row.components.all().delete()
        KitComponent.objects.bulk_create([KitComponent(kit=row, component=part, quantity=quantity) for part, quantity in wanted])
        row.is_kit = bool(wanted)
        row.save(update_fields=["is_kit"])
        row.product.version += 1
        row.product.changed_at = clock.now()
        row.product.save(update_fields=["version", "changed_at"])
        record("kit.changed", f"variant:{row.sku}", actor=actor, source=source, before=before, after=after)
    return True


def hold(variants: Collection[VariantId]) -> None:
    """These variants keep their components until the caller's transaction ends. Read them after it: until here they may change."""
    list(Variant.objects.raw("SELECT id FROM variant WHERE id = ANY (%s) ORDER BY id FOR KEY SHARE", [sorted(variants)]))


def _components(kit: Variant, components: Sequence[tuple[str, int]]) -> list[tuple[Variant, int]]:
    if len(components) > MOST_COMPONENTS:
        raise UserError(_("A kit has at most %(most)d components.") % {"most": MOST_COMPONENTS})
    if components and KitComponent.objects.filter(component=kit).exists():
        raise UserError(_("%(sku)s is part of another kit, so it cannot be a kit itself.") % {"sku": kit.sku})
    asked = {values.fold(sku): quantity for text, quantity in components if (sku := values.sku(text))}
    if len(asked) != len(components):
        raise UserError(_("A component stands there twice. Write its units together."))
    folded = [Upper(Value(sku)) for sku in asked]
    # Locked, so that no component becomes a kit while this kit is made of it.
    rows = Variant.objects.annotate(folded=Upper("sku")).filter(folded__in=folded).order_by("pk").select_for_update() if asked else []
    found = {values.fold(row.sku): row for row in rows}
    return [(_component(kit, found.get(sku), sku, quantity), quantity) for sku, quantity in asked.items()]


def _component(kit: Variant, component: Variant | None, sku: str, quantity: int) -> Variant:
    if component is None:
        raise NotFound(_("There is no SKU %(sku)s. Create it before it goes into a kit.") % {"sku": sku})
    if component.pk == kit.pk:
        raise UserError(_("%(sku)s cannot be a component of itself.") % {"sku": kit.sku})
    if component.is_kit:
        raise UserError(_("%(sku)s is a kit. A kit holds no kits: list its components instead.") % {"sku": component.sku})
    if component.archived_at is not None:
        raise UserError(_("%(sku)s is archived. Restore it first.") % {"sku": component.sku})
    if not 0 < quantity <= MOST_UNITS:
        raise UserError(_("%(sku)s: a kit cannot hold %(units)d units.") % {"sku": component.sku, "units": quantity})
    return component
