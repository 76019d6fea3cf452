"""What a lane is asked to look at, beside the changes of stock that it reads itself."""

from collections.abc import Iterable

from entrepot.base import clock
from entrepot.base.ids import OfferId
from entrepot.channels.actions import notify
from entrepot.listings.models import LaneTodo, OfferShown


def look_again(offers: Iterable[OfferId]) -> None:
    """The lanes of these offers compute their quantity anew."""
    wanted = list(offers)
    if not wanted:
        return
    now = clock.now()
    rows = OfferShown.objects.filter(offer_id__in=wanted).values_list("account_id", "variant_id", "offer_id")
    LaneTodo.objects.bulk_create(
        [LaneTodo(account_id=a, variant_id=v, offer_id=o, since=now, not_before=now, why="asked") for a, v, o in rows],
        update_conflicts=True,
        unique_fields=["account_id", "variant_id", "offer_id"],
        update_fields=["not_before"],
    )
    notify("availability", "")
