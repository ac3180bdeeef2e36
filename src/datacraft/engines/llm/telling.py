"""What a model says beside its query, made fit to be shown: short, without links, without its instructions."""

from __future__ import annotations

import re

_LONGEST = 300
_LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]*:)?//\S+|\bwww\.\S+", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"\w+")
_RUN = 8  # so many words in a row are no accident


def told_by_model(text: str, instructions: str) -> str:
    """Return a model's sentence for a person; empty where it repeats its instructions."""
    if repeats(text, instructions):
        return ""
    said = _LINK.sub("(link left out)", _MARKUP.sub("", " ".join(text.split()))).strip()
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST].rstrip()}…"


def repeats(text: str, instructions: str) -> bool:
    """Whether a text holds a run of words of the instructions, such as nobody writes by accident."""
    known = _WORD.findall(instructions.lower())
    runs = {tuple(known[start : start + _RUN]) for start in range(len(known) - _RUN + 1)}
    words = _WORD.findall(text.lower())
    return any(tuple(words[start : start + _RUN]) in runs for start in range(len(words) - _RUN + 1))
