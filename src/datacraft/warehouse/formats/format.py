"""`Format`: one way to write the values of a column; and the words that mean that there is no value."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from datacraft.contracts.semantic import ColumnType
from datacraft.warehouse.loading.quoting import literal

Family = Literal["boolean", "number", "date", "time"]

NULL_TOKENS = ["NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "Null", "null", "<null>", "NaN", "nan", "\\N"]
"""Mean "no value" in a text column too."""

PLACEHOLDERS = [
    "n/a", "na", "#n/a", "<na>", "n.a.", "nan", "null", "<null>", "none", "nil", "\\n", "-", "--", "---", "—", "–",
    "?", ".", "unknown", "missing", "tbd", "not available", "not applicable", "(blank)", "blank",
    "#value!", "#ref!", "#div/0!", "#name?", "#num!",
]  # fmt: skip
"""Lower-case words that mean "no value" in a column of numbers, dates or booleans."""


_FIRST_LOOK = 50


@dataclass(frozen=True)
class Format:
    """One consistent way to write values.

    Attributes:
        label: the way as a person would write it, for example "31/12/2021, day first".
        pattern: what every value looks like, in the syntax that Python's `re` and RE2 share.
        template: DuckDB SQL that turns the text `{v}` into the value, or into null.
        rival: the label of a format that reads the same text differently (day first, month first).
        european: reading by it is evidence for decimal commas and days before months, or against (None: neither).
    """

    family: Family
    type: ColumnType
    label: str
    pattern: str
    template: str
    unit: str | None = None
    rival: str | None = None
    european: bool | None = None

    def parse(self, value: str) -> str:
        """Return SQL that reads the SQL text `value`, null where it isn't written this way."""
        parsed = self.template.replace("{v}", value)
        return f"CASE WHEN regexp_full_match({value}, {literal(self.pattern)}) THEN {parsed} END"

    def share(self, values: Collection[str]) -> float:
        """Return the share of `values` that are written this way."""
        compiled = re.compile(self.pattern)
        return sum(1 for value in values if compiled.fullmatch(value)) / len(values) if values else 0.0


def most_fitting(formats: Collection[Format], values: Collection[str], share: float) -> list[Format]:
    """Return the first of the formats that read most values, at least `share` of them, and its rival if that does too."""
    few = list(values)[:_FIRST_LOOK]
    shares = {f: f.share(values) for f in formats if f.share(few) >= share / 2}
    if not shares or (most := max(shares.values())) < share:
        return []
    best = next(f for f in shares if shares[f] == most)
    return [best] + [f for f in shares if f.label == best.rival and shares[f] >= share]
