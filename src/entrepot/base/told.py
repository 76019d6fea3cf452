"""Sentences that background work stores: text and values apart, so that each reader gets them in their own language."""

import json

from django.utils.translation import gettext

LONGEST_VALUE = 150


def kept(text: str, **values: object) -> str:
    """What to store of a sentence. ``text`` is marked with gettext_noop and names its values in braces."""
    if not values:
        return text
    return json.dumps([text, {name: str(value)[:LONGEST_VALUE] for name, value in values.items()}], ensure_ascii=False)


def told(stored: str) -> str:
    """A stored sentence in the active language; words of others, such as a channel's, as they came."""
    if not stored.startswith("["):
        return gettext(stored) if stored else ""
    try:
        text, values = json.loads(stored)
        return gettext(text).format(**values)
    except (ValueError, TypeError, KeyError):
        return stored
