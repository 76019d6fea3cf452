"""Small readers name the path that is wrong, whatever a channel sends (F4, F11, F16)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.money import Money
from entrepot.channels import reading
from entrepot.channels.transport import Unreadable

RAW = {
    "price": {"value": "12.50", "n": 3, "nothing": None, "yes": True},
    "lines": [1],
    "at": "2026-03-29T02:30:00+02:00",
    "zone": "2026-03-29T02:30:00",
}


def test_what_is_there_is_read():
    assert reading.text(RAW, "price.value") == "12.50"
    assert reading.text(RAW, "price.n") == "3"
    assert reading.whole({"n": "3.0"}, "n") == 3
    assert reading.items(RAW, "lines") == [1]
    assert reading.instant(RAW, "at") == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert reading.amount(RAW, "price.value", "EUR") == Money(1250, "EUR")
    assert reading.optional(RAW, "price.value.deeper") is None
    assert reading.optional_instant(RAW, "price.nothing") is None


@pytest.mark.parametrize(
    ("read", "raw"),
    [
        (reading.text, {"a": None}), (reading.text, {}), (reading.text, {"a": ""}), (reading.text, {"a": True}), (reading.text, {"a": [1]}),
        (reading.text, []), (reading.text, None), (reading.whole, {"a": "x"}), (reading.whole, {"a": 1.5}), (reading.whole, {"a": True}),
        (reading.whole, {"a": "NaN"}), (reading.whole, {"a": "Infinity"}), (reading.whole, {"a": "1e999999"}), (reading.items, {"a": {}}),
        (reading.instant, {"a": "2026-03-29T02:30:00"}), (reading.instant, {"a": "yesterday"}), (reading.instant, {"a": 5}),
        (lambda raw, path: reading.amount(raw, path, "EUR"), {"a": "1.005"}),
        (lambda raw, path: reading.amount(raw, path, "XYZ"), {"a": "1"}),
        (lambda raw, path: reading.amount(raw, path, "EUR"), {"a": "1e999999"}),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_unreadable_at_its_path_f11(read, raw):
    with pytest.raises(Unreadable) as wrong:
        read(raw, "a")
    assert wrong.value.path == "a"


JUNK = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=6,
)


@given(JUNK)
def test_any_junk_is_read_or_unreadable_and_nothing_else_f4(raw):
    for read in (reading.text, reading.whole, reading.items, reading.instant, reading.optional_instant):
        try:
            read(raw, "a.b")
        except Unreadable as wrong:
            assert wrong.path == "a.b"  # noqa: PT017  (both ways are right)
