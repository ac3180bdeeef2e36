"""English for names and counts: identifiers as words, plurals, enumerations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datacraft.profiles.words import expand, plural, singular, split_identifier

_NUMBERED = re.compile(r"\b([a-z]) (\d+)\b")  # `c7`, `q3_score`: a letter and its number are one name


def spoken(identifier: str) -> str:
    """Return an identifier as words with its abbreviations written out: `cust_nm` as "customer name"."""
    words = expand(split_identifier(identifier))
    said = " ".join("ID" if word == "id" else word for word in words)
    return _NUMBERED.sub(r"\1\2", said) or identifier


def plural_phrase(phrase: str) -> str:
    """Return the plural of a phrase: "order line" gives "order lines", "customer ID" gives "customer IDs"."""
    head, space, last = phrase.rpartition(" ")
    if not last.islower():
        return phrase if last.endswith("s") else f"{phrase}s"
    return f"{head}{space}{_plural_word(last)}"


def _plural_word(word: str) -> str:
    return word if singular(word) != word else plural(word)


def listed(parts: Sequence[str], last: str = "and", at_most: int = 8) -> str:
    """Return parts as one enumeration: "a, b and c"; what goes beyond `at_most` is counted."""
    shown = list(parts[:at_most])
    if len(parts) > at_most:
        shown.append(f"{len(parts) - at_most:,} more")
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def counted(count: int, noun: str) -> str:
    """Return a count of things: "1 region", "13 regions"."""
    return f"{count:,} {noun if count == 1 else plural_phrase(noun)}"
