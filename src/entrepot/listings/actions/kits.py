"""What a change of a kit's components means for its offers."""

from django.db.models import F, Q
from django.utils.translation import gettext

from entrepot.base.errors import WrongState
from entrepot.base.ids import OfferId, VariantId
from entrepot.catalog import queries as catalog
from entrepot.listings.models import Lane, OfferShown
from entrepot.listings.todo import look_again
from entrepot.listings.types import ListingState


def kit_changes(kit: VariantId) -> None:
    """Called in the transaction that changes what a variant is made of, with the variant locked: what channels may still sell of it was
    computed, and charged, by the old components. Offers that show nothing are computed anew.

    Raises: WrongState naming an account that may still sell it.
    """
    shown = OfferShown.objects.filter(variant_id=kit)
    accounts = shown.values("account_id")
    lanes = Lane.objects.select_for_update().filter(account_id__in=accounts).order_by("account_id")
    sending = {int(offer) for lane in lanes for offer in lane.sending}
    sold = Q(shown__gt=0) | Q(in_flight__isnull=False) | Q(exposure__gt=0) | Q(unknown=True) | Q(offer_id__in=sending)
    under_way = Q(offer__state__in=(ListingState.PENDING.value, ListingState.UNKNOWN.value))
    seller = shown.filter(sold | under_way).values_list("account__name", flat=True).order_by("account__name").first()
    if seller is not None:
        raise WrongState(
            gettext(
                "{sku} is on sale on {account}: its components cannot change. End its offers or show 0 of it (cap 0) and try again when "
                "that is confirmed, or make another variant."
            ).format(sku=catalog.sku_of(kit), account=seller)
        )
    Lane.objects.filter(account_id__in=accounts).update(plans=F("plans") + 1)  # a plan made by the old components is not sent
    look_again([OfferId(offer) for offer in shown.values_list("offer_id", flat=True)])
