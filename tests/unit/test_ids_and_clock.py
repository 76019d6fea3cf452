"""Public ids and the one clock."""

from datetime import UTC, datetime, timedelta, timezone

from entrepot.base import clock
from entrepot.base.ids import new_public_id


def test_public_ids_are_version_7_unique_and_sorted_by_time():
    ids = [new_public_id() for _ in range(500)]
    assert len(set(ids)) == 500
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}
    stamps = [one.int >> 80 for one in ids]
    assert stamps == sorted(stamps)


def test_a_turned_clock_stands_until_it_is_moved_and_comes_back():
    noon = datetime(2027, 3, 1, 12, tzinfo=timezone(timedelta(hours=8)))
    with clock.turned_to(noon) as turned:
        assert clock.now() == noon
        assert clock.now().tzinfo is UTC
        start = clock.monotonic()
        assert turned.advance(timedelta(hours=1)) == noon + timedelta(hours=1)
        assert clock.monotonic() - start == 3600
        with clock.turned_to(noon):
            assert clock.now() == noon
        assert clock.now() == noon + timedelta(hours=1)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_now_is_the_databases_time_however_wrong_this_machines_clock_is_f44():
    try:
        clock.measured_offset(datetime.now(UTC) + timedelta(hours=1))
        assert timedelta(minutes=59) < clock.now() - datetime.now(UTC) < timedelta(minutes=61)
        before = clock.monotonic()
        clock.measured_offset(datetime.now(UTC) - timedelta(hours=1))
        assert clock.monotonic() >= before
    finally:
        clock.measured_offset(datetime.now(UTC))
