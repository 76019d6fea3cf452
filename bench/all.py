"""Every benchmark by its id."""

from collections.abc import Callable

from bench import intake
from bench.frame import Result, Server, Yardstick

BENCHES: dict[str, Callable[[Server, Yardstick], list[Result]]] = {
    "B1": intake.b1,
    "B3": intake.b3,
}
