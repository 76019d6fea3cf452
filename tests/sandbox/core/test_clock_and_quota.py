from datetime import UTC, datetime, timedelta

import pytest

from entrepot_sandbox.core.clock import VIRTUAL_START, Clock, iso, parse_instant
from entrepot_sandbox.core.quota import Daily, Quotas, Rate


def test_what_is_due_runs_in_order_and_sees_its_own_time():
    clock = Clock.virtual()
    seen: list[tuple[str, datetime]] = []
    clock.after(20, lambda: seen.append(("later", clock.now())))
    clock.after(10, lambda: seen.append(("sooner", clock.now())))
    clock.advance(60)
    assert seen == [("sooner", VIRTUAL_START + timedelta(seconds=10)), ("later", VIRTUAL_START + timedelta(seconds=20))]
    assert clock.now() == VIRTUAL_START + timedelta(seconds=60)


def test_one_turn_of_an_hour_gives_the_same_as_an_hour_of_small_steps():
    def ticks(steps: int) -> list[datetime]:
        clock = Clock.virtual()
        seen: list[datetime] = []

        def tick() -> None:
            seen.append(clock.now())
            clock.after(600, tick)

        clock.after(600, tick)
        for _ in range(steps):
            clock.advance(3600 / steps)
        return seen

    assert ticks(1) == ticks(60)
    assert len(ticks(1)) == 6


def test_what_has_not_come_due_does_not_run():
    clock = Clock.virtual()
    clock.after(10, lambda: pytest.fail("too early"))
    clock.advance(9.999)
    clock.forget()
    clock.advance(100)


def test_a_paused_clock_stands_and_a_fast_one_runs_fast():
    seconds = [0.0]
    clock = Clock(VIRTUAL_START, lambda: seconds[0])
    clock.speed = 60
    seconds[0] = 2
    assert clock.now() == VIRTUAL_START + timedelta(seconds=120)
    clock.speed = 0
    seconds[0] = 50
    assert clock.now() == VIRTUAL_START + timedelta(seconds=120)
    clock.advance(5)
    clock.speed = 1
    seconds[0] = 51
    assert clock.now() == VIRTUAL_START + timedelta(seconds=126)


def test_times_are_written_in_utc_with_milliseconds():
    assert iso(datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)) == "2026-03-02T09:00:00.123Z"
    assert parse_instant("2026-03-02T10:00:00+01:00") == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert parse_instant("2026-03-02T09:00:00Z") == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert parse_instant("02/21/2022") is None


def test_f1_a_bucket_gives_its_burst_at_once_and_then_its_rate():
    clock = Clock.virtual()
    quotas = Quotas(clock, {"search": Rate(0.0056, 20)})
    assert [quotas.take("search", "seller") for _ in range(20)] == [None] * 20
    wait = quotas.take("search", "seller")
    assert wait == pytest.approx(1 / 0.0056)
    assert quotas.take("search", "another seller") is None
    clock.advance(wait - 1)
    assert quotas.take("search", "seller") is not None
    clock.advance(1)
    assert quotas.take("search", "seller") is None
    clock.advance(86_400)
    assert quotas.level("search", "seller").left == 20


def test_f1_a_daily_quota_is_whole_again_at_midnight_pacific():
    clock = Clock.virtual(datetime(2026, 3, 2, 20, 0, tzinfo=UTC))  # noon in Los Angeles
    quotas = Quotas(clock, {"inventory": Daily(2)})
    assert quotas.take("inventory", "app") is None
    assert quotas.take("inventory", "app") is None
    assert quotas.take("inventory", "app") == 12 * 3600
    clock.advance(12 * 3600 - 1)
    assert quotas.take("inventory", "app") == 1
    clock.advance(1)
    assert quotas.take("inventory", "app") is None
    assert quotas.level("inventory", "app").left == 1


def test_a_bucket_without_a_limit_is_never_short():
    quotas = Quotas(Clock.virtual(), {})
    assert all(quotas.take("anything", "seller") is None for _ in range(1000))
