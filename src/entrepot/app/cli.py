"""The command ``entrepot``: finds or starts the database, then runs a command of ours or any of Django's."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from entrepot.app.help import first_help
from entrepot.app.home import HomeUnusable, home
from entrepot.app.keys import KeyRefused
from entrepot.app.launcher import LauncherError, ensure_database

# Commands that change the schema run as the owner of the tables; everything else as the app role.
OWNER_COMMANDS = frozenset({"migrate", "sqlmigrate", "makemigrations", "showmigrations"})
HELP = frozenset({"--help", "-h"})
WITHOUT_DATABASE = frozenset({"sandbox", "help", "version", "--version", "makemigrations", "makemessages", "compilemessages"}) | HELP


def _up_to_date(folder: Path) -> bool:
    """The embedded database has the tables of this version and a first set-up; False when migrating failed.

    A database of one's own is migrated by its owner: `entrepot migrate`.
    """
    stamp = folder / "schema"
    wanted = _migrations()
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    first = [sys.executable, "-m", "entrepot", "init", "--migrate", "--no-owner", "--verbosity", "0"]
    if subprocess.run(first, env={**os.environ, "ENTREPOT_DATABASE_ROLE": "owner"}, check=False).returncode:
        return False
    stamp.write_text(wanted)
    return True


def _migrations() -> str:
    """A digest of all migrations of this version."""
    files = sorted(Path(__file__).parent.parent.glob("*/migrations/*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _needs_no_database(command: str) -> bool:
    return command in WITHOUT_DATABASE or not HELP.isdisjoint(sys.argv)


def main() -> int:
    """Errors that a person can cure are printed as one sentence; the exit status says that it failed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.app.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in {"help", *HELP} and len(sys.argv) <= 2:
        print(first_help())
        return 0
    if command in OWNER_COMMANDS:
        os.environ["ENTREPOT_DATABASE_ROLE"] = "owner"
    if command == "demo":
        os.environ["ENTREPOT_DEMO"] = "1"
    try:
        if "DATABASE_URL" not in os.environ and not _needs_no_database(command):
            urls = ensure_database(home())
            os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = urls.app, urls.owner
            if command not in OWNER_COMMANDS and not _up_to_date(home()):
                return 2
        from django.core.management import execute_from_command_line

        execute_from_command_line([sys.argv[0], *(sys.argv[1:] or ["help"])])
    except (HomeUnusable, KeyRefused, LauncherError) as no:
        print(f"entrepot: {no}", file=sys.stderr)
        return 2
    return 0
