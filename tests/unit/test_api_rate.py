"""F27: a bucket a token: a quarter of a minute's calls at once, the rest evenly, and never more memory than so many buckets."""

from datetime import UTC, datetime, timedelta

from entrepot.api import rate
from entrepot.base import clock

START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_f27_a_bucket_empties_and_refills() -> None:
    buckets = rate.Buckets(60)
    with clock.turned_to(START) as turned:
        assert [buckets.take(1) for _ in range(15)] == [0.0] * 15
        assert buckets.take(1) == 1.0
        turned.advance(timedelta(seconds=1))
        assert (buckets.take(1), buckets.take(1)) == (0.0, 1.0)
        turned.advance(timedelta(hours=1))
        assert [buckets.take(1) > 0 for _ in range(16)] == [False] * 15 + [True]


def test_f27_one_token_does_not_slow_another() -> None:
    buckets = rate.Buckets(4)
    with clock.turned_to(START):
        assert (buckets.take(1), buckets.take(1) > 0, buckets.take(2)) == (0.0, True, 0.0)


def test_f27_memory_is_bounded() -> None:
    buckets = rate.Buckets(60)
    with clock.turned_to(START):
        for key in range(rate.MOST_BUCKETS + 100):
            buckets.take(key)
    assert len(buckets._buckets) == rate.MOST_BUCKETS
