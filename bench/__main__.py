"""``python -m bench [--only B1,B3] [--size small]``: measure and write results/latest.json. ``--table`` prints the last results as
Markdown; with ``--write`` it goes into docs/benchmarks.md."""

import argparse
import os
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", default="", help="comma-separated ids, e.g. B1,B3")
    parser.add_argument("--size", choices=["small", "full"], default="full")
    parser.add_argument("--table", action="store_true", help="measure nothing; print the last results")
    parser.add_argument("--write", action="store_true", help="with --table: into docs/benchmarks.md")
    options = parser.parse_args()
    os.environ["SIZE"] = options.size
    if options.table:
        return show(write=options.write)
    from bench import frame
    from bench.all import BENCHES

    wanted = [word.strip().upper() for word in options.only.split(",") if word.strip()] or list(BENCHES)
    unknown = [word for word in wanted if word not in BENCHES]
    if unknown:
        print(f"There is no bench {', '.join(unknown)}. There are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    if frame.SMALL:
        print("Size small: for a look, not for the record.")
    missed = 0
    with frame.server() as server:
        yardstick = frame.Yardstick(server)
        for name in wanted:
            results = BENCHES[name](server, yardstick)
            frame.write(results)
            missed += sum(not result.met for result in results)
    print(f"{missed} bars not met" if missed else "All bars met")
    return 0


def show(*, write: bool) -> int:
    from bench import table

    if write:
        PAGE.write_text(table.put_into(PAGE.read_text()))
    else:
        print(table.markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
