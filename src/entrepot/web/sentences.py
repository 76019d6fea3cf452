"""What an alert, an event and a step of an explanation say: a sentence, and the cure as a verb with its object."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy

from entrepot.base import told as stored
from entrepot.channels.contract import OrderStatus
from entrepot.insight.queries.alerts import AlertView
from entrepot.insight.queries.offers import Receipt
from entrepot.insight.types import AlertKind
from entrepot.inventory.types import Step
from entrepot.web.templatetags.entrepot import when


@dataclass(frozen=True)
class Told:
    """A need as its row shows it: the sentence, what follows from it, and the one button."""

    sentence: str
    consequence: str
    verb: str
    address: str


Values = Mapping[str, Any]


def told(alert: AlertView) -> Told:
    """An alert in the reader's words. One that another version wrote in another shape is shown by its subject, until the next check."""
    try:
        sentence, consequence, verb = _TELL[alert.kind](alert.values)
    except KeyError:
        return Told(alert.subject, "", pgettext("button", "Open"), reverse("web:alerts"))
    return Told(sentence, consequence, verb, address(alert))


def address(alert: AlertView) -> str:
    """Where the cure is."""
    kind, _, value = alert.subject.partition(":")
    if alert.kind == AlertKind.OFFERS_REFUSED:
        return f"{reverse('web:offers')}?{urlencode({'tab': 'refused', 'account': value})}"
    if alert.kind in (AlertKind.ORDER_LATE, AlertKind.SHORTAGES):
        return f"{reverse('web:orders')}?{urlencode({'tab': 'needs', 'account': value})}"
    if alert.kind == AlertKind.RECALL_UNCONFIRMED:
        return reverse("web:recall", args=[value])
    if kind == "order":
        return reverse("web:order", args=[value])
    if kind == "account":
        return reverse("web:channel", args=[value])
    return f"{reverse('web:stock-item')}?{urlencode({'sku': value})}"


def _low(v: Values) -> tuple[str, str, str]:
    if not v["left"]:
        return gettext("%(sku)s is sold out") % v, gettext("No channel can sell it until more is received."), gettext("Receive stock")
    sentence = ngettext("Only %(left)s unit of %(sku)s is left", "Only %(left)s units of %(sku)s are left", v["left"]) % v
    return sentence, gettext("You asked to be told at %(at)s.") % v, gettext("Receive stock")


def _shortage(v: Values) -> tuple[str, str, str]:
    sentence = ngettext("Order %(number)s is short by %(units)s unit", "Order %(number)s is short by %(units)s units", v["units"]) % v
    return sentence, gettext("%(sku)s is nowhere left where this order may ship from.") % v, gettext("Choose what to do")


def _shortages(v: Values) -> tuple[str, str, str]:
    sentence = ngettext("%(orders)s more order of %(account)s is short", "%(orders)s more orders of %(account)s are short", v["orders"]) % v
    return sentence, gettext("The orders that shall leave first have a row each."), gettext("Open orders")


def _unknown_sku(v: Values) -> tuple[str, str, str]:
    sentence = gettext("Order %(number)s asks for a SKU we do not know: %(sku)s") % v
    return sentence, gettext("Nothing is reserved for this line until the SKU is known."), gettext("Open order")


def _late(v: Values) -> tuple[str, str, str]:
    instant = parse_datetime(str(v["since"]))
    sentence = ngettext(
        "%(orders)s order of %(account)s should have left by %(time)s",
        "%(orders)s orders of %(account)s should have left, the oldest by %(time)s",
        v["orders"],
    )
    return (
        sentence % {**v, "time": when(instant)},
        gettext("The channel counts late shipments against the account."),
        gettext("Ship orders"),
    )


def _cancel(v: Values) -> tuple[str, str, str]:
    sentence = gettext("The buyer of order %(number)s wants to cancel") % v
    return sentence, gettext("The goods are still here."), gettext("Decide")


def _quarantined(v: Values) -> tuple[str, str, str]:
    sentence = gettext("Order %(number)s of %(account)s could not be read") % v
    return sentence, stored.told(str(v["reason"])), gettext("Open account")


