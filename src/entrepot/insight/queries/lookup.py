"""From the names that the outside uses (SKUs, public ids) to our own ids, within what the reader may see."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext

from entrepot.base.errors import NotAllowed, NotFound
from entrepot.base.ids import AccountId, LocationId, OfferId, VariantId
from entrepot.catalog import queries as catalog
from entrepot.catalog.models import Variant
from entrepot.channels.models import Account
from entrepot.insight.queries import offers
from entrepot.inventory.models import Location
from entrepot.listings.models import Offer
from entrepot.people.scope import Scope


def variants(scope: Scope, skus: Sequence[str]) -> dict[str, VariantId]:
    """SKU as asked -> variant, however its case is typed. Raises: NotFound naming the first SKU that is unknown or not theirs."""
    known = catalog.variants_of(skus)
    mine = scope.on_products(Variant.objects.filter(pk__in=known.values()), "product__owner_id")
    seen = set(mine.values_list("pk", flat=True))
    for sku in skus:
        if known.get(sku) not in seen:
            raise NotFound(gettext("There is no variant “{sku}”.").format(sku=sku))
    return known


def variant(scope: Scope, sku: str) -> VariantId:
    """Raises: NotFound."""
    return variants(scope, [sku.strip()])[sku.strip()]


def products_of(variants: Sequence[VariantId]) -> dict[VariantId, UUID]:
    """Variant -> the public id of its product."""
    rows = Variant.objects.filter(pk__in=variants).values_list("pk", "product__public_id")
    return {VariantId(pk): product for pk, product in rows}


def location(public_id: UUID) -> LocationId:
    """Raises: NotFound."""
    pk = Location.objects.filter(public_id=public_id, archived_at__isnull=True).values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound(gettext("There is no such location."))
    return LocationId(pk)


def account(scope: Scope, public_id: UUID) -> tuple[AccountId, str]:
    """The account and its currency. Raises: NotFound, also for an account outside the scope or archived."""
    rows = scope.on_accounts(Account.objects.filter(public_id=public_id, archived_at__isnull=True), "pk")
    found = rows.values_list("pk", "currency").first()
    if found is None:
        raise NotFound(gettext("There is no such channel account."))
    return AccountId(found[0]), found[1]


def account_named(scope: Scope, name: str) -> AccountId:
    """Raises: NotFound, naming the accounts there are."""
    rows = scope.on_accounts(Account.objects.filter(archived_at__isnull=True), "pk").order_by("name")
    found = {row.name: row.pk for row in rows}
    for known, pk in found.items():
        if known.casefold() == name.strip().casefold():
            return AccountId(pk)
    raise NotFound(
        gettext("There is no channel account “{name}”. There are: {known}.").format(
            name=name, known=", ".join(found) or gettext("none yet")
        )
    )


def offer_ids(scope: Scope, public_ids: Sequence[UUID]) -> dict[UUID, OfferId]:
    """Public id -> offer. Raises: NotFound when one is unknown or outside the scope."""
    rows = offers.in_scope(scope).filter(public_id__in=public_ids).values_list("public_id", "pk")
    found = {public_id: OfferId(pk) for public_id, pk in rows}
    for public_id in public_ids:
        if public_id not in found:
            raise NotFound(gettext("There is no offer {id}.").format(id=public_id))
    return found


def sees_every_account_of(scope: Scope, variants: Sequence[VariantId]) -> None:
    """Raises: NotAllowed when one of these variants is offered on an account outside the scope."""
    if scope.accounts is not None and Offer.objects.filter(variant_id__in=variants).exclude(account_id__in=scope.accounts).exists():
        raise NotAllowed(gettext("Some of these are offered on accounts that you do not see. Ask somebody who sees all accounts."))
