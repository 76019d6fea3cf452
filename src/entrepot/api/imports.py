"""Imports of files: products, or past orders of an account. Importing a file again changes nothing."""

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form
from ninja.files import UploadedFile

from entrepot.api.access import Caller, caller
from entrepot.api.door import Door
from entrepot.api.shapes import Answered
from entrepot.base.errors import NotAllowed
from entrepot.base.ids import UserId
from entrepot.catalog.imports import mappings, runs
from entrepot.catalog.imports.products import import_products
from entrepot.catalog.imports.types import Policy, RunView
from entrepot.orders.history import import_orders
from entrepot.people.types import Right

door = Door(tags=["imports"])

TheFile = Annotated[UploadedFile, File(..., description=".csv or .xlsx, also packed as .gz or .xz; at most 10 MB.")]
MappingName = Annotated[
    str, Form(..., min_length=1, max_length=80, description="A saved or built-in mapping of columns; see /imports/mappings.")
]
Policies = Annotated[Policy, Form(Policy.SKIP, description="`all`: one bad row, and nothing is imported.")]
AccountName = Annotated[str, Form(..., min_length=1, max_length=80, description="Made as a file account when there is none.")]


class RowErrorOut(Answered):
    line: int
    column: str
    reason: str
    message: str


class ImportOut(Answered):
    """`unchanged` rows are part of `imported`. `rejected`: rows by reason. `errors`: the first 200."""

    id: UUID
    kind: str
    file_name: str
    mapping: str
    state: Literal["running", "done", "failed", "canceled"]
    lines: int
    imported: int
    unchanged: int
    rejected: dict[str, int]
    report: dict[str, Any]
    started_at: datetime
    ended_at: datetime | None
    errors: list[RowErrorOut]


class Imports(Answered):
    rows: list[ImportOut]


class MappingOut(Answered):
    """Our field -> the file's heading."""

    name: str
    kind: str
    columns: dict[str, str]


class Mappings(Answered):
    rows: list[MappingOut]


@door.reads("/imports", needs=Right.EDIT_PRODUCT, answer=Imports, summary="The last imports, the newest first")
def list_imports(request: HttpRequest) -> Any:
    _sees_all(caller(request))
    return Imports(rows=[_out(run) for run in runs.recent()])


@door.reads("/imports/mappings", needs=Right.EDIT_PRODUCT, answer=Mappings, summary="Mappings of columns")
def list_mappings(request: HttpRequest) -> Any:
    found = [one for kind in ("products", "orders") for one in mappings.mappings(kind)]
    return Mappings(rows=[MappingOut(name=one.name, kind=one.kind, columns=dict(one.columns)) for one in found])


@door.reads("/imports/{uuid:import_id}", needs=Right.EDIT_PRODUCT, answer=ImportOut, summary="How far an import is, and its errors")
def read_import(request: HttpRequest, import_id: UUID) -> Any:
    _sees_all(caller(request))
    return _out(runs.run(import_id))


@door.commits_by_itself("POST", "/imports/products", needs=Right.EDIT_PRODUCT, answer=ImportOut, summary="Import products from a file")
def upload_products(request: HttpRequest, file: TheFile, mapping: MappingName, policy: Policies = Policy.SKIP) -> Any:
    """Answers when the file is imported; meanwhile /imports shows how far it is. A thousand rows are committed at a time: where
    it was killed, the same file goes on. Larger files: `entrepot import products`."""
    who = caller(request)
    _sees_all(who)
    user = UserId(who.holder.user.pk)
    return _imported(file, lambda path, name: import_products(path, mapping, actor=who.actor, name=name, policy=policy, user=user))


@door.commits_by_itself("POST", "/imports/orders", needs=Right.MANAGE, answer=ImportOut, summary="Import past orders of an account")
def upload_orders(request: HttpRequest, file: TheFile, mapping: MappingName, account: AccountName) -> Any:
    """They are `historical`: stored as fulfilled, without touching stock."""
    who = caller(request)
    _sees_all(who)
    user = UserId(who.holder.user.pk)
    return _imported(file, lambda path, name: import_orders(path, mapping, account, actor=who.actor, name=name, user=user))


@door.writes("POST", "/imports/{uuid:import_id}/cancel", needs=Right.EDIT_PRODUCT, answer=ImportOut, summary="Stop an import")
def cancel_import(request: HttpRequest, import_id: UUID) -> Any:
    """It stops after its present page; what it has committed stays."""
    _sees_all(caller(request))
    runs.cancel(import_id)
    return _out(runs.run(import_id))


def _imported(file: UploadedFile, work: Callable[[Path, str], RunView]) -> ImportOut:
    with tempfile.NamedTemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        return _out(work(Path(copy.name), file.name or "upload"))


def _sees_all(who: Caller) -> None:
    """A file may name any product and any account, so it needs somebody who sees them all."""
    if who.scope.accounts is not None or who.scope.owner is not None:
        raise NotAllowed(_("Files are imported by people who see all accounts and all products."))


def _out(run: RunView) -> ImportOut:
    return ImportOut(
        id=run.public_id,
        kind=run.kind,
        file_name=run.file_name,
        mapping=run.mapping,
        state=run.state.value,
        lines=run.lines,
        imported=run.imported,
        unchanged=run.unchanged,
        rejected=dict(run.rejected),
        report=dict(run.report),
        started_at=run.started_at,
        ended_at=run.ended_at,
        errors=[RowErrorOut(line=e.line, column=e.column, reason=e.reason, message=e.message) for e in run.errors],
    )
