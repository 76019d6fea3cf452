"""Orders: which do not run by themselves; and one order: what happened, where is it?"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from entrepot.base import clock
from entrepot.base.errors import UserError
from entrepot.fulfillment import actions as fulfillment
from entrepot.fulfillment.types import WorkState
from entrepot.insight.queries import names, order, orders
from entrepot.orders import actions as order_actions
from entrepot.people.types import Right
from entrepot.web import render, words
from entrepot.web.access import needs, visitor
from entrepot.web.acting import act
from entrepot.web.parsing import as_instant, as_uuid, whole
from entrepot.web.sentences import event

OPEN_WORK = (WorkState.REQUESTED, WorkState.ACCEPTED, WorkState.PICKING, WorkState.PACKED)
CARRIERS = (
    "DHL", "DPD", "GLS", "UPS", "FedEx", "Colissimo", "Chronopost", "La Poste", "Deutsche Post", "Hermes", "Royal Mail", "USPS",
    "China Post", "SF Express", "Yanwen", "YunExpress", "4PX", "Russian Post",
)  # fmt: skip


@needs(Right.SEE)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    who, asked, now = visitor(request), request.GET, clock.now()
    tab = asked.get("tab") if asked.get("tab") in orders.TABS else "needs"
    account = as_uuid(asked.get("account", ""))
    found = orders.inbox(
        who.scope,
        now,
        tab=str(tab),
        account=account,
        market=asked.get("market", "")[:2],
        typed=asked.get("q", ""),
        buyer=who.may(Right.SEE_BUYER),
        since=as_instant(asked.get("since", "")),
        cursor=asked.get("page", ""),
    )
    context = {
        "found": found,
        "rows": [(row, words.order_badge(row, now)) for row in found.rows],
        "counts": orders.counts(who.scope, now),
        "tab": tab,
        "q": asked.get("q", ""),
        "market": asked.get("market", ""),
        "since": as_instant(asked.get("since", "")),
        "account": account,
        "accounts": list(names.accounts(who.scope).values()),
        "filtered": bool(account or asked.get("market") or asked.get("since")),
        "now": now,
    }
    return render.page(request, "web/orders/inbox.html", context, title=gettext("Orders"))


@needs(Right.SEE)
@require_safe
def one(request: HttpRequest, order_id: UUID) -> HttpResponse:
    return _page(request, order_id, {})


@needs(Right.SEE_BUYER)
@require_POST
def open_buyer(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The buyer's name and address; who looked is in the audit trail."""
    _found(request, order_id)
    address = request.META.get("REMOTE_ADDR", "")
    opened = order_actions.open_buyer(order_id, actor=visitor(request).actor, source=f"web {address}")
    return _page(request, order_id, {"buyer": opened.get("buyer", {}), "ship_to": opened.get("ship_to", {}), "opened": True})


