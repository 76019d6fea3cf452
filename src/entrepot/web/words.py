"""Our states in the seller's words, each with its shape (SCREENS 2): ok, busy, warn, bad, wait."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy

from entrepot.channels.contract import OrderStatus
from entrepot.fulfillment import words as work
from entrepot.fulfillment.types import WorkState
from entrepot.insight.queries.offers import OfferState
from entrepot.insight.queries.orders import OrderRow
from entrepot.insight.types import Health
from entrepot.inventory.types import Reason

OFFER: Mapping[str, tuple[str, Any]] = {
    OfferState.CONFIRMED: ("ok", pgettext_lazy("offer", "confirmed")),
    OfferState.SENDING: ("busy", pgettext_lazy("offer", "sending")),
    OfferState.REFUSED: ("bad", pgettext_lazy("offer", "refused")),
    OfferState.CUT_OFF: ("bad", pgettext_lazy("offer", "cut off")),
    OfferState.ENDING: ("busy", pgettext_lazy("offer", "ending")),
    OfferState.ENDED: ("wait", pgettext_lazy("offer", "ended")),
    OfferState.DRAFT: ("wait", pgettext_lazy("offer", "not sent")),
}

HEALTH: Mapping[str, tuple[str, Any]] = {
    Health.CUT_OFF: ("bad", pgettext_lazy("account", "Login refused")),
    Health.FAILING: ("bad", pgettext_lazy("account", "Calls fail")),
    Health.BEHIND: ("warn", pgettext_lazy("account", "Late")),
    Health.BUSY: ("busy", pgettext_lazy("account", "Sending")),
    Health.PAUSED: ("wait", pgettext_lazy("account", "Paused")),
    Health.FINE: ("ok", pgettext_lazy("account", "Everything confirmed")),
}

WORK: Mapping[str, tuple[str, Any]] = {
    WorkState.REQUESTED: ("busy", work.NAMES[WorkState.REQUESTED]),
    WorkState.ACCEPTED: ("busy", work.NAMES[WorkState.ACCEPTED]),
    WorkState.PICKING: ("busy", work.NAMES[WorkState.PICKING]),
    WorkState.PACKED: ("busy", work.NAMES[WorkState.PACKED]),
    WorkState.SHIPPED: ("ok", work.NAMES[WorkState.SHIPPED]),
    WorkState.DELIVERED: ("ok", work.NAMES[WorkState.DELIVERED]),
    WorkState.READY: ("busy", work.NAMES[WorkState.READY]),
    WorkState.COLLECTED: ("ok", work.NAMES[WorkState.COLLECTED]),
    WorkState.REJECTED: ("warn", work.NAMES[WorkState.REJECTED]),
    WorkState.EXPIRED: ("warn", work.NAMES[WorkState.EXPIRED]),
    WorkState.WITHDRAWN: ("wait", work.NAMES[WorkState.WITHDRAWN]),
    WorkState.FAILED: ("bad", work.NAMES[WorkState.FAILED]),
    WorkState.NO_SHOW: ("warn", work.NAMES[WorkState.NO_SHOW]),
    WorkState.RESTOCKED: ("wait", work.NAMES[WorkState.RESTOCKED]),
    WorkState.LOST: ("bad", work.NAMES[WorkState.LOST]),
    WorkState.RETURNED_TO_SENDER: ("warn", work.NAMES[WorkState.RETURNED_TO_SENDER]),
}
IMPORT: Mapping[str, tuple[str, Any]] = {
    "running": ("busy", pgettext_lazy("import", "Running")),
    "done": ("ok", pgettext_lazy("import", "Done")),
    "failed": ("bad", pgettext_lazy("import", "Failed")),
    "canceled": ("wait", pgettext_lazy("import", "Stopped")),
}
STEPPER = (WorkState.ACCEPTED, WorkState.PICKING, WorkState.PACKED, WorkState.SHIPPED, WorkState.DELIVERED)

REASON: Mapping[str, Any] = {
    Reason.OPENING: pgettext_lazy("stock reason", "Opening balance"),
    Reason.COUNT: pgettext_lazy("stock reason", "Counted"),
    Reason.RECEIVED: pgettext_lazy("stock reason", "Received"),
    Reason.DAMAGED: pgettext_lazy("stock reason", "Damaged"),
    Reason.LOST: pgettext_lazy("stock reason", "Lost"),
    Reason.FOUND: pgettext_lazy("stock reason", "Found"),
    Reason.RETURNED: pgettext_lazy("stock reason", "Returned"),
    Reason.CORRECTION: pgettext_lazy("stock reason", "Corrected"),
    Reason.TILL_SALE: pgettext_lazy("stock reason", "Sold at the till"),
    Reason.ORDER: pgettext_lazy("stock reason", "Ordered"),
    Reason.CANCELED: pgettext_lazy("stock reason", "Canceled"),
    Reason.SHIPPED: pgettext_lazy("stock reason", "Shipped"),
    Reason.HELD: pgettext_lazy("stock reason", "Held"),
    Reason.RELEASED: pgettext_lazy("stock reason", "Released"),
    Reason.EXPIRED: pgettext_lazy("stock reason", "Hold expired"),
    Reason.REPORTED_SHORT: pgettext_lazy("stock reason", "Reported missing"),
    Reason.MOVED: pgettext_lazy("stock reason", "Moved"),
}
# What a person may give as the reason of a change by hand.
BY_HAND = (Reason.RECEIVED, Reason.FOUND, Reason.RETURNED, Reason.DAMAGED, Reason.LOST, Reason.CORRECTION)


def order_badge(row: OrderRow, now: datetime) -> tuple[str, str, str]:
    """(shape, word, reason) of an order: what keeps it from running by itself first, then how far it is."""
    if row.unknown_skus:
        return "bad", pgettext("order", "Unknown SKU"), ", ".join(row.unknown_skus[:2])
    if row.short:
        return "bad", gettext("Short by %(units)s") % {"units": row.short}, ", ".join(row.skus[:2])
    if row.status == OrderStatus.CANCELED:
        return "wait", pgettext("order", "Canceled"), ""
    if row.cancel_requested and not row.closed:
        return "warn", pgettext("order", "Buyer wants to cancel"), ""
    if row.status == OrderStatus.UNKNOWN:
        return "warn", pgettext("order", "State unknown"), pgettext("order", "the channel sent a state we do not know")
    if row.on_hold:
        return "warn", pgettext("order", "On hold"), ""
    if row.closed:
        return "ok", pgettext("order", "Shipped"), pgettext("order", "imported") if row.historical else ""
    if row.ship_by and row.ship_by < now:
        return "bad", pgettext("order", "Late"), pgettext("order", "should have left")
    if row.status == OrderStatus.PENDING:
        return "wait", pgettext("order", "Payment pending"), pgettext("order", "reserved, not to be shipped yet")
    if row.status == OrderStatus.PARTLY_SHIPPED:
        return "busy", pgettext("order", "Partly shipped"), ""
    return "busy", pgettext("order", "To ship"), ""


def units(count: int) -> str:
    return ngettext("%(count)s unit", "%(count)s units", count) % {"count": count}
