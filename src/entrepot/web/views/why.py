"""Why is this number what it is? One view: a drawer inside a page, a page of its own without script."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from entrepot.base.errors import NotFound, UserError
from entrepot.base.ids import AccountId
from entrepot.insight import telling
from entrepot.insight.queries import history, offers, stock
from entrepot.insight.queries.offers import OfferRow, Receipt
from entrepot.inventory import queries as inventory
from entrepot.inventory.types import Explanation
from entrepot.listings import queries as listings
from entrepot.people import zones
from entrepot.people.types import Right
from entrepot.web import render
from entrepot.web.access import Visitor, needs, visitor
from entrepot.web.parsing import as_uuid
from entrepot.web.sentences import receipt, step_label
from entrepot.web.templatetags.entrepot import number


@needs(Right.SEE)
@require_safe
def why(request: HttpRequest) -> HttpResponse:
    """``?of=<kind>:<id>``, and ``&at=<time>`` for what a channel showed then; a time without an offset is the reader's."""
    kind, _, subject = request.GET.get("of", "").partition(":")
    explain = KINDS.get(kind)
    if explain is None:
        raise NotFound(gettext("There is no explanation of this kind."))
    asked = request.GET.get("at", "").strip() if kind == "shown" else ""
    context = {"of": request.GET["of"], "asked": asked, **(_then(request, subject, asked) if asked else explain(visitor(request), subject))}
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


def _offer(who: Visitor, offer_id: str) -> OfferRow:
    found = as_uuid(offer_id)
    if found is None:
        raise NotFound(gettext("There is no such offer."))
    return offers.one(who.scope, found, who.user.language)


def _shown(who: Visitor, offer_id: str) -> dict[str, Any]:
    offer = _offer(who, offer_id)
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


def _then(request: HttpRequest, offer_id: str, asked: str) -> dict[str, Any]:
    """The offer at a time that has passed; a time that is none is said beside its field."""
    offer = _offer(visitor(request), offer_id)
    heading, name, account = gettext("What did %(account)s show?") % {"account": offer.account.name}, offer.account.name, offer.account_id
    context = {"heading": heading, "row": offer, "at_offer": offer}
    try:
        at = zones.instant(asked, timezone.get_current_timezone_name())
        found = history.shown_at(offer.variant, AccountId(account), at, offer=offer.id)
    except UserError as no:
        return {**context, "wrong_time": str(no)}
    return {
        **context,
        "then": found,
        "headline": telling.headline(found, name),
        "reasons": telling.reasons(found, name),
        "ledger_reach": telling.ledger_reach(found),
        "curve": history.curve(offer.variant, AccountId(account), at, offer=offer.id),
        "explained": found.explained,
        "steps": waterfall(found.explained) if found.explained else [],
        "answer_label": gettext("Shown on %(account)s") % {"account": name},
        "receipts": [receipt(Receipt(one.at, one.outcome, one.quantity, one.note), name) for one in found.told],
        "moves": found.moves,
        "as_text": telling.as_text(found, name),
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
