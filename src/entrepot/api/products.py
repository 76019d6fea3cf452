"""Products: what is described. Listed, made, changed under a version, archived and restored."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import Field

from entrepot.api.access import Caller, caller
from entrepot.api.door import Door
from entrepot.api.problems import Problem
from entrepot.api.shapes import (
    AccountOut,
    Answered,
    Body,
    Cursor,
    Limit,
    MoneyIn,
    MoneyOut,
    PageOf,
    Sku,
    Typed,
    Units,
    account_out,
    minor_of,
    money_out,
    paged,
)
from entrepot.base.ids import UserId
from entrepot.catalog import actions as catalog
from entrepot.catalog import queries
from entrepot.catalog.types import ProductDraft, ProductView, Text, VariantDraft, VariantView
from entrepot.insight.queries import lookup
from entrepot.insight.queries import products as lists
from entrepot.people.deployment import base_currency
from entrepot.people.types import Right

door = Door(tags=["products"])

Code = Annotated[str, Field(min_length=1, max_length=80)]
Line = Annotated[str, Field(max_length=500)]
Prose = Annotated[str, Field(max_length=100_000)]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}(-[a-z0-9]{2,8})*$", max_length=10)]
Options = Annotated[dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=80)]], Field(max_length=5)]
Version = Annotated[int, Field(strict=True, ge=0, le=2_147_483_647, description="The `version` that you read.")]


class TextBody(Body):
    title: Annotated[str, Field(min_length=1, max_length=500)]
    description: Prose = ""
    bullets: Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=50)] = []


class VariantBody(Body):
    """A variant about to be made. The price is gross, the cost net, both in the base currency."""

    sku: Sku
    gtin: Annotated[str, Field(max_length=20)] = ""
    options: Options = {}
    price: MoneyIn | None = None
    cost: MoneyIn | None = None
    weight_g: Units | None = None
    length_mm: Units | None = None
    width_mm: Units | None = None
    height_mm: Units | None = None
    low_stock_at: Units | None = None


class ProductBody(Body):
    code: Code
    variants: Annotated[list[VariantBody], Field(min_length=1, max_length=250)]
    texts: Annotated[dict[Language, TextBody], Field(max_length=50)] = {}
    brand: Annotated[str, Field(max_length=80)] = ""
    category: Annotated[str, Field(max_length=120)] = ""
    origin_country: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = ""
    hs_code: Annotated[str, Field(pattern="^([0-9]{6,10})?$")] = ""
    option_names: Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(max_length=5)] = []
    attributes: Annotated[dict[str, Any], Field(max_length=200)] = {}


class ProductChange(Body):
    """Only what is named changes. A language with null is removed."""

    version: Version
    code: Code | None = None
    brand: Annotated[str, Field(max_length=80)] | None = None
    category: Annotated[str, Field(max_length=120)] | None = None
    origin_country: Annotated[str, Field(pattern="^([A-Z]{2})?$")] | None = None
    hs_code: Annotated[str, Field(pattern="^([0-9]{6,10})?$")] | None = None
    option_names: Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(max_length=5)] | None = None
    attributes: Annotated[dict[str, Any], Field(max_length=200)] | None = None
    texts: Annotated[dict[Language, TextBody | None], Field(max_length=50)] = {}
    new_variants: Annotated[list[VariantBody], Field(max_length=250)] = []


class PictureBody(Body):
    """A picture that stays on the web, where the channels fetch it. `sku`: of this variant only."""

    url: Annotated[str, Field(min_length=8, max_length=2000)]
    sku: Sku | None = None


class PictureOut(Answered):
    url: str
    sha256: str


class TextOut(Answered):
    title: str
    description: str
    bullets: list[str]


class ComponentOut(Answered):
    sku: str
    quantity: int


class VariantOut(Answered):
    sku: str
    gtin: str
    options: dict[str, str]
    is_kit: bool
    components: list[ComponentOut]
    price: MoneyOut | None
    cost: MoneyOut | None
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    low_stock_at: int | None
    archived_at: datetime | None


class ProductOut(Answered):
    id: UUID
    version: int
    code: str
    brand: str
    category: str
    origin_country: str
    hs_code: str
    option_names: list[str]
    attributes: dict[str, Any]
    texts: dict[str, TextOut]
    variants: list[VariantOut]
    pictures: list[PictureOut]
    changed_at: datetime
    archived_at: datetime | None


class LampOut(Answered):
    """All offers of the product on one account, by the one that needs a person most."""

    account: AccountOut
    state: str
    offers: int


class ProductRowOut(Answered):
    id: UUID
    code: str
    title: str
    brand: str
    skus: list[str]
    is_kit: bool
    on_hand: int
    available_to_promise: int
    price_from: MoneyOut | None
    price_to: MoneyOut | None
    channels: list[LampOut]
    changed_at: datetime


@door.reads("/products", needs=Right.SEE, answer=PageOf[ProductRowOut], summary="List products, the last changed first")
def list_products(
    request: HttpRequest,
    state: Literal["all", "refused", "unlisted", "archived"] = "all",
    q: Typed = "",
    brand: Line = "",
    account: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Any:
    who, currency = caller(request), base_currency()
    return paged(
        lambda: lists.listed(who.scope, who.language, tab=state, typed=q, brand=brand, account=account, cursor=cursor, size=limit),
        lambda row: _row(row, currency),
        cursor,
    )


@door.reads("/products/{uuid:product_id}", needs=Right.SEE, answer=ProductOut, summary="One product with its texts and variants")
def read_product(request: HttpRequest, product_id: UUID) -> Any:
    return _product(product_id, caller(request))


@door.writes("POST", "/products", needs=Right.EDIT_PRODUCT, answer=ProductOut, status=201, summary="Make a product with its variants")
def create_product(request: HttpRequest, body: ProductBody) -> Any:
    who = caller(request)
    owner = who.scope.owner  # a person who sees only own products makes own ones
    made = catalog.create_product(
        ProductDraft(
            code=body.code,
            variants=[draft(one) for one in body.variants],
            texts={language: _text(text) for language, text in body.texts.items()},
            brand=body.brand,
            category=body.category,
            origin_country=body.origin_country,
            hs_code=body.hs_code,
            option_names=body.option_names,
            attributes=body.attributes,
            owner=UserId(owner) if owner is not None else None,
        ),
        actor=who.actor,
        source=who.source,
    )
    return _product(made.public_id, who)


@door.writes("PATCH", "/products/{uuid:product_id}", needs=Right.EDIT_PRODUCT, answer=ProductOut, summary="Change a product")
def change_product(request: HttpRequest, product_id: UUID, body: ProductChange) -> Any:
    """Somebody else's change since your `version` is never overwritten: then you get 409 with the fields that differ."""
    who = caller(request)
    _product(product_id, who)
    fields = body.model_dump(exclude_unset=True, exclude={"version", "texts", "new_variants"})
    empty = [name for name, value in fields.items() if value is None]
    if empty:
        raise Problem(422, "invalid", _("“%(field)s” cannot be null. Leave it out to keep it.") % {"field": empty[0]})
    catalog.update_product(
        product_id,
        version=body.version,
        actor=who.actor,
        source=who.source,
        fields=fields,
        texts={language: _text(text) if text else None for language, text in body.texts.items()},
        new_variants=[draft(one) for one in body.new_variants],
    )
    return _product(product_id, who)


