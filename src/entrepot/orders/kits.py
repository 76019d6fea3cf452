"""Changing what a variant is made of, once it has stock, offers and orders."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext, ngettext

from entrepot.base.errors import WrongState
from entrepot.base.ids import VariantId
from entrepot.catalog import queries as catalog
from entrepot.catalog.actions import kits
from entrepot.inventory import queries as stock
from entrepot.listings import actions as listings
from entrepot.orders.models import OrderLine


def set_components(kit: VariantId, components: Sequence[tuple[str, int]], *, actor: str, source: str = "") -> None:
    """The kit holds exactly these (SKU, units in one kit); with none it is no kit any more. The same again changes nothing.

    What was sold is what is packed: while units of the variant lie somewhere, are reserved for an order or can still be bought on a
    channel, its components stay. Intake and lanes hold them the other way round (``catalog.actions.kits.hold``).
    Raises: UserError for components that make no kit; NotFound for an unknown SKU; WrongState saying what to end first.
    """
    with transaction.atomic():
        if not kits.set_components(kit, components, actor=actor, source=source):
            return
        _refuse_stored(kit)
        _refuse_ordered(kit)
        listings.kit_changes(kit)


def _refuse_stored(kit: VariantId) -> None:
    place = next((level.location_name for level in stock.levels([kit]) if level.on_hand or level.reserved), None)
    if place is not None:
        raise WrongState(
            gettext("{sku} lies at {place}. A kit is stored as its components: count it to 0 there first.").format(
                sku=catalog.sku_of(kit), place=place
            )
        )


def _refuse_ordered(kit: VariantId) -> None:
    reserved = OrderLine.objects.filter(variant_id=kit, quantity__gt=F("canceled") + F("fulfilled") + F("short"))
    orders = reserved.values("order_id").distinct().count()
    if orders:
        raise WrongState(
            ngettext(
                "{orders} open order is packed with the components that {sku} has now. Ship or cancel it first, or make another variant.",
                "{orders} open orders are packed with the components that {sku} has now. Ship or cancel them first, or make another variant.",
                orders,
            ).format(orders=orders, sku=catalog.sku_of(kit))
        )
