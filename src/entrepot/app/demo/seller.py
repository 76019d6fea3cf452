"""Loads the sample seller through the product's own actions: places, products, kits, pictures, stock, accounts, offers."""

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor

from django.db import transaction

from entrepot.app.demo import pictures
from entrepot.app.demo.assortment import Assortment, SampleKit, SampleLocation, SampleProduct
from entrepot.app.demo.marketplaces import MARKETS, Marketplace
from entrepot.base.ids import AccountId, LocationId, VariantId
from entrepot.catalog import queries as catalog
from entrepot.catalog.actions import products
from entrepot.catalog.actions.pictures import add_picture
from entrepot.catalog.types import ProductDraft, ProductRef, Text, VariantDraft
from entrepot.channels import actions as channels
from entrepot.channels import queries as accounts
from entrepot.channels.registry import connector
from entrepot.inventory import actions as inventory
from entrepot.inventory import queries as stock
from entrepot.inventory.types import LocationKind, Reason
from entrepot.orders import kits

ACTOR = "demo"
LANGUAGES = {"en": "en", "zh": "zh-hans", "fr": "fr", "ru": "ru"}
PICTURE_PX = 600
SHIPS_FROM = {"location_postcode": "61-001", "location_country": "PL", "location_city": "Poznan", "alert_email": "alerts@example.com"}
Progress = Callable[[int], None]


def load(assortment: Assortment, samples: Sequence[SampleProduct | SampleKit], progress: Progress) -> None:
    """These products and kits, all places, and their stock are there; what an earlier start loaded is left as it is.

    Kits come after what they are made of. ``progress`` hears how many are done.
    """
    places = {place.code: _place(place) for place in assortment.locations}
    with ProcessPoolExecutor(2) as painters:
        painted = painters.map(_paint, [_picture(sample) for sample in samples], chunksize=8)
        for done, sample in enumerate(samples, 1):
            picture = next(painted)
            if not _known(sample):
                with transaction.atomic():
                    made = _kit(sample) if isinstance(sample, SampleKit) else _product(sample)
                    add_picture(made.public_id, picture, actor=ACTOR)
            progress(done)
    skus = {one.sku for sample in samples if isinstance(sample, SampleProduct) for one in sample.variants}
    _stock(assortment, places, skus)


def connect(marketplaces: Iterable[Marketplace], *, assortment: Assortment) -> dict[str, AccountId]:
    """An account a marketplace, fed by all places; its addresses and keys are those of this start."""
    found: dict[str, AccountId] = {}
    places = stock.location_ids([place.code for place in assortment.locations])
    for marketplace in marketplaces:
        name, market = MARKETS[marketplace.name]
        secret, plain = _split(marketplace)
        known = accounts.account_named(name)
        if known is not None:
            channels.update_account(known.id, actor=ACTOR, settings=plain, credentials=secret)
            found[marketplace.name] = known.id
            continue
        with transaction.atomic():
            account = channels.connect_account(
                name=name,
                channel=marketplace.name,
                market=market,
                currency=str(marketplace.facts["currency"]),
                language="en",
                entity="Harbour & Field GmbH",
                credentials=secret,
                settings=plain,
                actor=ACTOR,
            )
            inventory.feed(account, places, actor=ACTOR)
        found[marketplace.name] = account
    return found


def _split(marketplace: Marketplace) -> tuple[dict[str, str], dict[str, str]]:
    """What the sandbox printed, as (secrets, settings) that the connector asks for."""
    facts = {**SHIPS_FROM, **marketplace.facts, "endpoint": marketplace.facts["url"]}
    fields = [field for field in connector(marketplace.name).settings if facts.get(field.name)]
    secret = {field.name: str(facts[field.name]) for field in fields if field.secret}
    plain = {field.name: str(facts[field.name]) for field in fields if not field.secret}
    return secret, plain


def _place(place: SampleLocation) -> LocationId:
    known = stock.location_ids([place.code])
    if known:
        return known[0]
    with transaction.atomic():
        return inventory.create_location(
            code=place.code,
            name=place.name,
            kind=LocationKind(place.kind),
            country=place.country,
            actor=ACTOR,
            city=place.city,
            postcode=place.postcode,
            street=place.street,
            latitude=place.latitude,
            longitude=place.longitude,
            time_zone=place.timezone,
            opening_hours={day: list(hours) for day, hours in place.opening_hours.items()},
            priority=place.priority,
        )


def _known(sample: SampleProduct | SampleKit) -> bool:
    sku = sample.sku if isinstance(sample, SampleKit) else sample.variants[0].sku
    return bool(catalog.variants_of([sku]))


def _product(sample: SampleProduct) -> ProductRef:
    return products.create_product(
        ProductDraft(
            code=sample.code,
            brand=sample.brand,
            category=sample.category,
            origin_country=sample.origin_country,
            hs_code=sample.hs_code,
            option_names=sample.options,
            texts=_texts(sample),
            variants=[
                VariantDraft(
                    sku=one.sku,
                    gtin=one.gtin,
                    options=one.option_values,
                    price_minor=one.price_minor,
                    cost_minor=one.cost_minor,
                    weight_g=one.weight_g,
                    length_mm=one.dims_mm[0],
                    width_mm=one.dims_mm[1],
                    height_mm=one.dims_mm[2],
                    low_stock_at=5,
                )
                for one in sample.variants
            ],
        ),
        actor=ACTOR,
    )


def _kit(sample: SampleKit) -> ProductRef:
    draft = VariantDraft(sku=sample.sku, gtin=sample.gtin, price_minor=sample.price_minor)
    made = products.create_product(
        ProductDraft(code=sample.sku, brand=sample.brand, category="kits", texts=_texts(sample), variants=[draft]), actor=ACTOR
    )
    kits.set_components(catalog.variant_of(sample.sku), sample.components, actor=ACTOR)
    return made


def _texts(sample: SampleProduct | SampleKit) -> dict[str, Text]:
    return {LANGUAGES[code]: Text(text.title, text.description, text.bullets) for code, text in sample.texts.items()}


def _picture(sample: SampleProduct | SampleKit) -> tuple[str, tuple[str, ...]]:
    return sample.picture_key, sample.colors if isinstance(sample, SampleKit) else sample.variants[0].colors


def _paint(wish: tuple[str, tuple[str, ...]]) -> bytes:
    return pictures.draw(wish[0], wish[1], size=PICTURE_PX)


def _stock(assortment: Assortment, places: dict[str, LocationId], skus: Collection[str]) -> None:
    variants = catalog.variants_of(skus)
    lines = [(variants[sku], places[place], units) for (place, sku), units in assortment.stock.items() if units and sku in skus]
    for first in range(0, len(lines), 500):
        with transaction.atomic():
            inventory.receive_many(lines[first : first + 500], reason=Reason.OPENING, source="demo:opening", actor=ACTOR)
    for (place, sku), units in assortment.safety_stock.items():
        if sku not in skus:
            continue
        with transaction.atomic():
            inventory.set_safety_stock(variants[sku], places[place], units, actor=ACTOR)


def variants_of(assortment: Assortment, codes: Collection[str]) -> list[VariantId]:
    """The variants of products by the products' codes."""
    return sold_as([product for product in assortment.products if product.code in codes])


def sold_as(samples: Iterable[SampleProduct | SampleKit]) -> list[VariantId]:
    """What is sold of these: a product's variants, a kit itself."""
    skus = [sku for sample in samples for sku in ([sample.sku] if isinstance(sample, SampleKit) else [one.sku for one in sample.variants])]
    return list(catalog.variants_of(skus).values())
