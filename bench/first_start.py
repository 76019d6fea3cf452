"""B13: from a fresh clone to a demo that can be used: the back office answers and products are on sale on both marketplaces.

Once with empty caches (whatever the package index and the line to it give), once more with the packages that the first
one left in the caches. Each has a clone, a home and a folder for temporary files of its own.
"""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from bench.frame import SMALL, Result, Server, Yardstick, load
from entrepot.app.launcher import stop_database

PROJECT = Path(__file__).resolve().parent.parent
PATIENCE = 600  # seconds
BACK_OFFICE = re.compile(r"Back office\s+(http://\S+)")
PARTS = re.compile(r"Set up in \d+ s|ready in \d+ s")
MARKETPLACE = re.compile(r"\(sandbox\)\s+(http://\S+)")


def b13(server: Server, yardstick: Yardstick) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="entrepot-b13-") as folder:
        os.chmod(folder, 0o755)
        caches = {"UV_CACHE_DIR": f"{folder}/uv", "PIP_CACHE_DIR": f"{folder}/pip"}
        results = [_result("B13n", "packages not cached", *_usable_after(Path(folder) / "new", caches), 120)]
        if not SMALL:
            results.insert(0, _result("B13", "packages cached", *_usable_after(Path(folder) / "again", caches), 20))
    return results


def _result(id: str, how: str, seconds: float, parts: str, bar: int) -> Result:
    what = f"fresh clone -> demo usable, {how} ({parts})"
    return Result(id, what, round(seconds, 1), "s", f"≤ {bar}", seconds <= bar, None, None, load(), [])


def _usable_after(folder: Path, caches: Mapping[str, str]) -> tuple[float, str]:
    """Seconds from `make demo` in a new clone until it can be used; what it says itself of its parts."""
    clone, home, printed = folder / "clone", folder / "home", folder / "printed"
    home.mkdir(parents=True)
    subprocess.run(["git", "clone", "-q", PROJECT, clone], check=True)
    kept = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "SIZE") and not name.startswith("DATABASE_")}
    env = {**kept, **caches, "ENTREPOT_HOME": str(home)}
    begun = time.monotonic()
    with printed.open("w") as out:
        demo = subprocess.Popen(["make", "demo"], cwd=clone, env=env, stdout=out, stderr=out, start_new_session=True)
    try:
        while not _usable(printed.read_text()):
            assert demo.poll() is None, f"make demo ended:\n{printed.read_text()[-2000:]}"
            assert time.monotonic() - begun < PATIENCE, f"not usable after {PATIENCE} s:\n{printed.read_text()[-2000:]}"
            time.sleep(0.2)
        return time.monotonic() - begun, ", ".join(PARTS.findall(printed.read_text()))
    finally:
        os.killpg(demo.pid, signal.SIGINT)
        demo.wait(timeout=60)
        stop_database(home)


def _usable(printed: str) -> bool:
    back_office, marketplaces = BACK_OFFICE.search(printed), MARKETPLACE.findall(printed)
    if back_office is None or len(marketplaces) < 2 or _answer(back_office[1]) is None:
        return False
    worlds = [_answer(f"{address.rstrip('/')}/world") for address in marketplaces]
    return all(world is not None and any(listing["live"] for listing in json.loads(world)["listings"]) for world in worlds)


def _answer(address: str) -> bytes | None:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            body: bytes = answer.read()
            return body
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return None
