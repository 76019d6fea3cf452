""" "Delist everywhere" is a page that counts confirmations: 0 first, then ended, then read back until every channel confirmed (P8)."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from entrepot.base import clock
from entrepot.base.errors import UserError
from entrepot.base.ids import UserId, VariantId
from entrepot.base.tabular import csv_lines
from entrepot.insight import evidence as proof
from entrepot.insight.queries import lookup, products, recalls
from entrepot.listings import actions as listings
from entrepot.people.types import Right
from entrepot.web import render
from entrepot.web.access import needs, visitor
from entrepot.web.acting import act


@needs(Right.SEE)
@require_safe
def one(request: HttpRequest, recall_id: UUID) -> HttpResponse:
    found = recalls.one(visitor(request).scope, recall_id)
    context = {"recall": found, "now": clock.now(), "late": found.deadline_at < clock.now()}
    if "live" in request.GET:
        return render.fragment(request, "web/recalls/state.html", context)
    crumbs = [(gettext("Products"), reverse("web:products"))]
    return render.page(request, "web/recalls/one.html", context, title=gettext("Delist everywhere"), crumbs=crumbs)


@needs(Right.SEE)
@require_safe
def evidence(request: HttpRequest, recall_id: UUID, kind: str) -> HttpResponseBase:
    """What each channel has confirmed, as a file: csv or pdf."""
    found, now = recalls.one(visitor(request).scope, recall_id), clock.now()
    headers = {"Content-Disposition": f'attachment; filename="{proof.file_name(found, now, kind)}"'}
    if kind == "csv":
        return StreamingHttpResponse(csv_lines(*proof.table(found)), content_type="text/csv; charset=utf-8", headers=headers)
    return HttpResponse(proof.document(found, recalls.acts(found), now), content_type="application/pdf", headers=headers)


@needs(Right.EDIT_PRODUCT)
@require_POST
def begin(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Take every variant of a product off every channel."""
    who = visitor(request)
    product = products.found_one(who.scope, product_id)
    variants = [VariantId(row.pk) for row in products.variants(product)]
    try:
        lookup.sees_every_account_of(who.scope, variants)
        with transaction.atomic():
            reason = request.POST.get("reason", "").strip()[:200]
            made = listings.recall(variants, reason=reason, user=UserId(who.user.pk), actor=who.actor)
    except UserError as no:
        messages.error(request, str(no))
        return HttpResponseRedirect(reverse("web:product", args=[product_id]))
    return HttpResponseRedirect(reverse("web:recall", args=[made.public_id]))


@needs(Right.EDIT_PRODUCT)
@require_POST
def approve(request: HttpRequest, recall_id: UUID) -> HttpResponse:
    """A person confirms a recall that the brake stopped."""
    who = visitor(request)
    found = recalls.one(who.scope, recall_id)

    def work() -> str:
        recalls.sees_all_of(found)
        listings.approve_recall(found.id, user=UserId(who.user.pk), actor=who.actor)
        return gettext("The recall runs.")

    return act(request, work, back=reverse("web:recall", args=[recall_id]))


@needs(Right.EDIT_PRODUCT)
@require_POST
def relist(request: HttpRequest, recall_id: UUID) -> HttpResponse:
    """Everything the recall ended shall be live again."""
    who = visitor(request)
    found = recalls.one(who.scope, recall_id)

    def work() -> str:
        recalls.sees_all_of(found)
        count = listings.relist(found.id, actor=who.actor)
        return ngettext("%(count)s offer is being published.", "%(count)s offers are being published.", count) % {"count": count}

    return act(request, work, back=reverse("web:recall", args=[recall_id]))
