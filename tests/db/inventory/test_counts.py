"""Adjusting, reporting, safety stock: what they do to levels, headers, ledger and reservations (P1, ST5, ST9)."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from entrepot.base import clock
from entrepot.base.errors import UserError
from entrepot.inventory import actions as inventory
from entrepot.inventory import moves, queries
from entrepot.inventory.models import AvailabilityChange, Discrepancy, Reservation, StockLevel, StockMove, StockReport, VariantStock
from entrepot.inventory.types import DemandLine, Reason
from entrepot.people.models import Audit
from tests.db.listings import world

pytestmark = pytest.mark.django_db(transaction=True)


def on_hand(variant, place) -> int:
    return StockLevel.objects.get(variant_id=variant, location_id=place).on_hand


def numbers(variant, place) -> tuple[int, int]:
    row = StockLevel.objects.get(variant_id=variant, location_id=place)
    return row.on_hand, row.reserved


def adjust(variant, place, delta, key, **more):
    with transaction.atomic():
        return inventory.adjust(variant, place, delta, reason=Reason.RECEIVED, source_key=key, actor="test", **more)


def report(place, report_id, counted, kind="absolute", at=None):
    with transaction.atomic():
        return inventory.report(place, report_id, counted, kind=kind, counted_at=at or clock.now(), actor="till")


def hold(ref, variant, units, place=None):
    with transaction.atomic():
        inventory.hold([DemandLine(ref, variant, units, place)], until=clock.now() + timedelta(hours=1), actor="test")


def test_an_adjustment_changes_level_header_ledger_and_change_log_together_p1():
    variant, place = world.variant(), world.location()
    assert adjust(variant, place, 7, "receipt-1") == 7
    assert adjust(variant, place, -2, "receipt-2", note="n" * 300) == 5
    header = VariantStock.objects.get(variant_id=variant)
    assert (header.on_hand, header.reserved, header.atp, header.version) == (5, 0, 5, 2)
    rows = StockMove.objects.filter(variant_id=variant).order_by("recorded_at", "on_hand_after")
    assert sorted((row.on_hand_delta, row.on_hand_after, row.reserved_after) for row in rows) == [(-2, 5, 0), (7, 7, 0)]
    assert list(AvailabilityChange.objects.filter(variant_id=variant).order_by("version").values_list("version", flat=True)) == [1, 2]


def test_the_same_source_key_again_is_one_effect_p5():
    variant, place = world.variant(), world.location()
    adjust(variant, place, 7, "receipt-1")
    assert adjust(variant, place, 7, "receipt-1") == 7
    assert on_hand(variant, place) == 7
    with pytest.raises(IntegrityError), transaction.atomic():  # the key of the ledger refuses it also without the look before
        moves.lock([variant])
        at = StockMove.objects.get(source_key="receipt-1").occurred_at
        moves.apply([moves.Move(variant, place, "receipt-1", at, Reason.RECEIVED, on_hand=7)], actor="test")
    assert on_hand(variant, place) == 7


def test_more_than_is_there_cannot_be_taken_away_p1():
    variant, place = world.variant("BLUE"), world.location()
    adjust(variant, place, 2, "a")
    with pytest.raises(UserError, match="BLUE: 2 on hand"):
        adjust(variant, place, -3, "b")
    assert on_hand(variant, place) == 2


@pytest.mark.parametrize("values", ["on_hand = -1", "reserved = on_hand + 1", "reserved = -1"])
def test_the_database_refuses_a_level_outside_its_bounds_p1(connect, values):
    variant, place = world.variant(), world.location()
    adjust(variant, place, 2, "a")
    import psycopg

    with pytest.raises(psycopg.errors.CheckViolation):
        connect().execute(f"UPDATE stock_level SET {values} WHERE variant_id = %s", [variant])


def test_the_app_cannot_change_or_delete_the_ledger_p18(connect):
    import psycopg

    adjust(world.variant(), world.location(), 2, "a")
    for statement in ("UPDATE stock_move SET on_hand_delta = 9", "DELETE FROM stock_move"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connect().execute(statement)


def test_an_adjustment_below_reserved_makes_the_newest_not_firm_reservation_short_st9():
    variant, place = world.variant(), world.location()
    adjust(variant, place, 4, "a")
    hold("old", variant, 2)
    hold("new", variant, 2)
    adjust(variant, place, -1, "b")
    assert numbers(variant, place) == (3, 3)
    held = dict(Reservation.objects.values_list("demand_ref", "quantity"))
    assert held == {"old": 2, "new": 1}
    assert Reservation.objects.get(demand_ref="new").short == 1


def test_firm_reservations_are_kept_and_a_discrepancy_asks_a_person_st9():
    variant, place = world.variant(), world.location()
    adjust(variant, place, 4, "a")
    hold("picked", variant, 3)
    Reservation.objects.update(firm=True)
    report(place, "count-1", {variant: 1})
    assert numbers(variant, place) == (3, 3)
    assert list(Discrepancy.objects.values_list("reported", "kept")) == [(1, 3)]
    assert Reservation.objects.get().short == 0


def test_an_absolute_report_applies_what_moved_after_it_again_st5():
    variant, place = world.variant(), world.location()
    adjust(variant, place, 10, "a")
    counted_at = clock.now()
    adjust(variant, place, -3, "sold since")
    report(place, "count-1", {variant: 8}, at=counted_at)
    assert on_hand(variant, place) == 5


def test_the_same_report_twice_is_one_effect_st5():
    variant, place = world.variant(), world.location()
    adjust(variant, place, 10, "a")
    at = clock.now()
    assert report(place, "till-1", {variant: -2}, "delta", at) is True
    assert report(place, "till-1", {variant: -2}, "delta", at) is False
    assert on_hand(variant, place) == 8


def test_a_report_older_than_the_last_count_is_kept_and_ignored_st5():
    variant, place = world.variant(), world.location()
    early = clock.now() - timedelta(hours=2)
    adjust(variant, place, 10, "a")
    report(place, "count-2", {variant: 6})
    assert report(place, "count-1", {variant: 9}, at=early) is False
    assert report(place, "till-1", {variant: -1}, "delta", early) is False  # the count has seen that sale
    assert on_hand(variant, place) == 6
    assert list(StockReport.objects.order_by("report_id").values_list("report_id", "applied")) == [
        ("count-1", False), ("count-2", True), ("till-1", False)
    ]  # fmt: skip


def test_reports_in_any_order_and_repeated_lead_to_the_same_stock_p5():
    start = clock.now() + timedelta(minutes=1)
    events = [
        ("count-1", "absolute", 5, 0), ("till-1", "delta", -3, 1), ("count-2", "absolute", 4, 2), ("till-2", "delta", -1, 3),
    ]  # fmt: skip
    ends = set()
    for order in permutations(events):
        variant, place = world.variant(), world.location()
        adjust(variant, place, 2, "opening")
        for report_id, kind, units, minute in [*order, order[0], order[-1]]:
            report(place, report_id, {variant: units}, kind, start + timedelta(minutes=minute))
        ends.add(on_hand(variant, place))
    assert ends == {3}


def test_a_till_sale_of_more_than_we_knew_counts_whole_when_a_count_explains_it_st5():
    """The shelf held 5, we believed 2: the till sold 3 and only then the morning's count arrives."""
    variant, place = world.variant(), world.location()
    adjust(variant, place, 2, "a")
    morning = clock.now() + timedelta(minutes=1)
    report(place, "till-1", {variant: -3}, "delta", morning + timedelta(hours=1))
    assert on_hand(variant, place) == 0
    assert list(Discrepancy.objects.values_list("reported", "kept")) == [(-1, 0)]
    report(place, "count-1", {variant: 5}, at=morning)
    assert on_hand(variant, place) == 2


