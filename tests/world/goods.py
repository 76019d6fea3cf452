"""What the small seller has: places, products, kits, accounts, offers; all through the product's own actions."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from django.db import transaction

from entrepot.base import clock
from entrepot.base.ids import AccountId, LocationId, OfferId, VariantId
from entrepot.catalog import queries as catalog
from entrepot.catalog.actions import products
from entrepot.catalog.types import ProductDraft, Text, VariantDraft
from entrepot.channels import actions as channels
from entrepot.channels.registry import connector
from entrepot.inventory import actions as inventory
from entrepot.inventory import queries as stock
from entrepot.inventory.types import LocationKind, Reason
from entrepot.listings import actions as listings
from entrepot.listings.types import Policy
from entrepot.orders import kits
from tests.world.marketplace import MARKETS, Marketplace

ACTOR = "test"
SHIPS_FROM = {"location_postcode": "61-001", "location_country": "PL", "location_city": "Poznan", "alert_email": "alerts@example.com"}
_number = count(1)


class Goods:
    """Places and products of the seller, by code and SKU."""

    def __init__(self) -> None:
        self.places: dict[str, LocationId] = {}

    def place(self, code: str = "MAIN", *, priority: int = 1) -> LocationId:
        if code not in self.places:
            with transaction.atomic():
                self.places[code] = inventory.create_location(
                    code=code, name=code.title(), kind=LocationKind.WAREHOUSE, country="PL", actor=ACTOR, priority=priority
                )
        return self.places[code]

    def product(self, *skus: str, units: int = 10, price_minor: int = 2500) -> list[VariantId]:
        """One product with these variants, so many units of each on the shelf."""
        options = ("Color",) if len(skus) > 1 else ()
        colors = ("Amber", "Teal", "Ivory", "Moss")
        draft = ProductDraft(
            code=f"P-{skus[0]}",
            brand="Hanyu",
            category="lamps",
            texts={"en": Text(f"Lantern {skus[0]}", "A lantern for tents and tables.", ("40 hours", "USB-C"))},
            option_names=options,
            variants=[
                VariantDraft(sku=sku, options={"Color": colors[n]} if options else {}, price_minor=price_minor)
                for n, sku in enumerate(skus)
            ],
        )
        with transaction.atomic():
            products.create_product(draft, actor=ACTOR)
        made = [catalog.variant_of(sku) for sku in skus]
        if units:
            self.receive(dict.fromkeys(skus, units))
        return made

    def kit(self, sku: str, parts: Mapping[str, int], *, price_minor: int = 6000) -> VariantId:
        [made] = self.product(sku, units=0, price_minor=price_minor)
        with transaction.atomic():
            kits.set_components(made, list(parts.items()), actor=ACTOR)
        return made

    def receive(self, units: Mapping[str, int], place: str = "MAIN") -> None:
        """So many units came in."""
        at = self.place(place)
        lines = [(catalog.variant_of(sku), at, number) for sku, number in units.items()]
        with transaction.atomic():
            inventory.receive_many(lines, reason=Reason.RECEIVED, source=f"test:{next(_number)}", actor=ACTOR)

    def count(self, units: Mapping[str, int], place: str = "MAIN") -> None:
        """A person counted the shelf."""
        counted = {catalog.variant_of(sku): number for sku, number in units.items()}
        with transaction.atomic():
            inventory.report(self.place(place), f"count:{next(_number)}", counted, kind="absolute", counted_at=clock.now(), actor=ACTOR)

    def allot(self, sku: str) -> None:
        listings.set_policy(catalog.variant_of(sku), Policy.ALLOTTED, reason="test", actor=ACTOR)

    def on_hand(self, sku: str) -> int:
        return sum(level.on_hand for level in stock.levels([catalog.variant_of(sku)]))

    def reserved(self, sku: str) -> int:
        return sum(level.reserved for level in stock.levels([catalog.variant_of(sku)]))


def connect(market: Marketplace, places: Iterable[LocationId], **settings: str) -> AccountId:
    """The seller's account on a sandbox marketplace, fed by these places."""
    secret, plain = credentials_of(market, **settings)
    with transaction.atomic():
        made = channels.connect_account(
            name=market.name.title(),
            channel=market.name,
            market=MARKETS[market.name],
            currency=str(market.facts["currency"]),
            language="en",
            entity="Harbour & Field GmbH",
            credentials=secret,
            settings=plain,
            actor=ACTOR,
        )
        inventory.feed(made, list(places), actor=ACTOR)
    return made


def credentials_of(market: Marketplace, **settings: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the sandbox printed, as (secrets, settings) that the connector asks for."""
    facts: dict[str, Any] = {**SHIPS_FROM, **market.facts, "endpoint": market.facts["url"], **settings}
    fields = [field for field in connector(market.name).settings if facts.get(field.name)]
    secret = {field.name: str(facts[field.name]) for field in fields if field.secret}
    plain = {field.name: str(facts[field.name]) for field in fields if not field.secret}
    return secret, plain | {name: value for name, value in settings.items() if name not in secret}


def offer(account: AccountId, skus: Iterable[str], *, price_minor: int = 2500, publish: bool = True) -> list[OfferId]:
    variants = [catalog.variant_of(sku) for sku in skus]
    return listings.create_offers(variants, account, price_minor=price_minor, actor=ACTOR, publish=publish)
