"""Recomputing what must always hold: each floor names its checks, ``entrepot verify`` runs them (RIVALS 3)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

import psycopg
from django.db import transaction
from psycopg.rows import namedtuple_row

from entrepot.base import sql

BATCH = 500
_cursors = count(1)


@dataclass(frozen=True)
class Check:
    """An invariant. ``statement`` of a floor returns one row a breach: key, subject, expected, found.

    ``repair``: makes the things with these keys right as far as that can be derived, in a transaction of its own a batch;
    None where only a person can tell what is right.
    """

    invariant: str
    package: str
    statement: str
    repair: Callable[[Sequence[int]], None] | None = None


@dataclass(frozen=True)
class Finding:
    invariant: str
    key: int
    subject: str
    expected: str
    found: str


def findings(check: Check) -> Iterator[Finding]:
    """The breaches of an invariant, streamed; one statement sees one state of the database."""
    with transaction.atomic(), psycopg.ServerCursor(sql.raw_connection(), f"verify_{next(_cursors)}", row_factory=namedtuple_row) as cursor:
        cursor.execute(sql.statement(check.package, check.statement), {"variants": None})
        for row in cursor:
            found: Any = row
            yield Finding(check.invariant, found.key, found.subject, found.expected, found.found)


def repair(check: Check) -> None:
    """Make right what can be derived; what cannot is found again by the next look."""
    if check.repair is None:
        return
    keys = iter(sorted({finding.key for finding in findings(check)}))
    while batch := list(islice(keys, BATCH)):
        check.repair(batch)


def broken(checks: Sequence[Check]) -> list[Finding]:
    """All breaches of these invariants, for tests and small databases."""
    return [finding for check in checks for finding in findings(check)]


def as_json(finding: Finding) -> dict[str, Any]:
    return {"invariant": finding.invariant, "subject": finding.subject, "expected": finding.expected, "found": finding.found}
