"""B2: the same work done the ordinary way, one order at a time through the ORM; CPU of client and server an order, divided by ours."""

import statistics

import psycopg

from bench import intake, world
from bench.frame import SMALL, Result, Server, Yardstick, load
from bench.together import Together, measured

WRITERS = 2
SECONDS = 4 if SMALL else 12
PAIRS = 3 if SMALL else 5
BAR = 50

_BUYER = """
CREATE TABLE ordinary_buyer (
    order_id bigint PRIMARY KEY REFERENCES sales_order,
    name text NOT NULL, email text NOT NULL, phone text NOT NULL, ship_name text NOT NULL, street text NOT NULL,
    street_more text NOT NULL, city text NOT NULL, postcode text NOT NULL, ship_phone text NOT NULL
)
"""


def b2(server: Server, yardstick: Yardstick) -> list[Result]:
    here = world.make(server, "b2", variants=10_000 if SMALL else 100_000)
    with psycopg.connect(here.urls.owner, autocommit=True) as owner:
        owner.execute(_BUYER)
        owner.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ordinary_buyer TO entrepot_app")
    theirs, ours = [], []
    words = [[number + 1, SECONDS, here.variants, f"ordinary-{number}"] for number in range(WRITERS)]
    with Together(here, "bench.ordinary_writer", words) as writing:
        for run in range(PAIRS):
            answers, cpu = measured(server, writing)
            theirs.append(cpu / sum(answer["orders"] for answer in answers) * 1000)
            ours.append(intake.rate(server, here, writers=WRITERS, size=100, seconds=SECONDS, name=f"b2-{run}")[1])
    ratios = [ordinary / own for ordinary, own in zip(theirs, ours, strict=True)]
    value = statistics.median(ratios)
    what = f"CPU an order, the ordinary ORM way ({statistics.median(theirs):.1f} ms) ÷ ours in batches of 100"
    return [
        Result(
            "B2", what, round(value, 1), "×", f"≥ {BAR}", value >= BAR, None, round(statistics.median(ours), 3), load(),
            [round(ratio, 1) for ratio in ratios],
        )
    ]  # fmt: skip
