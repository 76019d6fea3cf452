"""Run a command with DATABASE_URL and DATABASE_OWNER_URL of a fresh PostgreSQL 15, the oldest that is supported.

Usage: python scripts/on_postgres_15.py COMMAND...
Debian's package is installed when it is absent and we may; where it cannot be had, that is said and the command does not run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from entrepot.app.launcher import binaries, roles

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
SETTINGS = "-c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c timezone=UTC -c max_connections=100"


def main() -> int:
    if not (PROGRAMS / "postgres").exists() and not install():
        print("SKIPPED: the suite on PostgreSQL 15 (Debian: apt-get install postgresql-15)")
        return 0
    who = binaries.runner()
    folder = Path(tempfile.mkdtemp(prefix="entrepot-pg15-"))
    os.chown(folder, who.uid, who.gid)
    as_user = {"user": who.uid, "group": who.gid, "extra_groups": []} if who.changes_user else {}

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [PROGRAMS / program, *arguments], cwd="/", check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **as_user
        )  # type: ignore[call-overload]

    data = str(folder / "data")
    try:
        run("initdb", f"--pgdata={data}", f"--username={roles.ADMIN}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        run("pg_ctl", "start", f"--pgdata={data}", "--wait", f"--log={folder / 'log'}", f"--options=-k {folder} {SETTINGS}")
        try:
            passwords = dict.fromkeys(roles.WITH_PASSWORD, "trusted")
            with psycopg.connect(host=str(folder), user=roles.ADMIN, dbname="postgres", autocommit=True) as admin:
                roles.make_roles_and_database(admin, passwords)
            urls = roles.urls(folder, passwords)
            environment = {**os.environ, "DATABASE_URL": urls.app, "DATABASE_OWNER_URL": urls.owner}
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
        finally:
            run("pg_ctl", "stop", f"--pgdata={data}", "--mode=immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def install() -> bool:
    """Debian would also start a server of its own; it is told not to."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print("Installing Debian's PostgreSQL 15", flush=True)
    settings = Path("/etc/postgresql-common/createcluster.conf")
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("create_main_cluster = false\n")
    quiet = {
        "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        "stdin": subprocess.DEVNULL,
        "capture_output": True,
        "check": False,
    }
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-qy", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", "postgresql-15"],
    ):
        done = subprocess.run(command, text=True, **quiet)  # type: ignore[call-overload]
        if done.returncode != 0:
            print("\n".join(done.stderr.splitlines()[-5:]))
    return (PROGRAMS / "postgres").exists()


if __name__ == "__main__":
    sys.exit(main())
