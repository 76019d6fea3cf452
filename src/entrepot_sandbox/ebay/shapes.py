"""What nested fields must hold, told by a shape that looks like them.

A type: the value is one. A list of one shape: a list whose entries fit it. An object: one whose named fields fit; those under
ANY are the ones it does not name, and those it does not tell of may hold anything. A null is as good as a field left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from entrepot_sandbox.ebay.errors import refused

ANY = "*"
ASPECTS = {ANY: [str]}


def check(value: Any, shape: Any, error_id: int = 25709) -> None:
    """Let a value pass that fits its shape.

    Raises: Refused with `error_id`, naming the first field that does not.
    """
    wrong = misfit(value, shape)
    if wrong is not None:
        raise refused(400, error_id, fieldName=wrong)


def misfit(value: Any, shape: Any, path: str = "") -> str | None:
    """The path of the first field that does not fit; None when all do."""
    if isinstance(shape, type):
        return None if isinstance(value, shape) else path
    if isinstance(shape, list):
        if not isinstance(value, list):
            return path
        inside = [(entry, shape[0], path) for entry in value]
    else:
        if not isinstance(value, Mapping):
            return path
        told = ((name, shape.get(name, shape.get(ANY))) for name, held in value.items() if held is not None)
        inside = [(value[name], wanted, f"{path}.{name}".removeprefix(".")) for name, wanted in told if wanted is not None]
    found = (misfit(held, wanted, place) for held, wanted, place in inside)
    return next((wrong for wrong in found if wrong is not None), None)
