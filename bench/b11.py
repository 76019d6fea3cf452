"""B11: a CSV of 100,000 products becomes a catalog, every row checked, bad rows reported; rows a second and memory."""

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from bench import world
from bench.frame import SMALL, Result, Server, Yardstick, load

ROWS = 10_000 if SMALL else 100_000
BAD_EVERY = 500  # one row in so many has a GTIN with a wrong check digit
HEADINGS = ["SKU", "Title", "Description", "Brand", "Category", "EAN", "Price", "Cost", "Weight g", "Country of origin"]
MAPPING = "bench-b11"


def b11(server: Server, yardstick: Yardstick) -> list[Result]:
    """The import runs in a process of its own, so that its memory is its own, into an empty database."""
    here = world.empty(server, "b11")
    done = subprocess.run([sys.executable, "-m", "bench.b11"], env=here.env(), stdout=subprocess.PIPE, text=True, check=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    rate, peak = ROWS / answer["seconds"], answer["peak"] / 2**20
    spent = round(answer["cpu"] * 1000 / ROWS, 4)
    return [
        Result("B11", f"import of {ROWS:,} products from CSV", round(rate), "rows/s", "≥ 5000", rate >= 5000, None, spent, load(), []),
        Result("B11m", "memory of the importing process", round(peak), "MB", "≤ 300", peak <= 300, None, None, load(), []),
    ]


def main() -> None:
    """One import into the database of the settings, which holds no products; one line of JSON."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.app.settings")
    django.setup()
    from stdnum import ean

    from entrepot.catalog.imports import fields, mappings
    from entrepot.catalog.imports.products import import_products
    from entrepot.catalog.imports.types import FileMapping

    columns = fields.suggestions("products", HEADINGS)
    mappings.save_mapping(FileMapping(MAPPING, "products", columns, {"decimal": "."}), actor="bench")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "products.csv"
        bad = write(file, ROWS, ean.calc_check_digit)
        with Memory() as memory:
            cpu, start = time.process_time(), time.perf_counter()
            done = import_products(file, MAPPING, actor="bench")
            seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        again = import_products(file, MAPPING, actor="bench")
    assert (done.lines, done.imported, dict(done.rejected)) == (ROWS, ROWS - bad, {"bad_value": bad}), done
    assert again.unchanged == again.imported == ROWS - bad, again
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": memory.peak}))


def write(file: Path, rows: int, check_digit: Any) -> int:
    """The file, the same every time; how many of its rows are bad."""
    chance = random.Random(11)
    words = ["Linen", "Oak", "Copper", "Wool", "Glass", "Lamp", "Bowl", "Scarf", "Table", "Runner", "Blue", "Sand", "Large", "Set of 4"]
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(HEADINGS)
        for n in range(rows):
            digits = f"2{n:011d}"
            digit = check_digit(digits)
            if n % BAD_EVERY == BAD_EVERY - 1:
                digit = str((int(digit) + 1) % 10)
            title = " ".join(chance.choices(words, k=6))
            text = " ".join(chance.choices(words, k=40))
            price = chance.randrange(100, 99999)
            row = [
                f"SKU-{n:06d}",
                title,
                text,
                words[n % 7],
                words[n % 5],
                digits + digit,
                f"{price / 100:.2f}",
                f"{price / 250:.2f}",
                n % 9000 + 1,
                "CN",
            ]
            table.writerow(row)
    return rows // BAD_EVERY


class Memory:
    """The largest resident size of this process inside the block."""

    def __init__(self) -> None:
        self.peak = 0
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Memory":
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        process = psutil.Process()
        while True:
            self.peak = max(self.peak, process.memory_info().rss)
            if self._over.wait(0.05):
                return


if __name__ == "__main__":
    main()
