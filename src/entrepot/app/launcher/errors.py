"""What can go wrong with the embedded database, each with its cure."""

from pathlib import Path


class LauncherError(Exception):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""


class FolderNotPassable(LauncherError):
    """The system user that runs PostgreSQL cannot enter a folder above the data."""

    def __init__(self, folder: Path, user: str) -> None:
        super().__init__(
            f"PostgreSQL does not run as root, so it runs as the user {user}, who cannot enter {folder}. "
            f"Either set ENTREPOT_HOME to a folder elsewhere (for example /var/lib/entrepot), or let others pass: chmod o+x '{folder}'"
        )


class NoSystemUser(LauncherError):
    """The system user that runs PostgreSQL for root could not be created."""

    def __init__(self, user: str, reason: str) -> None:
        super().__init__(
            f"PostgreSQL does not run as root and the user {user} could not be created ({reason}). "
            f"Create it (useradd --system {user}), or start Entrepot as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own."
        )


class BinariesMissing(LauncherError):
    """The package with PostgreSQL's programs is not there for this platform."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"PostgreSQL's programs are not in {folder}. Run `make setup` again, or set DATABASE_URL to a PostgreSQL of your own."
        )


class SocketFolderTaken(LauncherError):
    """The folder for the database's socket belongs to somebody else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The folder {folder} for the database's socket belongs to another user or is open to others. Remove it and start again."
        )


class OddPath(LauncherError):
    """A path holds a character that PostgreSQL's own programs trip over."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f'PostgreSQL cannot be set up in {path}: the path holds one of the characters " $ ` \\ or a line break. '
            "Set ENTREPOT_HOME to a folder without them (spaces and letters of any language are fine)."
        )


class DifferentVersion(LauncherError):
    """The data was written by another major version of PostgreSQL."""

    def __init__(self, data: Path, found: str, expected: int) -> None:
        super().__init__(
            f"{data} was written by PostgreSQL {found}, the installed one is {expected}. "
            "Restore a dump made by the old version into a new ENTREPOT_HOME."
        )


class SecretsMissing(LauncherError):
    """The database is there, its passwords are not."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"The database of this home exists, but its passwords in {file} are gone. Restore that file from the backup of the home."
        )


class StartFailed(LauncherError):
    """A program of PostgreSQL ended with an error; its own words follow."""

    def __init__(self, what: str, output: str) -> None:
        full = "The disk is full. " if "No space left on device" in output else ""
        super().__init__(f"{full}{what} failed. Its last words:\n{output.strip()[-2000:]}")
