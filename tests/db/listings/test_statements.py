"""Every statement of the floor runs: none is left over, and none is written for another version of the tables."""

from importlib.resources import files
from pathlib import Path

import pytest

from entrepot.base import sql
from entrepot.base.sql import statement
from tests.db.listings import world

pytestmark = pytest.mark.django_db

NAMES = sorted(path.name.removesuffix(".sql") for path in (files("entrepot.listings") / "sql").iterdir())
ONE = {
    "now": world.START, "today": world.START.date(), "until": world.START, "since": world.START, "patience": world.START,
    "not_before": world.START, "resume_at": None, "sweep_after": None, "margin": world.timedelta(seconds=5),
    "every": world.timedelta(seconds=5), "holder": "test", "why": "turn", "reason": "", "sending": "{}", "waits": "[]",
    "base_currency": "EUR",
    "market": "DE", "passed": True,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_statement_runs_on_nothing(name: str) -> None:
    text = statement("entrepot.listings", name).decode()
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    params: dict[str, object] = {}
    for word in {part.split(")")[0] for part in body.split("%(")[1:]}:
        array = f"%({word})s::" in body and "[]" in body.split(f"%({word})s::")[1][:14]
        params[word] = [] if array else ONE.get(word, False if word == "allotted" else 1)
    if name == "take_lane":
        params["account"] = world.account()
    sql.rows("entrepot.listings", name, params)


def test_every_statement_is_used() -> None:
    floor = Path(str(files("entrepot.listings")))
    source = "\n".join(path.read_text() for path in floor.rglob("*.py"))
    assert [name for name in NAMES if f'"{name}"' not in source] == []
