"""Products: which differ from what I want; and one product: is it right everywhere?"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from entrepot.base import clock
from entrepot.base.errors import UserError
from entrepot.base.ids import AccountId, VariantId
from entrepot.insight.queries import names, offers, products, recalls
from entrepot.inventory import queries as inventory
from entrepot.listings import actions as listings
from entrepot.people.types import Right
from entrepot.web import render
from entrepot.web.access import needs, visitor
from entrepot.web.acting import act
from entrepot.web.parsing import as_uuid


@needs(Right.SEE)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    who, asked = visitor(request), request.GET
    tab = asked.get("tab") if asked.get("tab") in products.TABS else "all"
    account = as_uuid(asked.get("account", ""))
    found = products.listed(
        who.scope,
        who.user.language,
        tab=str(tab),
        typed=asked.get("q", ""),
        brand=asked.get("brand", ""),
        account=account,
        cursor=asked.get("page", ""),
    )
    context = {
        "found": found,
        "tab": tab,
        "q": asked.get("q", ""),
        "brand": asked.get("brand", ""),
        "brands": products.brands(who.scope),
        "account": account,
        "accounts": list(names.accounts(who.scope).values()),
        "filtered": bool(account or asked.get("brand")),
    }
    return render.page(request, "web/products/list.html", context, title=gettext("Products"))


@needs(Right.SEE)
@require_safe
def one(request: HttpRequest, product_id: UUID) -> HttpResponse:
    context = _page(request, product_id)
    crumbs = [(gettext("Products"), reverse("web:products"))]
    return render.page(request, "web/products/one.html", context, title=context["product"].code, crumbs=crumbs)


@needs(Right.EDIT_PRODUCT)
@require_POST
def publish(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Offer every variant, or the marked ones, on the marked accounts, and publish it there."""
    who = visitor(request)
    product = products.found_one(who.scope, product_id)

    def work() -> str:
        known = {str(ref.public_id): pk for pk, ref in names.accounts(who.scope).items()}
        chosen = [known[text] for text in request.POST.getlist("account") if text in known]
        skus = set(request.POST.getlist("sku"))
        variants = [VariantId(row.pk) for row in products.variants(product) if not row.archived_at and (not skus or row.sku in skus)]
        if not chosen:
            raise UserError(gettext("Mark the channels first."))
        if not variants:
            raise UserError(gettext("This product has no variant that can be offered."))
        for account in chosen:
            listings.create_offers(variants, AccountId(account), actor=who.actor, publish=True)
        count = len(chosen) * len(variants)
        return ngettext("%(count)s offer is being published.", "%(count)s offers are being published.", count) % {"count": count}

    return act(request, work, back=reverse("web:product", args=[product_id]))


def _page(request: HttpRequest, product_id: UUID) -> dict[str, Any]:
    who, now = visitor(request), clock.now()
    product = products.found_one(who.scope, product_id)
    rows = offers.of_product(who.scope, product_id, who.user.language)
    sold = products.sold(product, now)
    row = products.row_of(who.scope, product, who.user.language)
    texts = products.texts(product)
    variants = products.variants(product)
    atp = inventory.atp(VariantId(one.pk) for one in variants)
    offered = {offer.account.public_id for offer in rows if offer.wanted == "live"}
    chosen = next((text for text in texts if text.language == request.GET.get("text")), None)
    return {
        "product": product,
        "row": row,
        "offers": rows,
        "live": sum(1 for offer in rows if offer.state in ("confirmed", "sending") and offer.wanted == "live"),
        "texts": texts,
        "text": chosen or next((text for text in texts if text.language[:2] == who.user.language[:2]), texts[0] if texts else None),
        "variants": variants,
        "atp": atp,
        "pictures": products.pictures(product),
        "sold": sold,
        "sold_sum": sum(sold),
        "lasts": _lasts(row.atp, sum(sold), len(sold)),
        "most_sold": max(sold, default=0),
        "accounts": [(ref, ref.public_id in offered) for ref in names.accounts(who.scope).values()],
        "recall": recalls.newest(who.scope, product_id),
    }


def _lasts(units: int, sold: int, days: int) -> float | None:
    """Seconds until nothing is left at the present rate; None when nothing sells."""
    return 86400 * units * days / sold if sold else None
