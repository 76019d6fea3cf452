"""Offers: what is wanted, what each channel confirmed, why it does not take some, and how to repair all of them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from entrepot.base.errors import UserError
from entrepot.base.ids import OfferId
from entrepot.base.money import money
from entrepot.insight.queries import names, offers
from entrepot.listings import actions as listings
from entrepot.people.types import Right
from entrepot.web import render
from entrepot.web.access import needs, visitor
from entrepot.web.acting import act
from entrepot.web.parsing import as_uuid, whole
from entrepot.web.sentences import receipt

MOST = 500  # marked rows in one form


@needs(Right.SEE)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    who, asked = visitor(request), request.GET
    tab = asked.get("tab") if asked.get("tab") in offers.TABS else "all"
    causes = offers.causes(who.scope) if tab == "refused" else []
    chosen = next((cause for cause in causes if cause.key == asked.get("cause")), None)
    account = as_uuid(asked.get("account", ""))
    found = offers.listed(
        who.scope,
        who.user.language,
        tab=str(tab),
        account=account,
        cause=chosen.key if chosen else "",
        typed=asked.get("q", ""),
        cursor=asked.get("page", ""),
    )
    context = {
        "found": found,
        "tab": tab,
        "q": asked.get("q", ""),
        "account": account,
        "accounts": list(names.accounts(who.scope).values()),
        "counts": offers.counts(who.scope),
        "causes": causes,
        "cause": chosen,
    }
    return render.page(request, "web/offers/list.html", context, title=gettext("Offers"))


@needs(Right.SEE)
@require_safe
def one(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """One offer: state, the channel's words, price and share."""
    who = visitor(request)
    row = offers.one(who.scope, offer_id, who.user.language)
    crumbs = [(gettext("Offers"), reverse("web:offers"))]
    context = {
        "offer": row,
        "price_guarded": any(problem["code"] == "price_guard" and problem["value"] for problem in row.problems),
        "receipts": [receipt(one, row.account.name) for one in offers.receipts(row)],
    }
    return render.page(request, "web/offers/one.html", context, title=f"{row.sku} · {row.account.name}", crumbs=crumbs)


@needs(Right.EDIT_PRODUCT)
@require_POST
def change_many(request: HttpRequest) -> HttpResponse:
    """The marked offers are published, ended or tried again."""
    who, asked = visitor(request), request.POST

    def work() -> str:
        ids = _marked(request)
        if asked.get("act") == "retry":
            listings.retry(ids, actor=who.actor)
            return ngettext("%(count)s offer is sent again.", "%(count)s offers are sent again.", len(ids)) % {"count": len(ids)}
        if asked.get("act") == "publish":
            changed = listings.publish_offers(ids, actor=who.actor)
            return ngettext("%(count)s offer is being published.", "%(count)s offers are being published.", changed) % {"count": changed}
        if asked.get("act") == "end":
            changed = listings.end_offers(ids, actor=who.actor)
            return ngettext("%(count)s offer is being ended.", "%(count)s offers are being ended.", changed) % {"count": changed}
        raise UserError(gettext("Choose what to do with the marked offers."))

    return act(request, work, back=reverse("web:offers"))


@needs(Right.EDIT_PRODUCT)
@require_POST
def set_price(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    row = _one(request, offer_id)

    def work() -> str:
        typed = request.POST.get("price", "").strip().replace(",", ".")
        price = money(typed, row.currency).minor if typed else None
        listings.set_price({row.id: price}, actor=visitor(request).actor)
        return gettext("The price is being sent to %(account)s.") % {"account": row.account.name}

    return act(request, work, back=_address(offer_id))


@needs(Right.EDIT_PRODUCT)
@require_POST
def approve_price(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """A price that jumped goes out after a person has confirmed it (F12)."""
    row = _one(request, offer_id)

    def work() -> str:
        listings.approve_price(row.id, actor=visitor(request).actor)
        return gettext("The price is being sent to %(account)s.") % {"account": row.account.name}

    return act(request, work, back=_address(offer_id))


@needs(Right.EDIT_PRODUCT)
@require_POST
def set_terms(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Share, cap, holdback and part; an empty field takes the account's own value."""
    row = _one(request, offer_id)

    def work() -> str:
        terms: dict[str, int | None] = {}
        for name in ("share_percent", "cap", "holdback", "allotment_weight"):
            typed = request.POST.get(name, "").strip()
            terms[name] = whole(typed)
            if typed and terms[name] is None:
                raise UserError(gettext("“%(typed)s” is not a whole number.") % {"typed": typed})
        listings.set_terms([row.id], actor=visitor(request).actor, **terms)
        return gettext("The quantity is computed anew.")

    return act(request, work, back=_address(offer_id))


def _marked(request: HttpRequest) -> list[OfferId]:
    who = visitor(request)
    asked = [found for text in request.POST.getlist("offer")[:MOST] if (found := as_uuid(text))]
    ids = [OfferId(pk) for pk in offers.in_scope(who.scope).filter(public_id__in=asked).values_list("pk", flat=True)]
    if not ids:
        raise UserError(gettext("Mark the offers first."))
    return ids


def _one(request: HttpRequest, offer_id: UUID) -> Any:
    who = visitor(request)
    return offers.one(who.scope, offer_id, who.user.language)


def _address(offer_id: UUID) -> str:
    return reverse("web:offer", args=[offer_id])
