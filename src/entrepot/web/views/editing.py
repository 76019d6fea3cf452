"""Making and changing a product; two people at the same field see both values and choose (F28)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.base.errors import UserError
from entrepot.base.ids import UserId
from entrepot.catalog import actions as catalog
from entrepot.catalog import queries as reading
from entrepot.catalog.actions.pictures import check_size
from entrepot.catalog.errors import VersionConflict
from entrepot.catalog.types import ProductView
from entrepot.orders import kits
from entrepot.people.deployment import base_currency
from entrepot.people.types import Right
from entrepot.web import productform as forms
from entrepot.web import render
from entrepot.web.access import needs, visitor
from entrepot.web.acting import act
from entrepot.web.parsing import whole

LANGUAGES = ("en", "zh", "de", "fr", "es", "it", "nl", "pl", "ru", "bg", "sv", "nb", "ja", "pt")
COLUMNS = ("sku", "gtin", "options", "price_minor", "cost_minor", "weight_g", "low_stock_at")


@needs(Right.EDIT_PRODUCT)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    who, problem = visitor(request), ""
    language = request.POST.get("language") or request.GET.get("language") or who.user.language[:2]
    values = forms.typed(request.POST)
    if request.method == "POST":
        try:
            with transaction.atomic():
                owner = UserId(who.user.pk) if who.user.own_products_only else None
                made = catalog.create_product(forms.draft(values, language, base_currency(), owner), actor=who.actor, source="web")
        except UserError as no:
            problem = str(no)
        else:
            messages.success(request, gettext("The product is created. Receive its stock and publish it."))
            return HttpResponseRedirect(reverse("web:product", args=[made.public_id]))
    context = {
        "problem": problem,
        "values": values,
        "language": language,
        "languages": LANGUAGES,
        "rows": [_row(f"n.{i}", values) for i in range(forms.NEW_ROWS)],
        "columns": [(name, forms.label(name)) for name in COLUMNS],
    }
    crumbs = [(gettext("Products"), reverse("web:products"))]
    return render.page(request, "web/products/new.html", context, title=gettext("Create product"), crumbs=crumbs)


@needs(Right.EDIT_PRODUCT)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, product_id: UUID) -> HttpResponse:
    view = reading.product(product_id, scope=visitor(request).scope)
    if request.method == "GET":
        return _form(request, view, {}, [], "")
    currency, post = base_currency(), request.POST
    changed, stored = forms.touched(post), forms.flat(view, currency)
    clashing = forms.clashes(post, changed, stored)
    saved = {name: value for name, value in changed.items() if name not in {clash.name for clash in clashing}}
    try:
        wanted = forms.change(saved, view, currency)
        catalog.update_product(
            product_id,
            version=view.version,
            actor=visitor(request).actor,
            source="web",
            fields=wanted.fields,
            texts=wanted.texts,
            variants=wanted.variants,
            new_variants=wanted.new_variants,
        )
    except VersionConflict:
        # Somebody saved between our reading and our writing; what was typed is kept and compared with the newest values.
        return _form(
            request, reading.product(product_id, scope=visitor(request).scope), changed, [], gettext("Somebody saved just now. Save again.")
        )
    except UserError as no:
        return _form(request, view, changed, clashing, str(no))
    if clashing:
        fresh = reading.product(product_id, scope=visitor(request).scope)
        return _form(request, fresh, {clash.name: clash.theirs for clash in clashing}, clashing, "")
    messages.success(request, gettext("The product is saved; channels that show it are told by themselves."))
    return HttpResponseRedirect(reverse("web:product", args=[product_id]))


@needs(Right.EDIT_PRODUCT)
@require_POST
def set_archived(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Out of the lists, or back; history stays."""
    view = reading.product(product_id, scope=visitor(request).scope)
    archive, actor = request.POST.get("archive") == "1", visitor(request).actor

    def work() -> str:
        if archive:
            catalog.archive_product(product_id, actor=actor, source="web")
            return gettext("%(code)s is archived.") % {"code": view.code}
        catalog.restore_product(product_id, actor=actor, source="web")
        return gettext("%(code)s is back.") % {"code": view.code}

    return act(request, work, back=reverse("web:product", args=[product_id]))


