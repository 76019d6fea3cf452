"""Places that hold stock, and which accounts they feed."""

from collections.abc import Mapping, Sequence
from typing import Any

from entrepot.base import clock, sql
from entrepot.base.errors import UserError
from entrepot.base.ids import AccountId, LocationId
from entrepot.inventory.models import Location, LocationFeed
from entrepot.inventory.types import LocationKind
from entrepot.people.audit import record


def create_location(*, code: str, name: str, kind: LocationKind, country: str, actor: str, **details: Any) -> LocationId:
    """A new location, open, feeding no account yet. ``details``: other columns of Location.

    Raises: UserError when the code is taken.
    """
    if Location.objects.filter(code__iexact=code).exists():
        raise UserError(f"There is already a location “{code}”. Choose another code.")
    location = Location.objects.create(code=code, name=name, kind=kind.value, country=country, **details)
    record("location.created", f"location:{location.public_id}", actor=actor, after={"code": code, "kind": kind.value})
    return LocationId(location.pk)


def feed(account: AccountId, locations: Sequence[LocationId], *, actor: str) -> None:
    """Exactly these locations feed the account. Raises: UserError for a marketplace's own stock fed back to it."""
    places: Mapping[int, Location] = {place.pk: place for place in Location.objects.filter(pk__in=locations)}
    own = [place.name for place in places.values() if place.kind == LocationKind.MARKETPLACE.value]
    if own:
        raise UserError(f"{own[0]} is the marketplace's own stock and is never offered back to a channel. Take it off the list.")
    before = set(LocationFeed.objects.filter(account_id=account).values_list("location_id", flat=True))
    if before == set(places):
        return
    LocationFeed.objects.filter(account_id=account).exclude(location_id__in=places).delete()
    LocationFeed.objects.bulk_create([LocationFeed(account_id=account, location_id=pk) for pk in places], ignore_conflicts=True)
    record(
        "account.feed_changed", f"account:{account}", actor=actor, before={"locations": sorted(before)}, after={"locations": sorted(places)}
    )
    announce_stock_of(before ^ set(places))


def announce_stock_of(locations: set[int]) -> None:
    """Lanes look again at every variant that lies at these locations."""
    sql.run("entrepot.inventory", "announce_at", {"locations": sorted(locations), "now": clock.now()})
