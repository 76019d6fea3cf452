"""Every benchmark by its id."""

from collections.abc import Callable

from bench import arrival, fanout, intake, ordinary
from bench.frame import Result, Server, Yardstick

BENCHES: dict[str, Callable[[Server, Yardstick], list[Result]]] = {
    "B1": intake.b1,
    "B2": ordinary.b2,
    "B3": intake.b3,
    "B4": fanout.b4,
    "B5": arrival.b5,
}
