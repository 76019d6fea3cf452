"""Variants: what is counted and sold. A SKU may hold a slash, so it stands in the query string."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import Field

from entrepot.api.access import Caller, caller
from entrepot.api.door import Door
from entrepot.api.problems import Problem
from entrepot.api.products import Options, VariantOut, Version, variant_out
from entrepot.api.shapes import Answered, Body, MoneyIn, Sku, SkuAsked, Units, Words, minor_of
from entrepot.base.ids import VariantId
from entrepot.catalog import actions as catalog
from entrepot.catalog import queries
from entrepot.catalog.types import ProductView
from entrepot.insight.queries import lookup
from entrepot.listings import actions as listings
from entrepot.listings.types import Policy
from entrepot.orders import kits
from entrepot.people.deployment import base_currency
from entrepot.people.types import Right

door = Door(tags=["variants"])


class VariantChange(Body):
    """Only what is named changes; null empties a price, a measure or the low-stock level."""

    version: Version
    sku: Sku | None = None
    gtin: Annotated[str, Field(max_length=20)] | None = None
    options: Options | None = None
    price: MoneyIn | None = None
    cost: MoneyIn | None = None
    weight_g: Units | None = None
    length_mm: Units | None = None
    width_mm: Units | None = None
    height_mm: Units | None = None
    low_stock_at: Units | None = None


class Component(Body):
    sku: Sku
    quantity: Annotated[int, Field(strict=True, ge=1, le=10_000)]


class Components(Body):
    """All components of the kit; none: it is no kit any more."""

    components: Annotated[list[Component], Field(max_length=50)]


class PolicyBody(Body):
    policy: Policy
    reason: Annotated[str, Field(min_length=1, max_length=80)]


class VariantDetail(VariantOut):
    product: UUID
    version: int


class FoundVariant(Answered):
    sku: str
    gtin: str
    title: str
    product: UUID
    is_kit: bool


class Found(Answered):
    rows: list[FoundVariant]


class PolicyOut(Answered):
    sku: str
    policy: Policy


@door.reads("/variants", needs=Right.SEE, answer=Found, summary="Find variants by SKU, GTIN or title")
def find_variants(request: HttpRequest, q: Words, limit: Annotated[int, Field(ge=1, le=100)] = 20) -> Any:
    """The first ones that begin with `q`. To walk through all of them use /stock."""
    rows = queries.search(q, scope=caller(request).scope, most=limit)
    return {
        "rows": [FoundVariant(sku=r.sku, gtin=r.gtin, title=r.title, product=r.product, is_kit=r.is_kit) for r in rows],
    }


@door.reads("/variant", needs=Right.SEE, answer=VariantDetail, summary="One variant")
def read_variant(request: HttpRequest, sku: SkuAsked) -> Any:
    return _shown(caller(request), sku)


@door.writes("PATCH", "/variant", needs=Right.EDIT_PRODUCT, answer=VariantDetail, summary="Change a variant")
def change_variant(request: HttpRequest, sku: SkuAsked, body: VariantChange) -> Any:
    """The version is the product's; somebody else's change since then is never overwritten (409)."""
    who = caller(request)
    variant, product = _found(who, sku)
    given = body.model_dump(exclude_unset=True, exclude={"version", "price", "cost"})
    empty = [name for name in ("sku", "gtin", "options") if name in given and given[name] is None]
    if empty:
        raise Problem(422, "invalid", _("“%(field)s” cannot be null. Leave it out to keep it.") % {"field": empty[0]})
    for name, money in (("price", body.price), ("cost", body.cost)):
        if name in body.model_fields_set:
            given[f"{name}_minor"] = minor_of(money, base_currency())
    catalog.update_product(product.public_id, version=body.version, actor=who.actor, source=who.source, variants={variant: given})
    return _shown(who, body.sku or sku)


@door.writes("PUT", "/variant/components", needs=Right.EDIT_PRODUCT, answer=VariantDetail, summary="Say what a kit is made of")
def set_components(request: HttpRequest, sku: SkuAsked, body: Components) -> Any:
    who = caller(request)
    variant, _product = _found(who, sku)
    if body.components:
        lookup.variants(who.scope, [one.sku.strip() for one in body.components])
    kits.set_components(variant, [(one.sku, one.quantity) for one in body.components], actor=who.actor, source=who.source)
    return _shown(who, sku)


@door.writes("POST", "/variant/archive", needs=Right.EDIT_PRODUCT, answer=VariantDetail, summary="Archive a variant")
def archive_variant(request: HttpRequest, sku: SkuAsked) -> Any:
    who = caller(request)
    catalog.archive_variant(_found(who, sku)[0], actor=who.actor, source=who.source)
    return _shown(who, sku)


@door.writes("POST", "/variant/restore", needs=Right.EDIT_PRODUCT, answer=VariantDetail, summary="Bring a variant back")
def restore_variant(request: HttpRequest, sku: SkuAsked) -> Any:
    who = caller(request)
    catalog.restore_variant(_found(who, sku)[0], actor=who.actor, source=who.source)
    return _shown(who, sku)


@door.writes("PUT", "/variant/policy", needs=Right.EDIT_PRODUCT, answer=PolicyOut, summary="Choose how a variant's stock is promised")
def set_policy(request: HttpRequest, sku: SkuAsked, body: PolicyBody) -> Any:
    """`pooled`: every channel shows the stock, fast. `allotted`: no unit can be sold twice; each channel shows its part."""
    who = caller(request)
    listings.set_policy(_found(who, sku)[0], body.policy, reason=body.reason, actor=who.actor)
    return PolicyOut(sku=sku.strip(), policy=body.policy)


def _found(who: Caller, sku: str) -> tuple[VariantId, ProductView]:
    """Raises: NotFound, also for a variant outside the caller's scope."""
    variant = lookup.variant(who.scope, sku)
    return variant, queries.product(queries.product_of(variant), scope=who.scope)


def _shown(who: Caller, sku: str) -> VariantDetail:
    variant, product = _found(who, sku)
    one = next(view for view in product.variants if view.id == variant)
    plain = variant_out(one, base_currency()).model_dump()
    return VariantDetail(**plain, product=product.public_id, version=product.version)
