"""Logging: talk goes to stderr, as JSON for machines and as text for people, without secrets.

Modules log through the standard library (`logging.getLogger(__name__)`, fields as `extra={...}`); structlog
writes the lines. It is loaded when the first line is written, because a command that has nothing to say
should not wait for it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO

from datacraft.config.secrets import mask_text, mask_value
from datacraft.config.settings import LogLevel

_context: ContextVar[dict[str, str]] = ContextVar("datacraft_log_context")


@contextmanager
def log_context(**fields: str) -> Iterator[None]:
    """Add fields, such as `request_id` and `question_id`, to every line that is logged within.

    They follow the task or thread that sets them, so that two requests never mix.
    """
    token = _context.set({**_context.get({}), **fields})
    try:
        yield
    finally:
        _context.reset(token)


def configure_logging(level: LogLevel = "warning", stream: TextIO | None = None) -> None:
    """Send what is logged to `stream` (default: stderr): JSON lines, or text where it is a terminal.

    `level` is DataCraft's; other libraries are heard from warnings on. Calling it again replaces the first.
    """
    stream = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_LineFormatter(human=stream.isatty()))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old.formatter, _LineFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("datacraft").setLevel(level.upper())


class _LineFormatter(logging.Formatter):
    """structlog's formatter, made when it is first needed."""

    def __init__(self, *, human: bool) -> None:
        super().__init__()
        self._human = human
        self._formatter: logging.Formatter | None = None

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line (and a traceback, where the record has one)."""
        if self._formatter is None:
            self._formatter = _structlog_formatter(human=self._human)
        return self._formatter.format(record)


def _structlog_formatter(*, human: bool) -> logging.Formatter:
    import structlog

    renderer = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if human
        else structlog.processors.JSONRenderer(default=str)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_context,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _mask_secrets,
            renderer,
        ],
    )


def _add_context(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in _context.get({}).items():
        event.setdefault(name, value)
    return event


def _mask_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask fields whose names promise a secret, and secrets inside any text, the traceback's too."""
    for name, value in event.items():
        # `event` and `exception` are text that people wrote; their names say nothing about the content.
        event[name] = (
            mask_text(value)
            if isinstance(value, str) and name in ("event", "exception")
            else mask_value(name, value)
        )
    return event
