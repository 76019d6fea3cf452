"""Stock: how many can I sell where, and why?"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from entrepot.base.errors import UserError
from entrepot.insight.queries import names, offers, stock
from entrepot.insight.queries.stock import Place, StockRow
from entrepot.inventory import actions as inventory
from entrepot.inventory.types import Reason
from entrepot.listings import actions as listings
from entrepot.listings.types import Policy
from entrepot.people.types import Right
from entrepot.web import render, words
from entrepot.web.access import needs, visitor
from entrepot.web.acting import act
from entrepot.web.parsing import whole
from entrepot.web.templatetags.entrepot import signed

VIEWS = ("atp", "on_hand", "shown")
COLUMNS = 8


@needs(Right.SEE)
@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    who, asked = visitor(request), request.GET
    tab = asked.get("tab") if asked.get("tab") in stock.TABS else "all"
    shape = asked.get("view") if asked.get("view") in VIEWS else "atp"
    every = stock.places()
    chosen = _place(every, asked.get("location", ""))
    found = stock.matrix(
        who.scope,
        language=who.user.language,
        tab=str(tab),
        typed=asked.get("q", ""),
        location=chosen.id if chosen else None,
        cursor=asked.get("page", ""),
    )
    context = {
        "found": found,
        "tab": tab,
        "shape": shape,
        "q": asked.get("q", ""),
        "places": every,
        "chosen": chosen,
        "columns": [chosen] if chosen else every[:COLUMNS],
        "left_out": 0 if chosen else max(0, len(every) - COLUMNS),
        "accounts": list(names.accounts(who.scope).values()),
        "counted": _newest_counts(found.rows),
    }
    return render.page(request, "web/stock/matrix.html", context, title=gettext("Stock"))


@needs(Right.SEE)
@require_safe
def item(request: HttpRequest) -> HttpResponse:
    """One variant: the number explained, its places, the ledger."""
    row, asked = _row(request), request.GET
    every = stock.places()
    chosen = _place(every, asked.get("location", ""))
    reason = asked.get("reason", "") if asked.get("reason") in list(Reason) else ""
    context = {
        "row": row,
        "places": every,
        "levels": [(place, row.levels[place.id]) for place in every if place.id in row.levels],
        "offers": offers.of_variant(visitor(request).scope, row.variant, visitor(request).user.language),
        "policy_reason": stock.policy_reason(row.variant),
        "reserved_for": stock.reserved_for(row.variant),
        "moves": stock.ledger(row.variant, reason=reason, location=chosen.id if chosen else None, cursor=asked.get("page", "")),
        "reason": reason,
        "chosen": chosen,
        "reasons": words.REASON.items(),
        "by_hand": [(reason.value, words.REASON[reason]) for reason in words.BY_HAND],
        "key": uuid4(),
    }
    return render.page(request, "web/stock/item.html", context, title=row.sku, crumbs=[(gettext("Stock"), reverse("web:stock"))])


@needs(Right.ADJUST_STOCK)
@require_POST
def adjust(request: HttpRequest) -> HttpResponse:
    """Change on hand at a place by a signed number, with its reason; a form sent twice is one change."""
    row, asked, who = _row(request), request.POST, visitor(request)

    def work() -> str:
        place, delta = _asked_place(asked.get("location", "")), whole(asked.get("delta"))
        if not delta:
            raise UserError(gettext("Type by how many units it changes, like 12 or −3."))
        if asked.get("reason") not in words.BY_HAND:
            raise UserError(gettext("Choose why the number changes."))
        reason = Reason(asked["reason"])
        left = inventory.adjust(
            row.variant, place.id, delta, reason=reason, source_key=_key(request), actor=who.actor, note=asked.get("note", "").strip()[:200]
        )
        return gettext("%(sku)s at %(place)s: %(delta)s, now %(left)s on hand.") % {
            "sku": row.sku,
            "place": place.name,
            "delta": signed(delta),
            "left": left,
        }

    return act(request, work, back=_address(row))


@needs(Right.ADJUST_STOCK)
@require_POST
def safety(request: HttpRequest) -> HttpResponse:
    """Set what is never promised at a place."""
    row, who = _row(request), visitor(request)

    def work() -> str:
        place, kept = _asked_place(request.POST.get("location", "")), whole(request.POST.get("units"))
        if kept is None or kept < 0:
            raise UserError(gettext("Type how many units are kept back; 0 promises everything."))
        inventory.set_safety_stock(row.variant, place.id, kept, actor=who.actor)
        return ngettext(
            "%(kept)s unit of %(sku)s is kept back at %(place)s.", "%(kept)s units of %(sku)s are kept back at %(place)s.", kept
        ) % {"kept": kept, "sku": row.sku, "place": place.name}

    return act(request, work, back=_address(row))


@needs(Right.EDIT_PRODUCT)
@require_POST
def set_policy(request: HttpRequest) -> HttpResponse:
    """Pooled: fast and simple. Allotted: each unit belongs to one channel, so that none is sold twice."""
    row, who = _row(request), visitor(request)
    policy = Policy.ALLOTTED if request.POST.get("policy") == Policy.ALLOTTED else Policy.POOLED

    def work() -> str:
        reason = request.POST.get("reason", "").strip()[:80] or gettext("set by hand")
        listings.set_policy(row.variant, policy, reason=reason, actor=who.actor)
        if policy is Policy.ALLOTTED:
            return gettext("Each unit of %(sku)s now belongs to one channel.") % {"sku": row.sku}
        return gettext("All channels now show the stock of %(sku)s together.") % {"sku": row.sku}

    return act(request, work, back=_address(row))


@needs(Right.EDIT_PRODUCT)
@require_POST
def set_weights(request: HttpRequest) -> HttpResponse:
    """How the units of an allotted variant are divided among its channels; an empty field takes an equal part."""
    row, who = _row(request), visitor(request)

    def work() -> str:
        for offer in offers.of_variant(who.scope, row.variant, who.user.language):
            typed = request.POST.get(f"weight-{offer.public_id}", "").strip()
            weight = whole(typed)
            if typed and weight is None:
                raise UserError(gettext("“%(typed)s” is not a whole number.") % {"typed": typed})
            if weight != offer.allotment_weight:
                listings.set_terms(
                    [offer.id],
                    share_percent=offer.share_percent,
                    cap=offer.cap,
                    holdback=offer.holdback,
                    allotment_weight=weight,
                    actor=who.actor,
                )
        return gettext("The quantities are computed anew.")

    return act(request, work, back=_address(row))


@needs(Right.ADJUST_STOCK)
@require_POST
def set_paused(request: HttpRequest) -> HttpResponse:
    """Pause a location, or open it again. What is reserved there stays reserved and can be shipped."""
    on, back = request.POST.get("on") == "1", reverse("web:stock")

    def work() -> str:
        place = _asked_place(request.POST.get("location", ""))
        inventory.set_paused(place.id, on, actor=visitor(request).actor)
        if on:
            return gettext("%(place)s is paused: its stock is promised to nobody; what is reserved there can still be shipped.") % {
                "place": place.name
            }
        return gettext("%(place)s is open again: its stock can be sold.") % {"place": place.name}

    return act(request, work, back=f"{back}?{urlencode({'location': request.POST.get('location', '')})}")


def _row(request: HttpRequest) -> StockRow:
    who = visitor(request)
    return stock.one(who.scope, request.POST.get("sku") or request.GET.get("sku", ""), who.user.language)


def _address(row: StockRow) -> str:
    return f"{reverse('web:stock-item')}?{urlencode({'sku': row.sku})}"


def _place(every: list[Place], public_id: str) -> Place | None:
    return next((place for place in every if str(place.public_id) == public_id), None)


def _asked_place(public_id: str) -> Place:
    place = _place(stock.places(), public_id)
    if place is None:
        raise UserError(gettext("Choose a location."))
    return place


def _key(request: HttpRequest) -> str:
    """The form's own key, so that a second click or a reload is the same change."""
    try:
        return f"hand:{UUID(request.POST.get('key', ''))}"
    except ValueError:
        return f"hand:{uuid4()}"


def _newest_counts(rows: Any) -> dict[int, Any]:
    newest: dict[int, Any] = {}
    for row in rows:
        for place, level in row.levels.items():
            if level.reported_at and (place not in newest or level.reported_at > newest[place]):
                newest[place] = level.reported_at
    return newest
