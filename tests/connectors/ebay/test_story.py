"""A seller's day on a running eBay sandbox, every message judged by eBay's own files."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from entrepot.base.ids import RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.conformance import SandboxWorld
from entrepot.channels.conformance.complete import receiver
from entrepot.channels.contract import Group, HintKind, OrderStatus, Outcome, Shipment, ShipmentLine, Wanted
from entrepot.connectors.ebay import CONNECTOR
from entrepot_sandbox.core.server import running
from tests.connectors.ebay.samples import content
from tests.contract_checks_ebay import Judged
from tests.shared import SHARED

SETTINGS = {"location_postcode": "97205", "alert_email": "alerts@example.com"}


@pytest.fixture(scope="module")
def facts() -> Iterator[dict[str, Any]]:
    with running("ebay", seed=0) as printed:
        yield printed["channels"]["ebay"]


@pytest.fixture
def world(facts: dict[str, Any]) -> Iterator[SandboxWorld]:
    def judged() -> httpx.Client:
        return httpx.Client(transport=Judged() if SHARED else None, timeout=10)

    world = SandboxWorld(facts, settings=SETTINGS, client=judged)
    world.reset()
    yield world
    world.close()


def shown(world: SandboxWorld, sku: str) -> tuple[bool, int]:
    (row,) = [row for row in world.listings() if row.sku == sku]
    return row.live, row.quantity


def test_publish_a_group_sell_hear_of_it_lower_it_ship_it_and_end_it(world: SandboxWorld) -> None:
    account = world.open(CONNECTOR)
    of = Group("TEE", "Tee", "A tee.", ("Size",), (Sku("TEE/S"), Sku("TEE/M")))
    price = Money(2500, world.currency)
    tees = [
        content(f"TEE/{size}", group=of, options={"Size": size}, quantity=n, price=price, remote_id=None)
        for size, n in (("S", 5), ("M", 2))
    ]
    receipts = account.publish(tees)
    assert [receipt.outcome for receipt in receipts] == [Outcome.LIVE, Outcome.LIVE]
    small, medium = (replace(tee, remote_id=receipt.remote_id) for tee, receipt in zip(tees, receipts, strict=True))

    with receiver(account) as (address, messages):
        account.subscribe(address)
        order_id = world.buy("TEE/S", 2)
        world.advance(timedelta(seconds=10))
        assert messages.arrived()
        (hint,) = account.hints(*messages.all[0])
    assert (hint.kind, hint.remote_id) == (HintKind.ORDER, order_id)

    order = account.read_order(hint.remote_id)
    assert (order.status, order.total) == (OrderStatus.PAID, Money(5000, world.currency))
    assert [(line.sku, line.quantity, line.unit_price) for line in order.lines] == [("TEE/S", 2, price)]
    assert shown(world, "TEE/S") == (True, 3)

    (receipt,) = account.set_availability([Wanted(small.offer, small.sku, 1, version=8, remote_id=small.remote_id)])
    assert (receipt.outcome, receipt.version) == (Outcome.ACCEPTED, 8)
    assert {listing.sku: listing.quantity for listing in account.read_listings([Sku("TEE/S"), Sku("TEE/M")])} == {"TEE/S": 1, "TEE/M": 2}
    assert shown(world, "TEE/S") == (True, 1)

    package = Shipment(RemoteId(order_id), 1, [ShipmentLine(order.lines[0].remote_id, 2)], "ups", "1Z 999 AA1", world.clock())
    account.confirm_shipment(package)
    account.confirm_shipment(package)
    assert [row.shipped for row in world.sold()] == [2]
    assert account.read_order(RemoteId(order_id)).status is OrderStatus.SHIPPED

    wanted = [Wanted(tee.offer, tee.sku, 0, 9, tee.remote_id) for tee in (small, medium)]
    assert [receipt.outcome for receipt in account.end(wanted)] == [Outcome.LIVE, Outcome.LIVE]
    assert not any(row.live for row in world.listings())


def test_the_place_goods_ship_from_is_looked_for_once(world: SandboxWorld) -> None:
    account = world.open(CONNECTOR)
    account.publish([content("ONE", price=Money(900, world.currency), remote_id=None)])
    before = world.calls()
    account.publish([content("TWO", price=Money(900, world.currency), remote_id=None)])
    assert world.calls() - before == 4  # item, look for the offer, offer, publish
    assert shown(world, "TWO") == (True, 4)


def test_a_revision_that_changes_nothing_sends_nothing_that_counts_as_one(world: SandboxWorld) -> None:
    account = world.open(CONNECTOR)
    lamp = content("LAMP", price=Money(900, world.currency), remote_id=None)
    account.publish([lamp])
    before = world.calls()
    account.revise([lamp])
    assert world.calls() - before == 2  # the offer and the item are read, nothing is written


def test_a_variation_that_sold_can_still_be_taken_off_sale(world: SandboxWorld) -> None:
    account = world.open(CONNECTOR)
    of = Group("CAP", "Cap", "A cap.", ("Size",), (Sku("CAP-S"), Sku("CAP-M")))
    caps = [content(sku, group=of, options={"Size": sku[-1]}, price=Money(900, world.currency), remote_id=None) for sku in of.members]
    account.publish(caps)
    world.buy("CAP-S", 1)
    (receipt,) = account.end([Wanted(caps[0].offer, caps[0].sku, 0, 1)])
    assert receipt.outcome is Outcome.LIVE
    assert shown(world, "CAP-S")[1] == 0
    assert shown(world, "CAP-M") == (True, 4)
