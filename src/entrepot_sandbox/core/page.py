"""The human page of a marketplace, "as a buyer sees it": buy, watch, turn the clock, throw faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from entrepot_sandbox.core.faults import fault_from
from entrepot_sandbox.core.http import Request, Response
from entrepot_sandbox.core.pictures import picture
from entrepot_sandbox.core.texts import LANGUAGES, day_and_time, happened, money, say
from entrepot_sandbox.core.world import NotEnoughLeft, Shown, UnknownSku

if TYPE_CHECKING:
    from entrepot_sandbox.core.marketplace import Marketplace

HERE = "/_sandbox/"
PRESS = "/_sandbox/page"
PAGE_SIZE = 24
FEW, PLENTY = 5, 10
SPEEDS = ((0, "❚❚"), (1, "1 ×"), (60, "60 ×"), (3600, "3,600 ×"))
RATES = (0, 40, 400)
RACERS = 5
SWITCHES: Mapping[str, Mapping[str, Any]] = {
    "fault_duplicate": {"fault": "F7", "how": "duplicate", "times": None},
    "fault_lost": {"fault": "F7", "how": "lost", "times": None},
    "fault_throttle": {"fault": "F1", "times": 5},
    "fault_down": {"fault": "F2", "times": None},
    "fault_reply": {"fault": "F3", "how": "drop", "times": 3},
    "fault_cut": {"fault": "F4", "how": "cut", "times": 3},
    "fault_login": {"fault": "F5", "how": "access", "times": 1},
    "fault_rejected": {"fault": "F13", "times": 1},
}


@dataclass(frozen=True)
class View:
    """Who looks and what for: language, search words, how many listings."""

    lang: str
    q: str = ""
    n: int = PAGE_SIZE

    def say(self, key: str, **values: Any) -> str:
        """A sentence, ready for HTML."""
        return escape(say(self.lang, key, **values))

    def link(self, **other: Any) -> str:
        """The query of this view, or of one that differs."""
        fields = {"lang": self.lang, "q": self.q, "n": self.n, **other}
        return escape("?" + urlencode({name: value for name, value in fields.items() if value not in ("", PAGE_SIZE)}))

    def hidden(self) -> str:
        """The view as hidden fields of a form."""
        fields = (("lang", self.lang), ("q", self.q), ("n", self.n))
        return "".join(f'<input type="hidden" name="{name}" value="{escape(str(value))}">' for name, value in fields)


def answer(market: Marketplace, request: Request, *, part: bool) -> Response:
    """The page, or only the part that changes."""
    view = _view(market, dict(request.query))
    inside = _part(market, view)
    if part:
        return Response.html(inside)
    return Response.html(
        f'<!doctype html><html lang="{"zh-Hans" if view.lang == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{view.say('page')} · {escape(market.label)}</title><style>{_file('page.css')}</style></head>"
        f'<body><div class="tape"></div><div id="part">{inside}</div><script>{_file("page.js")}</script></body></html>'
    )


def press(market: Marketplace, request: Request) -> Response:
    """A button of the page was pressed; one that says nothing known does nothing."""
    form = request.form()
    view = _view(market, form)
    if "buy" in form:
        _buy(market, form["buy"])
    elif form.get("speed") in {str(speed) for speed, _ in SPEEDS}:
        market.clock.speed = float(form["speed"])
    elif form.get("rate") in {str(rate) for rate in RATES}:
        market.buyers.set_rate(float(form["rate"]))
    elif "race" in form:
        _race(market)
    elif form.get("switch") in SWITCHES:
        _switch(market, form["switch"])
    elif "reset" in form:
        market.reset(market.seed)
    query = urlencode({"lang": view.lang, **({"q": view.q} if view.q else {}), **({"n": view.n} if view.n != PAGE_SIZE else {})})
    return Response(303, {"location": f"{HERE}?{query}"})


def _view(market: Marketplace, fields: Mapping[str, str]) -> View:
    lang = fields.get("lang", market.lang)
    n = fields.get("n", "")
    count = int(n) if n.isascii() and n.isdigit() and len(n) < 6 else PAGE_SIZE
    return View(lang if lang in LANGUAGES else "en", fields.get("q", "").strip()[:100], max(count, PAGE_SIZE))


def _buy(market: Marketplace, sku: str) -> None:
    try:
        market.buy(sku, 1)
        market.buyers.bought += 1
    except (NotEnoughLeft, UnknownSku):
        market.buyers.too_late += 1
        market.journal.note("too_late", mark="warn", sku=sku)


def _race(market: Marketplace) -> None:
    rarest = market.buyers.rarest()
    if rarest is not None:
        buyers = rarest.quantity + RACERS - 1
        market.journal.note("race", mark="plain", sku=rarest.sku, buyers=buyers, **market.buyers.race(buyers, rarest.sku))


def _switch(market: Marketplace, key: str) -> None:
    fault = fault_from(SWITCHES[key])
    if not market.faults.remove(fault.name, fault.how):
        market.faults.add(fault)


def _part(market: Marketplace, view: View) -> str:
    side = _happened(market, view) + _score(market, view) + _faults(market, view)
    head = f"<header>{_controls(market, view)}{_bar(market, view)}</header>"
    return f'{head}<main class="cols"><div>{_goods(market, view)}</div><div class="side">{side}</div></main>'


def _button(view: View, name: str, value: Any, text: str, css: str = "", more: str = "") -> str:
    key = escape(f"{name}-{value}")
    return (
        f'<form method="post" action="{PRESS}">{view.hidden()}'
        f'<button class="{css}" name="{name}" value="{escape(str(value))}" data-key="{key}" {more}>{text}</button></form>'
    )


def _controls(market: Marketplace, view: View) -> str:
    speeds = "".join(
        _button(view, "speed", speed, text, "on" if market.clock.speed == speed else "", f'aria-pressed="{_yes(market.clock.speed == speed)}"'
                + (f' aria-label="{view.say("pause")}"' if speed == 0 else ""))
        for speed, text in SPEEDS
    )  # fmt: skip
    rates = "".join(
        _button(view, "rate", rate, view.say("per_hour", n=rate) if rate else view.say("no_buyers"),
                "on" if market.buyers.per_hour == rate else "", f'aria-pressed="{_yes(market.buyers.per_hour == rate)}"')
        for rate in RATES
    )  # fmt: skip
    ask = f'data-ask="{view.say("start_over_ask")}"'
    return (
        f'<div class="ctl"><b>{view.say("sandbox")}</b><small>{view.say("nothing_real")}</small><span class="grow"></span>'
        f'<span class="now" title="UTC">{view.say("clock")} <b>{day_and_time(view.lang, market.clock.now())}</b></span>'
        f'<span class="seg" role="group" aria-label="{view.say("speed")}">{speeds}</span>'
        f'<span class="seg" role="group" aria-label="{view.say("buyers")}">{rates}</span>'
        f"{_button(view, 'race', 1, view.say('race'), 'b')}"
        f'<a class="b" href="#faults">{view.say("faults_on", n=len(market.faults.waiting()))}</a>'
        f"{_button(view, 'reset', 1, view.say('start_over'), 'b', ask)}</div>"
    )


def _bar(market: Marketplace, view: View) -> str:
    places = "".join(
        f'<a class="{"on" if origin == market.origin else ""}" href="{escape(origin)}{HERE}{View(view.lang).link()}">{escape(label.partition(",")[0])}</a>'
        for label, origin in market.neighbors.items()
    )
    other = "en" if view.lang == "zh" else "zh"
    orders = len({line.id for line in market.bought()})
    return (
        f'<div class="bar"><span class="mk">{escape(market.label)}<em>{view.say("speaks", wire=market.wire)}</em></span><span class="grow"></span>'
        + (f'<nav class="seg" aria-label="{view.say("markets")}">{places}</nav>' if len(market.neighbors) > 1 else "")
        + f'<form method="get" action="{HERE}"><input type="hidden" name="lang" value="{view.lang}">'
        f'<input class="find" type="search" name="q" data-key="q" value="{escape(view.q)}" placeholder="{view.say("search")}" aria-label="{view.say("search")}"></form>'
        f'<span class="chip">{view.say("orders", n=f"{orders:,}")}</span>'
        f'<a class="chip" lang="{other}" href="{view.link(lang=other)}">{view.say("other_language")}</a></div>'
    )


def _goods(market: Marketplace, view: View) -> str:
    live = [shown for shown in market.shown() if shown.live]
    found = [shown for shown in live if view.q.lower() in f"{shown.title} {shown.sku}".lower()]
    head = f'<div class="top"><h1>{view.say("sees")}</h1><span class="grow"></span><span class="sm">'
    head += f"{view.say('count', shown=min(view.n, len(found)), all=len(live))} · {view.say('small_line')}</span></div>"
    if not found:
        why = view.say("no_match", q=view.q) if live else view.say("empty")
        how = "" if live else f'<span class="sm">{view.say("empty_how")}</span>'
        return f'{head}<div class="none"><b>{why}</b>{how}</div>'
    cards = "".join(_card(market, view, shown) for shown in found[: view.n])
    more = (
        f'<div class="morebox"><a class="chip" href="{view.link(n=view.n * 2)}">{view.say("more")}</a></div>' if len(found) > view.n else ""
    )
    return f'{head}<div class="grid">{cards}</div>{more}'


def _card(market: Marketplace, view: View, shown: Shown) -> str:
    left, css = _left(view, shown.quantity)
    told = market.told.listings.get(shown.sku)
    believes = f'<span class="bel">{view.say("believes", has=told.get("has", "?"), wanted=told.get("wanted", "?"))}</span>' if told else ""
    sold_out = f'<button class="buy" disabled>{view.say("sold_out_button")}</button>'
    name = f'aria-label="{view.say("buy")}: {escape(shown.title)}"'
    button = _button(view, "buy", shown.sku, view.say("buy"), "buy", name) if shown.quantity else sold_out
    return (
        f'<article class="it"><span class="im">{picture(shown.sku, shown.title, shown.picture)}</span><div class="tx"><h2>{escape(shown.title)}</h2>'
        f'<span class="sku">{escape(shown.sku)}</span><span class="pr">{escape(money(shown.price, shown.currency))}</span>'
        f'<span class="lf {css}">{left}</span>{believes}{button}</div></article>'
    )


def _left(view: View, quantity: int) -> tuple[str, str]:
    if quantity > PLENTY:
        return view.say("plenty"), ""
    if quantity == 0:
        return view.say("sold_out"), "out"
    return view.say("left", n=quantity), "bad" if quantity == 1 else "warn" if quantity <= FEW else ""


def _happened(market: Marketplace, view: View) -> str:
    lines = ""
    for line in market.journal.lines():
        headline, detail = happened(view.lang, line.what, line.values)
        clock = f"{line.at:%H:%M:%S}.{line.at.microsecond // 100_000}"
        lines += f'<li class="{line.mark}"><time>{clock}</time><div><p>{escape(headline)}</p><small>{escape(detail)}</small></div></li>'
    inside = f'<ol class="time">{lines}</ol>' if lines else f'<p class="sm">{view.say("nothing_yet")}</p>'
    head = f'<header><h2>{view.say("happened")}</h2><span class="grow"></span><span class="sm">{view.say("live")}</span></header>'
    return f'<section class="card">{head}<div class="pad">{inside}</div></section>'


def _score(market: Marketplace, view: View) -> str:
    lines = market.bought()
    thrown = market.faults.thrown
    rows = {
        "score_orders": f"{len({line.id for line in lines}):,}",
        "score_units": f"{sum(line.quantity - line.canceled for line in lines):,}",
        "score_late": f"{market.buyers.too_late:,}",
        "score_canceled": f"{sum(line.canceled for line in lines):,}",
        "score_twice": _twice(market, view),
        "score_faults": f"{sum(thrown.values()):,}" + (f" <span>{view.say('score_kinds', n=len(thrown))}</span>" if thrown else ""),
    }
    inside = "".join(f"<dt>{view.say(key)}</dt><dd>{value}</dd>" for key, value in rows.items())
    foot = f'<footer class="sm">{view.say("seed", n=market.seed)}</footer>'
    return f'<section class="card"><header><h2>{view.say("score")}</h2></header><div class="pad"><dl class="dl">{inside}</dl></div>{foot}</section>'


def _twice(market: Marketplace, view: View) -> str:
    score = market.told.score
    if "sold_twice" not in score:
        return f"<span>{view.say('score_untold')}</span>"
    css = "zero" if score["sold_twice"] == 0 else "some"
    without = f" <span>· {view.say('score_without', n=score['without_guard'])}</span>" if "without_guard" in score else ""
    return f'<b class="{css}">{escape(str(score["sold_twice"]))}</b>{without}'


def _faults(market: Marketplace, view: View) -> str:
    waiting = {(fault.name, fault.how) for fault in market.faults.waiting()}
    rows = ""
    for key, body in SWITCHES.items():
        on = (body["fault"], body.get("how", "")) in waiting
        text = f'<i></i><span class="grow">{view.say(key)}</span><span class="sm">{body["fault"]}</span>'
        state = f'role="switch" aria-checked="{_yes(on)}"'
        rows += f"<li>{_button(view, 'switch', key, text, '', state)}</li>"
    head = f'<header><h2>{view.say("faults")}</h2><span class="sm">{view.say("faults_sub")}</span></header>'
    return f'<section class="card" id="faults">{head}<ul class="pad sw">{rows}</ul></section>'


def _yes(value: bool) -> str:
    return "true" if value else "false"


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
