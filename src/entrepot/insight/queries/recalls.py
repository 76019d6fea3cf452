"""Recalls: what was taken off every channel, and what each channel has confirmed of it (P8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext

from entrepot.base import told
from entrepot.base.errors import NotAllowed, NotFound
from entrepot.insight.queries.names import accounts
from entrepot.insight.queries.offers import in_scope
from entrepot.insight.types import AccountRef
from entrepot.listings.models import Recall, RecallOffer
from entrepot.people.models import Audit
from entrepot.people.scope import Scope


@dataclass(frozen=True)
class RecalledOffer:
    """One offer's evidence: asked, told to show 0 and seen at 0, its end taken, read back without it; or failing since when."""

    account: AccountRef
    sku: str
    offer: UUID
    asked_at: datetime
    zero_accepted_at: datetime | None
    zero_at: datetime | None
    accepted_at: datetime | None
    gone_at: datetime | None
    failure: str
    failed_at: datetime | None


@dataclass(frozen=True)
class Act:
    """What somebody did with a recall, as the audit trail names them: asked, approved, relisted."""

    name: str
    at: datetime
    actor: str


@dataclass(frozen=True)
class RecallView:
    """``whole``: no offer of it lies outside the reader's scope."""

    id: int
    public_id: UUID
    reason: str
    asked_by: str
    asked_at: datetime
    deadline_at: datetime
    needs_approval: bool
    relisted_at: datetime | None
    confirmed_at: datetime | None
    offers: Sequence[RecalledOffer]
    whole: bool

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


def sees_all_of(found: RecallView) -> None:
    """Raises: NotAllowed when some of its offers lie outside the scope in which it was found."""
    if not found.whole:
        raise NotAllowed(gettext("This recall reaches offers that you do not see. Ask somebody who sees all of them."))


def acts(found: RecallView) -> list[Act]:
    """Who asked, approved and relisted, the first first. The trail is never purged, and names programs and commands too."""
    rows = Audit.objects.filter(subject=f"recall:{found.public_id}", action__startswith="recall.").order_by("at", "pk")
    return [Act(row.action.removeprefix("recall."), row.at, row.actor) for row in rows]


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
            one.asked_at,
            one.zero_accepted_at,
            one.zero_at,
            one.accepted_at,
            one.gone_at,
            told.told(one.failure),
            one.failed_at,
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
        row.confirmed_at,
        sorted(offers, key=lambda one: one.gone_at is not None),
        len(offers) == row.offers.count(),
    )
