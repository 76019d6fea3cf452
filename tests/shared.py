"""Where the folder with real order history and the channels' contracts lies, when this machine has it."""

import os
from pathlib import Path

import pytest

_PROJECT = Path(__file__).resolve().parent.parent


def _found() -> Path | None:
    named = os.environ.get("ENTREPOT_SHARED")
    folder = Path(named) if named else _PROJECT.parent / "shared"
    return folder if folder.is_dir() else None


SHARED: Path | None = _found()
needs_shared = pytest.mark.skipif(SHARED is None, reason="needs the shared folder (name it in ENTREPOT_SHARED)")


def shared(*parts: str) -> Path:
    """A file or folder in it; where it is absent the test that asks is skipped, by the name of what is missing."""
    path = SHARED.joinpath(*parts) if SHARED else None
    if path is None or not path.exists():
        pytest.skip(f"not on this machine: {'/'.join(parts)} (name its folder in ENTREPOT_SHARED)", allow_module_level=True)
    return path
