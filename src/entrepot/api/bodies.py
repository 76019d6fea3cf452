"""JSON bodies from strangers: bounded in size and depth, each key once, no text that the database cannot keep (F21, F27)."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from entrepot.api.problems import Problem

DEEPEST = 32


class BoundedParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return document(request.body)

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        found = super().parse_querydict(data, list_fields, request)
        for value in found.values():
            _check_text(" ".join(value) if isinstance(value, list) else value)
        return found


def document(text: bytes) -> Any:
    """The body as Python values. Raises: Problem 400."""
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as no:
        reason = str(no) if isinstance(no, ValueError) else _("it is nested too deep")
        raise Problem(400, "unreadable", _("The body is not JSON that can be read: %(reason)s.") % {"reason": reason[:200]}) from None
    _check(found)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _check(found: Any) -> None:
    level, depth = [found], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Problem(400, "unreadable", _("The body is nested deeper than %(most)d levels.") % {"most": DEEPEST})
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below.extend(one.values())
                below.extend(one)
            elif isinstance(one, list):
                below.extend(one)
            elif isinstance(one, str):
                _check_text(one)
        level = below


def _check_text(text: Any) -> None:
    """No NUL, which PostgreSQL cannot keep, and no half of a character pair, which UTF-8 cannot."""
    if not isinstance(text, str):
        return
    if "\x00" in text:
        raise Problem(422, "invalid", _("A text holds the character NUL. Take it out."))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Problem(422, "invalid", _("A text holds half of a character (a lone surrogate). Take it out.")) from None
