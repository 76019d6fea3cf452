"""B11: a CSV of 100,000 products becomes a catalog, every row checked, bad rows reported; rows a second and memory."""

import csv
import os
import random
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

ROWS = 100_000
BAD_EVERY = 500  # one row in so many has a GTIN with a wrong check digit
HEADINGS = ["SKU", "Title", "Description", "Brand", "Category", "EAN", "Price", "Cost", "Weight g", "Country of origin"]
MAPPING = "bench-b11"


def run(rows: int = ROWS) -> list[dict[str, Any]]:
    """Imports into the database of the settings, which is expected to hold no products. In and out: DESIGN 7, B11."""
    from stdnum import ean

    from entrepot.catalog.imports import fields, mappings
    from entrepot.catalog.imports.products import import_products
    from entrepot.catalog.imports.types import FileMapping

    columns = fields.suggestions("products", HEADINGS)
    mappings.save_mapping(FileMapping(MAPPING, "products", columns, {"decimal": "."}), actor="bench")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "products.csv"
        bad = write(file, rows, ean.calc_check_digit)
        with Memory() as memory:
            cpu, start = time.process_time(), time.perf_counter()
            done = import_products(file, MAPPING, actor="bench")
            seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        again = import_products(file, MAPPING, actor="bench")
    assert (done.lines, done.imported, dict(done.rejected)) == (rows, rows - bad, {"bad_value": bad}), done
    assert again.unchanged == again.imported == rows - bad, again
    common = {"id": "B11", "yardstick": None, "cpu_ms": round(cpu * 1000 / rows, 4), "load": os.getloadavg()[0], "runs": 1}
    rate, peak = rows / seconds, memory.peak / 2**20
    return [
        {
            **common,
            "what": f"import of {rows:,} products from CSV",
            "value": round(rate),
            "unit": "rows/s",
            "bar": 5000,
            "met": rate >= 5000,
        },
        {**common, "what": "memory of the importing process", "value": round(peak), "unit": "MB", "bar": 300, "met": peak <= 300},
    ]


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
