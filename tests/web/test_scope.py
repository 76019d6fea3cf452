"""A person sees the rows of the own companies, accounts and products, and no others; what lies outside does not exist."""

from collections.abc import Callable

import pytest
from django.test import Client

from entrepot.base import clock
from entrepot.channels.scope import scope_of
from entrepot.insight.queries import accounts, alerts, offers, orders, products, stock
from entrepot.insight.queries.summary import summary, variant_numbers
from entrepot.insight.types import Period
from entrepot.people.models import LegalEntity
from entrepot.people.scope import EVERYTHING, Scope
from tests.web.world import World

pytestmark = pytest.mark.django_db


def only_us(world: World) -> Scope:
    world.users["ops"].legal_entities.set([LegalEntity.objects.get(name="Hanyu Inc.")])
    return scope_of(world.users["ops"])


def test_nobody_named_no_limits_sees_everything(world: World) -> None:
    assert scope_of(world.users["ops"]) == EVERYTHING


def test_a_legal_entity_limits_to_its_accounts(world: World) -> None:
    assert only_us(world).accounts == (world.accounts["Amazon US"].pk,)


def test_named_accounts_limit_further(world: World) -> None:
    person = world.users["ops"]
    person.all_accounts = False
    person.save()
    assert scope_of(person).accounts == ()
    person.accounts.set([world.accounts["eBay DE"], world.accounts["Amazon US"]])
    assert set(scope_of(person).accounts or ()) == {world.accounts["eBay DE"].pk, world.accounts["Amazon US"].pk}
    person.legal_entities.set([LegalEntity.objects.get(name="Hanyu Inc.")])
    assert scope_of(person).accounts == (world.accounts["Amazon US"].pk,)


def test_every_list_keeps_to_the_accounts(world: World) -> None:
    scope, now = only_us(world), clock.now()
    assert [lane.account.name for lane in accounts.lanes(scope, now)] == ["Amazon US"]
    assert [row.number for row in orders.inbox(scope, now, tab="all").rows] == ["U-1"]
    assert {row.account.name for row in offers.listed(scope, "en").rows} == {"Amazon US"}
    assert [row.account.name for row in summary(scope, now).rows] == ["Amazon US"]
    assert {shown.account.name for row in variant_numbers(scope, language="en") for shown in row.shown} == {"Amazon US"}
    assert {lamp.account.name for row in products.listed(scope, "en").rows for lamp in row.lamps} == {"Amazon US"}
    assert offers.causes(scope) == []


def test_every_list_keeps_to_own_products(world: World) -> None:
    person = world.users["ops"]
    person.own_products_only = True
    person.save()
    scope, now = scope_of(person), clock.now()
    assert [row.code for row in products.listed(scope, "en").rows] == ["TENT"]
    assert [row.sku for row in stock.matrix(scope, language="en").rows] == ["HY-TENT"]
    assert {row.sku for row in offers.listed(scope, "en").rows} == {"HY-TENT"}
    assert {row.number for row in orders.inbox(scope, now, tab="all").rows} == {"E-2", "U-1"}
    assert summary(scope, now).totals[Period.DAY].orders == 1
    assert stock.low(scope, "en") == []


def test_alerts_keep_to_the_scope(world: World) -> None:
    now = clock.now()
    everything, ours = alerts.open_alerts(EVERYTHING, now), alerts.open_alerts(only_us(world), now)
    assert {"shortage", "unknown_sku", "offers_refused", "low_stock"} <= {alert.kind for alert in everything}
    assert {alert.kind for alert in ours} == {"low_stock"}


def test_what_lies_outside_is_not_found_and_cannot_be_changed(world: World, signed_in: Callable[[str], Client]) -> None:
    only_us(world)
    client, order = signed_in("ops"), world.order("E-1")
    assert client.get(f"/orders/{order.public_id}/").status_code == 404
    assert client.post(f"/orders/{order.public_id}/cancel/", {"reason": "other"}).status_code == 404
    assert client.post(f"/orders/{order.public_id}/buyer/").status_code == 404
    assert client.get(f"/channels/{world.accounts['eBay DE'].public_id}/").status_code == 404
    assert client.get(f"/offers/{world.offer('eBay DE', 'HY-LAMP').public_id}/").status_code == 404
    order.refresh_from_db()
    assert not order.closed


def test_marked_offers_of_others_are_left_alone(world: World, signed_in: Callable[[str], Client]) -> None:
    only_us(world)
    theirs, ours = world.offer("eBay DE", "HY-LAMP"), world.offer("Amazon US", "HY-LAMP")
    signed_in("ops").post("/offers/change/", {"act": "end", "offer": [str(theirs.public_id), str(ours.public_id)]})
    assert (world.offer("eBay DE", "HY-LAMP").wanted, world.offer("Amazon US", "HY-LAMP").wanted) == ("live", "ended")
