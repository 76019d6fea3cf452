"""Orders that could not be taken: kept sealed with the reason, taken again when the cause is gone, never dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import F

from entrepot.base import clock
from entrepot.base.ids import AccountId, RemoteId, Sku
from entrepot.base.keyring import sealer
from entrepot.base.money import Money
from entrepot.channels.contract import Address, Buyer, ChannelLine, ChannelOrder, OrderStatus
from entrepot.orders.models import OrderQuarantine

PURPOSE = "order-quarantine"


def keep(account: AccountId, channel_order_id: str, reason: str, document: Mapping[str, Any]) -> None:
    """One row an order; a repeat counts a try and renews document and reason."""
    now = clock.now()
    key, reason = _storable(channel_order_id)[:80], _storable(reason)[:300]
    sealed = sealer(PURPOSE).seal(document, f"{account}:{key}")
    _, made = OrderQuarantine.objects.get_or_create(
        account_id=account,
        channel_order_id=key,
        defaults={"reason": reason, "sealed": sealed, "first_at": now, "last_at": now},
    )
    if not made:
        OrderQuarantine.objects.filter(account_id=account, channel_order_id=key).update(
            reason=reason, sealed=sealed, last_at=now, tries=F("tries") + 1, resolved_at=None
        )


def resolved(account: AccountId, channel_order_id: str) -> None:
    """The order came in after all."""
    OrderQuarantine.objects.filter(account_id=account, channel_order_id=channel_order_id[:80], resolved_at=None).update(
        resolved_at=clock.now()
    )


def came_in(account: AccountId, orders: Sequence[ChannelOrder]) -> None:
    """Those of these orders that waited here wait no more, unless it is a newer state that waits. One probe when nothing waits."""
    taken = {order.remote_id: order for order in orders}
    waiting = OrderQuarantine.objects.filter(account_id=account, resolved_at=None, channel_order_id__in=list(taken))
    done = [row.pk for row in waiting if not _is_newer(row, taken[RemoteId(row.channel_order_id)])]
    if done:
        OrderQuarantine.objects.filter(pk__in=done).update(resolved_at=clock.now())


def touch(account: AccountId, channel_order_id: str) -> None:
    """Tried again without a new answer."""
    OrderQuarantine.objects.filter(account_id=account, channel_order_id=channel_order_id[:80]).update(
        last_at=clock.now(), tries=F("tries") + 1
    )


def open_rows(account: AccountId, *, before: datetime) -> list[tuple[RemoteId, str]]:
    """Orders still waiting whose last try was before an instant: (order number, reason)."""
    rows = OrderQuarantine.objects.filter(account_id=account, resolved_at=None, last_at__lt=before).order_by("last_at")
    return [(RemoteId(number), reason) for number, reason in rows.values_list("channel_order_id", "reason")[:50]]


def document(order: ChannelOrder) -> dict[str, Any]:
    """The order as JSON."""
    plain: dict[str, Any] = _json(asdict(order))
    return plain


def order_of(document: Mapping[str, Any]) -> ChannelOrder:
    """The order again, from ``document``."""
    raw = dict(document)
    lines = [ChannelLine(**{**line, **_line(line)}) for line in raw.pop("lines")]
    return ChannelOrder(
        **{
            **raw,
            "lines": lines,
            "remote_id": RemoteId(raw["remote_id"]),
            "placed_at": datetime.fromisoformat(raw["placed_at"]),
            "updated_at": datetime.fromisoformat(raw["updated_at"]),
            "status": OrderStatus(raw["status"]),
            "total": Money(**raw["total"]),
            "ship_to": Address(**raw["ship_to"]),
            "buyer": Buyer(**raw["buyer"]),
            "ship_by": datetime.fromisoformat(raw["ship_by"]) if raw["ship_by"] else None,
        }
    )


def _is_newer(row: OrderQuarantine, order: ChannelOrder) -> bool:
    kept = sealer(PURPOSE).open(bytes(row.sealed), f"{row.account_id}:{row.channel_order_id}")
    try:
        at = datetime.fromisoformat(kept["updated_at"])
        return at.tzinfo is not None and at > order.updated_at
    except (KeyError, TypeError, ValueError):  # what could not be read has no time of ours
        return False


def _storable(text: str) -> str:
    """Text without what the database or UTF-8 cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    money = {name: Money(**line[name]) if line[name] else None for name in ("unit_price", "tax", "shipping", "discount")}
    return {
        **money,
        "remote_id": RemoteId(line["remote_id"]),
        "sku": Sku(line["sku"]),
        "ship_by": datetime.fromisoformat(line["ship_by"]) if line["ship_by"] else None,
    }


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    return value
