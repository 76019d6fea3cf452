"""The stock matrix, one variant's places and its ledger."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Upper
from django.utils.translation import gettext

from entrepot.base.errors import NotFound
from entrepot.base.ids import LocationId, VariantId
from entrepot.catalog.models import KitComponent, Variant
from entrepot.channels.contract import OrderStatus
from entrepot.insight.paging import SIZE, Page, page
from entrepot.insight.queries import finding
from entrepot.insight.queries.summary import variant_numbers
from entrepot.insight.types import Shown
from entrepot.inventory.models import Location, Reservation, StockLevel, StockMove, VariantStock
from entrepot.inventory.types import LevelView, MoveView
from entrepot.orders.models import OrderLine
from entrepot.people.scope import Scope

TABS = ("all", "low", "short", "none")
PACE_DAYS = 28
MOVES_ORDER = ("-occurred_at", "-source_key")


@dataclass(frozen=True)
class Place:
    """A location at the head of a column. ``counted_at``: the newest count among the rows shown."""

    id: LocationId
    public_id: UUID
    code: str
    name: str
    country: str
    paused: bool
    counted_at: datetime | None = None


@dataclass(frozen=True)
class StockRow:
    """A variant of the matrix. A kit has no places of its own: ``parts`` says what it is made of."""

    variant: VariantId
    sku: str
    title: str
    product: UUID
    is_kit: bool
    on_hand: int
    reserved: int
    atp: int
    exposed: int
    allotted: bool
    low_at: int | None
    levels: Mapping[int, LevelView] = field(default_factory=dict)
    parts: Sequence[tuple[str, int]] = ()
    shown: Sequence[Shown] = ()

    @property
    def low(self) -> bool:
        return self.low_at is not None and self.atp <= self.low_at


@dataclass(frozen=True)
class ReservedFor:
    """Units held for one order (or for a cart: then without ``order``, until it expires)."""

    location: str
    quantity: int
    short: int
    since: datetime
    expires_at: datetime | None
    order: UUID | None
    number: str


def places() -> list[Place]:
    """Locations that are in use, the first choice first."""
    rows = Location.objects.filter(archived_at__isnull=True).order_by("priority", "name")
    return [Place(LocationId(row.pk), row.public_id, row.code, row.name, row.country, row.paused) for row in rows]


def matrix(
    scope: Scope,
    *,
    language: str,
    tab: str = "all",
    typed: str = "",
    location: int | None = None,
    cursor: str = "",
    size: int = SIZE,
) -> Page[StockRow]:
    """One page of variants in SKU order with their levels."""
    rows = scope.on_products(Variant.objects.filter(archived_at__isnull=True), "product__owner_id")
    rows = finding.variants(_of_tab(rows, tab), typed)
    if location is not None:
        rows = rows.filter(pk__in=StockLevel.objects.filter(location_id=location).values("variant_id"))
    found = page(rows.annotate(key=Upper("sku")), ("key",), cursor, size)
    return found.of(_rows(scope, found.rows, language))


def one(scope: Scope, sku: str, language: str) -> StockRow:
    """Raises: NotFound for a SKU that does not exist or is not this person's."""
    rows = scope.on_products(Variant.objects.all(), "product__owner_id")
    found = rows.filter(sku__iexact=sku.strip()).first()
    if found is None:
        raise NotFound(gettext("There is no variant “{sku}”.").format(sku=sku))
    return _rows(scope, [found], language)[0]


def low(scope: Scope, language: str, size: int = 8) -> list[StockRow]:
    """Variants at or below the level at which their owner wants to be told, the fewest left first."""
    rows = scope.on_products(Variant.objects.filter(archived_at__isnull=True), "product__owner_id")
    found = _of_tab(rows, "low").order_by("stock__atp", "sku")[:size]
    return _rows(scope, list(found), language)


def sold_a_day(skus: Sequence[str], now: datetime) -> dict[str, float]:
    """Units sold a day on average over the last 28 days, all channels; a SKU that sold nothing is left out."""
    rows = OrderLine.objects.filter(variant__sku__in=skus, order__placed_at__gt=now - timedelta(days=PACE_DAYS))
    sold = rows.exclude(order__status=OrderStatus.CANCELED).values("variant__sku").annotate(units=Sum(F("quantity") - F("canceled")))
    return {row["variant__sku"]: row["units"] / PACE_DAYS for row in sold if row["units"] > 0}


