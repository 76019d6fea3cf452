"""Products and their variants: made, changed under a version, archived, restored."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from entrepot.base import clock
from entrepot.base.errors import NotFound, UserError
from entrepot.base.ids import ProductId, VariantId
from entrepot.catalog import values
from entrepot.catalog.actions.fields import (
    PRODUCT_FIELDS,
    VARIANT_FIELDS,
    check_variants,
    clean_product,
    clean_text,
    clean_variant,
    refuse_taken,
    refuse_taken_codes,
)
from entrepot.catalog.errors import VersionConflict
from entrepot.catalog.models import KitComponent, Product, ProductText, Variant
from entrepot.catalog.types import Conflict, ProductDraft, ProductRef, Text, VariantDraft
from entrepot.people.audit import record

Values = Mapping[str, Any]


def create_product(draft: ProductDraft, *, actor: str, source: str = "") -> ProductRef:
    """A new product with its variants and texts. Raises: UserError naming the field (BadValue) or the code that is taken (Taken)."""
    fields = clean_product({name: getattr(draft, name) for name in PRODUCT_FIELDS})
    if not draft.variants:
        raise values.BadValue(_("A product has at least one variant. Give it a SKU."))
    variants = [clean_variant({name: getattr(one, name) for name in VARIANT_FIELDS}, fields["option_names"]) for one in draft.variants]
    check_variants(variants)
    refuse_taken_codes([fields["code"]])
    refuse_taken(one["sku"] for one in variants)
    now = clock.now()
    skus = [one["sku"] for one in variants]
    with _taken_meanwhile([fields["code"]], skus), transaction.atomic():
        product = Product.objects.create(**fields, owner_id=draft.owner, created_at=now, changed_at=now)
        Variant.objects.bulk_create([Variant(product=product, created_at=now, **one) for one in variants])
        for language, text in draft.texts.items():
            ProductText.objects.create(product=product, language=values.language(language), **clean_text(text))
        record("product.created", _subject(product), actor=actor, source=source, after={**fields, "skus": skus})
    return ProductRef(ProductId(product.pk), product.public_id, product.version)


def update_product(
    public_id: UUID,
    *,
    version: int,
    actor: str,
    source: str = "",
    fields: Values | None = None,
    texts: Mapping[str, Text | None] | None = None,
    variants: Mapping[VariantId, Values] | None = None,
    new_variants: Sequence[VariantDraft] = (),
) -> ProductRef:
    """The product holds these values; what is not named stays. ``version`` is the one the caller read (F28).

    ``fields``: columns of ProductDraft by name; ``texts``: a language with None is removed; ``variants``: columns of VariantDraft.
    Saving what is there already changes nothing, also with an old version.
    Raises: VersionConflict with both values when somebody saved in between; BadValue; Taken; NotFound.
    """
    with transaction.atomic():
        product = _locked(public_id)
        stored = {VariantId(one.pk): one for one in product.variants.select_for_update().order_by("pk")}
        change = _Change(product, stored, fields or {}, texts or {}, variants or {}, new_variants)
        if not change.differs:
            return _reference(product)
        if product.version != version:
            raise VersionConflict(change.conflicts(), product.version)
        with _taken_meanwhile(change.codes, change.skus), transaction.atomic():
            change.write()
        record("product.changed", _subject(product), actor=actor, source=source, before=change.before, after=change.after)
        return _reference(product)


@contextmanager
def _taken_meanwhile(codes: Sequence[str], skus: Sequence[str]) -> Iterator[None]:
    """Where the database refuses a code that was free a moment ago, say whose it is now."""
    try:
        yield
    except IntegrityError:
        refuse_taken_codes(codes)
        refuse_taken(skus)
        raise


class _Change:
    """Wanted values beside stored ones; only what differs is written and recorded."""

    def __init__(
        self,
        product: Product,
        stored: Mapping[VariantId, Variant],
        fields: Values,
        texts: Mapping[str, Text | None],
        variants: Mapping[VariantId, Values],
        new: Sequence[VariantDraft],
    ) -> None:
        self.product, self.stored = product, stored
        wanted = clean_product(fields)
        self.fields = {name: value for name, value in wanted.items() if getattr(product, name) != value}
        names = wanted.get("option_names", product.option_names)
        self.variants = {pk: self._variant(pk, given, names) for pk, given in variants.items()}
        self.new = [clean_variant({name: getattr(one, name) for name in VARIANT_FIELDS}, names) for one in new]
        self.texts_now = {row.language: row for row in product.texts.all()}
        self.texts = self._texts(texts)
        code = self.fields.get("code", product.code)
        self.codes = [code] if values.fold(code) != values.fold(product.code) else []
        self.skus = [
            one["sku"] for pk, one in self.variants.items() if "sku" in one and values.fold(one["sku"]) != values.fold(stored[pk].sku)
        ]
        self.skus += [one["sku"] for one in self.new]
        refuse_taken_codes(self.codes)
        self._check_variants(names)

    @property
    def differs(self) -> bool:
        return bool(self.fields or self.texts or self.new or any(self.variants.values()))

    def conflicts(self) -> list[Conflict]:
        yours, theirs = self._flat(theirs=False), self._flat(theirs=True)
        return [Conflict(name, value, theirs[name]) for name, value in yours.items()]

    def write(self) -> None:
        self.before, self.after = self._flat(theirs=True), self._flat(theirs=False)
        now = clock.now()
        for name, value in self.fields.items():
            setattr(self.product, name, value)
        self.product.version += 1
        self.product.changed_at = now
        self.product.save()
        for pk, changed in self.variants.items():
            if changed:
                Variant.objects.filter(pk=pk).update(**changed)
        Variant.objects.bulk_create([Variant(product=self.product, created_at=now, **one) for one in self.new])
        for language, text in self.texts.items():
            if text is None:
                self.texts_now[language].delete()
            else:
                ProductText.objects.update_or_create(product=self.product, language=language, defaults=text)

    def _variant(self, pk: VariantId, given: Values, names: Sequence[str]) -> dict[str, Any]:
        if pk not in self.stored:
            raise NotFound(_("There is no such variant of this product."))
        row = self.stored[pk]
        wanted = clean_variant({"sku": row.sku, **given}, names)
        return {name: value for name, value in wanted.items() if getattr(row, name) != value}

    def _texts(self, texts: Mapping[str, Text | None]) -> dict[str, dict[str, Any] | None]:
        found: dict[str, dict[str, Any] | None] = {}
        for tag, text in texts.items():
            language = values.language(tag)
            row = self.texts_now.get(language)
            wanted = clean_text(text) if text is not None else None
            now = {name: getattr(row, name) for name in ("title", "description", "bullets")} if row else None
            if wanted != now:
                found[language] = wanted
        return found

    def _check_variants(self, names: Sequence[str]) -> None:
        """SKUs free, and no two variants that a buyer could not tell apart."""
        everything = [
            {"sku": row.sku, "options": row.options, **self.variants.get(pk, {})} for pk, row in self.stored.items() if not row.archived_at
        ]
        touched = self.new or "option_names" in self.fields or any("options" in one or "sku" in one for one in self.variants.values())
        if touched:
            for one in everything:
                values.options(one["options"], names, one["sku"])
            check_variants([*everything, *self.new])
        refuse_taken(self.skus)

    def _flat(self, *, theirs: bool) -> dict[str, Any]:
        found = {name: getattr(self.product, name) if theirs else value for name, value in self.fields.items()}
        for pk, changed in self.variants.items():
            row = self.stored[pk]
            found |= {f"{row.sku}.{name}": getattr(row, name) if theirs else value for name, value in changed.items()}
        for language, text in self.texts.items():
            row_ = self.texts_now.get(language)
            stored = {"title": row_.title, "description": row_.description, "bullets": row_.bullets} if row_ else {}
            for name in {**stored, **(text or {})}:
                pair = stored.get(name), (text or {}).get(name)
                if pair[0] != pair[1]:
                    found[f"{name}.{language}"] = pair[0] if theirs else pair[1]
        for one in self.new:
            found[f"{one['sku']}.added"] = None if theirs else True
        return found


def archive_product(public_id: UUID, *, actor: str, source: str = "") -> None:
    """The product and its variants are out of lists and cannot be offered; history stays. Archiving twice changes nothing."""
    with transaction.atomic():
        product = _locked(public_id)
        if product.archived_at is None:
            for variant in product.variants.filter(archived_at=None):
                _refuse_in_kit(variant, inside=product)
            now = clock.now()
            product.variants.filter(archived_at=None).update(archived_at=now)
            product.archived_at = now
            _touch(product)
            record("product.archived", _subject(product), actor=actor, source=source)


def restore_product(public_id: UUID, *, actor: str, source: str = "") -> None:
    """The product is back, with the variants that were archived together with it."""
    with transaction.atomic():
        product = _locked(public_id)
        if product.archived_at is not None:
            product.variants.filter(archived_at=product.archived_at).update(archived_at=None)
            product.archived_at = None
            _touch(product)
            record("product.restored", _subject(product), actor=actor, source=source)


def archive_variant(variant: VariantId, *, actor: str, source: str = "") -> None:
    """One variant is out; its SKU stays its own. Raises: UserError when a kit still needs it."""
    with transaction.atomic():
        row = _locked_variant(variant)
        if row.archived_at is None:
            _refuse_in_kit(row)
            row.archived_at = clock.now()
            row.save(update_fields=["archived_at"])
            _touch(row.product)
            record("variant.archived", f"variant:{row.sku}", actor=actor, source=source)


def restore_variant(variant: VariantId, *, actor: str, source: str = "") -> None:
    """One variant is back. Raises: UserError while its product is archived."""
    with transaction.atomic():
        row = _locked_variant(variant)
        if row.archived_at is not None:
            if row.product.archived_at is not None:
                raise UserError(_("%(code)s is archived. Restore the product.") % {"code": row.product.code})
            row.archived_at = None
            row.save(update_fields=["archived_at"])
            _touch(row.product)
            record("variant.restored", f"variant:{row.sku}", actor=actor, source=source)


def _refuse_in_kit(variant: Variant, inside: Product | None = None) -> None:
    kits = KitComponent.objects.filter(component=variant, kit__archived_at=None)
    if inside is not None:
        kits = kits.exclude(kit__product=inside)
    kit = kits.values_list("kit__sku", flat=True).first()
    if kit is not None:
        raise UserError(_("%(sku)s is part of the kit %(kit)s. Archive the kit or change it first.") % {"sku": variant.sku, "kit": kit})


def _locked(public_id: UUID) -> Product:
    product = Product.objects.select_for_update().filter(public_id=public_id).first()
    if product is None:
        raise NotFound(_("There is no such product."))
    return product


def _locked_variant(variant: VariantId) -> Variant:
    row = Variant.objects.select_related("product").select_for_update(of=("self", "product")).filter(pk=variant).first()
    if row is None:
        raise NotFound(_("There is no such variant."))
    return row


def _touch(product: Product) -> None:
    product.version += 1
    product.changed_at = clock.now()
    product.save(update_fields=["version", "changed_at", "archived_at"])


def _subject(product: Product) -> str:
    return f"product:{product.public_id}"


def _reference(product: Product) -> ProductRef:
    return ProductRef(ProductId(product.pk), product.public_id, product.version)