@needs(Right.EDIT_PRODUCT)
@require_POST
def set_kit(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """What a variant is made of: one "3 × SKU" a line; none makes it a plain variant again."""
    view = reading.product(product_id, scope=visitor(request).scope)

    def work() -> str:
        variant = next((one.id for one in view.variants if one.sku == request.POST.get("sku")), None)
        if variant is None:
            raise UserError(gettext("There is no such variant of this product."))
        kits.set_components(variant, _components(request.POST.get("components", "")), actor=visitor(request).actor, source="web")
        return gettext("The kit is set.")

    return act(request, work, back=f"{reverse('web:product-edit', args=[product_id])}#kit")


@needs(Right.EDIT_PRODUCT)
@require_POST
def add_picture(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Uploaded, or an address on the web."""
    reading.product(product_id, scope=visitor(request).scope)
    actor = visitor(request).actor

    def work() -> str:
        upload, url = request.FILES.get("picture"), request.POST.get("url", "").strip()
        if upload is not None:
            check_size(upload.size or 0)
            catalog.add_picture(product_id, upload.read(), actor=actor, source="web")
        elif url:
            catalog.link_picture(product_id, url, actor=actor, source="web")
        else:
            raise UserError(gettext("Choose a picture or type its address."))
        return gettext("The picture is added.")

    return act(request, work, back=f"{reverse('web:product-edit', args=[product_id])}#pictures")


@needs(Right.EDIT_PRODUCT)
@require_POST
def remove_picture(request: HttpRequest, product_id: UUID) -> HttpResponse:
    reading.product(product_id, scope=visitor(request).scope)

    def work() -> str:
        catalog.remove_picture(product_id, whole(request.POST.get("picture")) or 0, actor=visitor(request).actor, source="web")
        return gettext("The picture is removed.")

    return act(request, work, back=f"{reverse('web:product-edit', args=[product_id])}#pictures")


def _form(request: HttpRequest, view: ProductView, changed: Any, clashing: Any, problem: str) -> HttpResponse:
    stored = forms.flat(view, base_currency())
    asked = request.POST.get("language") or request.GET.get("language", "")
    language = asked if asked in LANGUAGES or asked in view.texts else next(iter(view.texts), visitor(request).user.language[:2])
    values = {**stored, **changed}
    context = {
        "product": view,
        "problem": problem,
        "clashes": clashing,
        "values": values,
        "stored": stored,
        "language": language,
        "languages": [*view.texts, *(code for code in LANGUAGES if code not in {one[:2] for one in view.texts})],
        "has_text": view.texts,
        "rows": [_row(f"v.{one.id}", values) for one in view.variants if not one.archived_at],
        "new_rows": [_row(f"n.{i}", values) for i in range(forms.NEW_ROWS)],
        "columns": [(name, forms.label(name)) for name in COLUMNS],
    }
    crumbs = [(gettext("Products"), reverse("web:products")), (view.code, reverse("web:product", args=[view.public_id]))]
    return render.page(request, "web/products/edit.html", context, title=gettext("Edit"), crumbs=crumbs, status=409 if clashing else 200)


def _row(prefix: str, values: Any) -> list[tuple[str, str, str]]:
    return [(f"{prefix}.{name}", name, values.get(f"{prefix}.{name}", "")) for name in COLUMNS]


def _components(text: str) -> list[tuple[str, int]]:
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        count, times, sku = line.replace("*", "×").partition("×")
        units = whole(count) if times else 1
        if not units or units < 1:
            raise UserError(gettext("“%(line)s” is not understood. Write 3 × SKU.") % {"line": line.strip()})
        found.append(((sku if times else line).strip(), units))
    return found
