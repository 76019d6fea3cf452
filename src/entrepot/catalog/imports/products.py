"""Files into products: previewed without writing, imported page by page, once or all or nothing."""

import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from entrepot.base.crash import crashpoint
from entrepot.base.ids import UserId
from entrepot.base.transactions import repeated
from entrepot.catalog import values
from entrepot.catalog.imports import fields, lines
from entrepot.catalog.imports.mappings import mapping_named
from entrepot.catalog.imports.product_page import ProductPage
from entrepot.catalog.imports.product_rows import ProductReader, ProductRow
from entrepot.catalog.imports.runs import PAGE, Progress, Run, run_of, view
from entrepot.catalog.imports.table import Table, open_table
from entrepot.catalog.imports.types import FileMapping, Policy, Preview, RowError, RunState, RunView
from entrepot.people.deployment import base_currency

KIND = "products"


def import_products(
    path: Path,
    mapping: str,
    *,
    actor: str,
    name: str = "",
    policy: Policy = Policy.SKIP,
    user: UserId | None = None,
    progress: Progress | None = None,
) -> RunView:
    """Every row of the file is in the catalog, or is reported with line, column and reason.

    An empty cell leaves what is there. The same file again changes nothing: all its rows are ``unchanged``. A run that was
    killed goes on where it stopped. ``Policy.ALL``: one bad row, and nothing is written (the run is FAILED).
    Raises: CannotRead when the file as a whole cannot be read.
    """
    chosen = mapping_named(mapping, KIND)
    table = open_table(path, name=name, settings=chosen.settings)
    with run_of(table.source, chosen, user=user, progress=progress) as run:
        source = f"import:{run.public_id}"
        if chosen.settings.get("from_lines"):
            report = lines.import_products_of_lines(table, chosen, run, actor=actor, source=source)
            run.end(RunState.DONE, report)
        else:
            _import(table, chosen, run, policy, actor, source)
    return view(run.row)


def preview_products(path: Path, mapping: FileMapping, *, name: str = "", rows: int = 20) -> Preview:
    """The first rows as they would be imported, with their errors and a proposal for the columns; nothing is written.

    A mapping without columns only proposes. Raises: CannotRead.
    """
    table = open_table(path, name=name, settings=mapping.settings)
    suggested = fields.suggestions(KIND, table.headings)
    found: list[tuple[int, dict[str, Any]]] = []
    errors: list[RowError] = []
    if mapping.columns or mapping.settings.get("by_field_name"):
        reader = ProductReader(table, mapping)
        good = []
        for one in islice(_once(reader), rows):
            if isinstance(one, RowError):
                errors.append(one)
            else:
                good.append(one)
        errors += _tried(good, reader, "preview", "preview")
        refused = {error.line for error in errors}
        found = [(one.line, one.plain()) for one in good if one.line not in refused]
    return Preview(table.headings, table.encoding, table.delimiter, found, sorted(errors, key=lambda error: error.line), suggested)


def _import(table: Table, mapping: FileMapping, run: Run, policy: Policy, actor: str, source: str) -> None:
    reader = ProductReader(table, mapping)
    if policy is Policy.ALL and not run.done_before and _refuse_whole(reader, run, actor, source):
        run.end(RunState.FAILED, {"failure": "A row is wrong, so nothing was imported. Correct the rows named and import the file again."})
        return
    for count, (good, bad) in _pages(reader, run.done_before):
        _one_page(run, count, good, bad, reader, actor, source)
    run.end(RunState.DONE, {"variants": run.row.imported, "currency": base_currency()})


def _one_page(run: Run, count: int, good: list[ProductRow], bad: list[RowError], reader: ProductReader, actor: str, source: str) -> None:
    """Written, counted and committed together; once more from the start when somebody made one of its SKUs meanwhile."""

    def write() -> None:
        run.forget_page()
        page = ProductPage(good, reader.languages)
        imported = page.apply(actor=actor, source=source)
        for error in sorted([*bad, *page.errors], key=lambda one: one.line):
            run.reject(error)
        run.write(lines=count, imported=imported, unchanged=page.unchanged)
        crashpoint("import.before_commit")

    try:
        repeated(write)
    except IntegrityError:
        repeated(write)
    crashpoint("import.after_commit")


def _pages(reader: ProductReader, done: int) -> Iterator[tuple[int, tuple[list[ProductRow], list[RowError]]]]:
    """Pages of rows behind the first ``done``, which are read again only to know which SKUs they had."""
    rows = _once(reader)
    for _ in islice(rows, done):
        pass
    while chunk := list(islice(rows, PAGE)):
        good = [one for one in chunk if isinstance(one, ProductRow)]
        yield len(chunk), (good, [one for one in chunk if isinstance(one, RowError)])


def _refuse_whole(reader: ProductReader, run: Run, actor: str, source: str) -> bool:
    """Every row is tried and rolled back; the errors of the file, if any, are kept."""
    lines_read = 0
    for count, (good, bad) in _pages(reader, 0):
        lines_read += count
        for error in sorted([*bad, *_tried(good, reader, actor, source)], key=lambda one: one.line):
            run.reject(error)
    if not run.row.rejected:
        return False
    run.row.lines = lines_read
    return True


def _tried(good: list[ProductRow], reader: ProductReader, actor: str, source: str) -> list[RowError]:
    with transaction.atomic():
        page = ProductPage(good, reader.languages)
        page.apply(actor=actor, source=source)
        transaction.set_rollback(True)
    return page.errors


def _once(reader: ProductReader) -> Iterator[ProductRow | RowError]:
    """The rows, where a SKU that stands there twice, or two rows that describe one product differently, are errors."""
    skus: dict[str, int] = {}
    agrees = _Agreement() if reader.several_a_product else None
    for row in reader.rows():
        if isinstance(row, ProductRow):
            key = values.fold(row.sku)
            if key in skus:
                yield RowError(
                    row.line,
                    "",
                    "sku_twice",
                    gettext("The SKU {sku} stands in line {line} already.").format(sku=row.sku, line=skus[key]),
                    row.sku,
                )
                continue
            differing = agrees.check(row) if agrees else None
            if differing is not None:
                yield differing
                continue
            skus[key] = row.line
        yield row


class _Agreement:
    """What rows of one product say about it, as a number a field, so that a million rows stay small."""

    _FIELDS = ("brand", "category", "origin_country", "hs_code")

    def __init__(self) -> None:
        self._said: dict[str, bytes] = {}

    def check(self, row: ProductRow) -> RowError | None:
        given = [("title", *sorted((tag, str(text)) for tag, text in row.texts.items())) if row.texts else None]
        given += [row.product.get(name) for name in self._FIELDS]
        marks = [0 if value is None else hash(value) or 1 for value in given]
        key = values.fold(row.code or row.sku)
        before = self._said.get(key)
        if before is not None:
            line, *said = struct.unpack(f"{len(marks) + 1}q", before)
            for name, mark, one in zip(("title", *self._FIELDS), marks, said, strict=True):
                if mark and one and mark != one:
                    return RowError(
                        row.line,
                        "",
                        "differs_from_product",
                        gettext("Line {line} gives the product {other} another {name}.").format(
                            line=line, other=row.code, name=fields.PRODUCTS[name][0]
                        ),
                        row.code,
                    )
            marks = [mark or one for mark, one in zip(marks, said, strict=True)]
        else:
            line = row.line
        self._said[key] = struct.pack(f"{len(marks) + 1}q", line, *marks)
        return None
