"""Structured logs, one JSON object a line, without personal data (X5)."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

# A log line never needs these; what slips in by name is hidden, what looks like an address of e-mail or a card too.
_HIDDEN_KEYS = re.compile(r"(password|secret|token|authorization|credential|email|phone|address|name_of|buyer|recipient)", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_CARD = re.compile(r"\b(?:\d[ -]?){13,19}\b")


def set_up(level: int = logging.INFO) -> None:
    """Both structlog's and the standard library's loggers write JSON to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_personal_data,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=structlog.processors.JSONRenderer(ensure_ascii=False))
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.WARNING))


def without_personal_data(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide by key and by pattern."""
    for key, value in event.items():
        event[key] = "•••" if _HIDDEN_KEYS.search(key) else _clean(value)
    return event


def _clean(value: Any) -> Any:
    """Also what lies in lists and documents, and what an object would say of itself."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): "•••" if _HIDDEN_KEYS.search(str(key)) else _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    return _CARD.sub("•••", _EMAIL.sub("•••", str(value)))
