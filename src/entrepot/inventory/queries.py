"""Reading stock, and explaining the numbers it leads to."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F

from entrepot.base.ids import LocationId, VariantId
from entrepot.catalog import queries as catalog
from entrepot.inventory.models import Location, Reservation, StockLevel, StockMove, VariantStock
from entrepot.inventory.types import Explanation, LevelView, MoveView, Step


def levels(variants: Iterable[VariantId]) -> list[LevelView]:
    """Every level of these variants, best location first."""
    rows = (
        StockLevel.objects.filter(variant_id__in=set(variants))
        .order_by("variant_id", "location__priority", "location__code")
        .values_list("variant_id", "location_id", "location__code", "location__name", "on_hand", "reserved", "safety_stock", "reported_at")
    )
    return [LevelView(VariantId(row[0]), LocationId(row[1]), *row[2:]) for row in rows]


def atp(variants: Iterable[VariantId]) -> dict[VariantId, int]:
    """ATP over all open locations; a kit's is what its components allow (DESIGN 4)."""
    wanted = set(variants)
    kits = catalog.components_of(wanted)
    parts = {component for components in kits.values() for component, _ in components}
    shelf = _open_levels(wanted | parts)
    return {variant: kit_atp(kits[variant], shelf) if variant in kits else sum(shelf.get(variant, {}).values()) for variant in wanted}


def kit_atp(components: Sequence[tuple[VariantId, int]], shelf: dict[VariantId, dict[LocationId, int]]) -> int:
    """Σ over locations of min over components of ⌊ATP ÷ quantity⌋: a kit is packed at one place."""
    if not components:
        return 0
    places = set.intersection(*(set(shelf.get(component, {})) for component, _ in components))
    return sum(min(shelf[component][place] // quantity for component, quantity in components) for place in places)


def explain_atp(variant: VariantId) -> Explanation:
    """Why that many may be promised: steps that sum to the answer. A kit's steps are per location what its scarcest part allows."""
    components = catalog.components_of([variant]).get(variant)
    if components:
        return _explain_kit(components)
    steps: list[Step] = []
    for level in levels([variant]):
        place: dict[str, str | int] = {"location": level.location_name}
        steps.append(Step("ST1", "on hand at {location}", level.on_hand, place))
        steps.append(Step("ST1", "reserved at {location}", -level.reserved, place))
        kept = min(level.safety_stock, level.on_hand - level.reserved)
        steps.append(Step("ST2", "kept back as safety stock at {location}", -kept, place))
    closed = _closed_places(variant)
    for name, units in closed:
        steps.append(Step("ST1", "{location} is paused", -units, {"location": name}))
    return Explanation(sum(step.amount for step in steps), [step for step in steps if step.amount or step.label.startswith("on hand")])


def moves(
    variant: VariantId, *, before: tuple[datetime, str] | None = None, location: LocationId | None = None, limit: int = 100
) -> list[MoveView]:
    """The ledger of a variant, newest first; ``before`` is the (at, source key) of the last row of the page before."""
    rows = StockMove.objects.filter(variant_id=variant).order_by("-occurred_at", "-source_key")
    if location is not None:
        rows = rows.filter(location_id=location)
    if before is not None:
        rows = rows.filter(occurred_at__lte=before[0]).exclude(occurred_at=before[0], source_key__gte=before[1])
    found = rows.values_list(
        "occurred_at",
        "recorded_at",
        "location__code",
        "reason",
        "actor",
        "on_hand_delta",
        "reserved_delta",
        "on_hand_after",
        "reserved_after",
        "source_key",
        "note",
    )[:limit]
    return [MoveView(*row) for row in found]


def reserved_for(demand_refs: Iterable[str]) -> dict[tuple[str, LocationId], dict[VariantId, int]]:
    """(demand, location) -> variant -> units reserved there."""
    found: dict[tuple[str, LocationId], dict[VariantId, int]] = {}
    rows = Reservation.objects.filter(demand_ref__in=list(demand_refs), quantity__gt=0)
    for ref, location, variant, units in rows.values_list("demand_ref", "location_id", "variant_id", "quantity"):
        found.setdefault((ref, LocationId(location)), {})[VariantId(variant)] = units
    return found


def location_ids(codes: Sequence[str]) -> list[LocationId]:
    """Locations by code, in the order asked; unknown codes are left out."""
    found = dict(Location.objects.filter(code__in=codes).values_list("code", "pk"))
    return [LocationId(found[code]) for code in codes if code in found]


def totals(variants: Iterable[VariantId]) -> dict[VariantId, VariantStock]:
    """The headers, for lists."""
    return {VariantId(row.variant_id): row for row in VariantStock.objects.filter(variant_id__in=set(variants))}


def _open_levels(variants: set[VariantId]) -> dict[VariantId, dict[LocationId, int]]:
    rows = StockLevel.objects.filter(
        variant_id__in=variants, location__paused=False, location__archived_at=None, on_hand__gt=F("reserved") + F("safety_stock")
    ).values_list("variant_id", "location_id", "on_hand", "reserved", "safety_stock")
    shelf: dict[VariantId, dict[LocationId, int]] = {}
    for variant, location, on_hand, reserved, safety in rows:
        shelf.setdefault(VariantId(variant), {})[LocationId(location)] = on_hand - reserved - safety
    return shelf


def _closed_places(variant: VariantId) -> list[tuple[str, int]]:
    rows = StockLevel.objects.filter(variant_id=variant).exclude(location__paused=False, location__archived_at=None)
    return [
        (name, max(0, on_hand - reserved - safety))
        for name, on_hand, reserved, safety in rows.values_list("location__name", "on_hand", "reserved", "safety_stock")
    ]


def _explain_kit(components: Sequence[tuple[VariantId, int]]) -> Explanation:
    shelf = _open_levels({component for component, _ in components})
    places = {level.location: level.location_name for level in levels(component for component, _ in components)}
    steps: list[Step] = []
    for place, name in places.items():
        counts = [(shelf.get(component, {}).get(place, 0) // quantity, component, quantity) for component, quantity in components]
        units, scarcest, quantity = min(counts)
        sku = catalog.sku_of(scarcest)
        steps.append(
            Step("kit", "{location}: {sku} allows it ({quantity} a kit)", units, {"location": name, "sku": sku, "quantity": quantity})
        )
    return Explanation(sum(step.amount for step in steps), steps)
