"""What the fields of a product may hold: one small function a field, used by forms, the API and imports alike."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from stdnum import ean

from entrepot.base.errors import UserError
from entrepot.base.ids import Sku

LONGEST_CODE = 80
LONGEST_TITLE = 500
LONGEST_TEXT = 100_000
MOST_OPTIONS = 5
MOST_INTEGER = 2_147_483_647
_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")  # ASCII without blanks around it is NFC and printable
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_COUNTRY = re.compile(r"[A-Z]{2}")
_HS_CODE = re.compile(r"\d{6,10}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


class BadValue(UserError):
    """A field cannot hold this; the text names the value and the cure."""

    code = "bad_value"


def fold(text: str) -> str:
    """Equal for codes that differ only by case, as the database's upper() sees it (letter by letter: ß stays ß)."""
    return text.upper() if text.isascii() else "".join(upper if len(upper := sign.upper()) == 1 else sign for sign in text)


def sku(text: str) -> Sku:
    """The SKU as typed, trimmed, NFC. Raises: BadValue."""
    return Sku(text) if len(text) <= LONGEST_CODE and _PLAIN.fullmatch(text) else Sku(code(text, _("SKU")))


def code(text: str, name: str | Promise) -> str:
    """A code as typed, trimmed, NFC. Raises: BadValue when it is empty, too long or holds unprintable characters."""
    plain = _PLAIN.fullmatch(text)
    found = text if plain else unicodedata.normalize("NFC", text).strip()
    if not found:
        raise BadValue(_("The %(name)s is empty.") % {"name": name})
    if len(found) > LONGEST_CODE:
        raise BadValue(_("The %(name)s “%(start)s…” is longer than %(most)d characters.") % {"name": name, "start": found[:30], "most": 80})
    if not plain and _CONTROL.search(found):
        raise BadValue(_("The %(name)s “%(code)s” holds characters that nobody can see or type.") % {"name": name, "code": found})
    return found


def gtin(text: str) -> str:
    """A GTIN without blanks and hyphens, its check digit right; "" stays "" (LP10). Raises: BadValue."""
    digits = text.replace(" ", "").replace("-", "").replace("\u00a0", "")
    if not digits:
        return ""
    if not (digits.isascii() and digits.isdigit()):
        raise BadValue(_("The GTIN “%(text)s” holds something other than digits.") % {"text": text[:30]})
    if len(digits) not in (8, 12, 13, 14):
        message = _("The GTIN “%(text)s” has %(n)d digits; a GTIN has 8, 12, 13 or 14. Were zeros in front lost?")
        raise BadValue(message % {"text": digits[:30], "n": len(digits)})
    right = ean.calc_check_digit(digits[:-1])
    if right != digits[-1]:
        message = _("The GTIN “%(text)s” ends with the wrong check digit: it would have to be %(right)s. Compare it with the package.")
        raise BadValue(message % {"text": digits, "right": right})
    return digits


def line_of_text(text: str, name: str | Promise, most: int) -> str:
    """Trimmed, NFC, on one line. Raises: BadValue when it is longer than ``most``."""
    found = text if _PLAIN.fullmatch(text) else unicodedata.normalize("NFC", " ".join(_CONTROL.sub(" ", text).split()))
    if len(found) > most:
        raise BadValue(
            _("The %(name)s is %(n)d characters long; at most %(most)d are kept.") % {"name": name, "n": len(found), "most": most}
        )
    return found


def long_text(text: str, name: str | Promise) -> str:
    """NFC, line breaks kept, no NUL. Raises: BadValue."""
    found = unicodedata.normalize("NFC", text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(found) > LONGEST_TEXT:
        message = _("The %(name)s is %(n)d characters long; at most %(most)d are kept.")
        raise BadValue(message % {"name": name, "n": len(found), "most": LONGEST_TEXT})
    return found


def country(text: str) -> str:
    """An ISO country code in capitals, "" stays "". Raises: BadValue."""
    found = text.strip().upper()
    if found and not _COUNTRY.fullmatch(found):
        raise BadValue(_("“%(text)s” is no country code. Use two letters such as CN.") % {"text": text[:30]})
    return found


def hs_code(text: str) -> str:
    """Six to ten digits without dots and blanks, "" stays "". Raises: BadValue."""
    found = text.replace(".", "").replace(" ", "")
    if found and not _HS_CODE.fullmatch(found):
        raise BadValue(_("“%(text)s” is no HS code: it has 6 to 10 digits.") % {"text": text[:30]})
    return found


def language(text: str) -> str:
    """A language tag in small letters: en, zh, pt-br. Raises: BadValue."""
    found = text.strip().lower().replace("_", "-")
    if len(found) > 10 or not _LANGUAGE.fullmatch(found):
        raise BadValue(_("“%(text)s” is no language. Use a code such as en or zh.") % {"text": text[:30]})
    return found


def amount(value: int | None, name: str | Promise, most: int = MOST_INTEGER) -> int | None:
    """A whole number from 0, or None. Raises: BadValue."""
    if value is not None and not 0 <= value <= most:
        raise BadValue(_("The %(name)s cannot be %(value)d.") % {"name": name, "value": value})
    return value


def options(values: Mapping[str, Any], names: Sequence[str], sku_: str) -> dict[str, str]:
    """The variant's value for every option of its product, in the product's order. Raises: BadValue."""
    given = {name.strip(): line_of_text(str(value), name, 80) for name, value in values.items()}
    missing = [name for name in names if not given.get(name)]
    if missing:
        raise BadValue(_("%(sku)s has no %(option)s. Give every variant a value for it.") % {"sku": sku_, "option": missing[0]})
    unknown = [name for name in given if name not in names]
    if unknown:
        message = _("%(sku)s has a value for “%(option)s”, which is no option of the product.")
        raise BadValue(message % {"sku": sku_, "option": unknown[0]})
    return {name: given[name] for name in names}


def option_names(names: Sequence[str]) -> list[str]:
    """Names of the options in order, each once. Raises: BadValue."""
    found = [line_of_text(str(name), _("option"), 40) for name in names]
    if len(found) > MOST_OPTIONS or "" in found or len(set(found)) != len(found):
        raise BadValue(_("The options of a product have different names, and there are at most %(most)d.") % {"most": MOST_OPTIONS})
    return found
