"""A PDF holds every word it was given, in any script, on as many pages as it takes."""

import io

from pypdf import PdfReader

from entrepot.base.document import Part, write_pdf
from tests.evidence import text_of


def written(*rows: tuple[str, ...], title: str = "Evidence") -> bytes:
    out = io.BytesIO()
    part = Part("Offers", ("Channel", "SKU"), (1, 2), rows)
    write_pdf(out, title=title, foot="made today", facts=[("Reason", "<b>fire</b> & smoke")], says="All is well.", parts=[part])
    return out.getvalue()


def test_chinese_and_latin_stand_side_by_side_and_markup_is_text() -> None:
    text = text_of(written(("瀚宇 eBay 店铺", "LAMP-充电"), title="召回 Évidence"))
    for words in ("召回 Évidence", "瀚宇", "店铺", "LAMP-", "充电", "<b>fire</b> & smoke", "All is well."):
        assert words in text


def test_a_long_table_repeats_its_headings_and_loses_no_row() -> None:
    content = written(*((f"Shop {n}", f"SKU-{n:04}") for n in range(300)))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    assert len(pages) > 3
    assert all("Channel" in page and "made today" in page for page in pages)
    assert all(f"SKU-{n:04}" in text_of(content) for n in range(300))


def test_a_word_longer_than_its_cell_and_unprintable_signs_break_nothing() -> None:
    assert "X" in text_of(written(("X" * 400, "\x00\x0bok\ufffe"), ("中" * 400, "")))
