"""The embedded database through kills, second starts, odd homes and other users: real servers, each in a home of its own."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from entrepot.app.launcher import LauncherError, cluster, database_running, ensure_database, stop_database

pytestmark = pytest.mark.drill


@pytest.fixture
def home() -> Iterator[Callable[[str], Path]]:
    """`home(name)` gives the path of a home that PostgreSQL's user can reach, also when we are root; stopped and removed at the end."""
    base = Path(tempfile.mkdtemp(prefix="entrepot drill ", dir="/tmp"))
    base.chmod(0o755)
    made: list[Path] = []

    def of(name: str) -> Path:
        made.append(base / name)
        return made[-1]

    yield of
    for path in made:
        stop_database(path)
    shutil.rmtree(base)


def server_of(home: Path) -> cluster.Server:
    server = cluster.running(home / "postgres")
    assert server is not None
    return server


def write(url: str, value: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def values(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [value for (value,) in connection.execute("SELECT value FROM kept ORDER BY value")]


def test_roles_are_what_the_product_relies_on(home: Callable[[str], Path]) -> None:
    urls = ensure_database(home("plain"))
    with psycopg.connect(urls.owner) as owner:
        found = owner.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin, rolinherit FROM pg_roles "
            "WHERE rolname LIKE 'entrepot%' AND rolname <> 'entrepot_admin' ORDER BY rolname"
        ).fetchall()
        assert found == [
            ("entrepot_app", False, False, False, False, True, False),
            ("entrepot_owner", False, False, True, False, True, True),
            ("entrepot_partner", False, False, False, False, False, True),
            ("entrepot_readonly", False, False, False, False, True, True),
        ]
        assert owner.execute(
            "SELECT datdba::regrole::text, datlocprovider, datlocale FROM pg_database WHERE datname = 'entrepot'"
        ).fetchone() == (
            "entrepot_owner",
            "b",
            "C.UTF-8",
        )
    with psycopg.connect(urls.app, autocommit=True) as app:
        app.execute("SET ROLE entrepot_partner")
        app.execute("RESET ROLE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SET ROLE entrepot_owner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (id int)")
    with psycopg.connect(urls.readonly) as readonly, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        readonly.execute("CREATE TABLE mine (id int)")


def test_no_password_no_entry_and_nothing_listens_on_the_network(home: Callable[[str], Path]) -> None:
    place = home("locked")
    ensure_database(place)
    server = server_of(place)
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(host=str(server.socket), user="entrepot_admin", dbname="entrepot")
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(host=str(server.socket), user="entrepot_app", dbname="entrepot", password="guess")
    assert psutil.Process(server.pid).net_connections("inet") == []
    assert psutil.Process(server.pid).uids().real != 0


def test_p17_the_servers_log_does_not_repeat_what_a_failed_statement_held(home: Callable[[str], Path]) -> None:
    place = home("quiet")
    urls = ensure_database(place)
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("CREATE TABLE buyer (email text UNIQUE)")
        owner.execute("INSERT INTO buyer VALUES ('canary@example.com')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute("INSERT INTO buyer VALUES ('canary@example.com')")
    stop_database(place)
    logs = [file.read_text() for file in (place / "postgres" / "log").iterdir()]
    assert any("duplicate key" in text for text in logs)
    assert not any("canary" in text for text in logs)


def test_f32_after_kill_9_of_the_server_a_second_start_finds_everything_committed(home: Callable[[str], Path]) -> None:
    place = home("killed")
    urls = ensure_database(place)
    for round_ in range(3):
        write(urls.owner, round_)
        server = server_of(place)
        os.kill(server.pid, signal.SIGKILL)
        assert ensure_database(place) == urls
        assert server_of(place).pid != server.pid
    assert values(urls.owner) == [0, 1, 2]


def test_a_server_whose_starter_was_killed_is_adopted(home: Callable[[str], Path]) -> None:
    place = home("orphan")
    code = "import sys, time; from pathlib import Path; from entrepot.app import launcher; launcher.ensure_database(Path(sys.argv[1])); print('up', flush=True); time.sleep(60)"
    starter = subprocess.Popen([sys.executable, "-c", code, str(place)], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert starter.stdout is not None
    assert starter.stdout.readline() == "up\n"
    before = server_of(place)
    os.killpg(starter.pid, signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    urls = ensure_database(place)
    assert server_of(place) == before
    write(urls.owner, 1)


def test_a_start_killed_half_way_is_begun_again(home: Callable[[str], Path]) -> None:
    place = home("half")
    code = "import sys; from pathlib import Path; from entrepot.app import launcher; launcher.ensure_database(Path(sys.argv[1]))"
    for _ in range(3):
        starter = subprocess.Popen([sys.executable, "-c", code, str(place)], start_new_session=True)
        while not list((place / "postgres").glob("partial-*")) and not (place / "postgres" / "data").exists() and starter.poll() is None:
            threading.Event().wait(0.01)
        os.killpg(starter.pid, signal.SIGKILL)
        starter.wait()
    urls = ensure_database(place)
    write(urls.owner, 1)
    assert values(urls.owner) == [1]


def test_two_homes_run_side_by_side_and_stop_apart(home: Callable[[str], Path]) -> None:
    one, two = home("one"), home("two")
    first, second = ensure_database(one), ensure_database(two)
    write(first.owner, 1)
    write(second.owner, 2)
    assert (values(first.owner), values(second.owner)) == ([1], [2])
    stop_database(one)
    assert (database_running(one), database_running(two)) == (False, True)
    assert values(second.owner) == [2]


def test_a_home_of_200_characters_with_spaces_and_chinese_works(home: Callable[[str], Path]) -> None:
    place = home("仓库 it's, 'mine' & (yours); ")
    place = home(place.name + "x" * (200 - len(str(place))))
    assert len(str(place)) == 200
    urls = ensure_database(place)
    write(urls.owner, 1)
    stop_database(place)
    assert ensure_database(place) == urls
    assert values(urls.owner) == [1]


@pytest.mark.parametrize("odd", ["$HOME", "`id`", 'a"b', "back\\slash"])
def test_a_home_whose_name_postgresql_trips_over_is_refused_with_the_cure(odd: str, home: Callable[[str], Path]) -> None:
    with pytest.raises(LauncherError, match="Set ENTREPOT_HOME to a folder without them"):
        ensure_database(home(odd))


def test_a_home_that_was_deleted_under_its_server_begins_anew(home: Callable[[str], Path]) -> None:
    place = home("deleted")
    ensure_database(place)
    shutil.rmtree(place)
    place.mkdir()
    place.parent.chmod(0o755)
    urls = ensure_database(place)
    with psycopg.connect(urls.owner) as connection:
        assert connection.execute("SELECT count(*) FROM pg_class WHERE relname = 'sales_order'").fetchone() == (0,)


def test_many_starts_at_once_make_one_server(home: Callable[[str], Path]) -> None:
    place = home("crowd")
    code = "import sys; from pathlib import Path; from entrepot.app import launcher; print(launcher.ensure_database(Path(sys.argv[1])))"
    starters = [subprocess.Popen([sys.executable, "-c", code, str(place)], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = {starter.communicate(timeout=60)[0] for starter in starters}
    assert [starter.returncode for starter in starters] == [0, 0, 0, 0]
    assert len(said) == 1
    mine = [
        p
        for p in psutil.process_iter(["cmdline"])
        if p.info["cmdline"] and p.info["cmdline"][-2:] == ["-D", str(place / "postgres" / "data")]
    ]
    assert len(mine) == 1


def test_a_server_whose_socket_was_cleaned_away_is_started_anew(home: Callable[[str], Path]) -> None:
    place = home("cleaned")
    urls = ensure_database(place)
    write(urls.owner, 1)
    before = server_of(place)
    shutil.rmtree(before.socket)
    assert ensure_database(place) == urls
    assert server_of(place).pid != before.pid
    assert values(urls.owner) == [1]


def test_a_stale_process_number_of_another_program_does_not_stop_the_start(home: Callable[[str], Path]) -> None:
    place = home("rebooted")
    urls = ensure_database(place)
    write(urls.owner, 1)
    os.kill(server_of(place).pid, signal.SIGKILL)
    who = pwd.getpwuid((place / "postgres").stat().st_uid)
    options = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    other = subprocess.Popen(["/bin/sleep", "60"], **options)  # type: ignore[call-overload]
    file = place / "postgres" / "data" / "postmaster.pid"
    file.write_text("\n".join([str(other.pid), *file.read_text().splitlines()[1:]]))
    try:
        ensure_database(place)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
    assert values(urls.owner) == [1]


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests here already run as an ordinary user")
def test_an_ordinary_user_starts_it_too_without_touching_anything_of_root(home: Callable[[str], Path]) -> None:
    nobody = pwd.getpwnam("nobody")
    place = home("ordinary")
    place.mkdir()
    os.chown(place, nobody.pw_uid, nobody.pw_gid)
    package = Path(cluster.__file__)
    if any(not folder.stat().st_mode & 0o001 for folder in package.parents):
        pytest.skip("the project lies where an ordinary user may not look")
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            os.environ.pop("XDG_RUNTIME_DIR", None)
            write(ensure_database(place).owner, 1)
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert psutil.Process(server_of(place).pid).uids().real == nobody.pw_uid
    assert not (place / "pg").exists()
