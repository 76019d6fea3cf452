"""The last results as a Markdown table, for docs/benchmarks.md."""

import json
from typing import Any

from bench.frame import RESULTS

BEGIN, END = "<!-- results -->", "<!-- end of results -->"


def markdown() -> str:
    """The rows of results/latest.json. Raises: SystemExit, saying what to do, where there are none."""
    file = RESULTS / "latest.json"
    if not file.exists():
        raise SystemExit("There are no results yet: run `make bench`.")
    lines = ["| id | what | value | bar | met | yardstick /s | CPU ms | load | runs |", "|---|---|---:|---:|---|---:|---:|---:|---|"]
    return "\n".join([*lines, *(_line(row) for row in json.loads(file.read_text()))])


def put_into(text: str) -> str:
    """A page with the table between its two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{markdown()}\n{END}{after}"


def _line(row: dict[str, Any]) -> str:
    value = f"{row['value']:,} {row['unit']}"
    runs = " ".join(str(run) for run in row["runs"])
    cells = [
        row["id"],
        row["what"],
        value,
        row["bar"],
        "yes" if row["met"] else "**no**",
        _or_dash(row["yardstick"]),
        _or_dash(row["cpu_ms"]),
    ]
    return "| " + " | ".join([*cells, str(row["load"]), runs]) + " |"


def _or_dash(number: float | None) -> str:
    return "–" if number is None else f"{number:,}"
