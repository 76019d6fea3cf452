"""What a connector is given of an offer: text, pictures, group, price, within the channel's limits; and its hash."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from entrepot.base.ids import OfferId, RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import Group, Limits, OfferContent
from entrepot.listings.reasons import Problem, problem
from entrepot.listings.rules import price_is_plausible


def build(row: Any, *, quantity: int, limits: Limits, public_url: str) -> OfferContent:
    """The content of a row of ``content_due`` with a price and a title (see ``obstacle``)."""
    return OfferContent(
        offer=OfferId(row.offer_id),
        sku=Sku(row.channel_sku),
        title=row.title[: limits.title_characters],
        description=row.description[: limits.description_characters],
        brand=row.brand,
        price=Money(row.price_minor, row.currency),
        quantity=quantity,
        bullets=tuple(document(row.bullets)),
        gtin=row.gtin or None,
        pictures=addresses(document(row.pictures), public_url)[: limits.pictures],
        options=document(row.options),
        group=_group(row, limits, public_url),
        category=row.category,
        attributes={**document(row.product_attributes), **document(row.attributes)},
        weight_g=row.weight_g,
        language=row.text_language,
        remote_id=RemoteId(row.remote_id) if row.remote_id else None,
    )


def fingerprint(content: OfferContent) -> str:
    """Equal for equal content and price; the quantity and what the channel calls it do not count."""
    fields = {**asdict(content), "offer": 0, "quantity": 0, "remote_id": None}
    return hashlib.sha256(json.dumps(fields, sort_keys=True, default=str).encode()).hexdigest()


def obstacle(row: Any) -> Problem | None:
    """Why an offer may not go out as it is, in our words, with the field that cures it; None when it may."""
    if row.archived_at is not None:
        return problem("archived", "variant")
    if not row.title:
        return problem("no_text", "title")
    if row.price_minor is None:
        return problem("no_price", "price", currency=row.currency)
    if not price_is_plausible(row.price_minor, row.price_confirmed_minor, approved=row.price_approved_minor):
        was, price = Money(row.price_confirmed_minor, row.currency), Money(row.price_minor, row.currency)
        return problem("price_guard", "price", str(price), was=str(was))
    return None


def addresses(pictures: Sequence[Mapping[str, Any]], public_url: str) -> tuple[str, ...]:
    """Absolute addresses; an uploaded picture lies under ours, and is left out while we have no public address."""
    own = [p["url"] or (f"{public_url.rstrip('/')}/media/{p['blob']}" if public_url else "") for p in pictures]
    return tuple(address for address in own if address)


def document(value: Any) -> Any:
    """A jsonb column, which comes as text on Django's connection."""
    return json.loads(value) if isinstance(value, str) else value


def _group(row: Any, limits: Limits, public_url: str) -> Group | None:
    """The product's page, where more than one of its variants is on sale here."""
    if len(row.siblings) < 2:
        return None
    return Group(
        key=row.code,
        title=row.title[: limits.title_characters],
        description=row.description[: limits.description_characters],
        options=tuple(document(row.option_names)),
        members=tuple(Sku(sku) for sku in row.siblings[: limits.variants_a_group]),
        pictures=addresses(document(row.product_pictures), public_url)[: limits.pictures],
    )
