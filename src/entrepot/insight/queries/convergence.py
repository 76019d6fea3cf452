"""Is everything equal that shall be equal: what channels have against what the hub has. For the demo, the checks and the drills."""

from collections.abc import Collection, Mapping, Sequence

from django.db.models import Sum

from entrepot.base.ids import AccountId, VariantId
from entrepot.channels.models import Account
from entrepot.listings import queries as listings
from entrepot.listings.models import Offer, RecallOffer
from entrepot.orders.models import OrderLine, SalesOrder


def shows_what_it_should(account: AccountId, seen: Mapping[str, int]) -> int:
    """Of the quantities seen on a channel (SKU -> units), how many are what the offer shall show now.

    A pooled offer above half its cap is not raised for every unit that comes back (PROMISE 19), so there fewer is right too.
    """
    right = 0
    for offer in Offer.objects.filter(account_id=account, channel_sku__in=seen).select_related("account"):
        wanted = listings.explain(VariantId(offer.variant_id), account).answer
        units = seen[offer.channel_sku]
        cap = offer.cap if offer.cap is not None else offer.account.cap
        right += units == wanted or (cap is not None and cap / 2 < units < wanted)
    return right


def known_orders(account: AccountId) -> set[str]:
    """The order numbers of an account that the hub has."""
    return set(SalesOrder.objects.filter(account_id=account).values_list("channel_order_id", flat=True))


def short_units(skus: Collection[str]) -> dict[str, int]:
    """SKU -> units sold that nobody has."""
    rows = OrderLine.objects.filter(sku__in=skus).values("sku").annotate(units=Sum("short"))
    return {row["sku"]: row["units"] for row in rows}


def breaches(accounts: Sequence[AccountId]) -> int:
    """Sales that came to be known later than their account's bound (PROMISE 13)."""
    return Account.objects.filter(pk__in=accounts).aggregate(sum=Sum("breaches"))["sum"] or 0


def recalls_open() -> int:
    """Recalled offers not yet read back as gone."""
    return RecallOffer.objects.filter(gone_at=None).count()