def _cut_off(v: Values) -> tuple[str, str, str]:
    sentence = gettext("%(account)s refuses our login") % v
    waiting = ngettext(
        "%(waiting)s quantity waits; its offers keep their last numbers.",
        "%(waiting)s quantities wait; their offers keep their last numbers.",
        v["waiting"],
    )
    return sentence, waiting % v, gettext("Log in again")


def _failing(v: Values) -> tuple[str, str, str]:
    instant = parse_datetime(str(v["since"]))
    sentence = gettext("Calls to %(account)s fail since %(time)s") % {**v, "time": when(instant)}
    return sentence, gettext("We try again by ourselves; nothing is lost meanwhile."), gettext("See calls")


def _refused(v: Values) -> tuple[str, str, str]:
    sentence = ngettext("%(account)s refuses %(offers)s offer", "%(account)s refuses %(offers)s offers", v["offers"]) % v
    return sentence, gettext("They cannot be bought there until it is repaired."), gettext("Fix %(offers)s") % v


def _exposed(v: Values) -> tuple[str, str, str]:
    sentence = gettext("Channels may still sell %(exposed)s of %(sku)s, %(left)s are left") % v
    return sentence, gettext("Zeros are being sent; this ends when the channels confirm them."), gettext("See why")


def _discrepancy(v: Values) -> tuple[str, str, str]:
    sentence = gettext("%(location)s reports %(reported)s of %(sku)s, but %(kept)s are being packed") % v
    return sentence, gettext("All of them are promised to orders whose picking has begun."), gettext("Count again")


def _recall(v: Values) -> tuple[str, str, str]:
    sentence = ngettext(
        "%(accounts)s: %(offers)s offer is not confirmed as delisted",
        "%(accounts)s: %(offers)s offers are not confirmed as delisted",
        v["offers"],
    )
    return sentence % v, gettext("The time given for the recall is over."), gettext("See recall")


_TELL: Mapping[str, Callable[[Values], tuple[str, str, str]]] = {
    AlertKind.LOW_STOCK: _low,
    AlertKind.SHORTAGE: _shortage,
    AlertKind.SHORTAGES: _shortages,
    AlertKind.UNKNOWN_SKU: _unknown_sku,
    AlertKind.ORDER_LATE: _late,
    AlertKind.CANCEL_REQUESTED: _cancel,
    AlertKind.ORDER_QUARANTINED: _quarantined,
    AlertKind.ACCOUNT_CUT_OFF: _cut_off,
    AlertKind.ACCOUNT_FAILING: _failing,
    AlertKind.OFFERS_REFUSED: _refused,
    AlertKind.OVER_EXPOSED: _exposed,
    AlertKind.DISCREPANCY: _discrepancy,
    AlertKind.RECALL_UNCONFIRMED: _recall,
}


def proposal(values: Values) -> str:
    """One proposal of an alert as a sentence."""
    act = values.get("act")
    if act == "other_location":
        units = values.get("units", 0)
        return ngettext("Ship from %(location)s: %(units)s is free", "Ship from %(location)s: %(units)s are free", units) % values
    if act == "back_order":
        return gettext("Wait until more is received")
    if act == "cancel":
        return gettext("Cancel the units that are missing")
    if act == "receive":
        return gettext("Receive more of %(sku)s") % values
    return str(values.get("label", act))


def step_label(step: Step) -> str:
    """The label of a step of an explanation; the floors below name it, here it is translated and filled in."""
    return gettext(step.label).format(**step.values)


def receipt(one: Receipt, account: str) -> dict[str, Any]:
    """A quantity's way to the channel and back, for the time line."""
    values = {"quantity": one.quantity, "account": account}
    shape, sentence = {
        "sent": ("now", gettext("%(quantity)s sent to %(account)s")),
        "live": ("ok", gettext("%(account)s confirmed %(quantity)s")),
        "accepted": ("", gettext("%(account)s took %(quantity)s; it is read back later")),
        "refused": ("bad", gettext("%(account)s refused %(quantity)s")),
        "unknown": ("warn", gettext("%(quantity)s sent, the answer was lost")),
        "read": ("ok", gettext("Read back: %(account)s shows %(quantity)s")),
        "sold": ("", gettext("%(account)s sold %(quantity)s")),
        "ended": ("ok", gettext("%(account)s took the listing off sale")),
    }.get(one.outcome, ("", one.outcome))
    return {"at": one.at, "shape": shape, "text": sentence % values, "note": one.note}


