"""CSV as found in the wild: its encoding and delimiter detected, its rows streamed, what is broken named by line and column (F46)."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import IO

from django.utils.translation import gettext, pgettext_lazy

from entrepot.catalog.imports.errors import CannotRead
from entrepot.catalog.imports.opening import Source
from entrepot.catalog.imports.types import BrokenRow, Row

DELIMITERS = {
    ",": pgettext_lazy("delimiter", "comma"),
    ";": pgettext_lazy("delimiter", "semicolon"),
    "\t": pgettext_lazy("delimiter", "tab"),
    "|": pgettext_lazy("delimiter", "pipe"),
}
MOST_COLUMNS = 1_000
LONGEST_CELL = 131_072
_CHUNK = 1 << 20
_SAMPLE_LINES = 50
_HIGH = re.compile(rb"[\x80-\xff]+")


def encoding_of(source: Source, declared: str = "") -> str:
    """The encoding in which the whole file can be read. Raises: CannotRead naming the first place where none fits."""
    with source.stream() as raw:
        head = raw.read(4096)
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return _checked(source, name)
    if declared:
        return _checked(source, declared)
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 6:
        return _checked(source, "utf-16-le" if odd > even else "utf-16-be")
    broken = _first_error(source, "utf-8")
    if broken is None:
        return "utf-8"
    name = "gb18030" if _looks_chinese(source) else "cp1252"
    if _first_error(source, name) is None:
        return name
    raise _undecodable(source, broken, "UTF-8, UTF-16, GBK, Windows-1252")


def delimiter_of(source: Source, encoding: str) -> str:
    """The sign that cuts every sampled line into the same number of cells. Raises: CannotRead when two signs do."""
    with source.stream() as raw, _text(raw, encoding) as text:
        lines = [line for _, line in zip(range(_SAMPLE_LINES), text, strict=False)]
    if not lines:
        raise CannotRead(gettext("{file} is empty. Export it again.").format(file=source.name))
    widths = {sign: _widths(lines, sign) for sign in DELIMITERS}
    several = {sign: found for sign, found in widths.items() if found and found[0] > 1}
    even = {sign: found[0] for sign, found in several.items() if len(set(found)) == 1}
    candidates = even or {sign: found[0] for sign, found in several.items()}
    if not candidates:
        return ","
    most = max(candidates.values())
    best = [sign for sign, width in candidates.items() if width == most]
    if len(best) > 1:
        names = ", ".join(str(DELIMITERS[sign]) for sign in best)
        raise CannotRead(
            gettext("Several signs cut this line into {most} cells: {names}. Say in the mapping which one is the delimiter.").format(
                names=names, most=most
            ),
            line=1,
            column=1,
        )
    return best[0]


def rows_of(source: Source, encoding: str, delimiter: str) -> Iterator[Row | BrokenRow]:
    """Headings first, then every row that is not empty. Raises: CannotRead for a quote that is never closed."""
    with source.stream() as raw, _text(raw, encoding) as text:
        remembered = _Remembered(text)
        reader = csv.reader(remembered, delimiter=delimiter, strict=True)
        csv.field_size_limit(LONGEST_CELL)
        while True:
            line = remembered.number + 1
            remembered.lines.clear()
            try:
                cells = next(reader, None)
            except csv.Error:
                yield _broken(remembered, line, delimiter)
                continue
            if cells is None:
                return
            if any(cells):
                yield Row(line, cells)


class _Remembered:
    """Hands lines on, counts them as an editor does, and keeps those of the present row for the message when it is broken."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text, self.lines, self.number = text, list[str](), 0

    def __iter__(self) -> "_Remembered":
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.number += 1
        if len(self.lines) < 1_000:
            self.lines.append(line)
        return line


def _broken(remembered: _Remembered, line: int, delimiter: str) -> BrokenRow:
    """Where a row stops making sense; a quote that swallows line after line is an error of the whole file."""
    text = "".join(remembered.lines)
    last = len(remembered.lines)
    low, high = 0, len(text)
    while low < high:  # the shortest beginning that is broken already
        middle = (low + high) // 2
        low, high = (low, middle) if _breaks(text[:middle], delimiter) else (middle + 1, high)
    column = len(next(csv.reader(io.StringIO(text[: max(0, low - 1)], newline=""), delimiter=delimiter), [""]))
    if last > 1:
        message = gettext("A quote that is opened here is not closed in its cell. Close it, or write a quote inside a cell twice.")
        raise CannotRead(message, line=line, column=column)
    return BrokenRow(line, column, gettext("A quote stands inside the cell. Write it twice, and quotes around the whole cell."))


def _breaks(text: str, delimiter: str) -> bool:
    try:
        for _ in csv.reader([text], delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" not in str(error)
    return False


def _widths(lines: Sequence[str], delimiter: str) -> list[int]:
    try:
        rows = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if any(cells)]
    except csv.Error:
        return []
    return rows[:-1] if len(rows) > 2 and len(lines) == _SAMPLE_LINES else rows  # the sample may end inside a row


def _text(raw: IO[bytes], encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(raw, encoding=encoding, newline="")


def _checked(source: Source, encoding: str) -> str:
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise CannotRead(
            gettext("There is no encoding “{encoding}”. Use utf-8, gb18030, utf-16 or cp1252 in the mapping.").format(encoding=encoding)
        ) from None
    broken = _first_error(source, encoding)
    if broken is not None:
        raise _undecodable(source, broken, encoding)
    return encoding


def _first_error(source: Source, encoding: str) -> int | None:
    """The offset of the first byte that is no text in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with source.stream() as raw:
        while True:
            chunk = raw.read(_CHUNK)
            kept = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return done - kept + error.start
            if not chunk:
                return None
            done += len(chunk)


def _undecodable(source: Source, offset: int, encoding: str) -> CannotRead:
    line, rest, left = 1, b"", offset + 1
    with source.stream() as raw:
        while left > 0 and (chunk := raw.read(min(_CHUNK, left))):
            left -= len(chunk)
            line += chunk.count(b"\n")
            rest = (rest + chunk).rpartition(b"\n")[2][-_CHUNK:]
    column = max(rest.count(sign.encode()) for sign in DELIMITERS) + 1
    return CannotRead(
        gettext("The byte {byte} is no text in {encoding}. Save the file as UTF-8.").format(byte=f"{rest[-1]:#04x}", encoding=encoding),
        line=line,
        column=column,
    )


def _looks_chinese(source: Source) -> bool:
    """GBK writes a character as two high bytes, mostly from the block of common characters; a Western accent stands alone."""
    with source.stream() as raw:
        runs: list[bytes] = []
        while len(runs) < 2_000 and (chunk := raw.read(_CHUNK)):
            runs.extend(_HIGH.findall(chunk))
    high = sum(len(run) for run in runs)
    common = sum(2 for run in runs for lead, trail in zip(run[::2], run[1::2], strict=False) if 0xA1 <= lead <= 0xF7 and trail >= 0xA1)
    return common >= 0.7 * high
