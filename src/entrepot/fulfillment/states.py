"""The one way a fulfillment order moves: a guarded update and its event, in the caller's transaction (HO1, HO2)."""

from django.utils.translation import gettext

from entrepot.base import clock
from entrepot.base.errors import UserError, WrongState
from entrepot.fulfillment.models import FulfillmentEvent, FulfillmentOrder
from entrepot.fulfillment.types import NEXT, WorkState
from entrepot.fulfillment.words import NAMES

MOST_KEY = 120


def move(work: FulfillmentOrder, to: WorkState, *, key: str, actor: str, reason: str = "") -> None:
    """``work`` is in state ``to``.

    ``key`` names the command: repeating it once it has moved changes nothing (HO2).
    Raises: WrongState when its present state does not allow it; nothing was changed.
    """
    if FulfillmentEvent.objects.filter(fulfillment_order=work, key=key).exists():
        return
    from_states = [state.value for state, nexts in NEXT.items() if to in nexts]
    before = work.state
    _check_key(key)
    moved = FulfillmentOrder.objects.filter(pk=work.pk, state=before, state__in=from_states).update(
        state=to.value, version=work.version + 1
    )
    if not moved:
        raise WrongState(
            gettext("This work is “{before}” and cannot become “{after}”. Open it again to see what happened meanwhile.").format(
                before=NAMES[before], after=NAMES[to]
            )
        )
    work.state, work.version = to.value, work.version + 1
    FulfillmentEvent.objects.create(
        fulfillment_order=work, key=key, at=clock.now(), actor=actor[:80], before=before, after=to.value, reason=reason[:120]
    )


def note_command(work: FulfillmentOrder, *, key: str, actor: str, reason: str) -> None:
    """A command that need not move the work: an event whose ``reason`` is its result (HO2)."""
    _check_key(key)
    FulfillmentEvent.objects.create(
        fulfillment_order=work, key=key, at=clock.now(), actor=actor[:80], before=work.state, after=work.state, reason=reason[:120]
    )


def command_result(work: FulfillmentOrder, *, key: str) -> str | None:
    """What ``note_command`` kept of this command; None when it is new."""
    return FulfillmentEvent.objects.filter(fulfillment_order=work, key=key).values_list("reason", flat=True).first()


def _check_key(key: str) -> None:
    if len(key) > MOST_KEY:
        raise UserError(
            gettext("The key of a command is longer than {most} characters. Use a shorter one, such as a UUID.").format(most=MOST_KEY - 20)
        )
