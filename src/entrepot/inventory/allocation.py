"""Which shelf a demand takes its units from: pure functions of plain values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from entrepot.base.ids import LocationId, VariantId


class Place(Protocol):
    """What one location can give of what a demand asks for: a variant's shelf, or the shelves of a kit's parts."""

    @property
    def location(self) -> LocationId: ...
    @property
    def atp(self) -> int: ...
    @property
    def uncommitted(self) -> int: ...
    def reserve(self, units: int) -> None: ...


@dataclass(slots=True)
class Shelf:
    """One variant at one location, as read under the lock; ``reserve`` keeps it true while a batch is planned."""

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

    def reserve(self, units: int) -> None:
        self.reserved += units


@dataclass(slots=True)
class KitShelf:
    """A kit at one location: (shelf, units in one kit) of each of its parts; numbers are kits."""

    location: LocationId
    parts: Sequence[tuple[Shelf, int]]

    @property
    def atp(self) -> int:
        return min(shelf.atp // each for shelf, each in self.parts)

    @property
    def uncommitted(self) -> int:
        return min(shelf.uncommitted // each for shelf, each in self.parts)

    def reserve(self, units: int) -> None:
        for shelf, each in self.parts:
            shelf.reserve(units * each)


@dataclass(frozen=True, slots=True)
class Asked:
    """Units of one variant for one demand. ``location``: only there.

    The parts of a kit follow one another with the same ``kit``, ``each`` units in one kit: they are taken as whole kits, each
    from one place, so that no part is kept for a kit that cannot be packed.
    """

    demand_ref: str
    variant: VariantId
    quantity: int
    location: LocationId | None = None
    kit: VariantId | None = None
    each: int = 1


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
    taken: dict[tuple[str, VariantId, LocationId], int] = {}
    missing: dict[tuple[str, VariantId], int] = {}
    for parts in _demands(asked):
        first = parts[0]
        left = first.quantity // first.each
        for place, units in _parts(_places(parts, shelves), left, safety_stock_too=safety_stock_too):
            place.reserve(units)
            left -= units
            for part in parts:
                key = (part.demand_ref, part.variant, place.location)
                taken[key] = taken.get(key, 0) + units * part.each
        if left:
            for part in parts:
                missing[part.demand_ref, part.variant] = missing.get((part.demand_ref, part.variant), 0) + left * part.each
    return [Taken(*key, units) for key, units in taken.items()], missing


def _demands(asked: Iterable[Asked]) -> Iterator[Sequence[Asked]]:
    """One variant, or all parts of a kit, at a time."""
    kit: list[Asked] = []
    for one in asked:
        if kit and (one.kit != kit[0].kit or one.demand_ref != kit[0].demand_ref or one.variant == kit[0].variant):
            yield kit
            kit = []
        if one.kit is None:
            yield (one,)
        else:
            kit.append(one)
    if kit:
        yield kit


def _places(parts: Sequence[Asked], shelves: Shelves) -> Sequence[Place]:
    first = parts[0]
    places: Sequence[Place] = shelves.get(first.variant, ()) if first.kit is None else _kit_shelves(parts, shelves)
    return places if first.location is None else [place for place in places if place.location == first.location]


def _kit_shelves(parts: Sequence[Asked], shelves: Shelves) -> list[KitShelf]:
    """The places that hold every part, in the order of the first part's."""
    by_place = [({shelf.location: shelf for shelf in shelves.get(part.variant, ())}, part.each) for part in parts]
    return [
        KitShelf(location, [(found[location], each) for found, each in by_place])
        for location in by_place[0][0]
        if all(location in found for found, _ in by_place)
    ]


def _parts(places: Sequence[Place], quantity: int, *, safety_stock_too: bool) -> list[tuple[Place, int]]:
    for place in places:
        if place.atp >= quantity:
            return [(place, quantity)]
    parts: dict[LocationId, tuple[Place, int]] = {}
    left = _spread(parts, quantity, [(place, place.atp) for place in places])
    if left and safety_stock_too:
        _spread(parts, left, [(place, place.uncommitted - parts.get(place.location, (place, 0))[1]) for place in places])
    return list(parts.values())


def _spread(parts: dict[LocationId, tuple[Place, int]], left: int, room: Sequence[tuple[Place, int]]) -> int:
    for place, units in room:
        units = min(left, units)
        if units > 0:
            parts[place.location] = (place, parts.get(place.location, (place, 0))[1] + units)
            left -= units
    return left
