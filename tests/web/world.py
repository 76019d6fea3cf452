"""A small seller for the page tests: two companies, three accounts, products of two people, stock, orders, an alert."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from entrepot.base import clock
from entrepot.base.ids import AccountId, LocationId, RemoteId, Sku, UserId, VariantId
from entrepot.base.money import Money
from entrepot.catalog import actions as catalog
from entrepot.catalog.types import ProductDraft, Text, VariantDraft
from entrepot.channels.contract import Address, Buyer, ChannelLine, ChannelOrder, OrderStatus
from entrepot.channels.models import Account, AccountProgress, ChannelCall
from entrepot.fulfillment import actions as fulfillment
from entrepot.insight.loops import reconcile_alerts
from entrepot.inventory import actions as inventory
from entrepot.inventory.types import LocationKind, Reason
from entrepot.listings import actions as listings
from entrepot.listings.models import Lane, Offer, OfferShown
from entrepot.orders import intake
from entrepot.orders.models import SalesOrder
from entrepot.people.deployment import set_up
from entrepot.people.models import LegalEntity, User
from entrepot.people.types import Role

PASSWORD = "harbour-blue-42"


@dataclass
class World:
    now: datetime
    users: dict[str, User] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    products: dict[str, object] = field(default_factory=dict)
    variants: dict[str, VariantId] = field(default_factory=dict)
    location: LocationId | None = None

    def order(self, number: str) -> SalesOrder:
        return SalesOrder.objects.get(channel_order_id=number)

    def offer(self, account: str, sku: str) -> Offer:
        return Offer.objects.get(account=self.accounts[account], variant__sku=sku)


def user(name: str, role: Role, language: str = "en", **more: object) -> User:
    made = User(username=name, role=role.value, language=language, first_name=name.title(), **more)
    if role is Role.OWNER:  # who signs in by the form; the others are signed in by the test, hashing is slow on purpose
        made.set_password(PASSWORD)
    made.save()
    return made


def first_day() -> World:
    """An installation with its owner and nothing else."""
    set_up(base_currency_code="EUR", time_zone="Europe/Berlin", demo=True)
    return World(clock.now(), {"owner": user("owner", Role.OWNER)})


def build() -> World:
    world = first_day()
    for name, role in (
        ("ops", Role.OPS),
        ("finance", Role.FINANCE),
        ("reader", Role.READ_ONLY),
        ("store", Role.STORE),
        ("distributor", Role.DISTRIBUTOR),
    ):
        world.users[name] = user(name, role)
    with transaction.atomic():
        _goods(world)
        _channels(world)
    _orders(world)
    reconcile_alerts(clock.now())
    return world


def _goods(world: World) -> None:
    texts = {"en": Text("Camping lantern, USB-C", "Bright.", ["40 hours"]), "zh": Text("充电露营灯", "三档亮度。", [])}
    drafts = [
        ProductDraft(
            "LANTERN", [VariantDraft("HY-LAMP", gtin="4006381333931", price_minor=3990, low_stock_at=3)], texts, brand="Hanyu 瀚宇"
        ),
        ProductDraft("TENT", [VariantDraft("HY-TENT", price_minor=21900)], {"en": Text("Tent 2P")}, owner=UserId(world.users["ops"].pk)),
    ]
    for draft in drafts:
        made = catalog.create_product(draft, actor="test")
        world.products[draft.code] = made.public_id
    from entrepot.catalog import queries

    world.variants = {sku: queries.variant_of(sku) for sku in ("HY-LAMP", "HY-TENT")}
    world.location = place = inventory.create_location(
        code="HAM", name="Hamburg 3PL", kind=LocationKind.THIRD_PARTY, country="DE", actor="test"
    )
    lines = [(world.variants["HY-LAMP"], place, 4), (world.variants["HY-TENT"], place, 20)]
    inventory.receive_many(lines, reason=Reason.OPENING, source="test", actor="test")


def _channels(world: World) -> None:
    place = world.location or LocationId(0)
    entities = [LegalEntity.objects.create(name=name, country=country) for name, country in (("Hanyu EU GmbH", "DE"), ("Hanyu Inc.", "US"))]
    rows = (("eBay DE", "ebay", "DE", "EUR", 0), ("Amazon DE", "amazon", "DE", "EUR", 0), ("Amazon US", "amazon", "US", "USD", 1))
    for name, channel, market, currency, entity in rows:
        account = Account.objects.create(
            name=name,
            channel=channel,
            market=market,
            currency=currency,
            legal_entity=entities[entity],
            credentials={"client_secret": "s3cret-value"},
        )
        AccountProgress.objects.create(account=account, orders_complete_until=world.now)
        Lane.objects.create(account=account, waits=[1, 2, 3], passed_at=world.now)
        inventory.feed(AccountId(account.pk), [place], actor="test")
        ids = listings.create_offers(list(world.variants.values()), AccountId(account.pk), price_minor=None, actor="test", publish=True)
        OfferShown.objects.filter(offer_id__in=ids).update(shown=4, shown_at=world.now)
        ChannelCall.objects.create(
            account=account,
            started_at=world.now,
            operation="patchListingsItem",
            method="PATCH",
            url="https://example.test/x",
            status=200,
            took_ms=12,
        )
        world.accounts[name] = account
    refused = [{"code": "90220", "field": "title", "message": "The title is longer than 80 characters", "value": "Camping…"}]
    Offer.objects.filter(account=world.accounts["eBay DE"]).update(state="live", content_wanted="a", content_confirmed="a")
    Offer.objects.filter(account=world.accounts["Amazon DE"]).update(
        state="refused", content_wanted="a", content_refused="a", problems=refused
    )


def _orders(world: World) -> None:
    for account, orders in (
        ("eBay DE", [("E-1", "HY-LAMP", 2, OrderStatus.PAID), ("E-2", "HY-TENT", 1, OrderStatus.CANCELED)]),
        ("Amazon DE", [("A-1", "HY-LAMP", 5, OrderStatus.PAID), ("A-2", "NOBODY-KNOWS", 1, OrderStatus.PAID)]),
        ("Amazon US", [("U-1", "HY-TENT", 1, OrderStatus.PENDING)]),
    ):
        intake.take(AccountId(world.accounts[account].pk), [_order(world, world.accounts[account], *one) for one in orders])
    fulfillment.plan_orders()


def _order(world: World, account: Account, number: str, sku: str, quantity: int, status: OrderStatus) -> ChannelOrder:
    price = Money(3990 if sku == "HY-LAMP" else 21900, account.currency)
    line = ChannelLine(remote_id=RemoteId(f"{number}-1"), sku=Sku(sku), title=sku, quantity=quantity, unit_price=price)
    at = world.now - timedelta(minutes=5)
    return ChannelOrder(
        remote_id=RemoteId(number),
        placed_at=at,
        updated_at=at,
        status=status,
        currency=account.currency,
        total=price * quantity,
        lines=[line],
        market=account.market,
        ship_to=Address(name="Jürgen Müller-Weiß", street=("Am Sandtorkai 30",), city="Hamburg", postcode="20457", country="DE"),
        buyer=Buyer(name="Jürgen Müller-Weiß", email="juergen@example.org"),
        ship_by=world.now + timedelta(days=1),
    )
