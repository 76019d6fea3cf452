"""The human page of a marketplace, "as a buyer sees it"."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from entrepot_sandbox.core.http import Request, Response
from entrepot_sandbox.core.world import NotEnoughLeft, UnknownSku

if TYPE_CHECKING:
    from entrepot_sandbox.core.marketplace import Marketplace


def answer(market: Marketplace, request: Request, *, part: bool) -> Response:
    """The page, or only the part that changes."""
    rows = "".join(
        f"<li>{escape(shown.title)} {shown.price} {shown.currency} · {shown.quantity}"
        f'<form method="post" action="/_sandbox/page"><button name="buy" value="{escape(shown.sku)}">Buy 1</button></form></li>'
        for shown in market.shown()
    )
    return Response.html(f"<ul>{rows}</ul>" if part else f"<!doctype html><title>{escape(market.label)}</title><ul>{rows}</ul>")


def press(market: Marketplace, request: Request) -> Response:
    """A button of the page was pressed."""
    sku = request.form().get("buy", "")
    try:
        market.buy(sku, 1)
    except (NotEnoughLeft, UnknownSku):
        market.journal.note("too_late", mark="warn", sku=sku)
    return Response(303, {"location": "/_sandbox/"})
