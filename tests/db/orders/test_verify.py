"""`entrepot verify` finds what is broken, repairs what can be derived, and says so (RIVALS 3, P1, IN1, IN2)."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from entrepot.fulfillment import actions as fulfillment
from tests.db import sound
from tests.db.listings import world
from tests.db.orders.shop import line, open_shop, order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.breaks]


@pytest.fixture
def shop(owner):
    shop = open_shop()
    part = shop.has("RED", 9)
    shop.has("BLUE", 3)
    shop.has("GREEN", 50)
    kit = world.Variant.objects.get(pk=world.kit({part: 2, shop.variants["BLUE"]: 1})).sku
    offer = world.offer(part, shop.account)
    world.OfferShown.objects.filter(offer_id=offer).update(exposure=2)
    world.VariantStock.objects.filter(variant_id=part).update(exposed=2, allotted=True)
    shop.takes(order("A", line("RED", 2), line("GREEN", 1, "2")), order("B", line(kit, 1)), order("C", line("BLUE", 4)))
    fulfillment.plan_orders()
    with transaction.atomic():
        fulfillment.ship(fulfillment.FulfillmentOrder.objects.first().public_id, carrier="u", tracking="T", key="k", actor="t")
    assert sound.breaches() == []
    owner.execute("ALTER TABLE stock_level DROP CONSTRAINT stock_level_reserved_within_on_hand")
    owner.execute("ALTER TABLE variant_stock DROP CONSTRAINT variant_stock_totals_sound")
    yield shop
    owner.execute("SELECT test_clear()")
    owner.execute(
        "ALTER TABLE stock_level ADD CONSTRAINT stock_level_reserved_within_on_hand CHECK (reserved >= 0 AND on_hand >= reserved)"
    )
    owner.execute(
        "ALTER TABLE variant_stock ADD CONSTRAINT variant_stock_totals_sound CHECK (reserved >= 0 AND on_hand >= reserved AND atp >= 0)"
    )


def verify(tmp_path, *options: str) -> tuple[int, dict]:
    report = tmp_path / "report.json"
    code = 0
    try:
        call_command("verify", "--report", str(report), *options, stdout=StringIO(), stderr=StringIO())
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(report.read_text())


REPAIRABLE = {
    "on hand changed behind the ledger": "UPDATE stock_level SET on_hand = on_hand + 7 WHERE variant_id = {GREEN}",
    "reserved below zero": "UPDATE stock_level SET reserved = -3 WHERE variant_id = {GREEN}",
    "reserved too high": "UPDATE stock_level SET reserved = reserved + 2 WHERE variant_id = {RED}",
    "a level lost": "DELETE FROM stock_level WHERE variant_id = {GREEN}",
    "header totals": "UPDATE variant_stock SET on_hand = 1, reserved = 0, atp = 1 WHERE variant_id = {BLUE}",
    "header exposed": "UPDATE variant_stock SET exposed = 40 WHERE variant_id = {RED}",
    "a reservation lost": "DELETE FROM reservation WHERE variant_id = {BLUE} AND quantity > 1",
    "a part of a kit's reservation lost": "DELETE FROM reservation WHERE variant_id = {BLUE} AND quantity = 1",
    "a reservation too large": "UPDATE reservation SET quantity = quantity + 1 WHERE variant_id = {BLUE} AND quantity > 1",
    "a reservation of no line": "INSERT INTO reservation (variant_id, demand_ref, location_id, kind, quantity, short, firm, created_at)"
    " SELECT variant_id, 'order-line:999999', location_id, 'order', 1, 0, false, now() FROM stock_level WHERE variant_id = {GREEN}",
    "a line that wants more than it has": "UPDATE order_line SET short = 0 WHERE sku = 'BLUE'",
    "a line canceled without giving back": "UPDATE order_line SET canceled = quantity, short = 0 WHERE sku = 'BLUE'",
    "an order closed too early": "UPDATE sales_order SET closed = true WHERE channel_order_id = 'C'",
    "an order left open": "UPDATE sales_order SET closed = NOT closed WHERE channel_order_id = 'A'",
}


@pytest.mark.parametrize("kind", REPAIRABLE)
def test_what_can_be_derived_is_found_named_and_repaired(kind, shop, owner, tmp_path):
    owner.execute(REPAIRABLE[kind].format(**shop.variants))
    code, report = verify(tmp_path)
    assert (code, report["summary"]["sound"]) == (1, False)
    assert report["findings"]
    assert all(finding["expected"] != finding["found"] for finding in report["findings"])
    code, report = verify(tmp_path, "--repair")
    assert (code, report["left"], report["summary"]["sound"]) == (0, [], True)
    assert report["summary"]["repaired"]
    assert verify(tmp_path)[0] == 0


FOR_A_PERSON = {
    "a ledger row changed": "UPDATE stock_move SET on_hand_delta = on_hand_delta + 1 WHERE variant_id = {GREEN} AND on_hand_delta > 0",
    "a ledger row lost": "DELETE FROM stock_move WHERE variant_id = {GREEN} AND reserved_delta > 0",
    "a ledger row invented": "INSERT INTO stock_move (variant_id, source_key, occurred_at, location_id, recorded_at, reason, actor, on_hand_delta, reserved_delta,"
    " on_hand_after, reserved_after, note) SELECT variant_id, 'x', occurred_at, location_id, recorded_at, reason, actor, 1, 0, 9, 9, ''"
    " FROM stock_move WHERE variant_id = {GREEN} LIMIT 1",
    "a package lost": "UPDATE fulfillment_line SET shipped = 0 WHERE shipped > 0",
    "shipped but not fulfilled": "UPDATE fulfillment_line SET quantity = 9, shipped = 9 WHERE shipped > 0",
    "an answer without a receipt": "UPDATE offer_shown SET sent_at = now()",
}


@pytest.mark.parametrize("kind", FOR_A_PERSON)
def test_what_nobody_can_derive_is_named_and_left_to_a_person(kind, shop, owner, tmp_path):
    owner.execute(FOR_A_PERSON[kind].format(**shop.variants))
    before = owner.execute("SELECT * FROM stock_level ORDER BY 1, 2").fetchall()
    code, report = verify(tmp_path, "--repair")
    assert code == 1
    assert report["left"]
    assert owner.execute("SELECT * FROM stock_level ORDER BY 1, 2").fetchall() == before


def test_a_sound_database_says_so_and_exits_with_0(shop, tmp_path):
    code, report = verify(tmp_path)
    assert (code, report["findings"], report["summary"]["found"].values()) != (1, [], None)
    assert report["summary"]["sound"] is True
    out = StringIO()
    call_command("verify", stdout=out)
    assert "invariants hold" in out.getvalue()
