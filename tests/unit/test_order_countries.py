"""Countries as people write them in files."""

import pytest

from entrepot.orders.countries import country_code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("United Kingdom", "GB"),
        ("EIRE", "IE"),
        ("USA", "US"),
        ("Czech Republic", "CZ"),
        ("Hong Kong", "HK"),
        ("  united   arab emirates ", "AE"),
        ("德国", "DE"),
        ("法国", "FR"),
        ("de", "DE"),
        ("Channel Islands", ""),
        ("European Community", ""),
        ("European Union", ""),
        ("Unspecified", ""),
        ("", ""),
    ],
)
def test_a_name_has_a_code_or_none_is_invented(name: str, code: str) -> None:
    assert country_code(name) == code
