"""Opens a file of a user: its kind told by name and content, unpacked as a stream, its size bounded before it is read (F48)."""

import gzip
import hashlib
import io
import lzma
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from django.utils.translation import gettext, gettext_lazy

from entrepot.catalog.imports.errors import CannotRead

MOST_BYTES = 2 * 1024**3  # of a CSV, unpacked
MOST_RATIO = 300  # unpacked to packed; real tables stay below 50
FREE_BYTES = 64 * 1024 * 1024  # small files may be packed as well as they like
_CHUNK = 1024 * 1024
_PACKED = {".gz": gzip.open, ".xz": lzma.open}
_FOREIGN = {
    b"\xd0\xcf\x11\xe0": gettext_lazy("{file} is an old Excel file (.xls). Save it as .xlsx or CSV."),
    b"%PDF": gettext_lazy("{file} is a PDF. Export the table as .xlsx or CSV."),
    b"\x1f\x8b": gettext_lazy("{file} is packed with gzip. Give it a name that ends with .gz."),
    b"\xfd7zXZ": gettext_lazy("{file} is packed with xz. Give it a name that ends with .xz."),
    b"PK\x03\x04": gettext_lazy("{file} is a ZIP archive or a spreadsheet. Unpack it, or give it a name that ends with .xlsx."),
}


@dataclass(frozen=True)
class Source:
    """A file that may be opened any number of times. ``kind`` is "csv" or "xlsx"."""

    path: Path
    name: str
    kind: str
    packing: str

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """The unpacked bytes, counted: more than is sound raises CannotRead instead of filling memory or disk."""
        opener = cast("Callable[[Path], IO[bytes]]", _PACKED.get(self.packing, open_plain))
        with opener(self.path) as raw:
            packed = self.path.stat().st_size
            yield cast("IO[bytes]", io.BufferedReader(_Counted(raw, max(FREE_BYTES, packed * MOST_RATIO)), _CHUNK))

    @contextmanager
    def file(self) -> Iterator[Path]:
        """The unpacked file on disk, for readers that need to jump in it."""
        if not self.packing:
            yield self.path
            return
        with tempfile.NamedTemporaryFile(suffix=f".{self.kind}") as copy, self.stream() as raw:
            while chunk := raw.read(_CHUNK):
                copy.write(chunk)
            copy.flush()
            yield Path(copy.name)

    def digest(self) -> str:
        """SHA-256 of the file as it lies there."""
        with self.path.open("rb") as raw:
            return hashlib.file_digest(raw, "sha256").hexdigest()


def open_source(path: Path, *, name: str = "") -> Source:
    """``name`` is what the user called it, where that differs. Raises: CannotRead for a wrong type, an empty or oversized file."""
    called = os.path.basename((name or path.name).replace("\\", "/"))
    suffixes = [part.lower() for part in Path(called).suffixes]
    packing = suffixes.pop() if suffixes and suffixes[-1] in _PACKED else ""
    kind = suffixes[-1].lstrip(".") if suffixes else ""
    if kind == "xlsm":
        raise CannotRead(gettext("{file} can hold macros. Save it as .xlsx without macros.").format(file=called))
    if kind not in ("csv", "txt", "tsv", "xlsx"):
        raise CannotRead(
            gettext("{file} is neither .csv nor .xlsx (nor one of them with .gz or .xz). Save it as one of these.").format(file=called)
        )
    if not path.is_file():
        raise CannotRead(gettext("There is no file {file}. Check its name and folder.").format(file=called))
    source = Source(path, called, "xlsx" if kind == "xlsx" else "csv", packing)
    _check_head(source)
    return source


def open_plain(path: Path) -> IO[bytes]:
    return path.open("rb", buffering=0)


def _check_head(source: Source) -> None:
    try:
        with source.stream() as raw:
            head = raw.read(8)
    except CannotRead:
        raise CannotRead(
            gettext("{file} is not packed with {packing}, or it is damaged. Copy or export it again.").format(
                file=source.name, packing=source.packing.lstrip(".")
            )
        ) from None
    if not head:
        raise CannotRead(gettext("{file} is empty. Export it again.").format(file=source.name))
    if source.kind == "xlsx":
        if not head.startswith(b"PK\x03\x04"):
            raise CannotRead(gettext("{file} is no .xlsx file, whatever its name says. Save it as .xlsx or CSV.").format(file=source.name))
        return
    for magic, message in _FOREIGN.items():
        if head.startswith(magic):
            raise CannotRead(message.format(file=source.name))


class _Counted(io.RawIOBase):
    """Bytes of a stream up to a number."""

    def __init__(self, raw: IO[bytes], most: int) -> None:
        self._raw, self._left = raw, min(most, MOST_BYTES)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        try:
            piece = self._raw.read(len(view))
        except (OSError, EOFError, lzma.LZMAError):
            raise CannotRead(gettext("The file is damaged: it cannot be unpacked to its end. Copy or export it again.")) from None
        view[: len(piece)] = piece
        self._left -= len(piece)
        if self._left < 0:
            raise CannotRead(gettext("The file unpacks to far more than a table of products holds. Split it into smaller files."))
        return len(piece)
