"""Every benchmark by its id."""

from collections.abc import Callable

from bench import arrival, b11, fanout, first_start, intake, ordinary
from bench.frame import Result, Server, Yardstick

BENCHES: dict[str, Callable[[Server, Yardstick], list[Result]]] = {
    "B1": intake.b1,
    "B2": ordinary.b2,
    "B3": intake.b3,
    "B4": fanout.b4,
    "B5": arrival.b5,
    "B11": b11.b11,
    "B13": first_start.b13,
}
