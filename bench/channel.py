"""A channel inside the process that answers at once: what remains is the time that Entrepot itself takes.

A worker finds it as it finds any connector that a package brings: by an entry point, in a folder that ``installed`` writes
and that stands on the worker's PYTHONPATH.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from entrepot.channels.contract import Access, Connector, Limits, Outcome, Receipt, Wanted

LIMITS = Limits(operations={}, items_a_call=25)


class LocalChannel:
    """Every quantity is live as soon as it is said. With ``arrivals`` each is written down: monotonic seconds, SKU, quantity."""

    def __init__(self, arrivals: Path | None = None) -> None:
        self.limits = LIMITS
        self.taken = 0
        self._arrivals = arrivals.open("a", buffering=1) if arrivals else None

    def set_availability(self, wanted: Sequence[Wanted]) -> list[Receipt]:
        if self._arrivals is not None:
            at = time.monotonic()
            self._arrivals.write("".join(f"{at} {one.sku} {one.quantity}\n" for one in wanted))
        self.taken += len(wanted)
        return [Receipt(one.offer, Outcome.LIVE, one.version) for one in wanted]


def _open(access: Access) -> LocalChannel:
    return LocalChannel(Path(access.settings["arrivals"]) if "arrivals" in access.settings else None)


CONNECTOR = Connector("bench", "Bench", LIMITS, settings=(), open=_open)


def installed(folder: Path) -> Path:
    """The folder, holding what a package index would install of a package with this connector."""
    about = folder / "entrepot_bench-1.dist-info"
    about.mkdir(parents=True, exist_ok=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: entrepot-bench\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[entrepot.connectors]\nbench = bench.channel:CONNECTOR\n")
    return folder
