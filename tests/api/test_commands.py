"""The commands of an administrator: what they print, what they change, and one sentence when they cannot."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from entrepot.app.help import OURS, first_help
from entrepot.base import clock
from entrepot.listings.models import OfferReceipt
from entrepot.people import tokens
from entrepot.people.deployment import base_currency
from entrepot.people.models import Audit, User
from entrepot.people.types import Right
from tests.web import world as worlds
from tests.web.world import World

COMMANDS = Path(__file__).parents[2] / "src" / "entrepot" / "app" / "management" / "commands"


@pytest.fixture
def world(db: None) -> Iterator[World]:
    base_currency.cache_clear()
    yield worlds.build()
    base_currency.cache_clear()


def typed(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_help_names_every_command_of_ours_in_one_line_each() -> None:
    ours = [name for name, _ in OURS]
    assert len(set(ours)) == len(ours)
    assert {path.stem for path in COMMANDS.glob("*.py")} - {"__init__"} <= set(ours)
    for name, what in OURS:
        assert f"  {name.ljust(8)}  {what}" in first_help()
        assert len(what) < 110


def test_explain_adds_up_to_its_answer(world: World) -> None:
    plain = typed("explain", "hy-tent")
    assert plain.splitlines() == ["+20  on hand at Hamburg 3PL (ST1)", "-1  reserved at Hamburg 3PL (ST1)", "= 19"]
    told = json.loads(typed("explain", "HY-TENT", "--account", "ebay de", "--json"))
    assert told["answer"] == sum(step["amount"] for step in told["steps"])
    with pytest.raises(CommandError, match="There are: Amazon DE, Amazon US, eBay DE"):
        typed("explain", "HY-TENT", "--account", "Etsy")
    with pytest.raises(CommandError, match="no variant “NOPE”"):
        typed("explain", "NOPE")


def test_explain_at_a_time_says_what_was_shown_and_refuses_what_is_no_time(world: World) -> None:
    offer, at = world.offer("eBay DE", "HY-TENT"), clock.now().replace(microsecond=0)
    here = f"{at.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d %H:%M:%S}"  # the installation's zone
    OfferReceipt.objects.create(pk=(offer.variant_id, offer.pk, at, 1), epoch=1, quantity=7, version=4, outcome="live", note="")
    plain = typed("explain", "hy-tent", "--account", "ebay de", "--at", here)
    assert plain.splitlines()[:3] == [f"eBay DE showed 7 at {here}.", "+7  confirmed by the channel (PROMISE 1)", "= 7"]
    assert f"eBay DE confirmed 7 at {here}. It was computed from stock version 4 of " in plain
    told = json.loads(typed("explain", "HY-TENT", "--account", "ebay de", "--at", at.isoformat(), "--json"))
    assert (told["answer"], told["confirmed"]["quantity"]) == (7, 7)
    for wrong in ("yesterday", "2026-11-20", "2026-13-20 14:02", "14:02", "0001-01-01T00:00:00+14:00", ""):
        with pytest.raises(CommandError, match="is no time"):
            typed("explain", "HY-TENT", "--account", "eBay DE", "--at", wrong)
    with pytest.raises(CommandError, match="has not come yet"):
        typed("explain", "HY-TENT", "--account", "eBay DE", "--at", "2099-01-01 00:00")
    with pytest.raises(CommandError, match="Name the channel account"):
        typed("explain", "HY-TENT", "--at", "2026-11-20 14:02")


def test_a_token_is_made_listed_and_revoked(world: World) -> None:
    text = typed("token", "create", "--user", "ops", "--name", "wms", "--scopes", "see,ship", "export", "--days", "30").strip()
    holder = tokens.holder(text)
    assert holder is not None
    assert holder.rights == {Right.SEE, Right.SHIP, Right.EXPORT}
    assert holder.expires_at is not None
    (token,) = tokens.listed()
    listed = typed("token", "list")
    assert str(token.public_id) in listed
    assert text not in listed
    typed("token", "revoke", str(token.public_id))
    assert tokens.holder(text) is None
    assert "revoked" in typed("token", "list")
    assert {"token.created", "token.revoked"} <= set(Audit.objects.values_list("action", flat=True))
    for words in (
        ("token", "create", "--user", "reader", "--name", "x", "--scopes", "ship"),
        ("token", "create", "--user", "nobody", "--name", "x", "--scopes", "see"),
        ("token", "create", "--user", "ops", "--name", "x", "--scopes", "everything"),
        ("token", "create", "--user", "ops", "--name", " ", "--scopes", "see"),
        ("token", "create", "--user", "ops", "--name", "x", "--scopes", "see", "--days", "0"),
        ("token", "revoke", "x"),
        ("token", "revoke", str(uuid4())),
    ):
        with pytest.raises(CommandError):
            typed(*words)
    assert len(tokens.listed()) == 1


def test_people_are_made_given_roles_and_passwords(world: World) -> None:
    assert "(shown once: change it)" in typed("user", "create", "anna", "--role", "ops", "--language", "zh-hans")
    anna = User.objects.get(username="anna")
    assert (anna.role, anna.language, anna.has_usable_password()) == ("ops", "zh-hans", True)
    with pytest.raises(CommandError, match="already a user"):
        typed("user", "create", "Anna", "--role", "ops")
    typed("user", "set-role", "anna", "read_only")
    before = User.objects.get(username="anna").password
    typed("user", "set-password", "anna")
    assert User.objects.get(username="anna").password != before
    assert "read_only" in next(line for line in typed("user", "list").splitlines() if line.startswith("anna"))
    changes = Audit.objects.filter(subject="user:anna").order_by("pk").values_list("action", flat=True)
    assert list(changes) == ["user.created", "user.role_changed", "user.password_changed"]
    with pytest.raises(CommandError, match="the only owner"):
        typed("user", "set-role", "owner", "ops")


def test_a_weak_password_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="too short"):
        typed("user", "create", "anna", "--role", "ops", "--ask")
    assert not User.objects.filter(username="anna").exists()
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough secret 42\n"))
    assert typed("user", "create", "anna", "--role", "ops", "--ask") == "anna may sign in.\n"
    assert User.objects.get(username="anna").check_password("a long enough secret 42")


def test_accounts_and_the_summary_are_tables_and_files(world: World) -> None:
    assert [line.split("  ")[0] for line in typed("accounts").splitlines()] == ["name", "Amazon DE", "Amazon US", "eBay DE"]
    assert {row["health"] for row in json.loads(typed("accounts", "--json"))} == {"busy"}, "its offers are still to be published"
    day = next(line for line in typed("summary").splitlines() if line.startswith("eBay DE") and " day " in line)
    assert day.split()[:8] == ["eBay", "DE", "DE", "day", "1", "2", "79.80", "EUR"]
    assert typed("summary", "--csv", "sales").splitlines()[0].lstrip("\ufeff").startswith("account,channel,market,period")
    assert len(typed("summary", "--csv", "variants").splitlines()) == 1 + 2 * 3


def test_recall_takes_skus_off_every_channel(world: World) -> None:
    assert "runs" in typed("recall", "hy-lamp", "--reason", "safety")
    assert [world.offer(name, "HY-LAMP").recalled for name in world.accounts] == [True, True, True]
    assert [world.offer(name, "HY-TENT").recalled for name in world.accounts] == [False, False, False]
    with pytest.raises(CommandError, match="nothing to delist"):
        typed("recall", "HY-LAMP", "--reason", "again")


def test_a_recall_beyond_the_brake_waits_for_a_person(world: World, settings: object) -> None:
    settings.RECALL_BRAKE_AN_HOUR = 2  # type: ignore[attr-defined]
    assert "approve it" in typed("recall", "HY-LAMP", "--reason", "safety")
    assert not world.offer("eBay DE", "HY-LAMP").recalled


def test_up_refuses_an_installation_that_is_not_set_up(db: None) -> None:
    base_currency.cache_clear()
    with pytest.raises(CommandError, match="entrepot init --currency"):
        typed("up")


@pytest.mark.parametrize("command", ["demo", "import", "migrate"])
def test_the_help_of_a_command_starts_nothing(command: str, tmp_path: Path) -> None:
    """It is asked for by somebody who has not begun yet."""
    here = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")} | {
        "ENTREPOT_HOME": str(tmp_path / "home")
    }
    told = subprocess.run(
        [str(Path(sys.executable).with_name("entrepot")), command, "--help"], env=here, capture_output=True, text=True, check=True
    )
    assert told.stdout.startswith(f"usage: entrepot {command}")
    assert not (tmp_path / "home").exists()
