"""Today: what needs me, and is everything else running?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from entrepot.base import clock
from entrepot.insight.queries import accounts, alerts, names, orders, stock
from entrepot.insight.queries.stock import StockRow
from entrepot.insight.queries.summary import curves, summary, variant_numbers
from entrepot.insight.types import LENGTH, Period, Summary
from entrepot.people.scope import Scope
from entrepot.people.types import Right
from entrepot.web import needs as needs_of
from entrepot.web import render
from entrepot.web.access import needs, visitor

SIZE = 100
MEASURES = ("revenue", "orders", "units", "canceled")


@needs(Right.SEE)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The page; ``live`` asks again for what needs a person and the lanes, ``sums`` for what adds up a week of orders."""
    if "live" in request.GET:
        return render.fragment(request, "web/today/live.html", _now(request))
    if "sums" in request.GET:
        return render.fragment(request, "web/today/sums.html", _sums(request))
    return render.page(request, "web/today/page.html", {**_now(request), **_sums(request)}, title=gettext("Today"))


@needs(Right.SEE)
@require_safe
def variants(request: HttpRequest) -> HttpResponse:
    """Every variant: on hand, reserved, can be sold, and what each channel shows, with its age."""
    who, after = visitor(request), request.GET.get("after", "")
    typed = request.GET.get("q", "").strip()
    rows = variant_numbers(who.scope, language=who.user.language, after=after, size=SIZE, skus=[typed] if typed else None)
    context = {
        "rows": rows,
        "accounts": list(names.accounts(who.scope).values()),
        "next": rows[-1].sku if len(rows) == SIZE else "",
        "after": after,
        "q": typed,
    }
    crumbs = [(gettext("Today"), reverse("web:today"))]
    return render.page(request, "web/today/variants.html", context, title=gettext("Every variant"), crumbs=crumbs)


def _now(request: HttpRequest) -> dict[str, Any]:
    """What a person acts on: cheap enough to be asked every few seconds by every open tab."""
    who, now = visitor(request), clock.now()
    open_alerts = alerts.open_alerts(who.scope, now)
    return {
        "needs": needs_of.rows(open_alerts[:8], now),
        "needs_count": len(open_alerts),
        "repaired": alerts.repaired(who.scope, now - LENGTH[Period.DAY]),
        "lanes": accounts.lanes(who.scope, now),
        "now": now,
    }


def _sums(request: HttpRequest) -> dict[str, Any]:
    """What is added up over the orders of days: asked once a minute."""
    who, now = visitor(request), clock.now()
    period = next((one for one in Period if one == request.GET.get("period")), Period.DAY)
    measure = request.GET.get("measure") if request.GET.get("measure") in MEASURES else "revenue"
    found = summary(who.scope, now)
    return {
        "summary": found,
        "period": period.value,
        "periods": [p.value for p in Period],
        "measure": measure,
        "measures": MEASURES,
        "table": _table(found, period, str(measure)),
        "since": now - LENGTH[period],
        "starts": {one.value: now - LENGTH[one] for one in Period},
        "curves": {ref.public_id: values for ref, values in curves(who.scope, now).items()},
        "low": _low(who.scope, who.user.language, now),
        "open_orders": orders.counts(who.scope, now),
        "currency": found.currency,
        "now": now,
    }


def _low(scope: Scope, language: str, now: datetime) -> list[tuple[StockRow, str]]:
    """What runs low, with how long it lasts."""
    rows = stock.low(scope, language)
    pace = stock.sold_a_day([row.sku for row in rows], now)
    return [(row, needs_of.lasts(row.atp, pace.get(row.sku, 0))) for row in rows]


def _table(found: Summary, period: Period, measure: str) -> dict[str, Any]:
    """Channel x market for one period and measure: markets as columns, the busiest first, the rest joined."""
    value = _measure(measure)
    by_market: dict[str, int] = {}
    for row in found.rows:
        by_market[row.market] = by_market.get(row.market, 0) + value(row.sales[period])
    markets = sorted(by_market, key=lambda market: (-by_market[market], market))[:6]
    lines: dict[Any, dict[str, Any]] = {}
    for row in found.rows:
        line = lines.setdefault(
            row.account, {"account": row.account, "cells": dict.fromkeys(markets), "others": 0, "sum": 0, "known": row.known_until}
        )
        amount = value(row.sales[period])
        line["sum"] += amount
        if row.market in markets:
            line["cells"][row.market] = amount
        else:
            line["others"] += amount
    rows: Sequence[dict[str, Any]] = list(lines.values())
    cells = [cell for line in rows for cell in line["cells"].values() if cell]
    return {
        "markets": markets,
        "more": len(by_market) > len(markets),
        "rows": rows,
        "top": max(cells, default=0),
        "columns": [by_market[market] for market in markets],
        "others": sum(line["others"] for line in rows),
        "sum": sum(line["sum"] for line in rows),
    }


def _measure(name: str) -> Any:
    return {
        "revenue": lambda sales: sales.revenue_minor,
        "orders": lambda sales: sales.orders,
        "units": lambda sales: sales.units,
        "canceled": lambda sales: sales.canceled_orders,
    }[name]
