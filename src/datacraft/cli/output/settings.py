"""The effective settings, as text in columns or as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.config import EffectiveSetting

_HEADER = ("setting", "value", "origin")


def settings_as_text(rows: Sequence[EffectiveSetting]) -> str:
    """Return the settings in columns; the last one is where each value comes from."""
    widths = [max(len(_HEADER[i]), *(len(row[i]) for row in rows)) for i in range(2)]
    return "\n".join(f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c}" for a, b, c in [_HEADER, *rows])


def settings_as_json(rows: Sequence[EffectiveSetting]) -> str:
    """Return the settings as a JSON object: key -> {value, origin}."""
    return json.dumps({row.key: {"value": row.value, "origin": row.origin} for row in rows}, indent=2)