@needs(Right.SHIP)
@require_POST
def ship(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """A package has left: carrier, tracking number and which units are in it."""
    _found(request, order_id)
    asked = request.POST

    def work() -> str:
        work_id = as_uuid(asked.get("work", ""))
        if work_id is None or work_id not in {one.public_id for one in order.work(_found(request, order_id))}:
            raise UserError(gettext("Choose what is shipped."))
        if not asked.get("carrier", "").strip():
            raise UserError(gettext("Name the carrier."))
        chosen = {int(name[5:]): whole(asked[name]) or 0 for name in asked if name.startswith("line-") and name[5:].isdigit()}
        package = fulfillment.ship(
            work_id,
            carrier=asked["carrier"].strip()[:40],
            tracking=asked.get("tracking", "").strip()[:80],
            key=f"web:{asked.get('key', '') or uuid4()}"[:100],
            actor=visitor(request).actor,
            units=chosen or None,
        )
        return gettext("Package %(number)s is shipped; the channel is being told.") % {"number": package.reference}

    return act(request, work, back=_address(order_id))


@needs(Right.SHIP)
@require_POST
def cancel(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The whole order, or units of one line; what is shipped stays shipped."""
    _found(request, order_id)
    asked = request.POST

    def work() -> str:
        line, units = whole(asked.get("line")), whole(asked.get("units"))
        if asked.get("units") and (units is None or units < 1):
            raise UserError(gettext("Type how many units are canceled."))
        canceled = order_actions.cancel(
            order_id, reason=asked.get("reason", "").strip()[:120] or "seller", actor=visitor(request).actor, line_id=line, units=units
        )
        return ngettext(
            "%(count)s unit is canceled; what was reserved can be sold again.",
            "%(count)s units are canceled; what was reserved can be sold again.",
            canceled,
        ) % {"count": canceled}

    return act(request, work, back=_address(order_id))


@needs(Right.SHIP)
@require_POST
def hold(request: HttpRequest, order_id: UUID) -> HttpResponse:
    _found(request, order_id)
    on = request.POST.get("on") == "1"

    def work() -> str:
        order_actions.set_hold(order_id, on, actor=visitor(request).actor)
        return gettext("The order is on hold; its units stay reserved.") if on else gettext("The order goes on.")

    return act(request, work, back=_address(order_id))


@needs(Right.SHIP)
@require_POST
def note(request: HttpRequest, order_id: UUID) -> HttpResponse:
    _found(request, order_id)

    def work() -> str:
        order_actions.add_note(order_id, request.POST.get("text", "")[:2000], actor=visitor(request).user.get_username())
        return gettext("The note is kept.")

    return act(request, work, back=_address(order_id))


@needs(Right.SHIP)
@require_POST
def assign(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """A line with an unknown SKU means this variant."""
    found = _found(request, order_id)

    def work() -> str:
        line = whole(request.POST.get("line"))
        if line not in {row.id for row in order.lines(found, "en")}:
            raise UserError(gettext("There is no such line in this order."))
        reserved = order_actions.assign_variant(int(line or 0), request.POST.get("sku", "").strip(), actor=visitor(request).actor)
        return ngettext("%(count)s unit is reserved.", "%(count)s units are reserved.", reserved) % {"count": reserved}

    return act(request, work, back=_address(order_id))


def _page(request: HttpRequest, order_id: UUID, more: dict[str, Any]) -> HttpResponse:
    who, now = visitor(request), clock.now()
    found = _found(request, order_id)
    row = orders.row_of(who.scope, found)
    lines, work = order.lines(found, who.user.language), order.work(found)
    context = {
        "order": row,
        "badge": words.order_badge(row, now),
        "lines": lines,
        "unknown": [line for line in lines if line.product is None and not line.is_charge],
        "open_units": sum(line.open for line in lines if not line.is_charge),
        "work": work,
        "open_work": [one for one in work if one.state in OPEN_WORK],
        "stepper": words.STEPPER,
        "reached": {state: place for place, state in enumerate(words.STEPPER)},
        "events": [(at, *event(kind, values), actor) for at, kind, actor, values in _events(found)],
        "notes": order.notes(found),
        "carriers": CARRIERS,
        "key": uuid4(),
        "tax": sum(line.tax_minor for line in lines),
        "shipping": sum(line.shipping_minor for line in lines),
        "goods": sum(line.amount_minor for line in lines if not line.is_charge),
        "now": now,
        **more,
    }
    crumbs = [(gettext("Orders"), reverse("web:orders"))]
    return render.page(request, "web/orders/one.html", context, title=row.number, crumbs=crumbs)


def _events(found: Any) -> list[tuple[datetime, str, str, Any]]:
    return [(one.at, one.kind, one.actor, one.values) for one in order.events(found)]


def _found(request: HttpRequest, order_id: UUID) -> Any:
    return orders.found_one(visitor(request).scope, order_id)


def _address(order_id: UUID) -> str:
    return reverse("web:order", args=[order_id])
