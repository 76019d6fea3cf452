"""Which policy holds for a variant: pooled or allotted (PROMISE)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from entrepot.base import clock, sql
from entrepot.base.errors import UserError
from entrepot.base.ids import VariantId
from entrepot.catalog import queries as catalog
from entrepot.channels.actions import notify
from entrepot.listings import exposure
from entrepot.listings.models import Lane, OfferShown
from entrepot.listings.types import Policy
from entrepot.people.audit import record

PACKAGE = "entrepot.listings"


def set_policy(variant: VariantId, policy: Policy, *, reason: str, actor: str, now: datetime | None = None) -> None:
    """Show this variant's stock by ``policy`` from now on, on every channel and in every kit that contains it.

    To allotted: each offer is exposed for all that its channel may still sell; when that is too much, the next pass drains
    (PROMISE 9). Raises: UserError for a kit, which follows its components.
    """
    at = now or clock.now()
    if catalog.components_of([variant]):
        raise UserError(
            gettext("{sku} is a kit: it follows its components. Set the policy of a component instead.").format(sku=catalog.sku_of(variant))
        )
    with transaction.atomic():
        offered = [row.variant_id for row in sql.rows(PACKAGE, "offered_with", {"variants": [variant]})]
        exposure.lock(offered)
        accounts = sorted(set(OfferShown.objects.filter(variant_id__in=offered).values_list("account_id", flat=True)))
        for lane in Lane.objects.select_for_update().filter(account_id__in=accounts).order_by("account_id"):
            lane.plans += 1  # a plan made before this switch is not sent
            lane.save(update_fields=["plans"])
        sql.run(PACKAGE, "absorb_sales", {"accounts": accounts, "variants": offered})
        allotted = policy is Policy.ALLOTTED
        sql.run(PACKAGE, "switch_policy", {"variants": [variant], "allotted": allotted, "reason": reason[:80], "now": at})
        record("variant.policy_set", f"variant:{variant}", actor=actor, after={"policy": policy.value, "reason": reason})
        notify("availability", "")
