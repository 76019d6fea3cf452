"""Which shelf a demand takes its units from: pure functions of plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from entrepot.base.ids import LocationId, VariantId


@dataclass(slots=True)
class Shelf:
    """One variant at one location, as read under the lock; ``take`` keeps it true while a batch is planned."""

    location: LocationId
    on_hand: int
    reserved: int
    safety_stock: int

    @property
    def atp(self) -> int:
        return max(0, self.on_hand - self.reserved - self.safety_stock)

    @property
    def uncommitted(self) -> int:
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Asked:
    """Units of one variant for one demand. ``location``: only there."""

    demand_ref: str
    variant: VariantId
    quantity: int
    location: LocationId | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    demand_ref: str
    variant: VariantId
    location: LocationId
    quantity: int


Shelves = Mapping[VariantId, Sequence[Shelf]]


def take(asked: Iterable[Asked], shelves: Shelves, *, safety_stock_too: bool) -> tuple[list[Taken], dict[tuple[str, VariantId], int]]:
    """What each demand gets, in the order asked, and the units that nobody has: (demand, variant) -> missing.

    ``shelves`` are best location first. A demand stays whole where one location can cover it, else it is spread in
    order. ``safety_stock_too``: an order that a channel already took may use what is kept back, after all that is not.
    """
    taken: list[Taken] = []
    missing: dict[tuple[str, VariantId], int] = {}
    for one in asked:
        candidates = shelves.get(one.variant, ())
        if one.location is not None:
            candidates = [shelf for shelf in candidates if shelf.location == one.location]
        left = one.quantity
        for shelf, units in _parts(candidates, left, safety_stock_too=safety_stock_too):
            shelf.reserved += units
            left -= units
            taken.append(Taken(one.demand_ref, one.variant, shelf.location, units))
        if left:
            missing[one.demand_ref, one.variant] = left
    return taken, missing


def _parts(shelves: Sequence[Shelf], quantity: int, *, safety_stock_too: bool) -> list[tuple[Shelf, int]]:
    for shelf in shelves:
        if shelf.on_hand - shelf.reserved - shelf.safety_stock >= quantity:
            return [(shelf, quantity)]
    parts: dict[LocationId, tuple[Shelf, int]] = {}
    left = _spread(parts, quantity, [(shelf, shelf.atp) for shelf in shelves])
    if left and safety_stock_too:
        _spread(parts, left, [(shelf, shelf.uncommitted - parts.get(shelf.location, (shelf, 0))[1]) for shelf in shelves])
    return list(parts.values())


def _spread(parts: dict[LocationId, tuple[Shelf, int]], left: int, room: Sequence[tuple[Shelf, int]]) -> int:
    for shelf, units in room:
        units = min(left, units)
        if units > 0:
            parts[shelf.location] = (shelf, parts.get(shelf.location, (shelf, 0))[1] + units)
            left -= units
    return left
