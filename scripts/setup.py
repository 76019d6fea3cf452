"""Make .venv hold exactly the locked packages and the project itself; nothing happens when it does already.

Runs on the system's Python with its standard library only. uv does the work where it can be had (seconds instead of a minute),
pip where it cannot; every package is checked against the hash in the lock.
"""

import ast
import errno
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "setup.done"
UNFINISHED = VENV / "setup.unfinished"
UV = VENV / "bin" / "uv"

# Each level holds the ones before it, so that `make demo` after `make test` removes nothing.
LOCKS = {"run": "requirements.txt", "test": "requirements-test.txt", "check": "requirements-check.txt"}
LEVELS = list(LOCKS)


class SetupFailed(Exception):
    """The set-up cannot go on; the message says why and what to do."""


def main() -> int:
    level = sys.argv[1] if len(sys.argv) > 1 else "run"
    if level not in LEVELS:
        print(f"Usage: scripts/setup [{'|'.join(LEVELS)}]", file=sys.stderr)
        return 2
    if ready(level):
        return 0
    try:
        VENV.mkdir(exist_ok=True)
        with (VENV / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not ready(level):
                set_up(level)
    except SetupFailed as problem:
        print(f"\nThe set-up stopped: {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"\nThe set-up stopped: {in_plain_words(problem)}", file=sys.stderr)
        return 1
    return 0


def in_plain_words(problem: OSError) -> str:
    if problem.errno == errno.ENOSPC:
        return "the disk is full. About 500 MB are needed."
    if problem.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return f"{problem.filename or VENV} cannot be written by this user."
    return str(problem)


def fingerprint(level: str) -> str:
    """Changes when a lock, the project's entry points, its place or the Python changes."""
    inputs = [(PROJECT / name).read_bytes() for name in (LOCKS[level], "pyproject.toml")]
    return hashlib.sha256(b"\0".join([*inputs, os.fsencode(PROJECT), sys.version.encode()])).hexdigest()


def stamped() -> tuple[str, str]:
    """The level that is set up, and the fingerprint it had then."""
    try:
        level, digest = STAMP.read_text().split()
    except (OSError, ValueError):
        return LEVELS[0], ""
    return (level, digest) if level in LEVELS else (LEVELS[0], "")


def ready(level: str) -> bool:
    there, digest = stamped()
    enough = LEVELS.index(there) >= LEVELS.index(level) and digest == fingerprint(there)
    return enough and (VENV / "bin" / "entrepot").exists() and succeeds([PYTHON, "-c", ""])


def set_up(level: str) -> None:
    start = time.monotonic()
    level = max(level, stamped()[0], key=LEVELS.index)  # `make demo` after `make test` takes no test's package away
    say(f"Setting up {VENV} ({LOCKS[level]}, {count(LOCKS[level])} packages)")
    STAMP.unlink(missing_ok=True)
    make_venv()
    UNFINISHED.touch()
    install(level)
    install_project()
    compile_messages()
    UNFINISHED.unlink()
    STAMP.write_text(f"{level} {fingerprint(level)}\n")
    say(f"Set up in {time.monotonic() - start:.0f} s")


def make_venv() -> None:
    """A sound virtual environment. It is made anew after a move, for another Python, and after a set-up that was killed: packages
    may then be there by half, which neither uv nor pip sees."""
    if made_here():
        return
    for entry in VENV.iterdir():
        if entry.name != "setup.lock":
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    try:
        import venv
    except ImportError:
        raise SetupFailed(without_venv()) from None
    venv.EnvBuilder(with_pip=False, symlinks=True).create(VENV)


def made_here() -> bool:
    """Whether the environment is whole, lies where it was made, and belongs to this Python."""
    try:
        found = subprocess.run(
            [PYTHON, "-c", "import sys; print(sys.prefix); print(sys.version)"], capture_output=True, text=True, check=False
        )
        activate = (VENV / "bin" / "activate").read_text()
    except OSError:
        return False
    return not UNFINISHED.exists() and found.stdout == f"{VENV}\n{sys.version}\n" and str(VENV) in activate


def pip() -> list[object]:
    """pip as it comes with Python: run from its wheel, which is seconds quicker than to install it first."""
    try:
        import ensurepip
    except ImportError:
        raise SetupFailed(without_venv()) from None
    folders = [Path(ensurepip.__file__).parent / "_bundled", Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or "/nonexistent")]
    wheels = sorted(wheel for folder in folders for wheel in folder.glob("pip-*.whl"))
    if wheels:
        return [PYTHON, wheels[-1] / "pip"]
    run([PYTHON, "-m", "ensurepip", "--default-pip"], "making the virtual environment")
    return [PYTHON, "-m", "pip"]


def without_venv() -> str:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"this Python ({sys.executable}) comes without its venv and ensurepip modules.\n"
        f"  Debian or Ubuntu:  apt-get install python{version}-venv"
    )


