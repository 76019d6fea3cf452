"""Numbers explain themselves, and the statements use their indexes."""

import random

import pytest
from django.db import connection, transaction

from entrepot.base import clock, sql
from entrepot.inventory import actions as inventory
from entrepot.inventory import queries
from entrepot.inventory.models import Location
from tests.db.listings import world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("seed", range(12))
def test_the_steps_of_an_explanation_sum_to_what_may_be_promised(seed):
    chance = random.Random(seed)
    places = [world.location() for _ in range(3)]
    parts = [world.variant() for _ in range(3)]
    account = world.account()
    inventory.feed(account, places, actor="test")
    for part in parts:
        for place in places:
            world.stock(part, place, chance.randint(0, 9))
            with transaction.atomic():
                inventory.set_safety_stock(part, place, chance.choice([0, 0, 1, 4]), actor="test")
        world.sold(part, account, chance.randint(1, 6))
    if chance.random() < 0.5:
        Location.objects.filter(pk=chance.choice(places)).update(paused=True)
    kit = world.kit({part: chance.randint(1, 3) for part in parts[: chance.randint(1, 3)]})
    for variant in (*parts, kit):
        why = queries.explain_atp(variant)
        assert why.answer == sum(step.amount for step in why.steps) == queries.atp([variant])[variant]


@pytest.fixture
def large(owner):
    """30,000 levels, reservations and moves of 6,000 variants at 5 places."""
    places = [world.location() for _ in range(5)]
    first = world.variant()
    columns = [c.column for c in world.Variant._meta.local_fields if c.column not in ("id", "sku", "public_id")]
    names = ", ".join(columns)
    public = ", public_id" if any(c.column == "public_id" for c in world.Variant._meta.local_fields) else ""
    made = ", gen_random_uuid()" if public else ""
    owner.execute(
        f"INSERT INTO variant (sku, {names}{public}) SELECT 'BULK-' || n, {names}{made} FROM variant, generate_series(1, 6000) n WHERE id = %s",
        [first],
    )
    owner.execute("INSERT INTO variant_stock (variant_id, version, on_hand, reserved, atp, exposed, allotted, policy_reason, changed_at)"
                  " SELECT id, 1, 10, 1, 9, 0, false, '', now() FROM variant WHERE sku LIKE 'BULK-%'")  # fmt: skip
    owner.execute("INSERT INTO stock_level (variant_id, location_id, on_hand, reserved, safety_stock)"
                  " SELECT v.id, l.id, 10, 1, 0 FROM variant v, location l WHERE starts_with(sku, 'BULK-') AND l.id = ANY (%s)", [places])  # fmt: skip
    owner.execute("INSERT INTO reservation (variant_id, demand_ref, location_id, kind, quantity, short, firm, created_at)"
                  " SELECT variant_id, 'order-line:' || (variant_id * 10 + location_id), location_id, 'order', 1, 0, false, now() FROM stock_level")  # fmt: skip
    owner.execute("INSERT INTO stock_move (variant_id, source_key, occurred_at, location_id, recorded_at, reason, actor, on_hand_delta,"
                  " reserved_delta, on_hand_after, reserved_after, note) SELECT variant_id, 'o@' || location_id, now(), location_id, now(),"
                  " 'opening', 't', 10, 1, 10, 1, '' FROM stock_level")  # fmt: skip
    for table in ("variant", "variant_stock", "stock_level", "reservation", "stock_move"):
        owner.execute(f"ANALYZE {table}")
    ids = [row[0] for row in owner.execute("SELECT id FROM variant WHERE sku LIKE 'BULK-%' ORDER BY id LIMIT 3").fetchall()]
    return ids, places


@pytest.mark.breaks
def test_statements_on_the_hot_path_probe_indexes_of_large_tables(large):
    variants, places = large
    one = {"variants": variants[:1], "locations": places[:1]}
    refs = {"demand_refs": [f"order-line:{variants[0] * 10 + places[0]}"]}
    hot = {
        "lock_headers": {"variants": variants},
        "shelves": {"variants": variants, "account_id": None},
        "open_headers": {"variants": variants, "now": clock.now()},
        "reservations_of": refs,
        "open_reservations": {**one, "demand_refs": ["x"], "quantities": [1], "kind": "hold", "expires_at": None, "now": clock.now()},
        "lower_reservations": {**one, **refs, "quantities": [1], "shorts": [0]},
        "apply_moves": {
            **one, "on_hand": [0], "reserved": [1], "source_keys": ["k"], "occurred_at": [clock.now()], "reasons": ["held"], "notes": [""],
            "actor": "t", "now": clock.now(),
        },
    }  # fmt: skip
    for name, params in hot.items():
        plan = explain(name, params)
        scanned = [table for table in ("variant_stock", "stock_level", "reservation", "stock_move") if f"Seq Scan on {table}" in plan]
        assert scanned == [], f"{name}\n{plan}"


def explain(name: str, params: dict) -> str:
    with transaction.atomic():
        raw = sql.raw_connection()
        rows = raw.execute(b"EXPLAIN " + sql.statement("entrepot.inventory", name), sql._sendable(params)).fetchall()
        transaction.set_rollback(True)
    assert connection.in_atomic_block is False
    return "\n".join(row[0] for row in rows)
