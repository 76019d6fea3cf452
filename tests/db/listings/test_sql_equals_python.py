"""The plan over sets gives the same numbers as the rules on plain values, on random stock, kits, feeds and terms."""

import json

import pytest

from entrepot.base import clock, sql
from entrepot.catalog.models import KitComponent
from entrepot.channels.models import Account
from entrepot.inventory.models import Location, StockLevel, VariantStock
from entrepot.listings import actions as listings
from entrepot.listings import rules
from entrepot.listings.models import Offer, OfferShown
from tests.db.listings import world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(6))
def test_st3_the_plan_equals_the_rule(seed: int) -> None:
    chance = world.seeded(seed)
    account, other = world.account(share_percent=chance.choice([100, 60]), cap=chance.choice([None, 10, 4]), holdback=1), world.account()
    places = [world.location(feeds=chance.sample([account, other], chance.randint(0, 2))) for _ in range(5)]
    Location.objects.filter(pk=places[0]).update(paused=True)
    singles = [world.variant() for _ in range(8)]
    for one in singles:
        for place in chance.sample(places, chance.randint(0, 5)):
            world.stock(one, place, chance.randint(0, 12))
    StockLevel.objects.filter(on_hand__gt=1).update(reserved=1, safety_stock=chance.randint(0, 3))
    VariantStock.objects.filter(variant_id__in=singles[:4]).update(exposed=chance.randint(1, 9))
    kits = [world.kit({part: chance.randint(1, 3) for part in chance.sample(singles, chance.randint(1, 3))}) for _ in range(6)]
    for variant in singles + kits:
        made = world.offer(variant, account)
        if chance.random() < 0.5:
            terms = {"share_percent": chance.randint(0, 100), "cap": chance.randint(0, 20), "holdback": chance.randint(0, 3)}
            listings.set_terms([made], actor="test", **terms)
        believed = chance.choice([None, 0, 3, 5, 9])
        OfferShown.objects.filter(offer_id=made).update(
            shown=believed,
            refused_quantity=chance.choice([None, None, 0, 4]),
            unknown=chance.random() < 0.2,
        )
        Offer.objects.filter(pk=made).update(recalled=chance.random() < 0.1)

    params = {"account": account, "variants": [*singles, *kits], "offers": None}
    planned = {row.offer_id: row for row in sql.rows("entrepot.listings", "plan", params)}
    everything = {
        row.offer_id: row.quantity
        for row in sql.rows("entrepot.listings", "plan", {**params, "offers": list(Offer.objects.values_list("pk", flat=True))})
    }
    of = Account.objects.get(pk=account)
    for row in OfferShown.objects.filter(account_id=account):
        offer = Offer.objects.get(pk=row.offer_id)
        terms = _terms(offer, of)
        quantity = rules.pooled_quantity(_parts(row.variant_id, account), terms)
        assert everything[row.offer_id] == quantity
        sent = rules.should_send(quantity, row.shown, cap=terms.cap, unknown=row.unknown, refused=row.refused_quantity)
        assert (row.offer_id in planned) == sent
    order = [
        (0 if r.quantity == 0 else 1 if r.believed is not None and r.quantity < r.believed else 2, r.quantity) for r in planned.values()
    ]
    assert order == sorted(order), "zero first, then lowering, small numbers first"


def test_a_change_of_a_component_plans_its_kits_and_nothing_else() -> None:
    account = world.account()
    place = world.location(feeds=[account])
    part, stranger = world.variant(), world.variant()
    for one in (part, stranger):
        world.stock(one, place, 4)
        world.offer(one, account)
    kit = world.offer(world.kit({part: 2}), account)
    rows = sql.rows("entrepot.listings", "plan", {"account": account, "variants": [part], "offers": None})
    assert {(row.variant_id, row.quantity) for row in rows} == {(part, 4), (Offer.objects.get(pk=kit).variant_id, 2)}


def test_the_plan_of_a_large_account_uses_its_indexes() -> None:
    """No statement of the hot path reads a whole table: not with the planner's choice between an index and nothing else."""
    for name, params in {
        "plan": {"account": 1, "variants": [1, 2], "offers": None},
        "changes": {"cursor": 10**9},
        "due": {"account": 1, "now": clock.now(), "size": 10},
    }.items():
        text = sql.statement("entrepot.listings", name).decode()
        with sql.raw_connection().cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN (FORMAT JSON) " + text, sql._sendable(params))
            found = cursor.fetchone()[0]
        plan = found if isinstance(found, list) else json.loads(found)
        scanned = {node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan"}
        assert not scanned & {"offer_shown", "offer", "stock_level", "variant_stock", "availability_change", "lane_todo"}, name


def _nodes(node: dict) -> list[dict]:
    return [node, *(inner for child in node.get("Plans", []) for inner in _nodes(child))]


def _terms(offer: Offer, account: Account) -> rules.Terms:
    return rules.Terms(
        share_percent=account.share_percent if offer.share_percent is None else offer.share_percent,
        cap=account.cap if offer.cap is None else offer.cap,
        holdback=account.holdback if offer.holdback is None else offer.holdback,
        recalled=offer.recalled,
    )


def _parts(variant: int, account: int) -> list[rules.Part]:
    components = list(KitComponent.objects.filter(kit_id=variant).values_list("component_id", "quantity")) or [(variant, 1)]
    parts = []
    for component, units in components:
        levels = StockLevel.objects.filter(variant_id=component, location__feeds__account_id=account, location__paused=False)
        atp = {level.location_id: max(0, level.on_hand - level.reserved - level.safety_stock) for level in levels}
        header = VariantStock.objects.filter(variant_id=component).first()
        parts.append(rules.Part(component, units, atp, header.exposed if header else 0))
    return parts
