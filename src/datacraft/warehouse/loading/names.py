"""Names that SQL can use, made from headers and file names by one rule: lower snake case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_WORDS = {"%": " pct ", "#": " no ", "&": " and ", "+": " plus ", "@": " at "}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GAP = re.compile(r"[\W_]+")
_MAX_LENGTH = 80


def clean_name(header: str, fallback: str) -> str:
    """Return the lower snake case of a header: "Order Date" -> order_date; `fallback` where nothing is left."""
    text = unicodedata.normalize("NFKC", header).replace("'", "").replace("’", "")
    for sign, word in _WORDS.items():
        text = text.replace(sign, word)
    words = _GAP.sub(" ", _HUMP.sub(" ", text)).split()
    name = "_".join(words).lower()[:_MAX_LENGTH].strip("_")
    if not name:
        return fallback
    return f"_{name}" if name[0].isdigit() else name


def unique_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return the names with `_2`, `_3`, ... on those that came before, ignoring case as SQL does."""
    used = {name.lower() for name in taken}
    wanted = list(names)
    # A header that really is called "total_2" keeps its name; the suffix of a duplicate steps over it.
    reserved = {name.lower() for name in wanted}
    result: list[str] = []
    for name in wanted:
        candidate, number = name, 2
        while candidate.lower() in used or (candidate != name and candidate.lower() in reserved):
            candidate, number = f"{name}_{number}", number + 1
        used.add(candidate.lower())
        result.append(candidate)
    return result


def column_names(headers: Iterable[str]) -> list[str]:
    """Return one usable, unique name per header; blank headers become `column_3` by position."""
    return unique_names(clean_name(header, f"column_{i}") for i, header in enumerate(headers, start=1))
