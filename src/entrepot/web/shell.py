"""The shell of the back office (django-unfold): colors, styles, navigation with its counts."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import pgettext

# Harbour blue: the values of --p50 ... --p900 in entrepot.css (a test compares them).
PRIMARY = {
    "50": "oklch(97.6% .012 220)",
    "100": "oklch(94.6% .027 220)",
    "200": "oklch(89.5% .05 221)",
    "300": "oklch(82% .085 221)",
    "400": "oklch(73.5% .11 222)",
    "500": "oklch(64% .115 223)",
    "600": "oklch(49% .098 226)",
    "700": "oklch(43% .086 227)",
    "800": "oklch(37.5% .073 228)",
    "900": "oklch(32% .06 229)",
    "950": "oklch(25% .05 230)",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Entrepot",
    "SITE_HEADER": "Entrepot",
    "SITE_URL": None,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {"primary": PRIMARY},
    "STYLES": [lambda request: static("web/entrepot.css"), lambda request: static("web/web.css")],
    "SCRIPTS": [lambda request: static("web/web.js")],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("web/icon.svg")}],
    "GLOBAL_CALLBACK": "entrepot.web.shell.context",
}


@dataclass(frozen=True)
class Entry:
    """A line of the navigation. ``count``: how many things there wait for a person; ``pressing``: shown in red."""

    label: str
    address: str
    icon: str
    here: bool
    key: str = ""
    count: int = 0
    pressing: bool = False


def context(request: HttpRequest) -> dict[str, Any]:
    """What unfold merges into the context of every page inside the shell, its own ones included."""
    return {
        "templates": {"navigation": "web/shell/navigation.html"},
        "navigation": SimpleLazyObject(lambda: navigation(request)),
    }


def navigation(request: HttpRequest) -> list[tuple[str, list[Entry]]]:
    """Groups of lines; each only for those who may open it."""
    from entrepot.people.types import Right
    from entrepot.web.access import visitor

    who = visitor(request)
    if not who.may(Right.SEE):
        return []
    waiting = _counts(request)

    def entry(name: str, label: str, icon: str, key: str, pressing: bool = True) -> Entry:
        address = reverse(name)
        here = request.path == address if address == "/" else request.path.startswith(address)
        return Entry(label, address, icon, here, key, waiting.get(name, 0), pressing)

    groups = [
        (
            "",
            [
                entry("web:today", pgettext("navigation", "Today"), "today", "t"),
                entry("web:alerts", pgettext("navigation", "Alerts"), "bell", "a"),
            ],
        ),
        (
            pgettext("navigation", "Sell"),
            [
                entry("web:products", pgettext("navigation", "Products"), "box", "p"),
                entry("web:offers", pgettext("navigation", "Offers"), "tag", "f"),
                entry("web:channels", pgettext("navigation", "Channels"), "plug", "c"),
            ],
        ),
        (pgettext("navigation", "Stock"), [entry("web:stock", pgettext("navigation", "Stock"), "layers", "s")]),
        (pgettext("navigation", "Orders"), [entry("web:orders", pgettext("navigation", "Orders"), "inbox", "o", pressing=False)]),
    ]
    if who.may(Right.MANAGE):
        people = [
            entry("admin:people_user_changelist", pgettext("navigation", "People and roles"), "people", ""),
            entry("admin:people_legalentity_changelist", pgettext("navigation", "Legal entities"), "shield", ""),
            entry("admin:inventory_location_changelist", pgettext("navigation", "Locations"), "map", ""),
        ]
        groups.append((pgettext("navigation", "System"), people))
    return groups


def _counts(request: HttpRequest) -> dict[str, int]:
    from entrepot.base import clock
    from entrepot.insight.queries import accounts, alerts, offers, orders
    from entrepot.insight.types import Health
    from entrepot.web.access import visitor

    scope, now = visitor(request).scope, clock.now()
    ill = (Health.CUT_OFF, Health.FAILING)
    return {
        "web:alerts": len(alerts.open_alerts(scope, now)),
        "web:offers": offers.counts(scope, ("refused",))["refused"],
        "web:channels": sum(1 for lane in accounts.lanes(scope, now) if lane.health in ill),
        "web:orders": orders.counts(scope, now, ("needs",))["needs"],
    }