@door.writes("POST", "/products/{uuid:product_id}/archive", needs=Right.EDIT_PRODUCT, answer=ProductOut, summary="Archive a product")
def archive_product(request: HttpRequest, product_id: UUID) -> Any:
    """It is out of lists and cannot be offered; its history and its SKUs stay."""
    who = caller(request)
    _product(product_id, who)
    catalog.archive_product(product_id, actor=who.actor, source=who.source)
    return _product(product_id, who)


@door.writes("POST", "/products/{uuid:product_id}/restore", needs=Right.EDIT_PRODUCT, answer=ProductOut, summary="Bring a product back")
def restore_product(request: HttpRequest, product_id: UUID) -> Any:
    who = caller(request)
    _product(product_id, who)
    catalog.restore_product(product_id, actor=who.actor, source=who.source)
    return _product(product_id, who)


@door.writes(
    "POST",
    "/products/{uuid:product_id}/pictures",
    needs=Right.EDIT_PRODUCT,
    answer=ProductOut,
    status=201,
    summary="Add a picture by address",
)
def add_picture(request: HttpRequest, product_id: UUID, body: PictureBody) -> Any:
    """Only https addresses that the whole world can reach."""
    who = caller(request)
    _product(product_id, who)
    variant = lookup.variant(who.scope, body.sku) if body.sku else None
    catalog.link_picture(product_id, body.url, actor=who.actor, variant=variant, source=who.source)
    return _product(product_id, who)


def draft(body: VariantBody) -> VariantDraft:
    currency = base_currency()
    plain = body.model_dump(exclude={"price", "cost"})
    return VariantDraft(**plain, price_minor=minor_of(body.price, currency), cost_minor=minor_of(body.cost, currency))


def variant_out(one: VariantView, currency: str) -> VariantOut:
    return VariantOut(
        sku=one.sku,
        gtin=one.gtin,
        options=dict(one.options),
        is_kit=one.is_kit,
        components=[ComponentOut(sku=sku, quantity=quantity) for sku, quantity in one.components],
        price=money_out(one.price_minor, currency),
        cost=money_out(one.cost_minor, currency),
        weight_g=one.weight_g,
        length_mm=one.length_mm,
        width_mm=one.width_mm,
        height_mm=one.height_mm,
        low_stock_at=one.low_stock_at,
        archived_at=one.archived_at,
    )


def product_out(one: ProductView) -> ProductOut:
    currency = base_currency()
    return ProductOut(
        id=one.public_id,
        version=one.version,
        code=one.code,
        brand=one.brand,
        category=one.category,
        origin_country=one.origin_country,
        hs_code=one.hs_code,
        option_names=list(one.option_names),
        attributes=dict(one.attributes),
        texts={tag: TextOut(title=t.title, description=t.description, bullets=list(t.bullets)) for tag, t in one.texts.items()},
        variants=[variant_out(variant, currency) for variant in one.variants],
        pictures=[PictureOut(url=picture.url, sha256=picture.sha256) for picture in one.pictures],
        changed_at=one.changed_at,
        archived_at=one.archived_at,
    )


def _product(product_id: UUID, who: Caller) -> ProductOut:
    """Raises: NotFound, also for a product outside the caller's scope."""
    return product_out(queries.product(product_id, scope=who.scope))


def _text(body: TextBody) -> Text:
    return Text(body.title, body.description, tuple(body.bullets))


def _row(row: lists.ProductRow, currency: str) -> ProductRowOut:
    return ProductRowOut(
        id=row.public_id,
        code=row.code,
        title=row.title,
        brand=row.brand,
        skus=list(row.skus),
        is_kit=row.kit,
        on_hand=row.on_hand,
        available_to_promise=row.atp,
        price_from=money_out(row.price_from, currency),
        price_to=money_out(row.price_to, currency),
        channels=[LampOut(account=account_out(lamp.account), state=lamp.state.value, offers=lamp.offers) for lamp in row.lamps],
        changed_at=row.changed_at,
    )
