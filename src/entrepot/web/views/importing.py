"""Products from a file: its columns mapped, previewed with the errors of each row, imported; the same file again changes nothing.

The file stays in the browser's form between preview and import, so nothing is kept here that another host would miss.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entrepot.base.errors import NotAllowed, UserError
from entrepot.base.ids import UserId
from entrepot.catalog.imports import fields, mappings, runs
from entrepot.catalog.imports.products import KIND, import_products, preview_products
from entrepot.catalog.imports.types import FileMapping, Policy
from entrepot.people.types import Right
from entrepot.web import render
from entrepot.web.access import needs, visitor

MOST_MEGABYTES = 200  # of a file as it is uploaded; half a million products, packed or not
NEW = ""  # the choice "map the columns here"


@needs(Right.EDIT_PRODUCT)
@require_http_methods(["GET", "POST"])
def products(request: HttpRequest) -> HttpResponse:
    """The form and the last imports; a POST imports the file."""
    _sees_all(request)
    if request.method == "POST":
        try:
            with _uploaded(request) as (path, name):
                who = visitor(request)
                chosen = _mapping(request)
                if request.POST.get("mapping", NEW) == NEW:
                    mappings.save_mapping(chosen, actor=who.actor)
                policy = Policy.ALL if request.POST.get("policy") == Policy.ALL else Policy.SKIP
                run = import_products(path, chosen.name, actor=who.actor, name=name, policy=policy, user=UserId(who.user.pk))
        except UserError as no:
            messages.error(request, str(no))
        else:
            return HttpResponseRedirect(reverse("web:import", args=[run.public_id]))
    context = {"mappings": [one.name for one in mappings.mappings(KIND) if not one.settings.get("from_lines")], "runs": runs.recent(20)}
    return render.page(request, "web/imports/form.html", context, title=gettext("Import products"), crumbs=_crumbs())


@needs(Right.EDIT_PRODUCT)
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The first rows as they would be imported; nothing is written."""
    _sees_all(request)
    context: dict[str, Any] = {"new": request.POST.get("mapping", NEW) == NEW}
    try:
        with _uploaded(request) as (path, name):
            asked = _mapping(request)
            found = preview_products(path, asked, name=name)
            if context["new"] and not asked.columns:
                found = preview_products(path, FileMapping(asked.name, KIND, found.suggested), name=name)
                asked = FileMapping(asked.name, KIND, found.suggested)
    except UserError as no:
        return render.fragment(request, "web/imports/preview.html", {**context, "problem": str(no)})
    columns = list(dict.fromkeys(field for _, row in found.rows for field in row))
    context |= {
        "found": found,
        "columns": columns,
        "rows": [(line, [row.get(field, "") for field in columns]) for line, row in found.rows],
        "choices": [(field, label, asked.columns.get(field, "")) for field, (label, _) in fields.FIELDS[KIND].items()],
        "name": asked.name,
    }
    return render.fragment(request, "web/imports/preview.html", context)


@needs(Right.EDIT_PRODUCT)
@require_safe
def one(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """What one import did, with its refused rows."""
    _sees_all(request)
    crumbs = [*_crumbs(), (gettext("Import products"), reverse("web:import-products"))]
    run = runs.run(import_id)
    return render.page(request, "web/imports/one.html", {"run": run}, title=run.file_name, crumbs=crumbs)


@contextmanager
def _uploaded(request: HttpRequest) -> Iterator[tuple[Path, str]]:
    file = request.FILES.get("file")
    if file is None:
        raise UserError(gettext("Choose a file first: .csv or .xlsx, also packed as .gz or .xz."))
    megabytes = (file.size or 0) >> 20
    if megabytes >= MOST_MEGABYTES:
        text = gettext("The file has %(mb)d MB; at most %(most)d are taken here. Pack it as .gz, or run entrepot import products.")
        raise UserError(text % {"mb": megabytes, "most": MOST_MEGABYTES})
    with tempfile.NamedTemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name), file.name or "upload"


def _mapping(request: HttpRequest) -> FileMapping:
    """A saved mapping by name, or the one that is put together in the form."""
    chosen = request.POST.get("mapping", NEW)
    if chosen != NEW:
        return mappings.mapping_named(chosen, KIND)
    columns = {field: request.POST[f"column.{field}"] for field in fields.FIELDS[KIND] if request.POST.get(f"column.{field}")}
    return FileMapping(request.POST.get("name", "").strip(), KIND, columns)


def _sees_all(request: HttpRequest) -> None:
    scope = visitor(request).scope
    if scope.accounts is not None or scope.owner is not None:
        raise NotAllowed(gettext("Files are imported by people who see all accounts and all products."))


def _crumbs() -> list[tuple[str, str]]:
    return [(gettext("Products"), reverse("web:products"))]
