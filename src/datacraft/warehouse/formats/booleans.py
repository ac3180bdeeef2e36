"""Booleans written as words."""

from __future__ import annotations

from collections.abc import Collection

from datacraft.contracts.semantic import ColumnType
from datacraft.warehouse.formats.format import Format

_WORDS = [("true", "false"), ("yes", "no")]
_LETTERS = [("y", "n"), ("t", "f")]


def boolean_formats(values: Collection[str]) -> list[Format]:
    """Return true/false and yes/no; single letters only where both occur (a lone F is a code)."""
    seen = {value.lower() for value in values}
    pairs = _WORDS + [pair for pair in _LETTERS if set(pair) <= seen]
    return [
        Format("boolean", ColumnType.BOOLEAN, f"{yes}/{no}", f"(?i)({yes}|{no})", f"lower({{v}}) = '{yes}'")
        for yes, no in pairs
    ]
