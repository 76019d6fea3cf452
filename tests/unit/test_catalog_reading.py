"""Files of users: read whatever they are, or refused with the place and the cure (F46, F48, F51)."""

import gzip
import io
import lzma
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from entrepot.catalog.imports import opening, xlsx_file
from entrepot.catalog.imports.errors import CannotRead
from entrepot.catalog.imports.table import Table, open_table
from entrepot.catalog.imports.types import BrokenRow, DateText, NumberText, Row

File = Callable[..., Path]


@pytest.fixture
def file(tmp_path: Path) -> File:
    def write(content: bytes | str, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def cells(table: Table) -> list[list[str]]:
    return [list(row.cells) for row in table.rows() if isinstance(row, Row)]


GERMAN = "SKU;Titel;Preis\r\nA-1;Größe ä;1,50\r\n"
CHINESE = "货号;标题;售价\r\nA-1;蓝色台灯，带开关;12.50\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_f46_the_encoding_is_detected(file: File, encoding: str) -> None:
    table = open_table(file(GERMAN.encode(encoding)))
    assert table.headings == ["SKU", "Titel", "Preis"]
    assert cells(table) == [["A-1", "Größe ä", "1,50"]]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8"])
def test_f46_a_chinese_file_with_semicolons_is_read(file: File, encoding: str) -> None:
    table = open_table(file(CHINESE.encode(encoding)))
    assert table.headings == ["货号", "标题", "售价"]
    assert cells(table) == [["A-1", "蓝色台灯，带开关", "12.50"]]


def test_f46_text_that_is_not_ascii_far_behind_the_beginning_still_decides(file: File) -> None:
    content = b"sku,title\n" + b"A,plain\n" * 200_000 + "B,蓝色台灯\n".encode("gbk")
    assert open_table(file(content)).encoding == "gb18030"


def test_f46_bytes_that_are_no_text_are_named_by_line_and_column(file: File) -> None:
    with pytest.raises(CannotRead, match="Line 3, column 2: The byte 0x81"):
        open_table(file(b"sku,title\nA,plain\nB,caf\x81 \xe9t\xe9,x\n"))
    with pytest.raises(CannotRead, match="no text in utf-8") as no:
        open_table(file("sku,title\né,x\n".encode("cp1252")), settings={"encoding": "utf-8"})
    assert (no.value.line, no.value.column) == (2, 1)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_f46_the_delimiter_is_detected(file: File, sign: str) -> None:
    rows = [["sku", "title", "price"], ["A", "a, b; c", "1"], ["B", "d | e", "2"]]
    text = "\n".join(sign.join(f'"{cell}"' for cell in row) for row in rows)
    assert open_table(file(text)).delimiter == sign


def test_f46_two_possible_delimiters_are_refused_and_a_declared_one_holds(file: File) -> None:
    path = file("a,b;c\n1,2;3\n")
    with pytest.raises(CannotRead, match="2 cells: comma, semicolon"):
        open_table(path)
    assert open_table(path, settings={"delimiter": ";"}).headings == ["a,b", "c"]


def test_f46_mixed_line_ends_quotes_and_line_breaks_inside_cells(file: File) -> None:
    text = 'sku,title\r\nA,"says ""hello"", twice"\nB,"two\r\nlines"\rC,12" ruler\r\n\r\nD,last'
    table = open_table(file(text))
    rows = [row for row in table.rows() if isinstance(row, Row)]
    assert [row.cells[1] for row in rows] == ['says "hello", twice', "two\r\nlines", '12" ruler', "last"]
    assert [row.line for row in rows] == [2, 3, 5, 7]


def test_f46_a_quote_inside_a_cell_costs_one_row_and_is_named(file: File) -> None:
    rows = list(open_table(file('sku,title,price\nA,"12" ruler",3\nB,fine,4\n')).rows())
    assert isinstance(rows[0], BrokenRow)
    assert (rows[0].line, rows[0].column) == (2, 2)
    assert rows[1] == Row(3, ["B", "fine", "4"])


def test_f46_a_quote_that_is_never_closed_stops_the_import_where_it_was_opened(file: File) -> None:
    text = 'sku,title\nA,fine\nB,"open\n' + "C,more\n" * 50_000
    with pytest.raises(CannotRead, match="Line 3, column 2: A quote") as no:
        list(open_table(file(text)).rows())
    assert (no.value.line, no.value.column) == (3, 2)


def test_f46_500_columns_are_read_and_far_too_many_are_refused(file: File) -> None:
    wide = ",".join(f"c{n}" for n in range(500))
    assert len(open_table(file(f"{wide}\n{wide}\n")).headings) == 500
    with pytest.raises(CannotRead, match="Line 1, column 1001: The table has 1200 columns"):
        open_table(file(",".join(f"c{n}" for n in range(1200)) + "\n"))


def test_f46_a_short_row_is_filled_and_a_long_one_is_named(file: File) -> None:
    rows = list(open_table(file("a,b,c\n1\n1,2,3,,\n1,2,3,4\n")).rows())
    assert rows[0] == Row(2, ["1", "", ""])
    assert rows[1] == Row(3, ["1", "2", "3"])
    assert isinstance(rows[2], BrokenRow)
    assert (rows[2].line, rows[2].column) == (4, 4)


def test_f46_empty_and_header_only(file: File) -> None:
    with pytest.raises(CannotRead, match="empty"):
        open_table(file(""))
    with pytest.raises(CannotRead, match="empty"):
        open_table(file("\n\n , ,\n".replace(" ", "")))
    assert list(open_table(file("sku,title\n")).rows()) == []


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_packed_files_are_read_as_a_stream(file: File, suffix: str, pack: Callable[[bytes], bytes]) -> None:
    assert cells(open_table(file(pack(b"sku,title\nA,x\n"), f"table.csv{suffix}"))) == [["A", "x"]]
    assert cells(open_table(file(pack(sheet([["sku"], ["A"]])), f"table.xlsx{suffix}"))) == [["A"]]


# --- spreadsheets --------------------------------------------------------------------------------------------------


def sheet(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_f51_a_spreadsheet_keeps_text_as_text_and_marks_what_it_made_of_it(file: File) -> None:
    content = sheet(
        [["sku", "title"], ["00123", "zeros"], ["1E5", "no number"], [123, "number"], [12.5, "float"], [date(2024, 10, 12), "10-12"]]
    )
    rows = [row.cells[0] for row in open_table(file(content, "t.xlsx")).rows() if isinstance(row, Row)]
    assert rows == ["00123", "1E5", "123", "12.5", "2024-10-12"]
    assert [type(cell) for cell in rows] == [str, str, NumberText, NumberText, DateText]


def test_a_spreadsheet_gives_the_line_that_the_person_sees(file: File) -> None:
    content = sheet([[None], ["sku", "title"], [None, None], ["A", "x"]])
    assert [row.line for row in open_table(file(content, "t.xlsx")).rows() if isinstance(row, Row)] == [4]


def test_f48_wrong_types_are_told_by_content_not_by_name(file: File) -> None:
    for content, name, words in (
        (b"\xd0\xcf\x11\xe0 old excel", "t.csv", "old Excel"),
        (b"%PDF-1.7", "t.csv", "PDF"),
        (gzip.compress(b"a,b"), "t.csv", "ends with .gz"),
        (b"sku,title\n", "t.xlsx", "no .xlsx file"),
        (b"a,b\n", "t.csv.gz", "not packed with gz"),
        (sheet([["a"]]), "t.csv", "ZIP archive"),
        (sheet([["a"]]), "t.xlsm", "macros"),
        (b"a,b", "t.exe", "neither .csv nor .xlsx"),
    ):
        with pytest.raises(CannotRead, match=words):
            open_table(file(content, name))


def test_f48_a_zip_bomb_is_refused_while_it_is_unpacked_and_not_believed(file: File, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(450):
            part.write(b" " * (1 << 20))
    lying = bytearray(path.read_bytes())
    entry = lying.rfind(b"PK\x01\x02")
    lying[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")  # its directory says: 1,000 bytes
    tracemalloc.start()
    with pytest.raises(CannotRead, match="unpacks to more than 400 MB"):
        open_table(file(bytes(lying), "lying.xlsx"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60 * 2**20


def test_f48_two_far_apart_cells_do_not_fill_the_memory_between_them(file: File) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "sku", "far"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(CannotRead, match="spans more than 5,000,000 cells"):
        open_table(file(out.getvalue(), "wide.xlsx"))


@pytest.mark.parametrize(("part", "words"), [("../../etc/cron.d/x", "wants to lie elsewhere"), ("xl/vbaProject.bin", "macros")])
def test_f48_paths_in_names_and_macros_are_refused(file: File, part: str, words: str) -> None:
    content = io.BytesIO(sheet([["a"]]))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(part, b"x")
    with pytest.raises(CannotRead, match=words):
        open_table(file(content.getvalue(), "t.xlsx"))


def test_f48_a_packed_csv_that_unpacks_to_far_too_much_is_refused(file: File) -> None:
    content = lzma.compress(b"sku,title\n" + b"A,xxxxxxxx\n" * 8_000_000, preset=1)
    assert len(content) * opening.MOST_RATIO < opening.FREE_BYTES
    with pytest.raises(CannotRead, match="unpacks to far more"):
        open_table(file(content, "bomb.csv.xz"))


def test_f48_a_damaged_archive_is_named_so(file: File) -> None:
    with pytest.raises(CannotRead, match="damaged"):
        open_table(file(gzip.compress(b"sku,title\n" * 100_000)[:-2_00], "cut.csv.gz"))
    with pytest.raises(CannotRead, match="damaged"):
        open_table(file(sheet([["a"]])[:-40], "cut.xlsx"))
    assert xlsx_file.MOST_UNPACKED < 2**30
