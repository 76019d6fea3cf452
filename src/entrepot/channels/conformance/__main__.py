"""python -m entrepot.channels.conformance CONNECTOR FACTS [SETTING=VALUE ...]

FACTS is the file with the line that ``entrepot sandbox --json`` prints. Prints the report; exit code 0 for the level "complete".
"""

import json
import sys
from pathlib import Path

from entrepot.channels.conformance import Level, SandboxWorld, run
from entrepot.channels.registry import connector


def main(arguments: list[str]) -> int:
    if len(arguments) < 2 or not all("=" in argument for argument in arguments[2:]):
        print(__doc__, file=sys.stderr)
        return 2
    name, file, *given = arguments
    facts = json.loads(Path(file).read_text(encoding="utf-8"))["channels"][name]
    settings = dict(argument.split("=", 1) for argument in given)
    world = SandboxWorld(facts, settings=settings)
    try:
        report = run(connector(name), world)
    finally:
        world.close()
    print(report.text())
    return 0 if report.level is Level.COMPLETE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
