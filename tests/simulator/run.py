"""One seed from its first moment to rest; a failure says how to see it again."""

from collections.abc import Callable

from tests.simulator import checks
from tests.simulator.buyers import calm, step
from tests.simulator.world import Kind, World, opened

STEPS = 60
LAST = 30  # steps printed of a seed that fails


class SeedFailed(AssertionError):
    """What did not hold, the last steps before it, and how to run the seed alone."""


def run(seed: int, *, kind: Kind | None = None, prepare: Callable[[World], None] = lambda _: None) -> list[str]:
    """What happened. ``kind``, ``prepare``: for drills, which choose the world and spoil it. Raises: SeedFailed."""
    with opened(seed, kind) as world:
        prepare(world)
        try:
            before = checks.excess(world)
            world.all_work()
            for _ in range(STEPS):
                sent = step(world)
                before = checks.after_step(world, before, sent=sent)
            calm(world)
            checks.at_rest(world)
        except Exception as failure:
            again = f"SEED={seed} .venv/bin/python -m pytest tests/simulator"
            raise SeedFailed("\n".join([f"seed {seed}: {failure!r}", *world.log[-LAST:], f"again: {again}"])) from failure
        return world.log
