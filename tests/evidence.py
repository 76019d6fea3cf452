"""A downloaded evidence of a recall, read as its reader would."""

import csv
import io
from typing import Any

from pypdf import PdfReader


def rows_of(answer: Any) -> list[dict[str, str]]:
    """The rows of a CSV answer by their headings."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def text_of(content: bytes) -> str:
    """All words of a PDF, with single spaces: where a cell breaks its line says nothing."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
