"""The test database: one template a set of migrations, migrated once as owner, cloned for every test process.

Code under test runs as the app role with exactly its rights. What a test leaves behind is cleared by a function that belongs to
the owner, so that the app needs no right to truncate.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
from psycopg import sql

from entrepot.app.launcher import ensure_database, stop_database

PROJECT = Path(__file__).resolve().parent.parent
RUN = f"{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
NAME = f"test_run_{RUN}"

_LOCK = 0x656E7472  # an advisory lock of our own: whoever holds it makes, clones or drops test databases

# Speed, not safety: the test cluster holds nothing that anybody misses.
_SETTINGS = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nlog_min_duration_statement = -1\n"

_CLEAR = """
CREATE SCHEMA test_seed;
REVOKE ALL ON SCHEMA test_seed FROM PUBLIC;
CREATE TABLE test_seed.kept (name text PRIMARY KEY);
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT c.oid::regclass AS name, c.relname FROM pg_class c
                  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                    AND EXISTS (SELECT FROM pg_partition_tree(c.oid) t WHERE t.isleaf AND pg_relation_size(t.relid) > 0
                                UNION ALL SELECT WHERE c.relkind = 'r' AND pg_relation_size(c.oid) > 0)
    LOOP
        EXECUTE format('CREATE TABLE test_seed.%I AS TABLE %s', found.relname, found.name);
        INSERT INTO test_seed.kept VALUES (found.relname);
    END LOOP;
END $$;

-- Empties every table that got rows, and gives the tables that migrations filled their rows back when a test changed them.
CREATE FUNCTION test_clear() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET lock_timeout = '10s' AS $$
DECLARE
    filled text;
    changed boolean;
    seeded record;
BEGIN
    SET CONSTRAINTS ALL DEFERRED;
    SELECT string_agg(c.oid::regclass::text, ', ') INTO filled FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND NOT EXISTS (SELECT FROM test_seed.kept WHERE kept.name = c.relname)
       AND (SELECT sum(pg_relation_size(t.relid)) FROM (SELECT c.oid AS relid UNION SELECT relid FROM pg_partition_tree(c.oid)) t) > 0;
    IF filled IS NOT NULL THEN
        EXECUTE 'TRUNCATE ' || filled || ' CASCADE';
    END IF;
    FOR seeded IN SELECT kept.name FROM test_seed.kept WHERE kept.name <> 'django_migrations' LOOP
        EXECUTE format('SELECT EXISTS ((TABLE public.%1$I EXCEPT TABLE test_seed.%1$I) UNION ALL (TABLE test_seed.%1$I EXCEPT TABLE public.%1$I))',
                       seeded.name) INTO changed;
        IF changed THEN
            EXECUTE format('DELETE FROM public.%I', seeded.name);
            EXECUTE format('INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE SELECT * FROM test_seed.%1$I', seeded.name);
        END IF;
    END LOOP;
END $$;
"""


def home() -> Path:
    """The home of the test cluster; it survives between runs. Root's must be passable for the user that runs PostgreSQL."""
    if named := os.environ.get("ENTREPOT_TEST_HOME"):
        return Path(named)
    name = f"test-{hashlib.sha256(os.fsencode(PROJECT)).hexdigest()[:8]}"
    if os.geteuid() == 0:
        return Path("/var/cache/entrepot") / name
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "entrepot" / name


def prepare_environment() -> None:
    """Point the settings at this process's own database; it is made when the first test asks for it.

    DATABASE_URL and DATABASE_OWNER_URL of the caller name another server to test on (any database on it that both may enter).
    """
    folder = home()
    if not folder.parent.exists():
        folder.parent.mkdir(parents=True)
        folder.parent.chmod(0o755)  # whatever the umask: PostgreSQL's user must get through
    os.environ["ENTREPOT_HOME"] = str(folder)
    if not os.environ.get("ENTREPOT_TEST_SERVER_OWNER_URL"):
        app, owner = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_OWNER_URL")
        if not (app and owner):
            urls = ensure_database(folder)
            _be_fast(folder, urls.admin)
            app, owner = urls.app, urls.owner
        os.environ["ENTREPOT_TEST_SERVER_APP_URL"], os.environ["ENTREPOT_TEST_SERVER_OWNER_URL"] = app, owner
    os.environ["DATABASE_URL"] = app_url(NAME)
    os.environ["DATABASE_OWNER_URL"] = owner_url(NAME)


def app_url(database: str) -> str:
    return _at(os.environ["ENTREPOT_TEST_SERVER_APP_URL"], database)


def owner_url(database: str) -> str:
    return _at(os.environ["ENTREPOT_TEST_SERVER_OWNER_URL"], database)


def make() -> None:
    """This process's database exists: a clone of the template, which is made first when migrations changed."""
    template = f"test_tpl_{_fingerprint()}"
    with _alone() as owner:
        present = [name for (name,) in owner.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")]
        for name in present:
            if _left_behind(name, template):
                owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        if template not in present:
            _make_template(owner, template)
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(NAME), sql.Identifier(template)))


def drop() -> None:
    """Not by force: that is refused while a session of the app role, just closed, is still on its way out; a plain drop waits for it."""
    with _alone() as owner:
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(NAME)))


def _make_template(owner: psycopg.Connection, template: str) -> None:
    partial = f"{template}_partial"
    owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(partial)))
    environment = {**os.environ, "DATABASE_URL": app_url(partial), "DATABASE_OWNER_URL": owner_url(partial)}
    command = [sys.executable, "-c", "import sys; from entrepot.app.cli import main; sys.exit(main())", "migrate", "--no-input"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"Migrating the test template failed:\n{done.stdout}{done.stderr}")
    with psycopg.connect(owner_url(partial), autocommit=True) as inside:
        inside.execute(_CLEAR)
    owner.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(partial), sql.Identifier(template)))


def _fingerprint() -> str:
    """Changes with everything that `migrate` does."""
    digest = hashlib.sha256((PROJECT / "requirements.txt").read_bytes() + _CLEAR.encode())
    source = PROJECT / "src" / "entrepot"
    for path in sorted(
        [
            *source.glob("*/migrations/**/*"),
            *source.glob("*/apps.py"),
            *source.glob("*/management/**/*.py"),
            *source.glob("base/*.py"),
            *source.glob("app/*.py"),
        ]
    ):
        if path.is_file() and path.suffix in (".py", ".sql"):
            digest.update(os.fsencode(path.relative_to(source)) + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _left_behind(name: str, template: str) -> bool:
    if name.startswith("test_tpl_"):
        return name != template
    number = name.removeprefix("test_run_").split("_")[0]
    return number.isdigit() and not psutil.pid_exists(int(number))


@contextmanager
def _alone() -> Iterator[psycopg.Connection]:
    with psycopg.connect(os.environ["ENTREPOT_TEST_SERVER_OWNER_URL"], autocommit=True) as owner:
        owner.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield owner


def _be_fast(folder: Path, admin_url: str) -> None:
    file = folder / "postgres" / "data" / "local.conf"
    if file.exists() and file.read_text() == _SETTINGS:
        return
    file.write_text(_SETTINGS)
    owner = file.parent.stat()
    if os.geteuid() == 0:
        os.chown(file, owner.st_uid, owner.st_gid)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_reload_conf()")


def _at(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


if __name__ == "__main__":  # `make clean` and continuous integration leave no server behind
    stop_database(home())
    shutil.rmtree(home(), ignore_errors=True)
