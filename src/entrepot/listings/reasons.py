"""Why an offer does not go out, or no longer is as we sent it, in our own words; a channel's reasons keep the channel's words.

The loops store code and values, and each reader gets the sentence in their own language.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop, pgettext_lazy

Problem = dict[str, str]

OURS: Mapping[str, Any] = {
    "archived": pgettext_lazy("offer", "The variant is archived. Restore it, or end the offer."),
    "no_text": pgettext_lazy("offer", "There is no title in any language. Write one."),
    "no_price": pgettext_lazy("offer", "There is no price in {currency}. Enter one."),
    "price_guard": pgettext_lazy("offer", "The price went from {was} to {value}. Confirm it, or correct it."),
    "no_stock": pgettext_lazy("offer", "Nothing may be shown yet; it is published as soon as there is stock."),
    "not_live_yet": pgettext_lazy("offer", "The channel took it and does not show it yet."),
    "manual_end": pgettext_lazy("offer", "The listing was ended at the channel. Publish it again, or leave it ended."),
    "manual_price": pgettext_lazy("offer", "The price was changed at the channel to {value}. Send ours again, or enter theirs here."),
}


def problem(code: str, field: str = "", value: str = "", **values: str) -> Problem:
    """A reason of ours as it is stored beside those of channels."""
    found = {"code": code, "field": field, "value": value, **values}
    return {**found, "message": str(OURS[code]).format(**found)}


def told(stored: Mapping[str, str]) -> str:
    """A stored reason for its reader; one that an earlier version stored without its values as it was written."""
    tell = OURS.get(stored.get("code", ""))
    try:
        return str(tell).format(**stored) if tell else stored.get("message", "")
    except KeyError:
        return stored.get("message", "")


# What recall_overdue.sql says of an offer that no channel has confirmed as gone; here so that translators find it.
UNCONFIRMED = (
    gettext_noop("ended, and still on the channel"),
    gettext_noop("shows 0, and is not ended"),
    gettext_noop("the channel has not confirmed anything"),
)
