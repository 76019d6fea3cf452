"""What the fields of a product may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.catalog import values


def test_a_sku_is_kept_as_typed_trimmed_and_in_one_unicode_form() -> None:
    assert values.sku("  00123 ") == "00123"
    assert values.sku("1E5") == "1E5"
    assert values.sku("Cafe\u0301/rot") == "Caf\u00e9/rot"


@pytest.mark.parametrize(
    ("text", "words"), [("   ", "is empty"), ("x" * 81, "longer than 80"), ("A\x00B", "nobody can see"), ("A\nB", "nobody can see")]
)
def test_a_sku_that_nobody_could_type_is_refused(text: str, words: str) -> None:
    with pytest.raises(values.BadValue, match=words):
        values.sku(text)


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=80))
def test_skus_that_differ_by_case_only_are_one(text: str) -> None:
    assert values.fold(text.lower()) == values.fold(text.upper())


def test_folding_goes_letter_by_letter_as_the_database_does() -> None:
    assert values.fold("straße") == "STRAßE"


@pytest.mark.parametrize("text", ["", "4006381333931", "400-6381 333931", "96385074", "036000291452", "10614141000415"])
def test_lp10_a_right_gtin_is_taken(text: str) -> None:
    assert values.gtin(text) == text.replace(" ", "").replace("-", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("4006381333932", "would have to be 1"),
        ("40063813339", "has 11 digits.*zeros in front"),
        ("40063813339AB", "other than digits"),
        ("４００６３８１３３３９３１", "other than digits"),
    ],
)
def test_lp10_a_wrong_gtin_is_refused_with_the_cure(text: str, words: str) -> None:
    with pytest.raises(values.BadValue, match=words):
        values.gtin(text)


def test_country_hs_code_and_language_have_one_spelling() -> None:
    assert (values.country(" cn "), values.hs_code("6204.43 10"), values.language("pt_BR")) == ("CN", "62044310", "pt-br")
    for wrong in (lambda: values.country("China"), lambda: values.hs_code("62"), lambda: values.language("english!")):
        with pytest.raises(values.BadValue):
            wrong()


def test_every_variant_has_a_value_for_every_option_and_no_other() -> None:
    assert values.options({"Colour": " red ", "Size": "40"}, ["Size", "Colour"], "A") == {"Size": "40", "Colour": "red"}
    with pytest.raises(values.BadValue, match="A has no Colour"):
        values.options({"Size": "40"}, ["Size", "Colour"], "A")
    with pytest.raises(values.BadValue, match="no option of the product"):
        values.options({"Size": "40", "Fit": "slim"}, ["Size"], "A")
