"""What must hold after every step of a seed, and what must be true when it has come to rest."""

from collections.abc import Mapping

from django.db import connection
from django.db.models import Sum

from entrepot.base import clock, sql
from entrepot.channels.contract import OrderStatus
from entrepot.insight.queries import convergence
from entrepot.inventory.models import VariantStock
from entrepot.listings.models import OfferShown
from entrepot.orders.models import OrderLine, SalesOrder
from tests.db import sound
from tests.simulator.world import Kind, Shop, World


def broken() -> bool:
    """Whether one of the product's own checks (``entrepot verify``) finds a breach; all of them in one statement, as it is asked so often."""
    parts = [
        f"EXISTS (SELECT FROM ({sql.statement(c.package, c.statement).decode().strip().rstrip(';')}\n) AS breach)" for c in sound.CHECKS
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' OR '.join(parts)}", {"variants": None})
        return bool(cursor.fetchone()[0])


def excess(world: World) -> dict[str, int]:
    """By how much Σ exposure is above the ATP, per SKU (PROMISE 6)."""
    headers = {row.variant_id: row.exposed - row.atp for row in VariantStock.objects.all()}
    return {sku: max(0, headers.get(variant, 0)) for sku, variant in world.variants.items()}


def after_step(world: World, before: Mapping[str, int], *, sent: bool) -> dict[str, int]:
    """P1 always; no send widens an excess (PROMISE 6); without events from outside nothing is oversold and exposure covers each channel."""
    assert not broken(), f"P1: {sound.breaches()}"
    now = excess(world)
    if world.kind is Kind.POOLED:
        return now
    wider = {sku: units for sku, units in now.items() if units > before[sku]}
    assert not (sent and wider), f"PROMISE 6: a send took exposure above the stock: {before} to {now}"
    if world.kind is Kind.ALLOTTED:
        for sku in world.variants:
            assert sold(world, sku) <= world.on_hand(sku), f"P3: {sold(world, sku)} {sku} sold, {world.on_hand(sku)} there"
        for shop in world.shops:
            _covered(shop)
    return now


def _covered(shop: Shop) -> None:
    """PROMISE words: exposure is at least what the channel may still sell before it can be stopped."""
    unseen, returning = _not_imported(shop)
    rows = {row.offer_id: row.exposure for row in OfferShown.objects.filter(account_id=shop.account)}
    for sku, offer in shop.offers.items():
        may = shop.channel.may_sell(sku) + unseen.get(sku, 0) - returning.get(sku, 0)
        assert may <= rows[offer], f"PROMISE 1: {shop.channel.name} may still sell {may} {sku}, its exposure is {rows[offer]}"


def _not_imported(shop: Shop) -> tuple[dict[str, int], dict[str, int]]:
    """Units sold, and units canceled, that the hub does not know."""
    known = _known(shop)
    unseen: dict[str, int] = {}
    returning: dict[str, int] = {}
    for number, versions in shop.channel.orders.items():
        [line] = versions[-1].order.lines
        if number not in known:
            unseen[line.sku] = unseen.get(line.sku, 0) + line.quantity
        if line.canceled_quantity > known.get(number, (0, 0))[1]:
            returning[line.sku] = returning.get(line.sku, 0) + line.quantity
    return unseen, returning


def _known(shop: Shop) -> dict[str, tuple[int, int]]:
    rows = OrderLine.objects.filter(order__account_id=shop.account).values_list("order__channel_order_id", "quantity", "canceled")
    return {number: (quantity, canceled) for number, quantity, canceled in rows}


def sold(world: World, sku: str) -> int:
    """Units sold and not canceled, as the channels themselves know it."""
    orders = [versions[-1].order for shop in world.shops for versions in shop.channel.orders.values()]
    return sum(o.lines[0].quantity for o in orders if o.lines[0].sku == sku and o.status is not OrderStatus.CANCELED)


def at_rest(world: World) -> None:
    """P2, P4, P5, P6, P7: no order lost, each once and in its last state, every unit reserved once or short, every number right."""
    assert not broken(), f"P1: {sound.breaches()}"
    for shop in world.shops:
        there = {number: versions[-1].order for number, versions in shop.channel.orders.items()}
        assert SalesOrder.objects.filter(account_id=shop.account).count() == len(there), f"P6: orders of {shop.channel.name}"
        assert _known(shop) == {n: (o.lines[0].quantity, o.lines[0].canceled_quantity) for n, o in there.items()}, "P5, P6"
        shown = {sku: shop.channel.shelves[sku].quantity for sku in shop.offers if sku in shop.channel.shelves}
        right = convergence.shows_what_it_should(shop.account, shown)
        assert right == len(shown), f"P7: {shop.channel.name} shows {shown} at {clock.now():%H:%M:%S}"
        believed = {row.offer_id: row.shown or 0 for row in OfferShown.objects.filter(account_id=shop.account)}
        assert shown == {sku: believed[shop.offers[sku]] for sku in shown}, f"P7: {shop.channel.name} shows {shown}, we believe {believed}"
    for sku in world.variants:
        wanted = sold(world, sku)
        lacking = OrderLine.objects.filter(sku=sku).aggregate(units=Sum("short"))["units"] or 0
        assert world.reserved(sku) + lacking == wanted, f"P2: {wanted} {sku} sold, {world.reserved(sku)} reserved, {lacking} short"
    assert not any(excess(world).values()), f"PROMISE 9: exposure still above the stock by {excess(world)}"
