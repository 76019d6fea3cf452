"""What a run found: one result a check, and the level they add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Each level needs the ones before it."""

    READS_ORDERS = "reads orders"
    SELLS = "sells"
    SELLS_SAFELY = "sells safely"
    COMPLETE = "complete"


@dataclass(frozen=True)
class Result:
    """One check. ``problem`` is empty when it held; else what was seen, in a sentence."""

    level: Level
    name: str
    problem: str = ""

    @property
    def held(self) -> bool:
        return not self.problem


@dataclass(frozen=True)
class Report:
    connector: str
    results: Sequence[Result]

    @property
    def level(self) -> Level | None:
        """The highest level of which all checks, and those of all levels below, held; None when the first fails."""
        reached: Level | None = None
        for level in Level:
            of_level = [result for result in self.results if result.level is level]
            if not of_level or not all(result.held for result in of_level):
                return reached
            reached = level
        return reached

    @property
    def failed(self) -> list[Result]:
        return [result for result in self.results if not result.held]

    def text(self) -> str:
        """The report for a terminal."""
        lines = [f"{self.connector}: {self.level or 'no level'}"]
        for level in Level:
            for result in self.results:
                if result.level is level:
                    lines.append(f"  {'ok  ' if result.held else 'FAIL'} {level}: {result.name}")
                    if result.problem:
                        lines.append(f"       {result.problem}")
        return "\n".join(lines)
