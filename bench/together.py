"""Processes of one measurement: they get ready, begin together, and each answers with one line of JSON."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from bench.frame import Server
from bench.world import World

Answer = dict[str, Any]


class Together:
    """Processes ``python -m module arguments``, one a list of arguments; ready when the block begins, ended when it ends."""

    def __init__(self, here: World, module: str, arguments: Sequence[Sequence[object]], env: Mapping[str, str] | None = None) -> None:
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-m", module, *(str(word) for word in words)],
                env=here.env(env or {}), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for words in arguments
        ]  # fmt: skip

    def __enter__(self) -> "Together":
        for process in self._processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", "a process of the bench did not start"
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
        for process in self._processes:
            process.wait()

    def go(self, word: str = "go") -> list[Answer]:
        """All of them at once; their answers. A process that ended without one is an error."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(word + "\n")
            process.stdin.flush()
        return [json.loads(process.stdout.readline()) for process in self._processes if process.stdout is not None]


def measured(server: Server, together: Together, word: str = "go") -> tuple[list[Answer], float]:
    """Answers of all, and the CPU seconds of them (their "cpu") and of the server."""
    before = server.cpu_seconds()
    answers = together.go(word)
    return answers, server.cpu_seconds() - before + sum(answer["cpu"] for answer in answers)
