"""``python -m bench [--only B1,B3] [--size small]``: measure and write results/latest.json."""

import argparse
import os
import sys


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", default="", help="comma-separated ids, e.g. B1,B3")
    parser.add_argument("--size", choices=["small", "full"], default="full")
    options = parser.parse_args()
    os.environ["SIZE"] = options.size
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


if __name__ == "__main__":
    sys.exit(main())
