""" "Delist everywhere": every offer of some variants shows 0, is ended, and is read back until it is gone (P8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from entrepot.base import clock
from entrepot.base.errors import NotFound, UserError, WrongState
from entrepot.base.ids import OfferId, UserId, VariantId
from entrepot.channels.actions import notify
from entrepot.listings.models import Offer, Recall, RecallOffer
from entrepot.listings.todo import look_again
from entrepot.listings.types import WantedState
from entrepot.people.audit import record

DEADLINE = timedelta(minutes=15)


def recall(variants: Sequence[VariantId], *, reason: str, user: UserId | None, actor: str, deadline: timedelta = DEADLINE) -> Recall:
    """Take these variants off every channel: 0 first, then ended, then read back until each is gone or named as unconfirmed.

    More delistings an hour than the brake allows wait for a person (``approve_recall``). Raises: UserError when none of the
    variants is offered anywhere.
    """
    now = clock.now()
    with transaction.atomic():
        offers = list(
            Offer.objects.select_for_update()
            .filter(variant_id__in=variants, recalled=False)
            .exclude(state__in=["none", "ended"], wanted__in=["draft", "ended"])
            .order_by("pk")
        )
        if not offers:
            raise UserError(gettext("None of these variants is on sale on any channel. There is nothing to delist."))
        braked = _delisted_since(now - timedelta(hours=1)) + len(offers) > settings.RECALL_BRAKE_AN_HOUR
        made = Recall.objects.create(reason=reason[:200], asked_by_id=user, asked_at=now, deadline_at=now + deadline, needs_approval=braked)
        RecallOffer.objects.bulk_create([RecallOffer(recall=made, offer=offer, asked_at=now) for offer in offers])
        record("recall.asked", f"recall:{made.public_id}", actor=actor, after={"offers": len(offers), "reason": reason, "waits": braked})
        if not braked:
            _begin(made, now)
    return made


def approve_recall(recall_id: int, *, user: UserId | None, actor: str) -> None:
    """A person confirms a recall that the brake stopped; its time runs from now. Raises: NotFound, WrongState."""
    now = clock.now()
    with transaction.atomic():
        found = _locked(recall_id)
        if not found.needs_approval:
            raise WrongState(gettext("This recall does not wait for an approval."))
        found.deadline_at = now + (found.deadline_at - found.asked_at)
        found.needs_approval, found.approved_by_id = False, user
        found.save(update_fields=["deadline_at", "needs_approval", "approved_by"])
        RecallOffer.objects.filter(recall=found).update(asked_at=now)
        record("recall.approved", f"recall:{found.public_id}", actor=actor)
        _begin(found, now)


def relist(recall_id: int, *, actor: str) -> int:
    """The offers of a recall shall be live again, but those of another open recall; how many. Raises: NotFound, WrongState."""
    now = clock.now()
    with transaction.atomic():
        found = _locked(recall_id)
        if found.relisted_at is not None:
            raise WrongState(gettext("This recall has been relisted already."))
        found.relisted_at = now
        found.save(update_fields=["relisted_at"])
        others = RecallOffer.objects.filter(recall__relisted_at__isnull=True).values("offer_id")
        again = Offer.objects.filter(pk__in=RecallOffer.objects.filter(recall=found).values("offer_id")).exclude(pk__in=others)
        ids = [OfferId(pk) for pk in again.values_list("pk", flat=True)]
        Offer.objects.filter(pk__in=ids).update(
            recalled=False, wanted=WantedState.LIVE.value, next_try_at=now, problems=[], tries=0, content_refused=""
        )
        record("recall.relisted", f"recall:{found.public_id}", actor=actor, after={"offers": len(ids)})
        look_again(ids)
        notify("content", "")
    return len(ids)


def _begin(found: Recall, now: datetime) -> None:
    ids = [OfferId(pk) for pk in RecallOffer.objects.filter(recall=found).values_list("offer_id", flat=True)]
    Offer.objects.filter(pk__in=ids).update(recalled=True, wanted=WantedState.ENDED.value, relist_when_stocked=False, next_try_at=now)
    look_again(ids)
    notify("content", "")


def _delisted_since(since: datetime) -> int:
    return RecallOffer.objects.filter(asked_at__gte=since, recall__needs_approval=False).count()


def _locked(recall_id: int) -> Recall:
    found = Recall.objects.select_for_update().filter(pk=recall_id).first()
    if found is None:
        raise NotFound(gettext("There is no recall {id}.").format(id=recall_id))
    return found
