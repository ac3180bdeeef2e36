"""How the shortened words of table and column names are spelt out; the list is `abbreviations.txt`."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def _spellings() -> dict[str, str]:
    text = (resources.files(__package__) / "abbreviations.txt").read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {short: word for word, *shorts in lines for short in shorts}


def spelt_out(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return a name's words with the usual abbreviations spelt out."""
    return tuple(_spellings().get(word, word) for word in words)
