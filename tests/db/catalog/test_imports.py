"""Files of products: every row imported or named, repeatable, resumable, previewed (F46-F51)."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from entrepot.base import tabular
from entrepot.base.errors import NotFound, UserError
from entrepot.catalog import actions, exports, queries
from entrepot.catalog.imports import mappings, runs
from entrepot.catalog.imports.errors import CannotRead
from entrepot.catalog.imports.products import import_products, preview_products
from entrepot.catalog.imports.types import FileMapping, Policy, RunState, RunView
from entrepot.catalog.models import ImportRowError, ImportRun, Product, Variant
from entrepot.catalog.types import ProductRef
from entrepot.people import deployment
from entrepot.people.models import Audit

pytestmark = pytest.mark.django_db
Import = Callable[..., RunView]
COLUMNS = {"sku": "SKU", "title": "Title", "price": "Price", "gtin": "EAN"}


@pytest.fixture
def imported(tmp_path: Path) -> Import:
    """Import a text (or bytes) with a mapping of these columns."""

    def run(
        content: str | bytes,
        columns: dict[str, str] | None = None,
        *,
        name: str = "t.csv",
        policy: Policy = Policy.SKIP,
        **settings: object,
    ) -> RunView:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        mappings.save_mapping(FileMapping("mine", "products", columns or COLUMNS, settings), actor="ann")
        return import_products(path, "mine", actor="ann", policy=policy)

    return run


def errors(run: RunView) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.reason) for one in run.errors]


TABLE = "SKU,Title,Price,EAN\n00123,Mug,12.50,4006381333931\n1E5,Bowl,9.90,\n10-12,Shoe,,\n"


def test_f51_skus_that_look_like_numbers_or_dates_stay_text(imported: Import) -> None:
    run = imported(TABLE)
    assert (run.state, run.lines, run.imported, dict(run.rejected)) == (RunState.DONE, 3, 3, {})
    assert list(Variant.objects.order_by("pk").values_list("sku", "price_minor", "gtin")) == [
        ("00123", 1250, "4006381333931"),
        ("1E5", 990, ""),
        ("10-12", None, ""),
    ]
    assert queries.product(Product.objects.get(code="1E5").public_id).texts["en"].title == "Bowl"


def test_f47_the_same_file_again_changes_nothing_and_says_so(imported: Import) -> None:
    imported(TABLE)
    before = list(Product.objects.values_list("code", "version", "changed_at"))
    again = imported(TABLE)
    assert (again.imported, again.unchanged) == (3, 3)
    assert list(Product.objects.values_list("code", "version", "changed_at")) == before
    assert not Audit.objects.filter(action="product.changed").exists()


def test_a_changed_row_changes_its_product_alone_and_leaves_an_audit_row(imported: Import) -> None:
    imported(TABLE)
    run = imported(TABLE.replace("9.90", "8.90").replace("Bowl", "Deep bowl"))
    assert (run.imported, run.unchanged) == (3, 2)
    product = Product.objects.get(code="1E5")
    assert product.version == 2
    row = Audit.objects.get(action="product.changed")
    assert row.subject == f"product:{product.public_id}"
    assert row.before == {"1E5.price_minor": 990, "title.en": "Bowl"}
    assert row.after == {"1E5.price_minor": 890, "title.en": "Deep bowl"}


def test_an_empty_cell_leaves_what_is_there(imported: Import) -> None:
    imported(TABLE)
    run = imported("SKU,Title,Price,EAN\n00123,,,\n")
    assert run.unchanged == 1
    assert Variant.objects.get(sku="00123").price_minor == 1250


def test_each_bad_row_is_named_by_line_column_and_reason(imported: Import) -> None:
    run = imported(
        "SKU,Title,Price,EAN\n"
        "A,fine,1.00,\n"
        ",no sku,1.00,\n"
        "B,gtin,1.00,4006381333932\n"
        "C,price,cheap,\n"
        "D,too fine,1.001,\n"
        "a,again,2.00,\n"
        'E,"in "the" cell",1.00,\n'
        "F,too,many,cells,here\n"
        "\n"
        f"{'x' * 81},long,1.00,\n"
        "G,fine too,1.50,\n"
    )
    assert errors(run) == [
        (3, "SKU", "no_sku"),
        (4, "EAN", "bad_value"),
        (5, "Price", "not_a_number"),
        (6, "Price", "price_too_fine"),
        (7, "", "sku_twice"),
        (8, "2", "broken_row"),
        (9, "5", "broken_row"),
        (11, "SKU", "bad_value"),
    ]
    assert run.lines == run.imported + sum(run.rejected.values()) == 10
    assert set(Variant.objects.values_list("sku", flat=True)) == {"A", "G"}
    assert run.errors[1].value == "4006381333932"
    assert "check digit" in run.errors[1].message


def test_f51_ambiguous_prices_are_refused_until_the_file_or_the_mapping_tells(imported: Import) -> None:
    run = imported('SKU,Title,Price,EAN\nA,x,"1,234",\nB,y,7,\n')
    assert errors(run) == [(2, "Price", "ambiguous_number")]
    told = imported('SKU,Title,Price,EAN\nA,x,"1,234",\nB,y,"7,50",\nC,z,"1.234,50",\n')
    assert errors(told) == [(2, "Price", "price_too_fine")]  # with a decimal comma 1,234 is finer than a cent
    declared = imported('SKU,Title,Price,EAN\nA,x,"1,234",\n', decimal=".")
    assert declared.imported == 1
    assert dict(Variant.objects.values_list("sku", "price_minor")) == {"A": 123400, "B": 750, "C": 123450}


def test_f46_a_gbk_file_with_semicolons_and_decimal_commas(imported: Import) -> None:
    columns = {"sku": "货号", "title": "标题", "price": "售价"}
    run = imported("货号;标题;售价\nA-1;蓝色台灯，带开关;12,50\n".encode("gbk"), columns, language="zh")
    assert run.imported == 1
    shown = queries.product(Product.objects.get().public_id)
    assert (shown.texts["zh"].title, shown.variants[0].price_minor) == ("蓝色台灯，带开关", 1250)


def test_f47_all_or_nothing_writes_nothing_when_one_row_in_many_is_bad(imported: Import) -> None:
    text = "SKU,Title,Price,EAN\n" + "".join(f"S-{n},t,1.00,\n" for n in range(2500)) + "BAD,t,1.00,123\n"
    run = imported(text, policy=Policy.ALL)
    assert (run.state, run.imported, dict(run.rejected), run.lines) == (RunState.FAILED, 0, {"bad_value": 1}, 2501)
    assert errors(run) == [(2502, "EAN", "bad_value")]
    assert not Product.objects.exists()
    assert not Audit.objects.filter(action="products.imported").exists()
    good = imported(text.replace(",123\n", ",\n"), policy=Policy.ALL)
    assert (good.state, good.imported, Variant.objects.count()) == (RunState.DONE, 2501, 2501)


def test_variants_of_one_product_with_options(imported: Import) -> None:
    columns = {
        "sku": "SKU",
        "product_code": "Style",
        "title": "Title",
        "option1_value": "Size",
        "option2_value": "Colour",
        "brand": "Brand",
    }
    text = "SKU,Style,Title,Size,Colour,Brand\nT-1,TEE,Tee shirt,M,red,Acme\nT-2,TEE,,L,red,\nT-3,tee,,L,blue,\nT-4,TEE,,L,blue,\nT-5,TEE,,XL,,\nT-6,TEE,,XL,red,Other\n"
    run = imported(text, columns)
    assert errors(run) == [(5, "", "same_options"), (6, "", "options_differ"), (7, "", "differs_from_product")]
    shown = queries.product(Product.objects.get().public_id)
    assert (shown.code, shown.option_names, shown.brand) == ("TEE", ("Size", "Colour"), "Acme")
    assert [v.options for v in shown.variants] == [
        {"Size": "M", "Colour": "red"},
        {"Size": "L", "Colour": "red"},
        {"Size": "L", "Colour": "blue"},
    ]
    again = imported(text, columns)
    assert again.imported == again.unchanged == 3


def test_a_sku_of_another_product_and_an_archived_one_are_refused(imported: Import, lamp: ProductRef) -> None:
    columns = {"sku": "SKU", "product_code": "Style"}
    assert errors(imported("SKU,Style\nLAMP-R,OTHER\n", columns)) == [(2, "", "sku_of_other_product")]
    actions.archive_product(lamp.public_id, actor="ann")
    assert errors(imported("SKU,Style\nLAMP-R,LAMP\nLAMP-NEW,LAMP\n", columns)) == [(2, "", "archived"), (3, "", "archived")]


def test_f51_what_a_spreadsheet_made_a_date_is_refused(imported: Import) -> None:
    book = openpyxl.Workbook()
    for row in (["SKU", "Title"], ["00123", "fine"], [7, "number"]):
        book.active.append(row)
    book.active["A4"], book.active["B4"] = date(2024, 10, 12), "was 10-12"
    out = io.BytesIO()
    book.save(out)
    run = imported(out.getvalue(), {"sku": "SKU", "title": "Title"}, name="t.xlsx")
    assert errors(run) == [(4, "SKU", "turned_into_a_date")]
    assert set(Variant.objects.values_list("sku", flat=True)) == {"00123", "7"}


def test_f49_cells_that_look_like_formulas_are_stored_as_text_and_come_back_through_our_own_file(imported: Import, tmp_path: Path) -> None:
    imported("SKU,Title,Price,EAN\n=A1,+cmd|' /C calc'!A0,1.00,\n-B,@SUM(A1:A9),2.50,4006381333931\n'C,\t=1,3.00,\n")
    titles = {row.code: queries.product(row.public_id).texts["en"].title for row in queries.listed()}
    assert titles == {"=A1": "+cmd|' /C calc'!A0", "-B": "@SUM(A1:A9)", "'C": "=1"}
    _comes_back_unchanged(tmp_path)


def _comes_back_unchanged(folder: Path) -> None:
    headings, rows = exports.products_table()
    csv_file, xlsx_file = folder / "own.csv", folder / "own.xlsx"
    csv_file.write_text("".join(tabular.csv_lines(headings, rows)), encoding="utf-8", newline="")
    with xlsx_file.open("wb") as out:
        tabular.write_xlsx(out, *exports.products_table())
    for file in (csv_file, xlsx_file):
        run = import_products(file, "entrepot", actor="ann")
        assert (run.imported, run.unchanged, dict(run.rejected)) == (Variant.objects.filter(is_kit=False).count(),) * 2 + ({},), run.errors


def test_our_own_export_comes_back_unchanged(lamp: ProductRef, tmp_path: Path) -> None:
    red = queries.variant_of("LAMP-R")
    actions.update_product(
        lamp.public_id, version=1, actor="ann", variants={red: {"weight_g": 900, "cost_minor": 1111}}, fields={"hs_code": "940520"}
    )
    actions.link_picture(lamp.public_id, "https://cdn.example.com/lamp.png", actor="ann")
    _comes_back_unchanged(tmp_path)


def test_pictures_in_cells_are_linked_once(imported: Import) -> None:
    columns = {"sku": "SKU", "pictures": "Images"}
    text = "SKU,Images\nA,https://cdn.example.com/1.png https://cdn.example.com/2.png\nB,http://10.0.0.1/x.png\n"
    run = imported(text, columns)
    assert errors(run) == [(3, "Images", "address_refused")]
    assert [one.url[-5:] for one in queries.product(Product.objects.get(code="A").public_id).pictures] == ["1.png", "2.png"]
    assert imported(text, columns).unchanged == 1


# --- mappings ------------------------------------------------------------------------------------------------------


def test_a_mapping_is_saved_for_the_next_file_and_forgotten_when_wished() -> None:
    mappings.save_mapping(FileMapping("Supplier A", "products", COLUMNS, {"decimal": ","}), actor="ann")
    assert mappings.mapping_named("Supplier A", "products").columns == COLUMNS
    assert [one.name for one in mappings.mappings("products")] == ["online-retail", "entrepot", "Supplier A"]
    mappings.delete_mapping("Supplier A", "products", actor="ann")
    with pytest.raises(NotFound, match="There are: online-retail, entrepot"):
        mappings.mapping_named("Supplier A", "products")
    for wrong in (
        FileMapping("entrepot", "products", COLUMNS),
        FileMapping("x", "products", {"nonsense": "A"}),
        FileMapping("x", "products", COLUMNS, {"nonsense": 1}),
    ):
        with pytest.raises(UserError):
            mappings.save_mapping(wrong, actor="ann")


def test_a_heading_that_is_missing_or_there_twice_is_named(imported: Import) -> None:
    with pytest.raises(CannotRead, match="There is no column “EAN”"):
        imported("SKU,Title,Price\nA,x,1\n")
    with pytest.raises(CannotRead, match="Columns 1 and 3 are both called “SKU”"):
        imported("SKU,Title,SKU,Price,EAN\nA,x,B,1,\n")
    assert set(ImportRun.objects.values_list("state", flat=True)) == {"failed"}


def test_a_preview_shows_rows_and_errors_and_writes_nothing(tmp_path: Path, lamp: ProductRef) -> None:
    file = tmp_path / "t.csv"
    file.write_text("SKU;Product name;Price;Barcode\nA;Mug;1,50;\nB;Bowl;x;\nLAMP-R;Lamp;2,00;\n")
    proposal = preview_products(file, FileMapping("", "products", {}))
    assert proposal.suggested == {"sku": "SKU", "title": "Product name", "price": "Price", "gtin": "Barcode"}
    assert (proposal.delimiter, proposal.encoding, proposal.rows) == (";", "utf-8", [])
    shown = preview_products(file, FileMapping("", "products", proposal.suggested), rows=2)
    assert shown.rows == [(2, {"sku": "A", "price_minor": 150, "title:en": "Mug"})]
    assert [(one.line, one.column, one.reason) for one in shown.errors] == [(3, "Price", "not_a_number")]
    assert (Variant.objects.count(), ImportRun.objects.count()) == (2, 0)


# --- runs ----------------------------------------------------------------------------------------------------------


def test_a_run_can_be_canceled_and_keeps_what_it_committed(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("SKU,Title,Price,EAN\n" + "".join(f"S-{n},t,1.00,\n" for n in range(3000)))
    mappings.save_mapping(FileMapping("mine", "products", COLUMNS), actor="ann")
    seen: list[int] = []

    def stop(lines: int) -> None:
        seen.append(lines)
        runs.cancel(ImportRun.objects.get().public_id)

    run = import_products(file, "mine", actor="ann", progress=stop)
    assert (run.state, run.lines, run.imported, seen) == (RunState.CANCELED, 1000, 1000, [1000])
    assert Variant.objects.count() == 1000
    assert runs.recent()[0].state is RunState.CANCELED


@pytest.mark.django_db(transaction=True)
def test_f50_a_killed_import_goes_on_where_it_stopped_without_double_rows(tmp_path: Path) -> None:
    deployment.set_up(base_currency_code="EUR", time_zone="UTC", demo=False)
    file = tmp_path / "t.csv"
    lines = [f"S-{n},title {n},1.00,{'123' if n == 1500 else ''}\n" for n in range(3500)]
    file.write_text("SKU,Title,Price,EAN\n" + "".join(lines) + "S-7,twice,1.00,\n")
    mappings.save_mapping(FileMapping("mine", "products", COLUMNS), actor="ann")
    # The third page dies before its commit, so two pages are in.
    code = (
        "import os, sys, django; django.setup()\n"
        "from pathlib import Path\n"
        "from entrepot.base import crash\n"
        "from entrepot.catalog.imports import products\n"
        "def progress(lines):\n"
        "    if lines == 3000: crash._armed = 'import.before_commit'\n"
        "products.import_products(Path(sys.argv[1]), 'mine', actor='ann', progress=progress)\n"
    )
    died = subprocess.run(
        [sys.executable, "-c", code, str(file)], env={**os.environ, "DJANGO_SETTINGS_MODULE": "entrepot.app.settings"}, check=False
    )
    assert died.returncode == -9
    assert (Variant.objects.count(), ImportRun.objects.get().state, ImportRun.objects.get().lines) == (1999, "running", 2000)
    run = import_products(file, "mine", actor="ann")
    assert (run.state, run.lines, run.imported, run.unchanged) == (RunState.DONE, 3501, 3499, 0)
    assert errors(run) == [(1502, "EAN", "bad_value"), (3502, "", "sku_twice")]
    assert (Variant.objects.count(), ImportRun.objects.count(), ImportRowError.objects.count()) == (3499, 1, 2)
    again = import_products(file, "mine", actor="ann")
    assert (again.imported, again.unchanged, ImportRun.objects.count()) == (3499, 3499, 2)


def test_f50_a_run_left_behind_is_not_continued_with_another_mapping(tmp_path: Path) -> None:
    """The rows that were in had been read by the old one."""
    file = tmp_path / "t.csv"
    file.write_text("SKU,Name,Price,EAN\nA,right,1.00,\n")
    wrong = FileMapping("mine", "products", {"sku": "SKU", "title": "Price"})
    mappings.save_mapping(wrong, actor="ann")
    first = import_products(file, "mine", actor="ann")
    ImportRun.objects.filter(public_id=first.public_id).update(state="running", report={"columns": dict(wrong.columns), "settings": {}})
    mappings.save_mapping(FileMapping("mine", "products", {"sku": "SKU", "title": "Name"}), actor="ann")
    run = import_products(file, "mine", actor="ann")
    assert (run.public_id != first.public_id, run.imported, run.unchanged) == (True, 1, 0)
    assert runs.run(first.public_id).state is RunState.CANCELED


@pytest.mark.django_db(transaction=True)
def test_the_same_file_is_not_imported_twice_at_once(tmp_path: Path, connect: Callable[..., object]) -> None:
    deployment.set_up(base_currency_code="EUR", time_zone="UTC", demo=False)
    file = tmp_path / "t.csv"
    file.write_text("SKU,Title,Price,EAN\nA,t,1.00,\n")
    mappings.save_mapping(FileMapping("mine", "products", COLUMNS), actor="ann")
    code = (
        "import sys, django; django.setup()\n"
        "from pathlib import Path\n"
        "from entrepot.catalog.imports import products\n"
        "def progress(lines):\n"
        "    print('inside', flush=True); sys.stdin.readline()\n"
        "products.import_products(Path(sys.argv[1]), 'mine', actor='ann', progress=progress)\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(file)], env={**os.environ, "DJANGO_SETTINGS_MODULE": "entrepot.app.settings"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdout is not None
    assert other.stdout.readline() == "inside\n"
    with pytest.raises(UserError, match="being imported right now"):
        import_products(file, "mine", actor="ann")
    other.communicate("\n")
    assert other.returncode == 0
    assert import_products(file, "mine", actor="ann").unchanged == 1


def test_the_command_reports_errors_by_line_and_fails_where_nothing_was_imported(tmp_path: Path) -> None:
    file, report, told = tmp_path / "t.csv", tmp_path / "r.json", io.StringIO()
    file.write_text("sku,price\nA,1.00\nB,x\n")
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import", "products", str(file), "--mapping", "entrepot", "--all-or-nothing", stdout=told)
    assert "line 3, price: “x” is no number" in told.getvalue()
    assert not Variant.objects.exists()
    call_command("import", "products", str(file), "--mapping", "entrepot", "--report", str(report), stdout=told)
    found = json.loads(report.read_text())
    assert (found["lines"], found["imported"], found["rejected"], found["variants"], found["currency"]) == (
        2,
        1,
        {"not_a_number": 1},
        1,
        "EUR",
    )
    with pytest.raises(CommandError, match="no mapping “nope”"):
        call_command("import", "products", str(file), "--mapping", "nope")
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import", "products", str(tmp_path / "gone.csv"), "--mapping", "entrepot")


def test_the_command_proposes_columns_saves_them_and_uses_them_again(tmp_path: Path) -> None:
    file, told = tmp_path / "t.csv", io.StringIO()
    file.write_bytes("货号;品名;售价\nA;蓝灯;12,50\n".encode("gbk"))
    call_command("import", "products", str(file), "--mapping", "supplier", "--preview", stdout=told)
    assert "Proposal: --column 'sku=货号' --column 'title=品名' --column 'price=售价'" in told.getvalue()
    assert not ImportRun.objects.exists()
    columns = ["--column", "sku=货号", "--column", "title:zh=品名", "--column", "price=售价", "--setting", "decimal=,"]
    call_command("import", "products", str(file), "--mapping", "supplier", "--preview", *columns, stdout=told)
    assert '"price_minor": 1250' in told.getvalue()
    call_command("import", "products", str(file), "--mapping", "supplier", *columns, stdout=told)
    call_command("import", "products", str(file), "--mapping", "supplier", stdout=told)
    assert "Nothing changed" in told.getvalue()
    assert mappings.mapping_named("supplier", "products").settings == {"decimal": ","}
    with pytest.raises(CommandError, match="lacks its ="):
        call_command("import", "products", str(file), "--mapping", "supplier", "--column", "sku", stdout=told)
