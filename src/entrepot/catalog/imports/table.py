"""A table of a file, whatever the file is: headings, and rows as wide as they are, as often as they are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from entrepot.catalog.imports import csv_file, xlsx_file
from entrepot.catalog.imports.errors import CannotRead
from entrepot.catalog.imports.opening import Source, open_source
from entrepot.catalog.imports.types import BrokenRow, Row


@dataclass(frozen=True)
class Table:
    """``encoding`` and ``delimiter`` are empty for a spreadsheet."""

    source: Source
    headings: Sequence[str]
    encoding: str = ""
    delimiter: str = ""

    def rows(self) -> Iterator[Row | BrokenRow]:
        """Every row under the headings. A row cut short is filled with empty cells; one that is too wide is broken."""
        width = len(self.headings)
        rows = _all_rows(self.source, self.encoding, self.delimiter)
        next(rows)
        for row in rows:
            if isinstance(row, Row) and len(row.cells) != width:
                yield _fitted(row, width)
            else:
                yield row


def open_table(path: Path, *, name: str = "", settings: Mapping[str, Any] | None = None) -> Table:
    """``settings`` may declare "encoding" and "delimiter". Raises: CannotRead, naming line and column where there are any."""
    source = open_source(path, name=name)
    declared = settings or {}
    encoding = delimiter = ""
    if source.kind == "csv":
        encoding = csv_file.encoding_of(source, declared.get("encoding", ""))
        delimiter = declared.get("delimiter") or csv_file.delimiter_of(source, encoding)
    else:
        xlsx_file.inspect(source)
    first = next(_all_rows(source, encoding, delimiter), None)
    if first is None:
        raise CannotRead(gettext("{file} is empty. Export it again.").format(file=source.name))
    if isinstance(first, BrokenRow):
        raise CannotRead(first.message, line=first.line, column=first.column)
    headings = [" ".join(cell.split()) for cell in first.cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > csv_file.MOST_COLUMNS:
        message = gettext("The table has {count} columns; at most {most} are read. Is the delimiter right?").format(
            count=len(headings), most=csv_file.MOST_COLUMNS
        )
        raise CannotRead(message, line=first.line, column=csv_file.MOST_COLUMNS + 1)
    return Table(source, headings, encoding, delimiter)


def _all_rows(source: Source, encoding: str, delimiter: str) -> Iterator[Row | BrokenRow]:
    return csv_file.rows_of(source, encoding, delimiter) if source.kind == "csv" else xlsx_file.rows_of(source)


def _fitted(row: Row, width: int) -> Row | BrokenRow:
    if any(row.cells[width:]):
        column = next(at for at, cell in enumerate(row.cells) if at >= width and cell) + 1
        return BrokenRow(
            row.line,
            column,
            gettext("The row has more cells than there are headings ({width}). Is a quote missing around a cell?").format(width=width),
        )
    return Row(row.line, [*row.cells[:width], *[""] * (width - len(row.cells))])
