"""Places that hold stock, and which accounts they feed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

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
        raise UserError(gettext("There is already a location “{code}”. Choose another code.").format(code=code))
    location = Location.objects.create(code=code, name=name, kind=kind.value, country=country, **details)
    record("location.created", f"location:{location.public_id}", actor=actor, after={"code": code, "kind": kind.value})
    return LocationId(location.pk)


def feed(account: AccountId, locations: Sequence[LocationId], *, actor: str) -> None:
    """Exactly these locations feed the account. Raises: UserError for a marketplace's own stock fed back to it."""
    places: Mapping[int, Location] = {place.pk: place for place in Location.objects.filter(pk__in=locations)}
    own = [place.name for place in places.values() if place.kind == LocationKind.MARKETPLACE.value]
    if own:
        raise UserError(
            gettext("{location} is the marketplace's own stock and is never offered back to a channel. Take it off the list.").format(
                location=own[0]
            )
        )
    before = set(LocationFeed.objects.filter(account_id=account).values_list("location_id", flat=True))
    if before == set(places):
        return
    LocationFeed.objects.filter(account_id=account).exclude(location_id__in=places).delete()
    LocationFeed.objects.bulk_create([LocationFeed(account_id=account, location_id=pk) for pk in places], ignore_conflicts=True)
    record(
        "account.feed_changed", f"account:{account}", actor=actor, before={"locations": sorted(before)}, after={"locations": sorted(places)}
    )
    announce_stock_of(before ^ set(places))


def set_paused(location: LocationId, on: bool, *, actor: str) -> bool:
    """While a location is paused its stock is promised to nobody; what is reserved there stays reserved.

    True when that was a change. Raises: UserError for a location that is not in use.
    """
    place = Location.objects.select_for_update().filter(pk=location, archived_at__isnull=True).first()
    if place is None:
        raise UserError(gettext("This location is not in use any more."))
    if place.paused == on:
        return False
    Location.objects.filter(pk=location).update(paused=on)
    event = "location.paused" if on else "location.opened"
    record(event, f"location:{place.public_id}", actor=actor, before={"paused": place.paused}, after={"paused": on})
    announce_stock_of({location})
    return True


def announce_stock_of(locations: set[int]) -> None:
    """Lanes look again at every variant that lies at these locations."""
    sql.run("entrepot.inventory", "announce_at", {"locations": sorted(locations), "now": clock.now()})
