"""Every dependency that pyproject.toml names is in its lock, in a version that it allows, with hashes; levels agree.

Usage: python scripts/check_locks.py   (needs no network; exit code 1 and the list when a lock is behind)
"""

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent


def locked(name: str) -> dict[str, set[str]]:
    """Versions of each package in a lock (several where markers part them)."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ \\;]+)", (PROJECT / name).read_text(), re.MULTILINE):
        found.setdefault(canonicalize_name(package), set()).add(version)
    return found


def problems() -> list[str]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    run, test, check = (locked(name) for name in ("requirements.txt", "requirements-test.txt", "requirements-check.txt"))
    wanted = [
        ("requirements.txt", run, project["dependencies"]),
        ("requirements-test.txt", test, [*project["dependencies"], *extras["test"]]),
        ("requirements-check.txt", check, [*project["dependencies"], *extras["test"], *extras["check"]]),
    ]
    found = [f"{file}: {text}" for file, versions, texts in wanted for text in texts if not _allows(Requirement(text), versions)]
    for smaller, larger in ((run, test), (test, check)):
        found += [f"{name} has other versions in a larger lock" for name, versions in smaller.items() if larger.get(name) != versions]
    return found


def _allows(requirement: Requirement, versions: dict[str, set[str]]) -> bool:
    there = versions.get(canonicalize_name(requirement.name), set())
    return any(requirement.specifier.contains(version, prereleases=True) for version in there)


if __name__ == "__main__":
    listed = problems()
    print("\n".join([*listed, "Run `make lock`."]) if listed else "The locks fit pyproject.toml")
    sys.exit(bool(listed))
