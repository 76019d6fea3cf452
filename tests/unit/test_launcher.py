"""The launcher's rules that need no server."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from entrepot.app.launcher import binaries, cluster, roles
from entrepot.app.launcher.binaries import Runner
from entrepot.app.launcher.errors import DifferentVersion, FolderNotPassable, SecretsMissing, SocketFolderTaken, StartFailed

ME = Runner(os.geteuid(), os.getegid(), "me", changes_user=False)
STRANGER = Runner(54_321, 54_321, "stranger", changes_user=True)


@pytest.fixture
def socket_folder() -> Iterator[Callable[[Path], Path]]:
    made: set[Path] = set()

    def of(folder: Path) -> Path:
        found = cluster.socket_folder(folder, ME)
        made.add(found)
        return found

    yield of
    for folder in made:
        folder.unlink() if folder.is_symlink() else folder.rmdir()


def test_passwords_are_made_once_for_this_user_only_and_differ(tmp_path: Path) -> None:
    made = roles.passwords(tmp_path, cluster_exists=False)
    assert stat.S_IMODE((tmp_path / "database.json").stat().st_mode) == 0o600
    assert len(set(made.values())) == len(roles.WITH_PASSWORD) == 4
    assert min(len(password) for password in made.values()) >= 32
    assert roles.passwords(tmp_path, cluster_exists=True) == made
    assert [path.name for path in tmp_path.iterdir()] == ["database.json"]


def test_a_database_without_its_passwords_is_refused_and_no_new_ones_are_made(tmp_path: Path) -> None:
    with pytest.raises(SecretsMissing, match=r"database\.json"):
        roles.passwords(tmp_path, cluster_exists=True)
    assert list(tmp_path.iterdir()) == []


def test_addresses_carry_a_socket_folder_with_any_characters() -> None:
    socket = Path("/run/user 1000/entrepôt&x=1")
    found = roles.urls(socket, dict.fromkeys(roles.WITH_PASSWORD, "secret"))
    parts = urlsplit(found.app)
    assert (parts.scheme, parts.username, parts.path) == ("postgresql", "entrepot_app", "/entrepot")
    assert parse_qs(parts.query) == {"host": [str(socket)], "port": ["5432"]}
    assert urlsplit(found.owner).username == "entrepot_owner"


def test_the_socket_lies_in_the_session_folder_and_only_this_user_may_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, socket_folder: Callable[[Path], Path]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/tmp")  # ours when we are root
    folder = socket_folder(tmp_path / "postgres")
    assert folder.name.startswith(f"entrepot-{os.geteuid()}-")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert folder == socket_folder(tmp_path / "postgres")
    assert folder != socket_folder(tmp_path / "other" / "postgres")


def test_the_socket_path_stays_short_for_a_long_session_folder_and_a_long_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, socket_folder: Callable[[Path], Path]
) -> None:
    long = tmp_path / ("x" * 80)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    folder = socket_folder(tmp_path / ("h" * 200) / "postgres")
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= 107
    assert folder.parent == Path("/tmp")


def test_a_socket_folder_that_others_may_enter_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, socket_folder: Callable[[Path], Path]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path)) if len(str(tmp_path)) < 60 else monkeypatch.delenv(
        "XDG_RUNTIME_DIR", raising=False
    )
    folder = socket_folder(tmp_path / "postgres")
    folder.chmod(0o755)
    with pytest.raises(SocketFolderTaken, match=folder.name):
        socket_folder(tmp_path / "postgres")


def test_a_socket_folder_that_is_a_link_elsewhere_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, socket_folder: Callable[[Path], Path]
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    folder = socket_folder(tmp_path / "postgres")
    folder.rmdir()
    (tmp_path / "trap").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "trap")
    with pytest.raises(SocketFolderTaken):
        socket_folder(tmp_path / "postgres")


def test_a_parent_folder_that_cannot_be_passed_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "home").mkdir(mode=0o755)
    before = [stat.S_IMODE(folder.stat().st_mode) for folder in (tmp_path, closed)]
    first_closed = next(folder for folder in reversed((closed / "home").parents) if not folder.stat().st_mode & 0o001)
    with pytest.raises(FolderNotPassable, match=f"cannot enter {first_closed}\\."):
        binaries.check_passable(closed / "home", STRANGER)
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (tmp_path, closed)] == before


def test_an_ordinary_user_needs_no_open_folders(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    binaries.check_passable(tmp_path / "closed", ME)


def test_data_of_another_major_version_is_refused(tmp_path: Path) -> None:
    here = cluster.Cluster(tmp_path, tmp_path, ME)
    here.data.mkdir()
    (here.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(DifferentVersion, match="written by PostgreSQL 16, the installed one is 18"):
        here.check_version()


def test_a_full_disk_is_said_in_plain_words() -> None:
    assert str(StartFailed("initdb", "could not write: No space left on device")).startswith("The disk is full.")


def test_a_process_number_that_now_belongs_to_another_program_is_no_running_server(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n1\n5432\n/tmp\n\n1 1\nready\n")
    assert cluster.running(tmp_path) is None


def test_the_programs_of_the_package_are_the_version_the_launcher_expects() -> None:
    folder = binaries.programs(Path("/nowhere"), ME)
    assert (folder / "initdb").exists()
    assert folder.parent.name == f"pginstall{binaries.MAJOR}"


def test_the_password_file_holds_nothing_but_roles(tmp_path: Path) -> None:
    roles.passwords(tmp_path, cluster_exists=False)
    assert set(json.loads((tmp_path / "database.json").read_text())) == {
        "entrepot_admin",
        "entrepot_owner",
        "entrepot_app",
        "entrepot_readonly",
    }


@pytest.mark.parametrize(("gigabytes", "shared"), [(1, "128MB"), (4, "256MB"), (24, "1024MB"), (512, "1024MB")])
def test_the_server_takes_a_moderate_share_of_the_memory(gigabytes: int, shared: str) -> None:
    assert f"shared_buffers = {shared}\n" in cluster.settings(Path("/tmp/s"), gigabytes * 2**30)


def test_p17_the_servers_log_keeps_no_statements_and_no_details() -> None:
    written = cluster.settings(Path("/tmp/s"), 2**30)
    assert "log_min_error_statement = panic\n" in written
    assert "log_error_verbosity = terse\n" in written
    assert "synchronous_commit = on\n" in written


def test_the_guide_for_an_own_server_makes_the_same_roles_as_the_launcher() -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "guides" / "own-postgresql.md").read_text()
    for role, attributes in roles.ATTRIBUTES.items():
        assert f"CREATE ROLE {role} {attributes}" in guide
    assert f"GRANT {roles.PARTNER} TO {roles.APP};" in guide
