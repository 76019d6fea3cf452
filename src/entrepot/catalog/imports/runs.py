"""One run of an import: it commits page by page, goes on where a killed one stopped (F50), can be canceled, and keeps its errors."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from entrepot.base import clock
from entrepot.base.errors import NotFound, UserError
from entrepot.base.ids import UserId
from entrepot.catalog.imports.opening import Source
from entrepot.catalog.imports.types import FileMapping, RowError, RunState, RunView
from entrepot.catalog.models import ImportRowError, ImportRun

PAGE = 1_000  # rows a transaction
MOST_ERRORS = 10_000  # kept a run; all are counted
Progress = Callable[[int], None]


class Canceled(Exception):
    """Somebody asked the run to stop; what was committed stays."""


class Run:
    """Counts and errors of a run, written in the transaction of each page, so that they are true after every kill."""

    def __init__(self, row: ImportRun, progress: Progress | None) -> None:
        self.row, self._progress = row, progress
        self.done_before = row.lines  # rows that an earlier, killed process has committed
        self._errors: list[ImportRowError] = []
        self._kept = row.row_errors.count()

    @property
    def public_id(self) -> UUID:
        return self.row.public_id

    def reject(self, error: RowError) -> None:
        """Count a row that was not taken and keep why; written with the page."""
        self.row.rejected[error.reason] = self.row.rejected.get(error.reason, 0) + 1
        if self._kept < MOST_ERRORS:
            self._kept += 1
            self._errors.append(
                ImportRowError(
                    run=self.row,
                    line=error.line,
                    column=error.column[:120],
                    reason=error.reason[:60],
                    message=error.message.replace("\x00", "")[:500],
                    value=error.value.replace("\x00", "")[:200],
                )
            )

    def write(self, *, lines: int, imported: int, unchanged: int) -> None:
        """The page of the caller's transaction is done. Raises: Canceled, which rolls it back."""
        self.row.lines += lines
        self.row.imported += imported
        self.row.unchanged += unchanged
        ImportRowError.objects.bulk_create(self._errors)
        self._errors.clear()
        self.row.save(update_fields=["lines", "imported", "unchanged", "rejected"])
        if ImportRun.objects.filter(pk=self.row.pk, cancel_requested=True).exists():
            raise Canceled
        if self._progress is not None:
            self._progress(self.row.lines)

    def forget_page(self) -> None:
        """The page of the caller was rolled back: counts and errors are what was committed before it."""
        self._errors.clear()
        self.row.refresh_from_db()
        self._kept = self.row.row_errors.count()

    def end(self, state: RunState, report: Mapping[str, Any]) -> None:
        ImportRowError.objects.bulk_create(self._errors)
        self._errors.clear()
        self.row.state, self.row.report, self.row.ended_at = state.value, dict(report), clock.now()
        self.row.save()


@contextmanager
def run_of(
    source: Source,
    mapping: FileMapping,
    *,
    target: str = "",
    user: UserId | None = None,
    progress: Progress | None = None,
    resumes: bool = True,
) -> Iterator[Run]:
    """The run that imports this file: a new one, or the one that a killed process left behind.

    A mapping that was changed since is another one: what it would read differently is read anew. ``target``: where the rows go,
    where there is a choice. Nobody else imports the same file meanwhile. A failure ends the run as failed, with its reason; a cancel as canceled.
    Raises: UserError when the file is being imported right now.
    """
    digest = source.digest()
    named = f"{mapping.name}: {target}"[:80] if target else mapping.name
    key = int.from_bytes(hashlib.sha256(f"import:{mapping.kind}:{named}:{digest}".encode()).digest()[:8], "big", signed=True)
    with _alone(key, source.name):
        same = {"kind": mapping.kind, "file_digest": digest, "mapping": named}
        meaning = {"columns": dict(mapping.columns), "settings": dict(mapping.settings)}
        left = ImportRun.objects.filter(**same, state=RunState.RUNNING.value).order_by("pk")
        row = left.filter(report=meaning).last() if resumes else None
        if row is None:
            left.update(state=RunState.CANCELED.value, ended_at=clock.now())
            row = ImportRun.objects.create(**same, file_name=source.name[:255], user_id=user, report=meaning, started_at=clock.now())
        run = Run(row, progress)
        try:
            yield run
        except Canceled:
            run.forget_page()
            run.end(RunState.CANCELED, {})
        except UserError as failure:
            run.forget_page()
            run.end(RunState.FAILED, {"failure": str(failure)})
            raise


def cancel(public_id: UUID) -> None:
    """The run stops after its present page; what it has committed stays. Raises: NotFound."""
    if not ImportRun.objects.filter(public_id=public_id).update(cancel_requested=True):
        raise NotFound(_("There is no such import."))


def run(public_id: UUID, *, most_errors: int = 200) -> RunView:
    """One run with its first errors by line. Raises: NotFound."""
    row = ImportRun.objects.filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such import."))
    return view(row, most_errors=most_errors)


def recent(most: int = 50) -> list[RunView]:
    """The last runs, newest first, without their errors."""
    return [view(row, most_errors=0) for row in ImportRun.objects.order_by("-started_at")[:most]]


def view(row: ImportRun, *, most_errors: int = 200) -> RunView:
    errors = row.row_errors.order_by("line", "pk")[:most_errors] if most_errors else []
    return RunView(
        public_id=row.public_id,
        kind=row.kind,
        file_name=row.file_name,
        mapping=row.mapping,
        state=RunState(row.state),
        lines=row.lines,
        imported=row.imported,
        unchanged=row.unchanged,
        rejected=dict(row.rejected),
        report=row.report,
        started_at=row.started_at,
        ended_at=row.ended_at,
        errors=tuple(RowError(one.line, one.column, one.reason, one.message, one.value) for one in errors),
    )


@contextmanager
def _alone(key: int, name: str) -> Iterator[None]:
    """A lock of the session: it is gone with the process that held it, however that ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            raise UserError(_("%(name)s is being imported right now. Wait until it is done.") % {"name": name})
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
