"""Offers: made, priced, published, ended, given their share of the stock."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext

from entrepot.base import clock, sql
from entrepot.base.errors import NotFound, UserError
from entrepot.base.ids import AccountId, OfferId, VariantId, new_public_id
from entrepot.catalog import queries as catalog
from entrepot.channels import queries as accounts
from entrepot.channels.actions import notify
from entrepot.listings.models import Lane, Offer, OfferShown
from entrepot.listings.todo import look_again
from entrepot.listings.types import WantedState
from entrepot.people.audit import record

PACKAGE = "entrepot.listings"
AGAIN = {"problems": [], "tries": 0, "content_refused": ""}


def create_offers(
    variants: Sequence[VariantId],
    account: AccountId,
    *,
    price_minor: int | Mapping[VariantId, int] | None = None,
    actor: str,
    publish: bool = False,
) -> list[OfferId]:
    """One offer a variant on this account, a draft or to be published; a variant that has one there keeps it.

    ``price_minor``: gross, in the account's currency, one for all or one a variant. Without it the variant's own price holds
    where the account sells in the base currency. Raises: NotFound; UserError for an archived variant.
    """
    to = accounts.account(account)
    found = {VariantId(row.variant_id): row.sku for row in sql.rows(PACKAGE, "offerable", {"variants": list(variants)})}
    missing = [variant for variant in variants if variant not in found]
    if missing:
        raise UserError(gettext("{sku} is archived. Restore it before it is offered.").format(sku=catalog.sku_of(missing[0])))
    prices = price_minor if isinstance(price_minor, Mapping) else dict.fromkeys(variants, price_minor)
    wanted = sorted(found)
    with transaction.atomic():
        rows = sql.rows(
            PACKAGE,
            "create_offers",
            {
                "account": account,
                "market": to.market,
                "now": clock.now(),
                "variants": wanted,
                "public_ids": [str(new_public_id()) for _ in wanted],
                "skus": [found[variant] for variant in wanted],
                "prices": [prices.get(variant) for variant in wanted],
            },
        )
        ids = [OfferId(row.id) for row in rows]
        if len(ids) < len(wanted):
            raise UserError(
                gettext("{account} already sells another variant under one of these SKUs. End that offer, or change the SKU.").format(
                    account=to.name
                )
            )
        record("offer.created", f"account:{to.public_id}", actor=actor, after={"offers": len(ids)})
        if publish:
            publish_offers(ids, actor=actor)
    return ids


def publish_offers(offers: Sequence[OfferId], *, actor: str) -> int:
    """These offers shall be live; how many changed. One that is recalled stays at 0 until it is relisted."""
    return _want(offers, WantedState.LIVE, actor, relist=False)


def end_offers(offers: Sequence[OfferId], *, actor: str, relist_when_stocked: bool = False) -> int:
    """These offers shall be off sale; how many changed. ``relist_when_stocked``: live again when their stock returns."""
    return _want(offers, WantedState.ENDED, actor, relist=relist_when_stocked)


def set_price(offers: Mapping[OfferId, int | None], *, actor: str) -> None:
    """New prices, gross, minor units of each account's currency; None: the variant's own price.

    Raises: UserError for a price that is not above 0 (F12). A price that jumps is stored and stops at the price guard.
    """
    for price in offers.values():
        if price is not None and price <= 0:
            raise UserError(gettext("A price must be above 0. Enter what a buyer pays."))
    with transaction.atomic():
        for row in Offer.objects.select_for_update().filter(pk__in=offers).order_by("pk"):
            before, row.price_minor = row.price_minor, offers[OfferId(row.pk)]
            Offer.objects.filter(pk=row.pk).update(price_minor=row.price_minor, price_approved_minor=None, next_try_at=clock.now(), **AGAIN)
            subject = f"offer:{row.public_id}"
            record("offer.priced", subject, actor=actor, before={"price_minor": before}, after={"price_minor": row.price_minor})
        notify("content", "")


def approve_price(offer: OfferId, *, actor: str) -> None:
    """A person confirms the price that the guard stopped: it goes out as it is (F12)."""
    with transaction.atomic():
        row = Offer.objects.select_for_update().select_related("variant").filter(pk=offer).first()
        if row is None:
            raise NotFound(gettext("There is no offer {offer}.").format(offer=offer))
        price = row.price_minor if row.price_minor is not None else row.variant.price_minor
        Offer.objects.filter(pk=offer).update(price_approved_minor=price, next_try_at=clock.now(), **AGAIN)
        record("offer.price_approved", f"offer:{row.public_id}", actor=actor, after={"price_minor": price})
        notify("content", "")


def set_terms(
    offers: Sequence[OfferId],
    *,
    actor: str,
    share_percent: int | None = None,
    cap: int | None = None,
    holdback: int | None = None,
    allotment_weight: int | None = None,
) -> None:
    """What these offers may show of the stock; None: the account's own value (weight: an equal part) holds.

    Raises: UserError for a value out of range.
    """
    terms = {"share_percent": share_percent, "cap": cap, "holdback": holdback, "allotment_weight": allotment_weight}
    for name, value in terms.items():
        if value is not None and (value < 0 or (name == "share_percent" and value > 100)):
            if name == "share_percent":
                raise UserError(gettext("A share goes from 0 to 100 percent, not to {percent}.").format(percent=value))
            raise UserError(gettext("A number of units cannot be negative. Use 0 or more."))
    with transaction.atomic():
        for row in Offer.objects.select_for_update().filter(pk__in=offers).order_by("pk"):
            before = {name: getattr(row, name) for name in terms}
            Offer.objects.filter(pk=row.pk).update(**terms)
            record("offer.terms_set", f"offer:{row.public_id}", actor=actor, before=before, after=terms)
        look_again(offers)


def retry(offers: Sequence[OfferId], *, actor: str) -> None:
    """Try what the channel refused again, also with the same value."""
    with transaction.atomic():
        Offer.objects.filter(pk__in=offers).update(next_try_at=clock.now(), **AGAIN)
        OfferShown.objects.filter(offer_id__in=offers).update(refused_quantity=None, problems=[], manual_quantity=None)
        record("offer.retried", "offers", actor=actor, after={"offers": len(offers)})
        look_again(offers)
        notify("content", "")


def sweep_soon(accounts: Iterable[AccountId] | None = None) -> None:
    """The lanes of these accounts (None: all) compare everything again: a share, a feed or an account's setting changed."""
    rows = Lane.objects.all() if accounts is None else Lane.objects.filter(account_id__in=list(accounts))
    rows.update(sweep_after=clock.now(), sweep_position=0, plans=F("plans") + 1)
    notify("availability", "")


def read_back_soon(accounts: Iterable[AccountId]) -> None:
    """Read everything these accounts' channels show again, as soon as their lanes are held (a restored channel, a first look)."""
    Lane.objects.filter(account_id__in=list(accounts)).update(read_back_after=clock.now())
    notify("availability", "")


def _want(offers: Sequence[OfferId], wanted: WantedState, actor: str, *, relist: bool) -> int:
    now = clock.now()
    with transaction.atomic():
        changed = (
            Offer.objects.filter(pk__in=offers)
            .filter(~Q(wanted=wanted.value) | ~Q(relist_when_stocked=relist) | Q(state="refused"))
            .update(wanted=wanted.value, relist_when_stocked=relist, next_try_at=now, **AGAIN)
        )
        if changed:
            record(f"offer.wanted_{wanted.value}", "offers", actor=actor, after={"offers": [int(o) for o in offers][:500]})
            notify("content", "")
    return changed
