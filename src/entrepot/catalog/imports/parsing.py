"""Text of a cell as a number or an instant: by the file's own signs, refused where it could mean two things (F51)."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext

from entrepot.catalog.imports.errors import RowRefused
from entrepot.catalog.imports.types import DateText, NumberText

_SIMPLE = re.compile(r"\d{1,12}(?:\.\d{1,2})?")  # reads the same in every country but for 1.5 with a decimal comma, see `number`
_AROUND = re.compile(r"^(?:[^\W\d_]{1,3}|[$€£¥₽₹元円])?\s*([+\-−]?)\s*(?:[$€£¥₽₹元円])?\s*(.*?)\s*(?:[^\W\d_]{1,3}|[$€£¥₽₹元円])?$")
_BLANKS = str.maketrans("", "", " \u00a0\u2009\u202f'’")
_GROUPED = {sign: re.compile(rf"\d{{1,3}}(?:{re.escape(sign)}\d{{3}})+") for sign in ".,"}
_DIGITS = re.compile(r"\d+")


def number(text: str, decimal_sign: str | None) -> Decimal:
    """The number a cell shows. ``decimal_sign``: "." or ",", None where the file has not told yet.

    Raises: RowRefused: "not_a_number", or "ambiguous_number" with the cure for text such as 1,234.
    """
    if isinstance(text, NumberText) or (decimal_sign != "," and _SIMPLE.fullmatch(text)):
        return Decimal(text)
    minus, digits = _bare(text)
    if decimal_sign is None:
        decimal_sign = _sign_of(digits)
        if decimal_sign == "?":
            message = gettext("“{text}” may be {one} or {other}. Say in the mapping which sign is the decimal sign.").format(
                text=text, one=digits.replace(",", "").replace(".", ""), other=digits.replace(",", ".")
            )
            raise RowRefused("ambiguous_number", message)
    found = _read(digits, decimal_sign or ".")
    if found is None:
        if decimal_sign:
            message = gettext("“{text}” is no number with the decimal sign “{sign}”.").format(text=text, sign=decimal_sign)
        else:
            message = gettext("“{text}” is no number.").format(text=text)
        raise RowRefused("not_a_number", message)
    return -found if minus else found


def whole(text: str, decimal_sign: str | None) -> int:
    """A whole number. Raises: RowRefused also for 1.5."""
    found = number(text, decimal_sign)
    if found != found.to_integral_value():
        raise RowRefused("not_whole", gettext("“{text}” is no whole number.").format(text=text))
    return int(found)


def decimal_sign_of(texts: Iterable[str]) -> str | None:
    """The decimal sign that the numbers of a file agree on; None when no number tells, or they disagree."""
    told = {sign for text in texts if not isinstance(text, NumberText) and (sign := _sign_of(_bare(text)[1])) in (".", ",")}
    return told.pop() if len(told) == 1 else None


def _bare(text: str) -> tuple[bool, str]:
    """(negative, digits and signs) without currency and blanks."""
    found = _AROUND.match(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return False, text
    return found[1] in ("-", "−"), found[2].translate(_BLANKS)


def _sign_of(digits: str) -> str | None:
    """The decimal sign that these digits show, None when they show none, "?" when either reading is possible."""
    signs = [sign for sign in digits if sign in ".,"]
    if not signs:
        return None
    last = signs[-1]
    if len(set(signs)) == 2:
        return last
    if len(signs) > 1:
        return "," if last == "." else "."
    before, _, after = digits.partition(last)
    if len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0"):
        return "?"
    return last


def _read(digits: str, decimal_sign: str) -> Decimal | None:
    whole_part, _, fraction = digits.partition(decimal_sign)
    group = "," if decimal_sign == "." else "."
    if _GROUPED[group].fullmatch(whole_part):
        whole_part = whole_part.replace(group, "")
    if not _DIGITS.fullmatch(whole_part or "0") or not _DIGITS.fullmatch(fraction or "0") or not (whole_part or fraction):
        return None
    return Decimal(f"{whole_part or '0'}.{fraction or '0'}")


@lru_cache(maxsize=4096)
def instant(text: str, zone: str, form: str) -> datetime:
    """A time of the file as UTC. ``zone``: of times without one; ``form``: strptime's, "" for ISO.

    Raises: RowRefused for a text that is no time, or could be two (03/04/2024 without a form).
    """
    try:
        found = datetime.strptime(text.strip(), form) if form else datetime.fromisoformat(text.strip().replace("/", "-"))  # noqa: DTZ007
    except ValueError:
        if form:
            message = gettext("“{text}” is no time in the form {form}.").format(text=text, form=form)
        else:
            message = gettext("“{text}” is no time in the form {form}. Or name another form in the mapping.").format(
                text=text, form="2024-12-31 23:59"
            )
        raise RowRefused("not_a_time", message) from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(zone))
    return found.astimezone(UTC)


def code_text(text: str, name: str | Promise) -> str:
    """The text of a code, unless the spreadsheet has already made something else of it. Raises: RowRefused."""
    if isinstance(text, DateText):
        message = gettext("The spreadsheet turned this {name} into a date ({text}). Format the column as text and type it again.").format(
            name=name, text=text
        )
        raise RowRefused("turned_into_a_date", message)
    if isinstance(text, NumberText) and len(text.lstrip("-")) > 15:
        message = gettext(
            "The spreadsheet keeps only 15 digits of this {name} ({text}). Format the column as text and type it again."
        ).format(name=name, text=text)
        raise RowRefused("digits_lost", message)
    return str(text)
