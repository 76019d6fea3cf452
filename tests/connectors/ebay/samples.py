"""The samples: JSON written by us in the shape of eBay's manual, and small changes to it."""

import copy
import json
from pathlib import Path
from typing import Any

from entrepot.base.ids import OfferId, RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import Group, OfferContent
from entrepot.connectors.ebay.write import Terms

FOLDER = Path(__file__).parent / "samples"
TERMS = Terms("EBAY_DE", "6100", "6200", "6300", "entrepot", "112581")
SHIRT = Group("SHIRT", "Shirt", "A shirt.", ("Size", "Color"), (Sku("S-1"), Sku("S-2"), Sku("S-3")))


def sample(name: str, **changes: Any) -> Any:
    """A sample; ``changes`` replace values at paths with two underscores for a dot: cancelStatus__cancelState."""
    raw = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for path, value in changes.items():
        *way, last = path.split("__")
        here: Any = raw
        for part in way:
            here = here[step(part)]
        here[step(last)] = copy.deepcopy(value)
    return raw


def step(part: str) -> str | int:
    return int(part) if part.isdecimal() else part


def without(raw: Any, *path: str | int) -> Any:
    """A copy in which one value is missing."""
    cut = copy.deepcopy(raw)
    here = cut
    for part in path[:-1]:
        here = here[part]
    del here[path[-1]]
    return cut


def content(sku: str = "LAMP/OAK-M", **changes: Any) -> OfferContent:
    made: dict[str, Any] = {
        "offer": OfferId(7),
        "sku": Sku(sku),
        "title": "Oak table lamp",
        "description": "A lamp of oak.",
        "brand": "Nordhus",
        "price": Money(1999, "EUR"),
        "quantity": 4,
        "language": "de",
        "remote_id": RemoteId("8209000002"),
    }
    return OfferContent(**{**made, **changes})
