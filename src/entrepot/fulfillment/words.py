"""The states of work in the seller's words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import pgettext_lazy

from entrepot.fulfillment.types import WorkState

NAMES: Mapping[str, Any] = {
    WorkState.REQUESTED: pgettext_lazy("work", "Requested"),
    WorkState.ACCEPTED: pgettext_lazy("work", "Accepted"),
    WorkState.PICKING: pgettext_lazy("work", "Picking"),
    WorkState.PACKED: pgettext_lazy("work", "Packed"),
    WorkState.SHIPPED: pgettext_lazy("work", "Shipped"),
    WorkState.DELIVERED: pgettext_lazy("work", "Delivered"),
    WorkState.READY: pgettext_lazy("work", "Ready to collect"),
    WorkState.COLLECTED: pgettext_lazy("work", "Collected"),
    WorkState.REJECTED: pgettext_lazy("work", "Rejected"),
    WorkState.EXPIRED: pgettext_lazy("work", "Not answered"),
    WorkState.WITHDRAWN: pgettext_lazy("work", "Withdrawn"),
    WorkState.FAILED: pgettext_lazy("work", "Failed"),
    WorkState.NO_SHOW: pgettext_lazy("work", "Not collected"),
    WorkState.RESTOCKED: pgettext_lazy("work", "Back on the shelf"),
    WorkState.LOST: pgettext_lazy("work", "Lost"),
    WorkState.RETURNED_TO_SENDER: pgettext_lazy("work", "Came back"),
}
