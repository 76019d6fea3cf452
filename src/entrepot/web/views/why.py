"""Why is this number what it is? One view: a drawer inside a page, a page of its own without script."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from entrepot.base.errors import NotFound
from entrepot.base.ids import AccountId
from entrepot.insight.queries import offers, stock
from entrepot.inventory import queries as inventory
from entrepot.inventory.types import Explanation
from entrepot.listings import queries as listings
from entrepot.people.types import Right
from entrepot.web import render
from entrepot.web.access import Visitor, needs, visitor
from entrepot.web.parsing import as_uuid
from entrepot.web.sentences import receipt, step_label
from entrepot.web.templatetags.entrepot import number


@needs(Right.SEE)
@require_safe
def why(request: HttpRequest) -> HttpResponse:
    """``?of=<kind>:<id>``."""
    kind, _, subject = request.GET.get("of", "").partition(":")
    explain = KINDS.get(kind)
    if explain is None:
        raise NotFound(gettext("There is no explanation of this kind."))
    context = explain(visitor(request), subject)
    if request.headers.get("HX-Request"):
        return render.fragment(request, "web/why/drawer.html", context)
    return render.page(request, "web/why/page.html", context, title=context["heading"])


def _atp(who: Visitor, sku: str) -> dict[str, Any]:
    row = stock.one(who.scope, sku, who.user.language)
    explained = inventory.explain_atp(row.variant)
    return {
        "heading": gettext("Why can %(count)s be sold?") % {"count": explained.answer},
        "row": row,
        "explained": explained,
        "steps": waterfall(explained),
        "answer_label": gettext("Can be sold"),
        "moves": stock.ledger(row.variant).rows[:6],
    }


def _shown(who: Visitor, offer_id: str) -> dict[str, Any]:
    found = as_uuid(offer_id)
    if found is None:
        raise NotFound(gettext("There is no such offer."))
    offer = offers.one(who.scope, found, who.user.language)
    explained = listings.explain(offer.variant, AccountId(offer.account_id))
    return {
        "heading": gettext("Why does %(account)s show %(count)s?") % {"account": offer.account.name, "count": number(offer.shown)},
        "row": offer,
        "offer": offer,
        "wanted": explained.answer,
        "explained": explained,
        "steps": waterfall(explained),
        "answer_label": gettext("Wanted on %(account)s") % {"account": offer.account.name},
        "receipts": [receipt(one, offer.account.name) for one in offers.receipts(offer)],
        "as_text": listings.as_text(explained),
    }


def waterfall(explained: Explanation) -> list[dict[str, Any]]:
    """Each step with where its bar begins and how long it is, in percent of the greatest sum on the way."""
    reached, top = 0, 1
    for step in explained.steps:
        reached += step.amount
        top = max(top, reached)
    rows, reached = [], 0
    for step in explained.steps:
        begin, reached = min(reached, reached + step.amount), reached + step.amount
        rows.append(
            {
                "label": step_label(step),
                "rule": step.rule,
                "amount": step.amount,
                "left": round(100 * begin / top, 1),
                "width": round(100 * abs(step.amount) / top, 1),
            }
        )
    return rows


KINDS: Mapping[str, Callable[[Visitor, str], dict[str, Any]]] = {"atp": _atp, "shown": _shown}
