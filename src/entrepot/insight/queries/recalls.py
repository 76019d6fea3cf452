"""Recalls: what was taken off every channel, and what each channel has confirmed of it (P8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext

from entrepot.base import told
from entrepot.base.errors import NotFound
from entrepot.insight.queries.names import accounts
from entrepot.insight.queries.offers import in_scope
from entrepot.insight.types import AccountRef
from entrepot.listings.models import Recall, RecallOffer
from entrepot.people.scope import Scope


@dataclass(frozen=True)
class RecalledOffer:
    """One offer's evidence: when the channel showed 0, took the ending, and was read back without it."""

    account: AccountRef
    sku: str
    offer: UUID
    zero_at: datetime | None
    accepted_at: datetime | None
    gone_at: datetime | None
    failure: str


@dataclass(frozen=True)
class RecallView:
    id: int
    public_id: UUID
    reason: str
    asked_by: str
    asked_at: datetime
    deadline_at: datetime
    needs_approval: bool
    relisted_at: datetime | None
    offers: Sequence[RecalledOffer]

    @property
    def gone(self) -> int:
        return sum(1 for offer in self.offers if offer.gone_at)

    @property
    def unconfirmed(self) -> int:
        return len(self.offers) - self.gone

    @property
    def percent(self) -> int:
        return round(100 * self.gone / len(self.offers)) if self.offers else 0


def one(scope: Scope, public_id: UUID) -> RecallView:
    """Raises: NotFound, also when none of its offers is in scope."""
    row = _in_scope(scope).select_related("asked_by").filter(public_id=public_id).first()
    if row is None:
        raise NotFound(gettext("There is no such recall."))
    return _view(scope, row)


def newest(scope: Scope, product: UUID) -> RecallView | None:
    """The last recall of a product that is not relisted."""
    rows = _in_scope(scope).filter(relisted_at__isnull=True, offers__offer__variant__product__public_id=product)
    row = rows.select_related("asked_by").order_by("-asked_at").first()
    return _view(scope, row) if row else None


def _in_scope(scope: Scope) -> QuerySet[Recall]:
    mine = in_scope(scope).filter(pk=OuterRef("offer_id"))
    return Recall.objects.filter(Exists(RecallOffer.objects.filter(Exists(mine), recall=OuterRef("pk"))))


def _view(scope: Scope, row: Recall) -> RecallView:
    known = accounts(scope, archived=True)
    rows = RecallOffer.objects.filter(recall=row, offer__in=in_scope(scope)).select_related("offer__variant")
    offers = [
        RecalledOffer(
            known[one.offer.account_id],
            one.offer.variant.sku,
            one.offer.public_id,
            one.zero_at,
            one.accepted_at,
            one.gone_at,
            told.told(one.failure),
        )
        for one in rows.order_by("gone_at", "offer__account__name", "offer__variant__sku")
    ]
    return RecallView(
        row.pk,
        row.public_id,
        row.reason,
        row.asked_by.get_username() if row.asked_by else "",
        row.asked_at,
        row.deadline_at,
        row.needs_approval,
        row.relisted_at,
        sorted(offers, key=lambda one: one.gone_at is not None),
    )
