"""Where an installation keeps its data, and the key that must not be an example (X4)."""

import base64
import os
import secrets
import stat
from pathlib import Path

import pytest

from entrepot.app.home import HomeUnusable, home
from entrepot.app.keys import DEMO_KEY, KeyRefused, load_keys


def key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENTREPOT_KEY", raising=False)


def test_the_named_home_is_made_for_this_user_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTREPOT_HOME", str(tmp_path / "a new" / "home"))
    assert home() == tmp_path / "a new" / "home"
    assert stat.S_IMODE(home().stat().st_mode) == 0o700


def test_the_home_is_absolute_whatever_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENTREPOT_HOME", "here/../there")
    assert home() == tmp_path / "there"


@pytest.mark.skipif(os.geteuid() == 0, reason="root's home is /var/lib/entrepot")
def test_without_a_name_it_is_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENTREPOT_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert home() == tmp_path / "entrepot"


def test_a_home_that_is_a_file_is_refused_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ENTREPOT_HOME", str(tmp_path / "file"))
    with pytest.raises(HomeUnusable, match="Set ENTREPOT_HOME"):
        home()


def test_the_first_start_makes_a_key_of_mode_600_and_later_starts_keep_it(tmp_path: Path) -> None:
    first = load_keys(tmp_path, demo=False)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert load_keys(tmp_path, demo=False) == first
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_two_homes_get_two_keys(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert load_keys(tmp_path / "a", demo=False).by_id != load_keys(tmp_path / "b", demo=False).by_id


def test_the_key_of_the_environment_comes_first_and_no_file_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = key()
    monkeypatch.setenv("ENTREPOT_KEY", mine)
    found = load_keys(tmp_path, demo=False)
    assert found.by_id == {1: base64.urlsafe_b64decode(mine)}
    assert list(tmp_path.iterdir()) == []


def test_after_a_rotation_the_highest_number_seals_and_the_older_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = key(), key()
    monkeypatch.setenv("ENTREPOT_KEY", f"2:{new},1:{old}")
    found = load_keys(tmp_path, demo=False)
    assert found.current == 2
    assert found.by_id == {1: base64.urlsafe_b64decode(old), 2: base64.urlsafe_b64decode(new)}


def test_x4_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_keys(tmp_path, demo=False)
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(KeyRefused, match="chmod 600"):
        load_keys(tmp_path, demo=False)


def test_x4_the_demonstrations_key_is_refused_outside_a_demonstration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTREPOT_KEY", DEMO_KEY)
    with pytest.raises(KeyRefused, match="everybody knows"):
        load_keys(tmp_path, demo=False)
    assert load_keys(tmp_path, demo=True).current == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "secret",
        "A" * 43 + "=",
        base64.urlsafe_b64encode(b"0123" * 8).decode(),
        f"0:{key()}",
        f"256:{key()}",
        f"x:{key()}",
        f"{key()},{key()}",
    ],
    ids=["empty", "comma", "word", "zeros", "pattern", "number 0", "number 256", "no number", "same number"],
)
def test_x4_a_malformed_or_guessable_key_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTREPOT_KEY", text)
    with pytest.raises(KeyRefused):
        load_keys(tmp_path, demo=False)
    assert list(tmp_path.iterdir()) == []


def test_f37_a_lost_key_file_is_not_replaced_while_its_database_is_there(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    with pytest.raises(KeyRefused, match="Restore the file from a backup"):
        load_keys(tmp_path, demo=False)
    assert not (tmp_path / "key").exists()
