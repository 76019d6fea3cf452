"""What needs a person, as its row shows it: the amount, or the number that says how much there is of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, npgettext

from entrepot.insight.queries import stock
from entrepot.insight.queries.alerts import AlertView
from entrepot.insight.types import AlertKind
from entrepot.web import sentences
from entrepot.web.sentences import Told
from entrepot.web.templatetags.entrepot import duration


@dataclass(frozen=True)
class Need:
    """``count`` and ``unit`` stand where an alert has no amount of money; ``lasts``: how long the stock still holds."""

    alert: AlertView
    told: Told
    proposals: Sequence[str]
    count: int | None = None
    unit: str = ""
    lasts: str = ""


def rows(found: Sequence[AlertView], now: datetime) -> list[Need]:
    skus = [alert.subject_id for alert in found if alert.kind == AlertKind.LOW_STOCK]
    pace = stock.sold_a_day(skus, now)
    return [_need(alert, pace) for alert in found]


def lasts(units: int, sold_a_day: float) -> str:
    """How long the stock holds at the pace of the last 28 days."""
    return duration(86400 * units / sold_a_day) if units and sold_a_day else ""


def _need(alert: AlertView, pace: Mapping[str, float]) -> Need:
    told, proposals = sentences.told(alert), [sentences.proposal(one) for one in alert.proposals[:4]]
    name, unit = _MEASURE.get(alert.kind, ("", _nothing))
    count = alert.values.get(name)
    if alert.amount_minor is not None or not isinstance(count, int):
        return Need(alert, told, proposals)
    return Need(alert, told, proposals, count, unit(count), _lasts(alert, pace))


def _lasts(alert: AlertView, pace: Mapping[str, float]) -> str:
    if alert.kind != AlertKind.LOW_STOCK or not alert.values.get("left"):
        return ""
    time = lasts(alert.values["left"], pace.get(alert.subject_id, 0))
    if not time:
        return gettext("None was sold in 28 days.")
    return gettext("At the pace of the last 28 days it lasts %(time)s.") % {"time": time}


def _nothing(count: int) -> str:
    return ""


def _units(count: int) -> str:
    return npgettext("need", "unit left", "units left", count)


def _offers(count: int) -> str:
    return npgettext("need", "offer", "offers", count)


def _waiting(count: int) -> str:
    return npgettext("need", "quantity waits", "quantities wait", count)


# Which of an alert's values says how much there is of it, and its word.
_MEASURE: Mapping[str, tuple[str, Callable[[int], str]]] = {
    AlertKind.LOW_STOCK: ("left", _units),
    AlertKind.OVER_EXPOSED: ("left", _units),
    AlertKind.DISCREPANCY: ("reported", _units),
    AlertKind.OFFERS_REFUSED: ("offers", _offers),
    AlertKind.RECALL_UNCONFIRMED: ("offers", _offers),
    AlertKind.ACCOUNT_CUT_OFF: ("waiting", _waiting),
    AlertKind.ACCOUNT_FAILING: ("waiting", _waiting),
}
