"""The words of imports. No Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class DateText(str):
    """A cell that the spreadsheet keeps as a date: whatever was typed there is lost (F51)."""

    __slots__ = ()


class NumberText(str):
    """A cell that the spreadsheet keeps as a number; written with a decimal point, whatever the file's language."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the headings, as wide as they are; ``line`` as an editor counts, from 1."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not be taken apart."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class RowError:
    line: int
    column: str
    reason: str
    message: str
    value: str = ""


class Policy(StrEnum):
    SKIP = "skip"  # good rows are imported, bad ones are reported
    ALL = "all"  # one bad row, and nothing is imported


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class FileMapping:
    """Our field -> heading of the file, and what the file cannot say itself (delimiter, decimal sign, language, ...)."""

    name: str
    kind: str
    columns: Mapping[str, str]
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunView:
    """One import as its page shows it. ``unchanged`` rows are part of ``imported``."""

    public_id: UUID
    kind: str
    file_name: str
    mapping: str
    state: RunState
    lines: int
    imported: int
    unchanged: int
    rejected: Mapping[str, int]
    report: Mapping[str, Any]
    started_at: datetime
    ended_at: datetime | None
    errors: Sequence[RowError] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as they would be imported; nothing was written."""

    headings: Sequence[str]
    encoding: str
    delimiter: str
    rows: Sequence[tuple[int, Mapping[str, Any]]]
    errors: Sequence[RowError]
    suggested: Mapping[str, str]
