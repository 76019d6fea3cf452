"""The one way a fulfillment order moves: a guarded update and its event, in the caller's transaction (HO1, HO2)."""

from entrepot.base import clock
from entrepot.base.errors import WrongState
from entrepot.fulfillment.models import FulfillmentEvent, FulfillmentOrder
from entrepot.fulfillment.types import NEXT, WorkState


def move(work: FulfillmentOrder, to: WorkState, *, key: str, actor: str, reason: str = "") -> None:
    """``work`` is in state ``to``.

    ``key`` names the command: repeating it once it has moved changes nothing (HO2).
    Raises: WrongState when its present state does not allow it; nothing was changed.
    """
    if FulfillmentEvent.objects.filter(fulfillment_order=work, key=key).exists():
        return
    from_states = [state.value for state, nexts in NEXT.items() if to in nexts]
    before = work.state
    moved = FulfillmentOrder.objects.filter(pk=work.pk, state=before, state__in=from_states).update(
        state=to.value, version=work.version + 1
    )
    if not moved:
        raise WrongState(f"This work is “{before}” and cannot become “{to.value}”. Open it again to see what happened meanwhile.")
    work.state, work.version = to.value, work.version + 1
    FulfillmentEvent.objects.create(
        fulfillment_order=work, key=key[:120], at=clock.now(), actor=actor[:80], before=before, after=to.value, reason=reason[:120]
    )
