"""What our commands share: an expected "no" is one sentence, and the audit trail names who typed the command."""

import getpass
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from entrepot.base.errors import UserError


class PlainCommand(BaseCommand):
    """Write ``work`` instead of ``handle``. A UserError ends the command with its sentence and status 1."""

    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.work(options)
        except UserError as no:
            raise CommandError(str(no)) from None

    def work(self, options: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def say_json(self, document: Any) -> None:
        self.stdout.write(json.dumps(document, indent=1, ensure_ascii=False, default=_text))

    def say_table(self, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Columns as wide as their widest cell; numbers to the right."""
        cells = [list(headings), *([_text(cell) for cell in row] for row in rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
        for row in cells:
            line = [cell.rjust(width) if _is_number(cell) else cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            self.stdout.write("  ".join(line).rstrip())


def actor() -> str:
    """How the audit trail names who typed a command."""
    try:
        return f"command line ({getpass.getuser()})"
    except (KeyError, OSError):  # a user id without a name, as in some containers
        return "command line"


def _text(cell: Any) -> str:
    if cell is None:
        return "-"
    return f"{cell:%Y-%m-%d %H:%M} UTC" if isinstance(cell, datetime) else str(cell)


def _is_number(cell: str) -> bool:
    return cell.lstrip("-").replace(",", "").replace(".", "", 1).isdigit()
