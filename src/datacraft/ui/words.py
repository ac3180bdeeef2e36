"""Text from people and data, made safe for the two places that read markup: Markdown labels and HTML."""

from __future__ import annotations

import re
from html import escape

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def label(text: str) -> str:
    """Return `text` for a Markdown label (a button, a caption), where it means nothing but itself."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def html(text: str) -> str:
    """Return `text` for HTML, in an element or an attribute."""
    return escape(text, quote=True)


def counted(number: int, thing: str, things: str | None = None) -> str:
    """Return "1 row", "2 rows"."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"