def policy_reason(variant: VariantId) -> str:
    """Why this variant is pooled or allotted, in the words of who set it; empty while nobody did."""
    return VariantStock.objects.filter(pk=variant).values_list("policy_reason", flat=True).first() or ""


def reserved_for(variant: VariantId, most: int = 50) -> list[ReservedFor]:
    """What holds this variant's reserved units, the newest first."""
    rows = Reservation.objects.filter(variant_id=variant).select_related("location").order_by("-created_at")[:most]
    lines = {row.demand_ref: row for row in rows}
    ids = [int(ref.partition(":")[2]) for ref in lines if ref.startswith("order-line:")]
    orders = {
        f"order-line:{pk}": (public_id, number)
        for pk, public_id, number in OrderLine.objects.filter(pk__in=ids).values_list("pk", "order__public_id", "order__channel_order_id")
    }
    return [
        ReservedFor(row.location.name, row.quantity, row.short, row.created_at, row.expires_at, *orders.get(row.demand_ref, (None, "")))
        for row in rows
    ]


def ledger(variant: VariantId, *, reason: str = "", location: int | None = None, cursor: str = "", size: int = SIZE) -> Page[MoveView]:
    """Every movement of a variant, the newest first."""
    rows = StockMove.objects.filter(variant_id=variant).select_related("location")
    if reason:
        rows = rows.filter(reason=reason)
    if location is not None:
        rows = rows.filter(location_id=location)
    found = page(rows, MOVES_ORDER, cursor, size)
    return found.of([_move(row) for row in found.rows])


def _of_tab(rows: QuerySet[Variant], tab: str) -> QuerySet[Variant]:
    if tab == "low":
        return rows.filter(low_stock_at__isnull=False, stock__atp__lte=F("low_stock_at"))
    if tab == "short":
        return rows.filter(stock__exposed__gt=F("stock__atp"))
    if tab == "none":
        return rows.filter(stock__atp=0, is_kit=False)
    return rows


def _rows(scope: Scope, found: Sequence[Variant], language: str) -> list[StockRow]:
    ids = [row.pk for row in found]
    numbers = {row.sku: row for row in variant_numbers(scope, language=language, skus=[v.sku for v in found], size=len(found))}
    levels, parts = _levels(ids), _parts(ids)
    return [
        StockRow(
            variant=VariantId(row.pk),
            sku=row.sku,
            title=numbers[row.sku].title,
            product=numbers[row.sku].product,
            is_kit=row.is_kit,
            on_hand=numbers[row.sku].on_hand,
            reserved=numbers[row.sku].reserved,
            atp=numbers[row.sku].atp,
            exposed=numbers[row.sku].exposed,
            allotted=numbers[row.sku].allotted,
            low_at=row.low_stock_at,
            levels=levels[row.pk],
            parts=parts[row.pk],
            shown=numbers[row.sku].shown,
        )
        for row in found
        if row.sku in numbers
    ]


def _levels(ids: Sequence[int]) -> dict[int, dict[int, LevelView]]:
    found: dict[int, dict[int, LevelView]] = defaultdict(dict)
    for row in StockLevel.objects.filter(variant_id__in=ids).select_related("location"):
        found[row.variant_id][row.location_id] = LevelView(
            VariantId(row.variant_id),
            LocationId(row.location_id),
            row.location.code,
            row.location.name,
            row.on_hand,
            row.reserved,
            row.safety_stock,
            row.reported_at,
        )
    return found


def _parts(ids: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for row in KitComponent.objects.filter(kit_id__in=ids).select_related("component").order_by("pk"):
        found[row.kit_id].append((row.component.sku, row.quantity))
    return found


def _move(row: StockMove) -> MoveView:
    return MoveView(
        row.occurred_at,
        row.recorded_at,
        row.location.code,
        row.reason,
        row.actor,
        row.on_hand_delta,
        row.reserved_delta,
        row.on_hand_after,
        row.reserved_after,
        row.source_key,
        row.note,
    )
