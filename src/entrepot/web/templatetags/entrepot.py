"""Components of the work screens as tags and filters: numbers, times, money, badges, small charts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal
from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from entrepot.base import clock
from entrepot.base.money import Money
from entrepot.insight.types import AccountRef
from entrepot.listings import reasons

register = template.Library()


def locale() -> Locale:
    """The reader's locale for dates and numbers."""
    language = get_language() or "en"
    return Locale.parse("zh_Hans_CN" if language.startswith("zh") else "en_GB")


# --- numbers and money ----------------------------------------------------------------------------------------------


@register.filter
def number(value: int | None) -> str:
    """1284 -> 1,284; None -> –"""
    return "–" if value is None else str(format_decimal(value, locale=locale()))


@register.filter
def signed(value: int) -> str:
    """+3, −2 (with a real minus sign), 0"""
    return "0" if not value else f"{'+' if value > 0 else '−'}{format_decimal(abs(value), locale=locale())}"


@register.filter
def money(minor: int | None, currency: str) -> str:
    """Minor units with their currency: € 39.90; None -> –"""
    if minor is None:
        return "–"
    return str(
        format_currency(Money(minor, currency).major(), currency, locale=locale(), format="¤ #,##0.00;-¤ #,##0.00", currency_digits=True)
    )


@register.filter
def sum_money(minor: int | None, currency: str) -> str:
    """A sum: without decimals above 1,000 (SCREENS 7)."""
    if minor is None:
        return "–"
    amount = Money(minor, currency).major()
    if abs(amount) < 1000:
        return money(minor, currency)
    return str(format_currency(round(amount), currency, locale=locale(), format="¤ #,##0;-¤ #,##0", currency_digits=False))


@register.filter
def plain_money(minor: int, currency: str) -> str:
    """The amount alone, as it is typed into a field."""
    return str(Money(minor, currency).major())


@register.filter
def units(count: int) -> str:
    return ngettext("%(count)s unit", "%(count)s units", count) % {"count": number(count)}


# --- time -----------------------------------------------------------------------------------------------------------


@register.filter
def when(instant: datetime | None) -> str:
    """Under a minute "2 s ago", today the clock, this week the weekday, before that the date (SCREENS 7)."""
    if instant is None:
        return pgettext("time", "never")
    passed = clock.now() - instant
    if timedelta(0) <= passed < timedelta(minutes=1):
        return gettext("%(seconds)s s ago") % {"seconds": int(passed.total_seconds())}
    here, today = timezone.localtime(instant), timezone.localdate(clock.now())
    time = format_time(here, "HH:mm", locale=locale())
    days = (here.date() - today).days
    if days == 0:
        return str(time)
    if days == 1:
        return gettext("tomorrow %(time)s") % {"time": time}
    if -7 < days < 7:
        return f"{format_date(here.date(), 'EEE', locale=locale())} {time}"
    return str(format_date(here.date(), "d MMM y" if locale().language == "en" else "long", locale=locale()))


@register.filter
def second(instant: datetime) -> str:
    """The clock to the tenth of a second, for time lines where the order matters."""
    here = timezone.localtime(instant)
    time = f"{here:%H:%M:%S}.{here.microsecond // 100_000}"
    if here.date() == timezone.localdate(clock.now()):
        return time
    return f"{format_skeleton('MMMd', here, locale=locale())} {time}"


@register.filter
def age(instant: datetime | None) -> str:
    """How long ago as one number with its unit: 12 s, 5 min, 26 h, 9 days."""
    return pgettext("time", "never") if instant is None else duration((clock.now() - instant).total_seconds())


