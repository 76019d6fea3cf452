"""Seeds of chance against the promises. SEED=n runs one of them, SEEDS=n so many; what failed once is run for ever, and first."""

import os
from pathlib import Path

import pytest
from django.db import connection

from tests.simulator.run import run

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = [int(line.split()[0]) for line in Path(__file__).with_name("kept_seeds.txt").read_text("utf-8").splitlines() if line[:1].isdigit()]
ONE = os.environ.get("SEED")
CHANCE = range(int(os.environ.get("SEEDS", "200")))
SEEDS = [int(ONE)] if ONE else list(dict.fromkeys([*KEPT, *CHANCE]))


@pytest.mark.parametrize("seed", SEEDS)
def test_p1_p2_p3_p5_p6_p7_promise_6_hold_at_every_step_of_a_seed(seed: int) -> None:
    run(seed)


def test_the_same_seed_is_the_same_story() -> None:
    first = run(7)
    with connection.cursor() as cursor:
        cursor.execute("SELECT test_clear()")
    assert run(7) == first
