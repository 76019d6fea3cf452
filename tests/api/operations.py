"""Every operation of the API, from its own list; and for each a request that would pass."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from entrepot.api.access import Bearer
from entrepot.api.v1 import api
from entrepot.base import clock
from entrepot.inventory.models import Location
from entrepot.people.types import Right
from tests.web.world import World


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    right: Right

    def address(self, **ids: object) -> str:
        """The path with these ids, and an unknown one where none is given."""
        named = {"product_id", "offer_id", "recall_id", "order_id", "account_id", "hold_id", "import_id"}
        return self.path.format(**{**{name: uuid4() for name in named}, **ids})


def operations() -> Iterator[Operation]:
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                (bearer,) = operation.auth_callbacks
                assert isinstance(bearer, Bearer), path
                for method in operation.methods:
                    yield Operation(operation.operation_id, method, "/" + re.sub(r"{\w+:", "{", path).lstrip("/"), bearer.right)


ALL = list(operations())


def ids(world: World, account: str, order: str, sku: str, product: str) -> dict[str, object]:
    return {
        "product_id": world.products[product],
        "offer_id": world.offer(account, sku).public_id,
        "order_id": world.order(order).public_id,
        "account_id": world.accounts[account].public_id,
    }


def bodies(world: World, account: str, sku: str) -> dict[str, Any]:
    """Operation -> a body that fits it. A new operation needs an entry (or none when it takes no body)."""
    offer = str(world.offer(account, sku).public_id)
    place = str(place_id(world))
    return {
        "create_product": {"code": f"NEW-{uuid4()}", "variants": [{"sku": f"NEW-{uuid4()}"}]},
        "change_product": {"version": 1, "brand": "Other"},
        "add_picture": {"url": "https://1.1.1.1/a.png"},
        "change_variant": {"version": 1, "low_stock_at": 7},
        "set_components": {"components": []},
        "set_policy": {"policy": "pooled", "reason": "test"},
        "create_offers": {"account": str(world.accounts[account].public_id), "skus": [sku]},
        "publish_offers": {"offers": [offer]},
        "end_offers": {"offers": [offer]},
        "retry_offers": {"offers": [offer]},
        "set_price": {"price": {"minor": 4000, "currency": world.accounts[account].currency}},
        "set_terms": {"cap": 5},
        "recall": {"skus": [sku], "reason": "test"},
        "adjust_stock": {"sku": sku, "location": place, "delta": 1, "reason": "found"},
        "set_safety_stock": {"sku": sku, "location": place, "units": 0},
        "report_stock": {
            "location": place,
            "report_id": str(uuid4()),
            "kind": "delta",
            "counted_at": (clock.now() - timedelta(minutes=1)).isoformat(),
            "lines": [{"sku": sku, "units": 1}],
        },
        "hold_stock": {"lines": [{"sku": sku, "quantity": 1}]},
        "ship": {"work": str(uuid4()), "carrier": "DHL", "tracking": "123"},
        "cancel_order": {"reason": "test"},
        "hold_order": {"on": True},
        "add_note": {"text": "test"},
        "set_state": {"paused": True},
    }


WITHOUT_BODY = {
    "archive_product",
    "restore_product",
    "archive_variant",
    "restore_variant",
    "approve_price",
    "approve_recall",
    "relist",
    "release_hold",
    "sweep",
    "cancel_import",
}
FORMS = {"upload_products", "upload_orders"}
BY_SKU = {"/stock/item", "/stock/ledger", "/stock/explain"}


def place_id(world: World) -> object:
    return Location.objects.get(pk=world.location).public_id


def query(path: str, sku: str) -> str:
    """What the operation needs behind its path."""
    if path == "/variants":
        return "?" + urlencode({"q": sku})
    return "?" + urlencode({"sku": sku}) if path.startswith("/variant") or path in BY_SKU else ""
