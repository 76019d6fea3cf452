"""The simulator goes red when a rule of the promise is broken on purpose (PROMISE "Must turn red when planted").

Each fault is planted in the product itself, for the length of a test; this file is the only place where that is done.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest
from django.db import connection

from entrepot.channels.models import Account
from entrepot.listings import actions as listings
from entrepot.listings import exposure
from entrepot.listings.models import OfferShown
from tests.simulator.run import SeedFailed, run
from tests.simulator.world import Kind, World

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
SEEDS = 40  # one of so many must show the fault


def shown_for_exposure(patch: pytest.MonkeyPatch) -> None:
    """Σ shown instead of Σ E: what was sold and not imported, and what is on its way, is forgotten."""
    right = exposure.state

    def state(*given: object) -> object:
        offers, pots = right(*given)  # type: ignore[arg-type]
        return [replace(one, exposure=one.shown) for one in offers], pots

    patch.setattr(exposure, "state", state)


def uncharged_repeat(patch: pytest.MonkeyPatch) -> None:
    """A repeat of an absolute number is taken for the same send (rule 5)."""
    right = exposure.charge

    def charge(account, offered, **more):  # type: ignore[no-untyped-def]
        repeats = set(OfferShown.objects.filter(offer_id__in=list(offered), unknown=True).values_list("offer_id", flat=True))
        sends = right(account, offered, **more)
        with exposure.transaction.atomic():
            exposure.lock(offered.values())
            exposure.expose([(offered[offer], offer, -units) for offer, units in sends.items() if offer in repeats], more["now"])
        return sends

    patch.setattr(exposure, "charge", charge)


def cancels_to_the_pool(patch: pytest.MonkeyPatch) -> None:
    """A unit that the channel put back on sale by itself is given to all (rule 11)."""
    patch.setattr(listings, "count_returns", lambda returns: None)


def half_the_bound(world: World) -> None:
    """The account's bounds are half of what its channel takes."""
    for shop in world.shops:
        shop.channel.live_delay = max(20, shop.channel.live_delay)
        bounds = {"sale_delay_bound_s": shop.channel.sale_delay // 2, "live_delay_bound_s": shop.channel.live_delay // 2}
        Account.objects.filter(pk=shop.account).update(**bounds)


def turns_red(prepare: Callable[[World], None] = lambda _: None) -> None:
    for seed in count():
        assert seed < SEEDS, f"none of {SEEDS} seeds shows the fault"
        try:
            run(seed, kind=Kind.ALLOTTED, prepare=prepare)
        except SeedFailed:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT test_clear()")


@pytest.mark.parametrize("plant", [shown_for_exposure, uncharged_repeat, cancels_to_the_pool])
def test_p3_the_simulator_goes_red_when_a_rule_is_broken(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    turns_red()


def test_p3_the_simulator_goes_red_when_the_bounds_are_half_the_truth() -> None:
    turns_red(half_the_bound)
