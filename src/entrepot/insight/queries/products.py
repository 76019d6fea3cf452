"""The product list, and one product with everything on its page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, Min, OuterRef, QuerySet, Sum
from django.utils.translation import gettext

from entrepot.base import sql
from entrepot.base.errors import NotFound
from entrepot.base.ids import VariantId
from entrepot.catalog.models import Media, Product, ProductText, Variant
from entrepot.channels.contract import OrderStatus
from entrepot.insight.paging import SIZE, Page, page
from entrepot.insight.queries import finding
from entrepot.insight.queries.names import PACKAGE, accounts, titles
from entrepot.insight.queries.offers import OfferState, in_scope, of_tab, state_of
from entrepot.insight.types import AccountRef
from entrepot.inventory import queries as inventory
from entrepot.orders.models import OrderLine
from entrepot.people.scope import Scope

TABS = ("all", "refused", "unlisted", "archived")
ORDER = ("-changed_at", "-pk")
WORST_FIRST = tuple(OfferState)


@dataclass(frozen=True)
class Lamp:
    """All offers of one product at one account, by the one that needs a person most."""

    account: AccountRef
    state: OfferState
    offers: int


@dataclass(frozen=True)
class ProductRow:
    """Prices in minor units of the base currency, lowest and highest of the variants."""

    public_id: UUID
    code: str
    title: str
    brand: str
    skus: Sequence[str]
    kit: bool
    on_hand: int
    atp: int
    price_from: int | None
    price_to: int | None
    lamps: Sequence[Lamp]
    picture: str
    changed_at: datetime


@dataclass(frozen=True)
class Text:
    language: str
    title: str
    description: str
    bullets: Sequence[str]


def listed(
    scope: Scope,
    language: str,
    *,
    tab: str = "all",
    typed: str = "",
    brand: str = "",
    account: UUID | None = None,
    cursor: str = "",
    size: int = SIZE,
) -> Page[ProductRow]:
    """One page of products, the last changed first."""
    rows = of_tab_of(scope, products(scope), tab)
    if brand:
        rows = rows.filter(brand=brand)
    if account is not None:
        rows = rows.filter(Exists(in_scope(scope).filter(variant__product=OuterRef("pk"), account__public_id=account)))
    found = page(finding.products(rows, typed), ORDER, cursor, size)
    return found.of(_rows(scope, found.rows, language))


def products(scope: Scope) -> QuerySet[Product]:
    return scope.on_products(Product.objects.all())


def of_tab_of(scope: Scope, rows: QuerySet[Product], tab: str) -> QuerySet[Product]:
    if tab == "archived":
        return rows.filter(archived_at__isnull=False)
    rows = rows.filter(archived_at__isnull=True)
    offers = in_scope(scope).filter(variant__product=OuterRef("pk"))
    if tab == "refused":
        return rows.filter(Exists(of_tab(offers, "refused")))
    if tab == "unlisted":
        return rows.exclude(Exists(offers))
    return rows


def found_one(scope: Scope, public_id: UUID) -> Product:
    """Raises: NotFound, also for a product of another person when this one sees only own products."""
    row = products(scope).select_related("owner").filter(public_id=public_id).first()
    if row is None:
        raise NotFound(gettext("There is no such product."))
    return row


def row_of(scope: Scope, product: Product, language: str) -> ProductRow:
    return _rows(scope, [product], language)[0]


def texts(product: Product) -> list[Text]:
    rows = ProductText.objects.filter(product=product).order_by("language")
    return [Text(row.language, row.title, row.description, row.bullets) for row in rows]


def variants(product: Product) -> list[Variant]:
    return list(product.variants.select_related("stock").prefetch_related("components__component").order_by("pk"))


def pictures(product: Product) -> list[str]:
    """Addresses a browser can show: on the web, or ours by content."""
    return [_address(row) for row in Media.objects.filter(product=product)]


def sold(product: Product, now: datetime, days: int = 30) -> list[int]:
    """Units sold a day over the last days, all channels, oldest first."""
    since = now - timedelta(days=days)
    found = [0] * days
    rows = OrderLine.objects.filter(variant__product=product, order__placed_at__gt=since).exclude(order__status=OrderStatus.CANCELED)
    for at, units in rows.values_list("order__placed_at").annotate(units=Sum(F("quantity") - F("canceled"))):
        found[min(days - 1, max(0, (at - since).days))] += units
    return found


def brands(scope: Scope, most: int = 200) -> list[str]:
    """The first brands in scope, in their order."""
    if scope.owner is None:
        return [row.brand for row in sql.rows(PACKAGE, "brands", {"most": most})]
    return list(products(scope).exclude(brand="").order_by("brand").values_list("brand", flat=True).distinct()[:most])


def _rows(scope: Scope, found: Sequence[Product], language: str) -> list[ProductRow]:
    ids = [row.pk for row in found]
    named = titles(ids, language)
    sums: dict[int, Any] = {
        row["product_id"]: row
        for row in Variant.objects.filter(product_id__in=ids)
        .values("product_id")
        .annotate(hand=Sum("stock__on_hand"), low=Min("price_minor"), high=Max("price_minor"))
    }
    skus: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    product_of: dict[VariantId, int] = {}
    for pk, product, sku, kit in Variant.objects.filter(product_id__in=ids).order_by("pk").values_list("pk", "product_id", "sku", "is_kit"):
        skus[product].append((sku, kit))
        product_of[VariantId(pk)] = product
    atp: dict[int, int] = defaultdict(int)  # not in the sums above: a kit stores no stock, and a paused location promises none
    for variant, units in inventory.atp(product_of).items():
        atp[product_of[variant]] += units
    lamps, media = _lamps(scope, ids), _pictures(ids)
    rows = []
    for row in found:
        total: dict[str, Any] = sums.get(row.pk, {})
        rows.append(
            ProductRow(
                public_id=row.public_id,
                code=row.code,
                title=named.get(row.pk, row.code),
                brand=row.brand,
                skus=[sku for sku, _ in skus[row.pk]],
                kit=any(kit for _, kit in skus[row.pk]),
                on_hand=total.get("hand") or 0,
                atp=atp[row.pk],
                price_from=total.get("low"),
                price_to=total.get("high"),
                lamps=lamps[row.pk],
                picture=media.get(row.pk, ""),
                changed_at=row.changed_at,
            )
        )
    return rows


def _lamps(scope: Scope, ids: Sequence[int]) -> Mapping[int, Sequence[Lamp]]:
    known = accounts(scope)
    states: dict[int, dict[int, list[OfferState]]] = defaultdict(lambda: defaultdict(list))
    for offer in in_scope(scope).filter(variant__product_id__in=ids).select_related("variant", "account"):
        states[offer.variant.product_id][offer.account_id].append(state_of(offer))
    return defaultdict(
        list,
        {
            product: [Lamp(ref, min(of[pk], key=WORST_FIRST.index), len(of[pk])) for pk, ref in known.items() if pk in of]
            for product, of in states.items()
        },
    )


def _pictures(ids: Sequence[int]) -> dict[int, str]:
    rows = Media.objects.filter(product_id__in=ids).order_by("product_id", "position", "pk").distinct("product_id")
    return {row.product_id: _address(row) for row in rows}


def _address(row: Media) -> str:
    return row.url or f"/media/{row.blob_id}"
