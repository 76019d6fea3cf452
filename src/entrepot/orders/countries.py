"""Countries as people write them in files: English and Chinese names, and what the books of sellers call them."""

from functools import cache

from babel import Locale

ALSO = {
    "eire": "IE",
    "usa": "US",
    "united states of america": "US",
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "rsa": "ZA",
    "czech republic": "CZ",
    "hong kong": "HK",
    "macau": "MO",
    "uae": "AE",
    "korea": "KR",
    "holland": "NL",
    "turkey": "TR",
    "swaziland": "SZ",
    "macedonia": "MK",
    "burma": "MM",
    "香港": "HK",
    "澳门": "MO",
}


def country_code(name: str) -> str:
    """The ISO code of a country's name or code; "" where the name means none (“European Community”) or several (“Channel Islands”)."""
    key = " ".join(name.split()).casefold()
    return _names().get(key, "")


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("zh", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB"):
                found |= {name.casefold(): code, code.casefold(): code}
    return found | ALSO