def install(level: str) -> None:
    """The locked packages, by uv; by pip where uv cannot be had or cannot do it."""
    lock = PROJECT / LOCKS[level]
    pip_install = [*pip(), "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "--no-deps"]
    problem = attempt([*pip_install, "-r", PROJECT / "requirements-setup.txt"])
    if problem is None:
        problem = attempt([UV, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, lock], more=uv_settings(pip()))
    if problem is not None and not is_final(problem):
        say("uv could not do it; pip does it now, which takes about a minute")
        problem = attempt([*pip_install, "-r", lock])
    if problem is not None:
        raise SetupFailed(f"{explain(problem)}\n{tail(problem)}")


def install_project() -> None:
    """Leaves .venv/bin/entrepot and the entry points; the code stays where it is. Needs no network."""
    offline: list[object] = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", PROJECT]
    if attempt([UV, "pip", *offline, "--offline", "--python", PYTHON]) is not None:
        run([*pip(), *offline, "--no-index", "--disable-pip-version-check"], "installing the project")


def compile_messages() -> None:
    run([PYTHON, PROJECT / "scripts" / "messages.py", "compile"], "compiling the translations")


# --- uv reads none of pip's configuration: where packages come from here is handed on when it runs ---

HANDED_ON = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "trusted-host": "UV_INSECURE_HOST",
    "proxy": "ALL_PROXY",
    "no-index": "UV_NO_INDEX",
}


def uv_settings(pip: list[object]) -> dict[str, str]:
    """pip's settings in uv's words; what the user set for uv itself stays.

    Every index is asked, as pip does: the hashes in the lock, not the order of the indexes, say which file is the right one.
    """
    listed = subprocess.run([*map(str, pip), "config", "list"], capture_output=True, text=True, env=environment(), check=False).stdout
    settings = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    # The order of precedence: the file's [global], its [install], the environment.
    for section in ("global", "install", ":env:"):
        for line in listed.splitlines():
            key, _, value = line.partition("=")
            where, _, name = key.strip().rpartition(".")
            if where == section and name in HANDED_ON:
                words = str(ast.literal_eval(value.strip())).split()
                settings[HANDED_ON[name]] = ("," if name == "find-links" else " ").join(words)
    return {name: value for name, value in settings.items() if name not in os.environ}


# --- running programs ---


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    """Ours, less what would send packages elsewhere than into .venv."""
    unwanted = {
        "PIP_USER",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_ROOT",
        "PYTHONPATH",
        "PYTHONHOME",
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
        "__PYVENV_LAUNCHER__",
    }
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {**kept, "PIP_USER": "0", **(more or {})}


def attempt(command: list[object], more: dict[str, str] | None = None) -> str | None:
    """None when it went well, else what the program said."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=PROJECT,
            env=environment(more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as problem:
        return str(problem)
    return None if done.returncode == 0 else done.stdout or f"{command[0]} ended with {done.returncode}"


def run(command: list[object], what: str) -> None:
    problem = attempt(command)
    if problem is not None:
        raise SetupFailed(f"{what} failed. {explain(problem)}\n{tail(problem)}")


def succeeds(command: list[object]) -> bool:
    return attempt(command) is None


def is_final(output: str) -> bool:
    """Whether another program would fail for the same reason."""
    return any(sign in output.lower() for sign, _ in REASONS)


def explain(output: str) -> str:
    return next((words for sign, words in REASONS if sign in output.lower()), "The program said:")


REASONS = [
    ("no space left on device", "The disk is full. About 500 MB are needed."),
    ("permission denied", "This user may not write there."),
    ("hash mismatch", "A package differs from what was locked; it was not installed."),
    ("do not match the hashes", "A package differs from what was locked; it was not installed."),
    ("name resolution", "The package index cannot be reached: no network, or a proxy or mirror is not configured for pip."),
    ("dns error", "The package index cannot be reached: no network, or a proxy or mirror is not configured for pip."),
    ("connection refused", "The package index cannot be reached: no network, or a proxy or mirror is not configured for pip."),
    ("network is unreachable", "The package index cannot be reached: no network, or a proxy or mirror is not configured for pip."),
    (
        "failed to establish a new connection",
        "The package index cannot be reached: no network, or a proxy or mirror is not configured for pip.",
    ),
    (
        "certificate verify failed",
        "The package index's certificate is not trusted here; tell pip which one is (pip config set global.cert FILE).",
    ),
]


def tail(output: str) -> str:
    return "\n".join(f"    {line}" for line in output.strip().splitlines()[-12:])


def count(lock: str) -> int:
    return sum("==" in line for line in (PROJECT / lock).read_text().splitlines())


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
