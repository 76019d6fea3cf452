"""One page of rows against the catalog: what is new is inserted, what differs is updated, what is the same is left alone."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from entrepot.base import clock, sql
from entrepot.base.ids import new_public_id
from entrepot.catalog import values
from entrepot.catalog.imports.errors import RowRefused
from entrepot.catalog.imports.product_rows import ProductRow
from entrepot.catalog.imports.types import RowError
from entrepot.catalog.models import Media
from entrepot.people.audit import record, record_many

PACKAGE = "entrepot.catalog"
PRODUCT = ("brand", "category", "origin_country", "hs_code", "option_names")
VARIANT = ("gtin", "options", "price_minor", "cost_minor", "weight_g", "length_mm", "width_mm", "height_mm", "low_stock_at")
EMPTY: dict[str, Any] = {**dict.fromkeys(PRODUCT, ""), "option_names": [], **dict.fromkeys(VARIANT), "gtin": "", "options": {}}


@dataclass(slots=True)
class _Product:
    id: int
    public_id: UUID
    code: str
    fields: dict[str, Any]
    siblings: dict[str, dict[str, str]]  # SKU -> options
    new: bool
    archived: bool = False
    texts: dict[str, dict[str, Any]] = field(default_factory=dict)
    pictures: set[str] = field(default_factory=set)
    new_pictures: int = 0
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Variant:
    id: int
    product: _Product
    sku: str
    fields: dict[str, Any]
    archived: bool = False


class ProductPage:
    """Read, compared, written in the caller's transaction. ``errors`` are rows that the catalog itself refuses."""

    def __init__(self, rows: Sequence[ProductRow], languages: Sequence[str]) -> None:
        self.rows, self.languages = rows, languages
        self.errors: list[RowError] = []
        self.unchanged = 0
        self._variants: dict[str, _Variant] = {}
        self._products: dict[str, _Product] = {}
        self._new_variants: list[_Variant] = []
        self._changed_variants: list[_Variant] = []
        self._changed_texts: dict[tuple[int, str], dict[str, Any]] = {}
        self._new_pictures: list[tuple[int, int, str]] = []
        self._read()

    def apply(self, *, actor: str, source: str) -> int:
        """Write what differs; how many rows are in the catalog now."""
        for row in self.rows:
            try:
                self._take(row)
            except RowRefused as no:
                self.errors.append(RowError(row.line, no.column, no.reason, str(no), no.value))
        self._write(actor, source)
        return len(self.rows) - len(self.errors)

    def _read(self) -> None:
        found = sql.rows(PACKAGE, "import_variants", {"skus": [row.sku for row in self.rows]})
        codes = {row.code or row.sku for row in self.rows}
        ids = sorted({row.product_id for row in found})
        products = {row.id: self._product(row) for row in sql.rows(PACKAGE, "import_products", {"codes": sorted(codes), "ids": ids})}
        self._products = {values.fold(product.code): product for product in products.values()}
        for row in found:
            fields = {name: getattr(row, name) for name in VARIANT} | {"options": json.loads(row.options)}
            self._variants[row.asked] = _Variant(row.id, products[row.product_id], row.sku, fields, row.archived)
        if products and self.languages:
            for text in sql.rows(PACKAGE, "import_texts", {"products": list(products), "languages": list(self.languages)}):
                words = {"title": text.title, "description": text.description, "bullets": json.loads(text.bullets)}
                products[text.product_id].texts[text.language] = words
        if products and any(row.pictures for row in self.rows):
            for product_id, url in Media.objects.filter(product_id__in=products).exclude(url="").values_list("product_id", "url"):
                products[product_id].pictures.add(url)
        new_variants = len({row.sku for row in self.rows}) - len(self._variants)
        new_products = sum(1 for code in codes if values.fold(code) not in self._products)
        new_ids = sql.rows(PACKAGE, "new_ids", {"products": new_products, "variants": new_variants}) if new_variants else []
        self._product_ids = iter([row.id for row in new_ids if row.kind == "product"])
        self._variant_ids = iter([row.id for row in new_ids if row.kind == "variant"])

    def _product(self, row: Any) -> _Product:
        fields = {name: getattr(row, name) for name in PRODUCT} | {"option_names": json.loads(row.option_names)}
        siblings = json.loads(row.siblings or "{}")
        return _Product(row.id, row.public_id, row.code, fields, siblings, new=False, archived=row.archived)

    def _take(self, row: ProductRow) -> None:
        """One row into the page, whole or not at all."""
        known = self._variants.get(row.sku)
        product = known.product if known else self._products.get(values.fold(row.code or row.sku))
        _refuse_archived(known, product, row)
        if known and row.code and values.fold(row.code) != values.fold(known.product.code):
            message = gettext("The SKU {sku} belongs to the product {product}, not to {other}.").format(
                sku=known.sku, product=known.product.code, other=row.code
            )
            raise RowRefused("sku_of_other_product", message, value=row.code)
        options = self._checked_options(row, known, product)
        if product is None:
            code = row.code or row.sku
            fields = {name: row.product.get(name, EMPTY[name]) for name in PRODUCT} | {"option_names": list(options)}
            product = _Product(next(self._product_ids), new_public_id(), code, fields, {}, new=True)
            self._products[values.fold(code)] = product
        changed = self._follow_product(product, row, options) | self._follow_texts(product, row) | self._follow_pictures(product, row)
        given = row.variant if row.options is None else {**row.variant, "options": options}
        if known is None:
            variant = _Variant(next(self._variant_ids), product, row.sku, given)
            self._new_variants.append(variant)
            if not product.new:
                product.after[f"{row.sku}.added"] = True
        else:
            changed |= self._follow_variant(known, given)
            self.unchanged += not changed
        product.siblings[known.sku if known else row.sku] = options

    def _follow_variant(self, known: _Variant, given: dict[str, Any]) -> bool:
        changes = {name: value for name, value in given.items() if known.fields[name] != value}
        for name, value in changes.items():
            known.product.before[f"{known.sku}.{name}"] = known.fields[name]
            known.product.after[f"{known.sku}.{name}"] = known.fields[name] = value
        if changes:
            self._changed_variants.append(known)
        return bool(changes)

    def _follow_product(self, product: _Product, row: ProductRow, options: dict[str, str]) -> bool:
        given = dict(row.product)
        if options and not product.fields["option_names"]:
            given["option_names"] = list(options)
        changes = {name: value for name, value in given.items() if product.fields[name] != value}
        for name, value in changes.items():
            if not product.new:
                product.before.setdefault(name, product.fields[name])
                product.after[name] = value
            product.fields[name] = value
        return bool(changes)

    def _follow_texts(self, product: _Product, row: ProductRow) -> bool:
        changed = False
        for language, given in row.texts.items():
            now = product.texts.get(language)
            wanted = {"title": product.code, "description": "", "bullets": [], **(now or {}), **given}
            if wanted != now:
                changed = True
                if not product.new:
                    differing = [name for name in wanted if now is None or now[name] != wanted[name]]
                    product.before |= {f"{name}.{language}": now[name] if now else None for name in differing}
                    product.after |= {f"{name}.{language}": wanted[name] for name in differing}
                product.texts[language] = self._changed_texts[product.id, language] = wanted
        return changed

    def _follow_pictures(self, product: _Product, row: ProductRow) -> bool:
        fresh = [url for url in dict.fromkeys(row.pictures) if url not in product.pictures]
        for url in fresh:
            self._new_pictures.append((product.id, product.new_pictures, url))
            product.new_pictures += 1
            product.pictures.add(url)
        if fresh and not product.new:
            product.after["pictures"] = fresh
        return bool(fresh)

    def _checked_options(self, row: ProductRow, known: _Variant | None, product: _Product | None) -> dict[str, str]:
        """The variant's options after this row, told apart from its siblings'."""
        options = row.options if row.options is not None else known.fields["options"] if known else {}
        if product is None:
            return options
        names = product.fields["option_names"]
        siblings = [(sku, other) for sku, other in product.siblings.items() if values.fold(sku) != values.fold(row.sku)]
        if (names or siblings) and set(options) != set(names):
            message = gettext("The product {product} has the options {options}, this row {given}. Give both the same.").format(
                product=product.code, options=", ".join(names) or gettext("(none)"), given=", ".join(options) or gettext("(none)")
            )
            raise RowRefused("options_differ", message)
        for sku, other in siblings:
            if other == options:
                message = gettext(
                    "{sku} has the same options, so that a buyer could not choose between the two. Change one of them."
                ).format(sku=sku)
                raise RowRefused("same_options", message, value=", ".join(options.values()))
        return {name: options[name] for name in names} if names else options

    def _write(self, actor: str, source: str) -> None:
        now = clock.now()
        products = list(self._products.values())
        new = [one for one in products if one.new]
        changed = [one for one in products if not one.new and one.after]
        variants = [(one.id, one.product.id, one.sku, *_variant_values(one)) for one in self._new_variants]
        updated = [(one.id, *_variant_values(one)) for one in {one.id: one for one in self._changed_variants}.values()]
        texts = [(pk, tag, one["title"], one["description"], _json(one["bullets"])) for (pk, tag), one in self._changed_texts.items()]
        with sql.pipeline():
            _run(
                "insert_products",
                ("id", "public_id", "code", *PRODUCT),
                [(p.id, str(p.public_id), p.code, *_product_values(p)) for p in new],
                now,
            )
            _run("insert_variants", ("id", "product_id", "sku", *VARIANT), variants, now)
            _run("update_products", ("id", *PRODUCT), [(p.id, *_product_values(p)) for p in changed], now)
            _run("update_variants", ("id", *VARIANT), updated)
            _run("save_texts", ("product_id", "language", "title", "description", "bullets"), texts)
            _run("insert_media", ("product_id", "place", "url"), self._new_pictures)
        if new:
            record("products.imported", source, actor=actor, source=source, after={"codes": [one.code for one in new]})
        if changed:
            record_many("product.changed", ((f"product:{p.public_id}", p.before, p.after) for p in changed), actor=actor, source=source)


def _refuse_archived(known: _Variant | None, product: _Product | None, row: ProductRow) -> None:
    if (known and known.archived) or (product and product.archived):
        raise RowRefused("archived", gettext("{sku} is archived. Restore it before it is imported.").format(sku=row.sku), value=row.sku)


def _product_values(product: _Product) -> Iterable[Any]:
    return [_json(product.fields[name]) if name == "option_names" else product.fields[name] for name in PRODUCT]


def _variant_values(variant: _Variant) -> Iterable[Any]:
    given = {**EMPTY, **variant.fields}
    return [_json(given[name]) if name == "options" else given[name] for name in VARIANT]


def _json(value: Any) -> str:
    return json.dumps(value) if value else "{}" if isinstance(value, dict) else "[]"


def _run(name: str, columns: Sequence[str], records: Sequence[Sequence[Any]], now: Any = None) -> None:
    if records:
        params: dict[str, Any] = dict(zip(columns, sql.columns(records, len(columns)), strict=True))
        sql.run(PACKAGE, name, params if now is None else {**params, "now": now})