@pytest.mark.parametrize(
    ("report_id", "counted", "kind"), [("", 1, "delta"), ("x" * 81, 1, "delta"), ("a", 1, "guess"), ("a", -1, "absolute")]
)
def test_a_report_that_makes_no_sense_is_refused_with_words(report_id, counted, kind):
    variant, place = world.variant(), world.location()
    with pytest.raises(UserError):
        report(place, report_id, {variant: counted}, kind)
    assert not StockReport.objects.exists()


def test_safety_stock_lowers_what_may_be_promised_tells_lanes_and_is_audited_p18():
    variant, place = world.variant(), world.location()
    adjust(variant, place, 5, "a")
    with transaction.atomic():
        inventory.set_safety_stock(variant, place, 4, actor="ann")
    header = VariantStock.objects.get(variant_id=variant)
    assert (header.atp, queries.atp([variant])[variant]) == (1, 1)
    assert AvailabilityChange.objects.filter(variant_id=variant, version=header.version).exists()
    assert Audit.objects.get(action="safety_stock.set").actor == "ann"
    with transaction.atomic():
        inventory.set_safety_stock(variant, place, 9, actor="ann")
    assert VariantStock.objects.get(variant_id=variant).atp == 0
    with pytest.raises(UserError):
        inventory.set_safety_stock(variant, place, -1, actor="ann")


def test_receiving_many_is_one_effect_a_document_line():
    place = world.location()
    lines = [(world.variant(), place, units) for units in (3, 0, 5)]
    for new in (2, 0):
        with transaction.atomic():
            assert inventory.receive_many(lines, reason=Reason.OPENING, source="delivery 7", actor="test") == new
    assert [on_hand(variant, place) for variant, _, units in lines if units] == [3, 5]


def test_a_kit_has_no_level_to_adjust_report_or_receive():
    part, place = world.variant(), world.location()
    kit = world.kit({part: 2})
    for change in (
        lambda: adjust(kit, place, 1, "k"),
        lambda: inventory.report(place, "r", {kit: 1}, kind="delta", counted_at=clock.now(), actor="t"),
        lambda: inventory.receive_many([(kit, place, 1)], reason=Reason.OPENING, source="s", actor="t"),
        lambda: inventory.set_safety_stock(kit, place, 1, actor="t"),
    ):
        with transaction.atomic(), pytest.raises(UserError, match="is a kit and lies nowhere"):
            change()
    assert not StockLevel.objects.exists()
    assert not StockMove.objects.exists()
