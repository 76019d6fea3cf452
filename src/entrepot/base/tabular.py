"""Tables written for people: CSV and XLSX, streamed. Every export goes through here (F49).

A spreadsheet runs a cell that begins with = + - @ as a formula. Text that begins so gets an apostrophe in front, which our own
mapping takes away again when the file comes back. Numbers are no text and stay as they are.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML holds them, nor does PostgreSQL a NUL

Cell = str | int | Decimal | None


def escaped(cell: Any) -> Cell:
    """A cell that no spreadsheet runs. Instants and days become ISO text."""
    if cell is None or isinstance(cell, int | Decimal):
        return cell
    text = cell.isoformat() if isinstance(cell, date | datetime) else _UNPRINTABLE.sub("", str(cell))
    return f"'{text}" if text.lstrip("'").startswith(RISKY) else text


def unescaped(text: str) -> str:
    """The text again that ``escaped`` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(RISKY) else text


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file line by line, with the mark by which Excel knows UTF-8."""
    line = io.StringIO()
    writer = csv.writer(line)
    yield "\ufeff"
    for row in _all(headings, rows):
        writer.writerow(["" if cell is None else cell for cell in map(escaped, row)])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def write_xlsx(out: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """One sheet; text stays text: no formula, no date made of a size, no zero lost in front."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in _all(headings, rows):
        cells = []
        for value in map(escaped, row):
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type, cell.number_format = "s", "@"
            cells.append(cell)
        sheet.append(cells)
    book.save(out)


def _all(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    yield headings
    yield from rows