@register.filter
def duration(seconds: float) -> str:
    whole = max(0, int(seconds))
    if whole < 60:
        return gettext("%(count)s s") % {"count": whole}
    if whole < 3600:
        return gettext("%(count)s min") % {"count": whole // 60}
    if whole < 48 * 3600:
        return gettext("%(count)s h") % {"count": whole // 3600}
    return ngettext("%(count)s day", "%(count)s days", whole // 86400) % {"count": whole // 86400}


# --- words and marks ------------------------------------------------------------------------------------------------


@register.simple_tag
def badge(shape: str, word: str) -> SafeString:
    """Shape, color and at most three words; the reason stands below it, never in a tool tip."""
    return format_html('<span class="e-badge {}"><i></i>{}</span>', shape, word)


@register.simple_tag
def state(table: Mapping[str, tuple[str, Any]], value: str) -> SafeString:
    """The badge of a state by its table in ``words``."""
    shape, word = table.get(value, ("wait", value))
    return badge(shape, str(word))


@register.filter
def problem_text(problem: Mapping[str, str]) -> str:
    """What keeps an offer from its channel: our own reasons in the reader's language, the channel's words as they came."""
    return reasons.told(problem)


@register.simple_tag
def lamp(account: AccountRef, table: Mapping[str, tuple[str, Any]], value: str) -> SafeString:
    """Two letters for an account, shape for its state; the whole words are its name."""
    shape, word = table.get(value, ("none", value))
    shape = {"busy": "", "wait": "none"}.get(shape, shape)
    name = f"{account.name}: {word}"
    return format_html('<span class="e-lamp {}" role="img" aria-label="{}" title="{}">{}</span>', shape, name, name, initials(account))


@register.filter
def initials(account: AccountRef) -> str:
    return f"{account.channel[:1]}{account.market[:1]}".upper()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    return format_html('<svg class="e-ico {}" aria-hidden="true"><use href="#i-{}"/></svg>', size, name)


@register.simple_tag
def why(value: Any, kind: str, subject: Any) -> SafeString:
    """A number that can be asked why: opens the drawer, and is a page without script."""
    address = f"{reverse('web:why')}?{urlencode({'of': f'{kind}:{subject}'})}"
    text = number(value) if value is None or isinstance(value, int) else value
    return format_html('<a class="e-num" href="{}" hx-get="{}" hx-target="#drawer">{}</a>', address, address, text)


@register.filter
def actor(name: str) -> str:
    """Who did it: a person by the own name, machines and the other side by a word."""
    known = {
        "channel": pgettext("actor", "the channel"),
        "buyer": pgettext("actor", "the buyer"),
        "system": pgettext("actor", "Entrepot"),
        "order intake": pgettext("actor", "order intake"),
    }
    return known.get(name, name.removeprefix("user:"))


@register.filter
def language_name(code: str) -> str:
    try:
        return str(Locale.parse(code.replace("-", "_")).get_language_name(locale()) or code)
    except (ValueError, UnknownLocaleError):
        return code


@register.filter
def country_name(code: str) -> str:
    return str(locale().territories.get(code.upper(), code))


@register.filter
def at(table: Mapping[Any, Any], key: Any) -> Any:
    """A table's entry, or nothing."""
    return table.get(key)


@register.simple_tag
def was(name: str, values: Mapping[str, str], stored: Mapping[str, str] | str) -> SafeString:
    """The value that stands in the database, beside the input of the same name; nothing on a form for a new thing."""
    return (
        format_html('<input type="hidden" name="was.{}" value="{}">', name, stored.get(name, ""))
        if isinstance(stored, Mapping)
        else SafeString("")
    )


# --- charts ---------------------------------------------------------------------------------------------------------


@register.filter
def top(values: Sequence[float] | None) -> float:
    """The greatest value of a curve."""
    return max(values or (0,))


@register.filter
def waited(seconds: float) -> str:
    """Short waits to the tenth of a second, long ones as an age."""
    return gettext("%(count)s s") % {"count": format_decimal(round(seconds, 1), locale=locale())} if seconds < 60 else duration(seconds)


@register.simple_tag
def spark(values: Sequence[float], label: str, shape: str = "", width: int = 92, height: int = 22) -> SafeString:
    """A small curve; ``label`` is its sentence, for screen readers and under the pointer."""
    if not values:
        return format_html('<span class="e-xs e-soft">{}</span>', "–")
    top = max(max(values), 1e-9)
    step = width / max(1, len(values) - 1)
    points = [(round(i * step, 1), round(height - 2 - (height - 4) * value / top, 1)) for i, value in enumerate(values)]
    line = "M" + "L".join(f"{x} {y}" for x, y in points)
    area = f"{line}L{points[-1][0]} {height}L0 {height}Z"
    return format_html(
        '<svg class="e-spark {}" width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<title>{}</title><path class="a" d="{}"/><path d="{}"/></svg>',
        shape, width, height, width, height, label, label, area, line,
    )  # fmt: skip


@register.simple_tag
def bars(values: Sequence[int], label: str, width: int = 300, height: int = 72) -> SafeString:
    """Upright bars, one a value, on a base line."""
    if not values:
        return SafeString("")
    top, step = max(max(values), 1), width / len(values)
    drawn = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" rx="1.5"><title>{}</title></rect>',
        (
            (
                round(i * step + 1, 1),
                round(height - 1 - (height - 3) * value / top, 1),
                round(step - 2, 1),
                round((height - 3) * value / top, 1),
                value,
            )
            for i, value in enumerate(values)
        ),
    )
    return format_html(
        '<svg class="w-bars" viewBox="0 0 {} {}" role="img" aria-label="{}" preserveAspectRatio="none">{}<path class="e-ax" d="M0 {}H{}"/></svg>',
        width, height, label, drawn, height - 0.5, width,
    )  # fmt: skip


@register.filter
def shade(value: int, top: int) -> str:
    """Background of a heat cell: the larger, the stronger."""
    strength = round(32 * value / top) if top and value > 0 else 0
    return f"background:color-mix(in oklch,var(--c1) {strength}%,transparent)" if strength else ""
