"""Mappings: which column means what. Two are built in; others are saved under a name for the next file."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from entrepot.base.errors import NotFound, UserError
from entrepot.catalog.imports import fields
from entrepot.catalog.imports.errors import CannotRead
from entrepot.catalog.imports.types import FileMapping
from entrepot.catalog.models import ImportMapping
from entrepot.people.audit import record

# Lines of a shop's books: products are what its lines name, and charges are lines that are no goods (decision 0003).
_RETAIL: Mapping[str, Any] = {
    "from_lines": True,
    "canceled_prefix": "C",
    "charges": ["AMAZONFEE", "BANK CHARGES", "C2", "CRUK", "D", "DOT", "M", "POST", "S"],
    "time_zone": "Europe/London",
    "currency": "GBP",
    "market": "GB",
    "language": "en",
    "decimal": ".",
    "encoding": "utf-8",
    "delimiter": ",",
}
_RETAIL_COLUMNS: Mapping[str, str] = {
    "order_number": "InvoiceNo",
    "sku": "StockCode",
    "title": "Description",
    "quantity": "Quantity",
    "placed_at": "InvoiceDate",
    "unit_price": "UnitPrice",
    "buyer_id": "CustomerID",
    "country": "Country",
}
_OWN: Mapping[str, Any] = {"decimal": ".", "escaped": True, "by_field_name": True}
BUILT_IN: Mapping[tuple[str, str], FileMapping] = {
    (one.name, one.kind): one
    for one in (
        FileMapping("online-retail", "products", _RETAIL_COLUMNS, _RETAIL),
        FileMapping("online-retail", "orders", _RETAIL_COLUMNS, _RETAIL),
        FileMapping("entrepot", "products", {}, _OWN),
        FileMapping("entrepot", "orders", {}, _OWN),
    )
}
SETTINGS = frozenset({
    "from_lines", "canceled_prefix", "charges", "time_zone", "time_form", "currency", "market", "language", "decimal", "encoding",
    "delimiter", "escaped", "by_field_name", "option_names",
})  # fmt: skip


def mapping_named(name: str, kind: str) -> FileMapping:
    """Raises: NotFound, naming the mappings there are."""
    if (name, kind) in BUILT_IN:
        return BUILT_IN[name, kind]
    row = ImportMapping.objects.filter(name=name, kind=kind).first()
    if row is None:
        there = ", ".join(one.name for one in mappings(kind))
        raise NotFound(_("There is no mapping “%(name)s”. There are: %(there)s.") % {"name": name, "there": there})
    return FileMapping(row.name, kind, row.columns, row.settings)


def mappings(kind: str) -> list[FileMapping]:
    """The built-in ones, then the saved ones by name."""
    saved = ImportMapping.objects.filter(kind=kind).order_by("name")
    return [one for (_name, of), one in BUILT_IN.items() if of == kind] + [FileMapping(r.name, kind, r.columns, r.settings) for r in saved]


def save_mapping(mapping: FileMapping, *, actor: str) -> None:
    """The mapping stands under its name from now on. Raises: UserError for an unknown field or setting, or a built-in name."""
    if (mapping.name, mapping.kind) in BUILT_IN:
        raise UserError(_("The mapping “%(name)s” is built in. Choose another name.") % {"name": mapping.name})
    if not mapping.name.strip() or len(mapping.name) > 80:
        raise UserError(_("A mapping needs a name of at most 80 characters."))
    unknown = [field for field in mapping.columns if not fields.known(mapping.kind, field)]
    unknown += [name for name in mapping.settings if name not in SETTINGS]
    if unknown:
        raise UserError(_("There is no field “%(name)s”.") % {"name": unknown[0]})
    before = ImportMapping.objects.filter(name=mapping.name, kind=mapping.kind).values("columns", "settings").first()
    after = {"columns": dict(mapping.columns), "settings": dict(mapping.settings)}
    if before != after:
        ImportMapping.objects.update_or_create(name=mapping.name, kind=mapping.kind, defaults=after)
        record("mapping.saved", f"mapping:{mapping.kind}:{mapping.name}", actor=actor, before=before, after=after)


def delete_mapping(name: str, kind: str, *, actor: str) -> None:
    """Deleting one that is not there changes nothing."""
    if ImportMapping.objects.filter(name=name, kind=kind).delete()[0]:
        record("mapping.deleted", f"mapping:{kind}:{name}", actor=actor)


def columns_of(mapping: FileMapping, headings: Sequence[str]) -> dict[str, int]:
    """Our field -> column of this file, from 0. Raises: CannotRead naming a heading that is missing, or there twice."""
    wanted = dict(mapping.columns)
    if mapping.settings.get("by_field_name"):
        wanted = {heading: heading for heading in headings if fields.known(mapping.kind, heading)}
    missing = [field for field in fields.REQUIRED[mapping.kind] if field not in wanted and not mapping.settings.get("from_lines")]
    if missing:
        message = _("No column is said to be the {field}. Headings: {headings}. Choose one in the mapping.").format(
            field=fields.FIELDS[mapping.kind][missing[0]][0], headings=", ".join(filter(None, headings))[:200]
        )
        raise CannotRead(message, line=1)
    places = {field: _place(heading, headings) for field, heading in wanted.items()}
    if len(set(places.values())) != len(places):
        raise CannotRead(_("The mapping uses one column for two fields. Choose different columns."), line=1)
    return places


def _place(heading: str, headings: Sequence[str]) -> int:
    name = fields.plain(heading)
    found = [at for at, one in enumerate(headings) if one == heading] or [
        at for at, one in enumerate(headings) if fields.plain(one) == name
    ]
    if not found:
        message = _("There is no column “{heading}”. Headings: {headings}. Use another mapping, or rename it.").format(
            heading=heading, headings=", ".join(filter(None, headings))[:200]
        )
        raise CannotRead(message, line=1)
    if len(found) > 1:
        raise CannotRead(
            _("Columns {one} and {other} are both called “{heading}”. Rename one.").format(
                one=found[0] + 1, other=found[1] + 1, heading=heading
            ),
            line=1,
            column=found[1] + 1,
        )
    return found[0]
