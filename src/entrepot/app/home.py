"""The folder that holds everything an installation keeps: database, keys, media, logs."""

import os
from pathlib import Path


class HomeUnusable(Exception):
    """The data folder cannot be made or written."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"The data folder {folder} cannot be used: {reason}. Set ENTREPOT_HOME to a folder you can write to.")


def home() -> Path:
    """The data folder of this installation, made with mode 0700 when it is missing.

    ENTREPOT_HOME names it; else it is /var/lib/entrepot for root and the user's XDG data folder for everyone else.
    Raises: HomeUnusable.
    """
    folder = Path(os.path.abspath(_wanted()))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as problem:
        raise HomeUnusable(folder, problem.strerror or str(problem)) from problem
    if not os.access(folder, os.W_OK | os.X_OK):
        raise HomeUnusable(folder, "it belongs to another user")
    return folder


def _wanted() -> Path:
    if named := os.environ.get("ENTREPOT_HOME"):
        return Path(named).expanduser()
    if os.geteuid() == 0:
        return Path("/var/lib/entrepot")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "entrepot"
