"""XLSX, read by calamine, which loads a sheet whole: so the archive is inspected first, as a stream, and refused when it is too large (F48)."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext
from python_calamine import CalamineError, CalamineWorkbook

from entrepot.catalog.imports.errors import CannotRead
from entrepot.catalog.imports.opening import Source
from entrepot.catalog.imports.types import DateText, NumberText, Row

MOST_UNPACKED = 400 * 1024 * 1024
MOST_CELLS = 5_000_000  # of the rectangle around all cells: that is what is held in memory
MOST_PARTS = 2_000
_CHUNK = 8 * 1024  # deflate makes at most a thousand times as much of it
_REFERENCE = re.compile(rb'<(?:\w+:)?c\b[^>]{0,200}?\br="([A-Z]{1,3})([0-9]{1,7})"')


def inspect(source: Source) -> None:
    """Nothing in the file is unsound or too large to be loaded. Comes before ``rows_of``, once. Raises: CannotRead."""
    with source.file() as path:
        _inspect(path, source.name)


def rows_of(source: Source) -> Iterator[Row]:
    """The rows of the first sheet that has any, headings first, without empty ones. Raises: CannotRead."""
    with source.file() as path:
        try:
            with CalamineWorkbook.from_path(str(path)) as book:
                for name in book.sheet_names:
                    sheet = book.get_sheet_by_name(name)
                    if sheet.total_height:
                        for line, values in enumerate(sheet.iter_rows(), start=1):
                            cells = [_cell(value) for value in values]
                            if any(cells):
                                yield Row(line, cells)
                        return
        except CalamineError as failure:
            raise CannotRead(
                gettext("{file} cannot be read as a spreadsheet ({failure}). Save it again as .xlsx or CSV.").format(
                    file=source.name, failure=failure
                )
            ) from None
    raise CannotRead(gettext("{file} has no filled sheet. Export it again.").format(file=source.name))


def _cell(value: Any) -> str:
    """Text as it is; numbers as digits, without the trailing .0 that Excel's floats have; dates marked as dates."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return NumberText(str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value))
    if isinstance(value, int):
        return NumberText(value)
    if isinstance(value, datetime | date | time):
        return DateText(value.isoformat())
    return DateText(str(value)) if isinstance(value, timedelta) else str(value)


def _inspect(path: Path, name: str) -> None:
    """Nothing in the archive is unsound or too large. Its directory is not believed: every part is unpacked once, in small pieces."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise CannotRead(
                    gettext("{file} consists of {count} parts. Save the one sheet with the table as .xlsx or CSV.").format(
                        file=name, count=len(parts)
                    )
                )
            left = MOST_UNPACKED
            for part in parts:
                _check_part(part, name)
                left -= _unpacked(raw, part, left, name)
    except (zipfile.BadZipFile, zlib.error, struct.error):
        raise CannotRead(gettext("{file} is damaged. Save it again.").format(file=name)) from None


def _check_part(part: zipfile.ZipInfo, name: str) -> None:
    if part.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", part.filename) or ":" in part.filename:
        raise CannotRead(
            gettext("{file} holds a part that wants to lie elsewhere (“{part}”). It is not read.").format(
                file=name, part=part.filename[:60]
            )
        )
    if part.filename.lower().endswith("vbaproject.bin"):
        raise CannotRead(gettext("{file} holds macros. Save it as .xlsx without macros.").format(file=name))
    if part.flag_bits & 1:
        raise CannotRead(gettext("{file} is locked with a password. Remove it and save again.").format(file=name))
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise CannotRead(gettext("{file} is packed in an unusual way. Save it again.").format(file=name))


def _unpacked(raw: IO[bytes], part: zipfile.ZipInfo, most: int, name: str) -> int:
    """How many bytes a part really unpacks to; its cells counted when it is a sheet."""
    raw.seek(part.header_offset)
    names, extra = struct.unpack("<26xHH", raw.read(30))
    raw.seek(part.header_offset + 30 + names + extra)
    stored = part.compress_type == zipfile.ZIP_STORED
    inflate = zlib.decompressobj(-15)
    sheet = _Rectangle() if part.filename.startswith("xl/worksheets/") else None
    size, left = 0, part.compress_size
    while left > 0 and (chunk := raw.read(min(_CHUNK, left))):
        left -= len(chunk)
        piece = chunk if stored else inflate.decompress(chunk)
        size += len(piece)
        if size > most:
            raise CannotRead(
                gettext("{file} unpacks to more than {most} MB. Save the table as CSV, which has no such limit.").format(
                    file=name, most=MOST_UNPACKED >> 20
                )
            )
        if sheet is not None and sheet.cells(piece) > MOST_CELLS:
            raise CannotRead(
                gettext("The table in {file} spans more than {most} cells. Delete empty rows and columns, or save it as CSV.").format(
                    file=name, most=f"{MOST_CELLS:,}"
                )
            )
    return size


class _Rectangle:
    """The rectangle around the cells of a sheet, found while its text streams by."""

    def __init__(self) -> None:
        self._rest, self._width, self._height = b"", 0, 0

    def cells(self, piece: bytes) -> int:
        text = self._rest + piece
        for column, row in _REFERENCE.findall(text):
            self._height = max(self._height, int(row))
            self._width = max(self._width, _number(column))
        self._rest = text[-256:]
        return self._width * self._height


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number
