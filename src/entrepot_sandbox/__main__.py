"""`python -m entrepot_sandbox`: the sandbox marketplaces alone."""

from __future__ import annotations

import argparse

from entrepot_sandbox.core import server


def main(arguments: list[str] | None = None) -> None:
    """Serve the marketplaces until stopped; `--json` first prints one line with addresses and keys."""
    parser = argparse.ArgumentParser(prog="entrepot sandbox", description="Sandbox marketplaces on this machine.")
    parser.add_argument("--json", action="store_true", help="print one line of JSON with addresses and keys")
    parser.add_argument("--port-base", type=int, default=server.FIRST_PORT, help="first port; the next free one is taken")
    parser.add_argument("--seed", type=int, default=1, help="which listings to begin with; 0 and below begin empty")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the buyer's page")
    options = parser.parse_args(arguments)
    server.run(as_json=options.json, port_base=options.port_base, seed=options.seed, lang=options.lang)


if __name__ == "__main__":
    main()
