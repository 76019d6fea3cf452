"""The set-up: exactly what was locked, wherever this machine gets its packages, and plain words when something is missing."""

import errno
import importlib.util
import os
import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.txt", "requirements-test.txt", "requirements-check.txt", "requirements-setup.txt"]


def script(name: str, project: Path = PROJECT) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, project / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


setup = script("setup")


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pip configuration file, and nothing from this machine's."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))] + ["SSL_CERT_FILE"]:
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "pip.conf"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    return file


def test_where_pip_gets_packages_is_handed_on_to_uv(configured: Path) -> None:
    configured.write_text(
        "[global]\nindex-url = https://mirror.example/simple\nextra-index-url = https://a.example/simple\n    https://b.example/simple\n"
        "find-links = /srv/wheels\n    /srv/more\ncert = /etc/ssl/ours.pem\ntimeout = 7\nproxy = http://proxy.example:3128\n"
    )
    found = setup.uv_settings(setup.pip())
    expected = {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_FIND_LINKS": "/srv/wheels,/srv/more",
        "SSL_CERT_FILE": "/etc/ssl/ours.pem",
        "UV_HTTP_TIMEOUT": "7",
        "ALL_PROXY": "http://proxy.example:3128",
    }
    assert {name: found.get(name) for name in expected} == expected


def test_pips_environment_comes_before_its_file_and_uvs_own_before_both(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configured.write_text("[global]\nindex-url = https://file.example/simple\ntimeout = 7\n[install]\ntimeout = 8\n")
    monkeypatch.setenv("PIP_INDEX_URL", "https://environment.example/simple")
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "99")
    found = setup.uv_settings(setup.pip())
    assert found["UV_DEFAULT_INDEX"] == "https://environment.example/simple"
    assert "UV_HTTP_TIMEOUT" not in found


def test_nothing_configured_hands_on_nothing(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)  # pip then also leaves out this machine's own file
    assert setup.uv_settings(setup.pip()) == {"UV_INDEX_STRATEGY": "unsafe-best-match"}


def test_what_would_send_packages_elsewhere_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_TARGET", "PIP_PREFIX", "PYTHONPATH", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    assert "/elsewhere" not in setup.environment().values()
    assert setup.environment()["PIP_USER"] == "0"


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("Temporary failure in name resolution", "no network"),
        ("error: dns error: failed to lookup address", "no network"),
        ("Hash mismatch for `django==5.2.19`", "differs from what was locked"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "differs from what was locked"),
    ],
)
def test_a_failure_is_explained_and_not_tried_again_in_another_way(output: str, words: str) -> None:
    assert words in setup.explain(output)
    assert setup.is_final(output)


def test_an_unknown_failure_of_uv_is_tried_with_pip() -> None:
    assert not setup.is_final("error: unexpected argument")


def test_a_full_disk_and_a_foreign_folder_are_said_in_plain_words() -> None:
    assert "disk is full" in setup.in_plain_words(OSError(errno.ENOSPC, "x"))
    assert "/srv/x cannot be written" in setup.in_plain_words(PermissionError(errno.EACCES, "Permission denied", "/srv/x"))


@pytest.fixture
def elsewhere(tmp_path: Path) -> ModuleType:
    """The set-up of a copy of the project in another place, with a `.venv` that looks whole."""
    (tmp_path / "scripts").mkdir()
    for name in ("scripts/setup.py", "pyproject.toml", *LOCKS):
        (tmp_path / name).write_bytes((PROJECT / name).read_bytes())
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("python", "entrepot"):
        (tmp_path / ".venv" / "bin" / name).symlink_to("/bin/true")
    return script("setup", tmp_path)


def test_the_stamp_changes_with_the_place_of_the_project(elsewhere: ModuleType) -> None:
    assert elsewhere.fingerprint("run") != setup.fingerprint("run")


@pytest.mark.parametrize("text", ["", "run", "unknown 0123", "run 0123 4567"], ids=["empty", "cut off", "other level", "longer"])
def test_a_damaged_stamp_means_not_set_up(text: str, elsewhere: ModuleType) -> None:
    elsewhere.STAMP.write_text(text)
    assert elsewhere.stamped() == ("run", "")
    assert not elsewhere.ready("run")


def test_a_larger_set_up_is_enough_for_a_smaller_and_not_the_other_way(elsewhere: ModuleType) -> None:
    elsewhere.STAMP.write_text(f"test {elsewhere.fingerprint('test')}")
    assert [elsewhere.ready(level) for level in elsewhere.LEVELS] == [True, True, False]


def test_a_changed_lock_means_not_set_up(elsewhere: ModuleType) -> None:
    elsewhere.STAMP.write_text(f"run {elsewhere.fingerprint('run')}")
    assert elsewhere.ready("run")
    (elsewhere.PROJECT / "requirements.txt").write_text("")
    assert not elsewhere.ready("run")


def test_without_python_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run(
        ["/bin/sh", str(PROJECT / "scripts" / "setup")], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is missing.")
    assert "apt-get install python3" in done.stderr


@pytest.mark.parametrize("name", LOCKS)
def test_x10_every_locked_package_has_hashes_and_no_lock_names_an_address(name: str) -> None:
    text = (PROJECT / name).read_text()
    assert "://" not in text
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_a_dependency_that_is_not_locked_is_found() -> None:
    locks = script("check_locks")
    versions = {"django": {"5.2.1"}}
    requirement = locks.Requirement
    assert locks._allows(requirement("Django>=5.2,<5.3"), versions)
    assert not locks._allows(requirement("Django>=6"), versions)
    assert not locks._allows(requirement("flask"), versions)


def test_help_names_every_target() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    explained = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    assert explained == targets >= {"help", "demo", "setup", "check", "quick", "test", "drill", "bench", "nightly"}
