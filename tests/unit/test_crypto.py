"""Sealed documents open only with their key, for their owner, unchanged (P17, X4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.crypto import CannotOpen, Keys, Sealer

OLD = Keys({1: b"a" * 32}, current=1)
NEW = Keys({1: b"a" * 32, 2: b"b" * 32}, current=2)


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_a_document_opens_as_it_was(document):
    assert Sealer(OLD, "p").open(Sealer(OLD, "p").seal(document, "order:1"), "order:1") == document


def test_also_text_that_utf_8_cannot_hold_comes_back():
    assert Sealer(OLD, "p").open(Sealer(OLD, "p").seal({"name": "a\ud800\x00"}, "o"), "o") == {"name": "a\ud800\x00"}


def test_it_opens_for_its_owner_and_purpose_only():
    sealed = Sealer(OLD, "buyer").seal({"a": 1}, "order:1")
    for sealer, owner in (
        (Sealer(OLD, "buyer"), "order:2"),
        (Sealer(OLD, "other"), "order:1"),
        (Sealer(Keys({1: b"z" * 32}, 1), "buyer"), "order:1"),
    ):
        with pytest.raises(CannotOpen):
            sealer.open(sealed, owner)


def test_any_changed_bit_and_any_cut_is_noticed():
    sealed = Sealer(OLD, "p").seal({"a": 1}, "o")
    for at in range(len(sealed)):
        with pytest.raises(CannotOpen):
            Sealer(OLD, "p").open(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], "o")
        with pytest.raises(CannotOpen):
            Sealer(OLD, "p").open(sealed[:at], "o")


def test_the_newest_key_seals_and_all_open():
    before, after = Sealer(OLD, "p"), Sealer(NEW, "p")
    assert after.open(before.seal({"a": 1}, "o"), "o") == {"a": 1}
    sealed = after.seal({"a": 2}, "o")
    assert sealed[0] == 2
    with pytest.raises(CannotOpen):
        before.open(sealed, "o")


def test_the_same_document_is_never_sealed_alike():
    one = Sealer(OLD, "p")
    assert len({one.seal({"a": 1}, "o") for _ in range(50)}) == 50


def test_an_index_is_exact_keyed_and_survives_a_new_key():
    assert Sealer(OLD, "p").index(" Ada  BYRON ") == Sealer(OLD, "p").index("ada byron")
    assert Sealer(OLD, "p").index("ada") == Sealer(NEW, "p").index("ada")
    assert Sealer(OLD, "p").index("ada") != Sealer(OLD, "q").index("ada")
    assert Sealer(OLD, "p").index("ada") != Sealer(Keys({1: b"z" * 32}, 1), "p").index("ada")
    assert Sealer(OLD, "p").index("  ") is None
