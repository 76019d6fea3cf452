"""Documents written for people to keep: PDF, A4 across, tables that go on over pages.

Latin letters are set in Helvetica, all others in STSong-Light: every reader of PDF brings both along, so no font is shipped.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any
from xml.sax.saxutils import escape

LATIN, OTHERS = "Helvetica", "STSong-Light"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PADDING = 4
_ROWS = 200
_INSET = 6  # between the margin and what stands in it
_BORDER, _SHADE = "#d4d4d8", "#f4f4f5"


@dataclass(frozen=True)
class Part:
    """A table under its heading. ``widths``: of its columns, as shares of the page."""

    heading: str
    headings: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]


def write_pdf(out: IO[bytes], *, title: str, foot: str, facts: Iterable[tuple[str, str]], says: str, parts: Iterable[Part]) -> None:
    """The title, what there is to know in pairs, one sentence that sums it up, and the tables. ``foot`` stands on every page."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.platypus import SimpleDocTemplate, Spacer

    styles = _styles()

    def foot_of(canvas: Any, page: Any) -> None:
        line = _said(f"{foot} · {page.page}", styles["small"])
        line.wrapOn(canvas, page.width, page.bottomMargin)
        line.drawOn(canvas, page.leftMargin + _INSET, 20)

    document = SimpleDocTemplate(out, pagesize=landscape(A4), leftMargin=36, rightMargin=36, topMargin=36, bottomMargin=40, title=title)
    width = document.width - 2 * _INSET
    story = [_said(title, styles["title"]), _facts(facts, styles, width), Spacer(1, 10)]
    story.append(_said(says, styles["says"]))
    for part in parts:
        story += [_said(part.heading, styles["heading"]), *_tables(part, styles, width)]
    document.build(story, onFirstPage=foot_of, onLaterPages=foot_of)


def _said(text: str, style: Any) -> Any:
    """A paragraph; what is not Latin in the font that has it, and then broken at any sign: Chinese has no spaces."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    runs = _runs(_UNPRINTABLE.sub("", text))
    markup = "".join(escape(run) if _latin(run[0]) else f'<font name="{OTHERS}">{escape(run)}</font>' for run in runs)
    return Paragraph(markup, style if all(_latin(run[0]) for run in runs) else ParagraphStyle("others", style, wordWrap="CJK"))


def _runs(text: str) -> list[str]:
    """The text cut where Latin letters and others meet."""
    runs: list[str] = []
    for sign in text:
        if runs and _latin(runs[-1][0]) == _latin(sign):
            runs[-1] += sign
        else:
            runs.append(sign)
    return runs


def _latin(sign: str) -> bool:
    return bool(sign.encode("cp1252", errors="ignore"))


def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont(OTHERS))
    plain = ParagraphStyle("plain", fontName=LATIN, fontSize=8.5, leading=11)
    return {
        "plain": plain,
        "small": ParagraphStyle("small", plain, fontSize=7.5, leading=9, textColor="#52525b"),
        "says": ParagraphStyle("says", plain, fontSize=10.5, leading=14),
        "heading": ParagraphStyle("heading", plain, fontSize=11, leading=14, spaceBefore=10, spaceAfter=4),
        "title": ParagraphStyle("title", plain, fontSize=17, leading=22, spaceAfter=8),
    }


def _facts(facts: Iterable[tuple[str, str]], styles: dict[str, Any], width: float) -> Any:
    from reportlab.platypus import Table

    rows = [[_said(name, styles["small"]), _said(value, styles["plain"])] for name, value in facts]
    return Table(
        rows, colWidths=[0.16 * width, 0.84 * width], style=[("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)]
    )


def _tables(part: Part, styles: dict[str, Any], width: float) -> Iterator[Any]:
    """Its headings come again on every page. Cut into several: 10,000 rows took 9 s so, 21 s in one table."""
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import LongTable

    columns = [share * width / sum(part.widths) for share in part.widths]
    style = [
        ("FONT", (0, 0), (-1, -1), LATIN, styles["plain"].fontSize, styles["plain"].leading),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(_BORDER)),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(_SHADE)),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
    ]
    for begin in range(0, len(part.rows), _ROWS):
        cells = [[_said(name, styles["small"]) for name in part.headings]]
        rows = part.rows[begin : begin + _ROWS]
        cells += [[_cell(text, styles["plain"], room) for text, room in zip(row, columns, strict=True)] for row in rows]
        yield LongTable(cells, colWidths=columns, repeatRows=1, style=style)


def _cell(text: str, style: Any, room: float) -> Any:
    """What fits on one line stays plain: with a paragraph in every cell 10,000 rows took 28 s, so 9 s."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    plain = text.isascii() and text.isprintable() and stringWidth(text, LATIN, style.fontSize) <= room - 2 * _PADDING
    return text if plain else _said(text, style)
