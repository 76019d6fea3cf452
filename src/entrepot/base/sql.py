"""Statements live in ``sql/*.sql`` of their floor, one a file; here they are loaded and run.

They run on the raw psycopg connection below Django's (same transaction), with server-side parameters, so that
PostgreSQL keeps their plan. A list travels as an array literal: psycopg's own dumper of lists costs ten times as much
(measured: 1.3 against 0.1 µs a value), and intake sends thirty lists a batch. The statement casts each to its type.
What the database refuses arrives as Django's error (IntegrityError, DataError, ...), as from the ORM.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, cast

import psycopg
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.rows import namedtuple_row


@cache
def statement(package: str, name: str) -> bytes:
    """The text of ``sql/<name>.sql`` of a floor: statement("entrepot.inventory", "lock_headers")."""
    return (files(package) / "sql" / f"{name}.sql").read_bytes()


@cache
def _numbered(package: str, name: str) -> tuple[bytes, Sequence[str]]:
    """A statement with $1, $2, ... and the names in that order: psycopg reads a long text with names anew at every call."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        word = found[1]
        if word is None:
            return "%"
        if word not in names:
            names.append(word)
        return f"${names.index(word) + 1}"

    text = re.sub(r"%%|%\((\w+)\)s", number, statement(package, name).decode())
    return text.encode(), tuple(names)


def plan_once() -> None:
    """From now on, connections of this process plan each statement once, whatever its values: for processes that run the same
    statements all day. Planning anew took a third of a lane's time in the database (docs/decisions/0010). Statements in sql/ are
    written so that they have one good plan; one that has not is run with ``planned_anew``.
    """
    connection_created.connect(_plan_once, dispatch_uid="plan_once")


def _plan_once(connection: BaseDatabaseWrapper, **_: object) -> None:
    connection.connection.execute("SET plan_cache_mode = force_generic_plan")


def raw_connection() -> psycopg.Connection[Any]:
    """The psycopg connection that Django uses in this thread, inside Django's present transaction."""
    connection.ensure_connection()
    return cast("psycopg.Connection[Any]", connection.connection)


def rows(package: str, name: str, params: Mapping[str, Any] | None = None, conn: psycopg.Connection[Any] | None = None) -> list[Any]:
    """Run a named statement; its rows as named tuples (empty when it returns none)."""
    with _djangos_errors(conn), psycopg.RawCursor(conn or raw_connection(), row_factory=namedtuple_row) as cursor:
        text, names = _numbered(package, name)
        cursor.execute(text, _in_order(names, params), prepare=True)
        return cursor.fetchall() if cursor.description else []


def run(package: str, name: str, params: Mapping[str, Any] | None = None, conn: psycopg.Connection[Any] | None = None) -> int:
    """Run a named statement for its effect; how many rows it changed."""
    with _djangos_errors(conn), psycopg.RawCursor(conn or raw_connection()) as cursor:
        text, names = _numbered(package, name)
        cursor.execute(text, _in_order(names, params), prepare=True)
        return cursor.rowcount


def planned_anew(package: str, name: str, params: Mapping[str, Any]) -> int:
    """Run a named statement for its effect, planned for these very values; how many rows it changed. For a range that is narrow
    or wide from call to call, where one plan for all reads the whole table.
    """
    with _djangos_errors(None), psycopg.ClientCursor(raw_connection()) as cursor:
        cursor.execute(statement(package, name), _sendable(params))
        return cursor.rowcount


@contextmanager
def pipeline() -> Iterator[None]:
    """Statements inside (``run`` only: ``rows`` needs its answer) are sent without waiting for one another's answer; what fails is
    raised at the latest at the end."""
    with _djangos_errors(None), raw_connection().pipeline():
        yield


def columns(records: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows turned into columns for ``unnest``; ``width`` empty columns when there are no rows."""
    return [list(column) for column in zip(*records, strict=True)] if records else [[] for _ in range(width)]


def array(values: Sequence[Any]) -> str:
    """A PostgreSQL array literal of values of one type, None as NULL: array([1, None]) is "{1,NULL}"."""
    sample = next((value for value in values if value is not None), None)
    if isinstance(sample, str):
        return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"
    if isinstance(sample, bytes):
        return "{" + ",".join(["NULL" if value is None else f'"\\\\x{value.hex()}"' for value in values]) + "}"
    if isinstance(sample, date):
        return "{" + ",".join(["NULL" if value is None else value.isoformat() for value in values]) + "}"
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _djangos_errors(conn: psycopg.Connection[Any] | None) -> AbstractContextManager[Any]:
    return connection.wrap_database_errors if conn is None else nullcontext()


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _in_order(names: Sequence[str], params: Mapping[str, Any] | None) -> list[Any] | None:
    given = _sendable(params)
    return [given[name] for name in names] if given is not None else None


def _sendable(params: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if params is None:
        return None
    return {name: array(value) if isinstance(value, list) else value for name, value in params.items()}
