"""Key-set paging: pages by the sort key of the last row, so that page 1,000 costs what page 1 costs, and nothing is counted."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row")
Other = TypeVar("Other")
Table = TypeVar("Table", bound=Model)

SIZE = 50


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in order; ``next`` and ``before`` are addresses of the neighboring pages, None at the ends."""

    rows: Sequence[Row]
    next: str | None = None
    before: str | None = None

    def of(self, rows: Sequence[Other]) -> "Page[Other]":
        return Page(rows, self.next, self.before)


def page(rows: QuerySet[Table], order: Sequence[str], cursor: str = "", size: int = SIZE) -> Page[Table]:
    """One page of ``rows``. ``order`` names unique columns, "-" for falling; the last one must make the key unique.

    A cursor that cannot be read (cut off by hand) gives the first page.
    """
    backward, key = _read(cursor, len(order))
    if key is not None:
        rows = rows.filter(_beyond(order, key, backward))
    directed = [_turned(name) for name in order] if backward else list(order)
    found = list(rows.order_by(*directed)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
    return Page(found, *_neighbors(found, key_of(order), backward, more, key is not None))


def key_of(order: Sequence[str]) -> Callable[[Any], list[Any]]:
    names = [name.lstrip("-") for name in order]
    return lambda row: [reduce(getattr, name.split("__"), row) for name in names]


def _neighbors(
    rows: Sequence[Any], key: Callable[[Any], list[Any]], backward: bool, more: bool, inside: bool
) -> tuple[str | None, str | None]:
    if not rows:
        return None, None
    has_next = backward or more
    has_before = more if backward else inside
    return (
        _write("n", key(rows[-1])) if has_next else None,
        _write("b", key(rows[0])) if has_before else None,
    )


def _beyond(order: Sequence[str], key: Sequence[Any], backward: bool) -> Q:
    """Rows after ``key``: the first differing column decides."""
    cases = []
    for at, name in enumerate(order):
        falling = name.startswith("-") is not backward
        same = {column.lstrip("-"): value for column, value in zip(order[:at], key, strict=False)}
        cases.append(Q(**same, **{f"{name.lstrip('-')}__{'lt' if falling else 'gt'}": key[at]}))
    return reduce(or_, cases)


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _write(direction: str, key: Sequence[Any]) -> str:
    plain = [value if isinstance(value, int | str) else str(value) for value in key]
    return direction + base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read(cursor: str, width: int) -> tuple[bool, list[Any] | None]:
    if not cursor or cursor[0] not in "nb":
        return False, None
    text = cursor[1:]
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return False, None
    if not isinstance(key, list) or len(key) != width:
        return False, None
    return cursor[0] == "b", key
