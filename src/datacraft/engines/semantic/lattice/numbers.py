"""Numbers, in digits and as words."""

from __future__ import annotations

import re

from datacraft.engines.semantic.lattice.items import NumberSense
from datacraft.engines.semantic.lexicon import Lexicon
from datacraft.engines.semantic.tokens import Token

_SUFFIX = {"k": 1e3, "m": 1e6, "bn": 1e9}
_NUMBER = re.compile(r"([$€£])?(-?[\d,]+(?:\.\d+)?)\s?(%|k|m|bn|st|nd|rd|th)?", re.IGNORECASE)


def read_number(token: Token, lexicon: Lexicon) -> NumberSense | None:
    """Read a number in digits ("$1,200", "15%", "3k", "2nd") or as a word ("seven")."""
    if token.kind == "word":
        value = lexicon.time.number_words.get(token.norm)
        return None if value is None else NumberSense(_neat(value))
    if token.kind != "number":
        return None
    match = _NUMBER.fullmatch(token.norm)
    if match is None:
        return None
    sign, digits, suffix = match.groups()
    value = float(digits.replace(",", ""))
    if suffix in _SUFFIX:
        return NumberSense(_neat(value * _SUFFIX[suffix]), "$" if sign else "")
    return NumberSense(
        _neat(value), "%" if suffix == "%" else "$" if sign else "", suffix in ("st", "nd", "rd", "th")
    )


def _neat(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value
