"""entrepot import: products or past orders out of a file."""

import json
import os
import shlex
import sys
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from entrepot.base.errors import NotFound, UserError
from entrepot.catalog.imports.mappings import mapping_named, save_mapping
from entrepot.catalog.imports.products import import_products, preview_products
from entrepot.catalog.imports.types import FileMapping, Policy, Preview, RunState, RunView
from entrepot.orders.history import import_orders, preview_orders
from entrepot.people.deployment import base_currency

REPORT = ("lines", "imported", "rejected", "variants", "orders", "canceled_orders", "countries", "units", "revenue_minor", "currency")
SHOWN_ERRORS = 20


class Command(BaseCommand):
    help = "Import products, or past orders of an account, from a .csv or .xlsx file (also .gz or .xz). Importing it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        products = kinds.add_parser("products", help="rows become products and variants")
        orders = kinds.add_parser("orders", help="rows become historical orders; stock is not touched")
        for one in (products, orders):
            one.add_argument("file", type=Path)
            one.add_argument("--mapping", required=True, help="built in: online-retail, entrepot; or a saved one")
            one.add_argument("--column", action="append", metavar="FIELD=HEADING", help="save the mapping with these columns first")
            one.add_argument(
                "--setting",
                action="append",
                metavar="NAME=VALUE",
                help="... and these settings, such as decimal=,; alone: change them in the saved mapping",
            )
            one.add_argument("--preview", action="store_true", help="show the first rows and propose columns; nothing is written")
            one.add_argument("--report", type=Path, help="write the counts as JSON to this file")
        products.add_argument("--all-or-nothing", action="store_true", help="one bad row, and nothing is imported")
        orders.add_argument("--account", required=True, help="the account's name; made as a file account when there is none")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["preview"]:
                return self._show(self._previewed(options))
            if options["column"] or options["setting"]:
                save_mapping(_chosen_mapping(options), actor=_actor())
            done = self._import(options)
        except UserError as no:
            raise CommandError(str(no)) from None
        if sys.stderr.isatty():
            self.stderr.write("")
        self._tell(done)
        if options["report"]:
            options["report"].write_text(json.dumps(report_of(done), indent=2) + "\n")
        if done.state is not RunState.DONE:
            raise CommandError(done.report.get("failure") or "The import was canceled; what was committed stays.")
        return None

    def _import(self, options: dict[str, Any]) -> RunView:
        file, mapping = options["file"], options["mapping"]
        if options["kind"] == "orders":
            return import_orders(file, mapping, options["account"], actor=_actor(), progress=self._progress)
        policy = Policy.ALL if options["all_or_nothing"] else Policy.SKIP
        return import_products(file, mapping, actor=_actor(), policy=policy, progress=self._progress)

    def _previewed(self, options: dict[str, Any]) -> Preview:
        try:
            mapping = _chosen_mapping(options)
        except NotFound:
            mapping = _typed_mapping(options)
        if options["kind"] == "orders":
            return preview_orders(options["file"], mapping, currency=base_currency())
        return preview_products(options["file"], mapping)

    def _show(self, preview: Preview) -> None:
        read_as = " ".join(filter(None, [preview.encoding, preview.delimiter and repr(preview.delimiter)]))
        self.stdout.write(f"Headings: {', '.join(preview.headings)}{f' ({read_as})' if read_as else ''}")
        if preview.suggested:
            self.stdout.write(
                "Proposal: " + " ".join(f"--column {shlex.quote(f'{field}={name}')}" for field, name in preview.suggested.items())
            )
        for line, row in preview.rows:
            self.stdout.write(f"line {line}: {json.dumps(row, ensure_ascii=False, default=str)}")
        for error in preview.errors:
            self.stdout.write(f"line {error.line}{f', {error.column}' if error.column else ''}: {error.message} ({error.reason})")

    def _progress(self, lines: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{lines:,} lines", ending="")

    def _tell(self, done: RunView) -> None:
        rejected = sum(done.rejected.values())
        for error in done.errors[:SHOWN_ERRORS]:
            self.stdout.write(f"line {error.line}{f', {error.column}' if error.column else ''}: {error.message} ({error.reason})")
        if rejected > SHOWN_ERRORS:
            self.stdout.write(f"... and {rejected - SHOWN_ERRORS:,} more lines")
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(done.rejected.items()))
        self.stdout.write(f"{done.lines:,} lines: {done.imported:,} imported, {rejected:,} rejected{f' ({reasons})' if reasons else ''}.")
        for what, count in done.report.get("descriptions", {}).items():
            self.stdout.write(f"{what.replace('_', ' ')}: {count:,}")
        if done.state is RunState.DONE and done.unchanged == done.imported:
            self.stdout.write("Nothing changed: every imported line was here already.")
        elif done.unchanged:
            self.stdout.write(f"{done.unchanged:,} of the imported lines were here already and are unchanged.")


def _actor() -> str:
    return f"command line ({os.environ.get('USER', 'unknown')})"


def _chosen_mapping(options: dict[str, Any]) -> FileMapping:
    """The mapping of --column and --setting, or, without --column, the one of this name with the settings typed. Raises: NotFound."""
    typed = _typed_mapping(options)
    if typed.columns:
        return typed
    known = mapping_named(typed.name, typed.kind)
    return replace(known, settings={**known.settings, **typed.settings})


def _typed_mapping(options: dict[str, Any]) -> FileMapping:
    """The mapping of --column and --setting. Raises: CommandError for one without =."""
    pairs = [text.partition("=") for text in [*(options["column"] or []), *(options["setting"] or [])]]
    if wrong := next((name for name, sign, _ in pairs if not sign), None):
        raise CommandError(f"“{wrong}” lacks its =. Write FIELD=HEADING or NAME=VALUE.")
    count = len(options["column"] or [])
    columns = {name: value for name, _, value in pairs[:count]}
    settings = {name: _value(value) for name, _, value in pairs[count:]}
    return FileMapping(options["mapping"], options["kind"], columns, settings)


def _value(text: str) -> Any:
    """A list or a yes as JSON, anything else as it stands."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, list | bool | str) else text


def report_of(done: RunView) -> dict[str, Any]:
    """The counts under the names that other programs rely on."""
    counts = {"lines": done.lines, "imported": done.imported, "rejected": dict(done.rejected)}
    return {name: {**done.report, **counts}.get(name, "" if name == "currency" else 0) for name in REPORT}