def event(kind: str, values: Values) -> tuple[str, str, str]:
    """(shape, sentence, detail) of an order's event. An event without words is shown by its name."""
    tell = _EVENTS.get(kind)
    if tell is None:
        return "", kind, ""
    shape, sentence, detail = tell(values)
    return shape, sentence, detail


def _canceled(v: Values) -> str:
    return ngettext("%(units)s unit was canceled", "%(units)s units were canceled", _count(v)) % {"units": _count(v)}


def _missing(v: Values) -> str:
    text = ngettext("%(units)s unit of %(sku)s is missing", "%(units)s units of %(sku)s are missing", _count(v))
    return text % {"units": _count(v), "sku": v.get("sku", "")}


def _covered(v: Values) -> str:
    text = ngettext("%(units)s unit of %(sku)s was found", "%(units)s units of %(sku)s were found", _count(v))
    return text % {"units": _count(v), "sku": v.get("sku", "")}


def _count(v: Values) -> int:
    return int(v.get("units") or 0)


_EVENTS: Mapping[str, Callable[[Values], tuple[str, str, str]]] = {
    "order.placed": lambda v: ("", gettext("The buyer ordered"), ""),
    "order.created": lambda v: (
        "ok",
        gettext("Order came in and was reserved"),
        gettext("imported from a file") if v.get("historical") else "",
    ),
    "package.shipped": lambda v: ("ok", gettext("Shipped with %(carrier)s") % v, str(v.get("tracking", ""))),
    "package.told": lambda v: ("ok", gettext("The channel knows the tracking number"), ""),
    "order.changed": lambda v: ("", gettext("The channel changed the order"), _changes(v)),
    "order.canceled": lambda v: (
        "warn",
        _canceled(v),
        str(v.get("reason", "")),
    ),
    "order.short": lambda v: ("bad", _missing(v), ""),
    "order.covered": lambda v: ("ok", _covered(v), ""),
    "order.held": lambda v: ("warn", gettext("Put on hold"), str(v.get("reason", ""))),
    "order.hold_ended": lambda v: ("", gettext("The hold was taken off"), ""),
    "order.sku_assigned": lambda v: ("", gettext("%(sku)s means %(variant)s") % {"sku": v.get("sku"), "variant": v.get("variant")}, ""),
}


def _changes(v: Values) -> str:
    """Each change as "SKU what before → after"; an order's state in the reader's words."""
    parts = []
    for change in v.get("changes") or []:
        sku = change.get("sku", "")
        for what, value in change.items():
            if what != "sku":
                words = [str(_STATUS.get(one, one)) for one in (value if isinstance(value, list) else [value])]
                shown = " → ".join(words)
                parts.append(f"{sku} {_CHANGED.get(what, what)} {shown}".strip())
    return ", ".join(parts)


_STATUS: Mapping[Any, Any] = {
    OrderStatus.PENDING: pgettext_lazy("order state", "payment pending"),
    OrderStatus.PAID: pgettext_lazy("order state", "paid"),
    OrderStatus.PARTLY_SHIPPED: pgettext_lazy("order state", "partly shipped"),
    OrderStatus.SHIPPED: pgettext_lazy("order state", "shipped"),
    OrderStatus.CANCELED: pgettext_lazy("order state", "canceled"),
    OrderStatus.UNKNOWN: pgettext_lazy("order state", "unknown"),
}
_CHANGED: Mapping[str, Any] = {
    "status": pgettext_lazy("order change", "state"),
    "quantity": pgettext_lazy("order change", "quantity"),
    "canceled": pgettext_lazy("order change", "canceled"),
    "shipped": pgettext_lazy("order change", "shipped elsewhere"),
    "added": pgettext_lazy("order change", "added"),
}
