"""Findings: what a person should know about how a table was read, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datacraft.warehouse.formats.numbers import UNITS
from datacraft.warehouse.loading.reading import ColumnReading, Unread, rival_format
from datacraft.warehouse.loading.staged import LineMap, StagedTable
from datacraft.warehouse.model import ColumnInfo, TableInfo
from datacraft.warehouse.report import EXAMPLES, Example, Finding

_IN_BRACKETS = re.compile(r"[(\[]\s*(?:in\s+)?([^)\]]{1,20})\s*[)\]]\s*$", re.IGNORECASE)
_SCALES = {
    "k": "thousand", "t": "thousand", "thousand": "thousand", "thousands": "thousand", "000": "thousand",
    "000s": "thousand", "'000": "thousand", "’000": "thousand", "tsd": "thousand", "m": "million", "mn": "million",
    "mm": "million", "mio": "million", "mil": "million", "million": "million", "millions": "million",
    "b": "billion", "bn": "billion", "mrd": "billion", "billion": "billion", "billions": "billion",
}  # fmt: skip
_KNOWN_UNITS = {
    **UNITS, "%": "%", "kg": "kg", "g": "g", "lb": "lb", "lbs": "lb", "km": "km", "m": "m", "cm": "cm", "mm": "mm",
    "mi": "mi", "ft": "ft", "l": "l", "ml": "ml", "h": "h", "hrs": "h", "min": "min", "s": "s", "sec": "s", "ms": "ms",
    "°c": "°C", "°f": "°F", "kwh": "kWh", "mw": "MW", "m2": "m²", "m²": "m²", "km2": "km²", "km²": "km²",
}  # fmt: skip


def unit_of_header(header: str) -> str | None:
    """Return the unit that a header names in brackets: "Weight (kg)" -> kg.

    A percent sign there says nothing about how the values are stored, so it is left out.
    """
    found = _IN_BRACKETS.search(header)
    if found is None or found.group(1) == "%":
        return None
    text = found.group(1).strip()
    return _known_unit(text) or _scaled_unit(text)


def _known_unit(text: str) -> str | None:
    return _KNOWN_UNITS.get(text) or _KNOWN_UNITS.get(text.upper()) or _KNOWN_UNITS.get(text.lower())


def _scaled_unit(text: str) -> str | None:
    """Return the unit of "$k", "EUR m", "thousands" or "in millions of USD": "thousand USD"."""
    words = [word for word in re.split(r"[\s.]+", text.lower().replace("of ", "")) if word]
    if len(words) == 1:
        for cut in range(1, len(words[0])):
            ends = (words[0][:cut], words[0][cut:])
            for unit, scale in (ends, ends[::-1]):
                if scale in _SCALES and unit.upper() in UNITS:
                    return f"{_SCALES[scale]} {UNITS[unit.upper()]}"
        return _SCALES[words[0]] if len(words[0]) > 1 and words[0] in _SCALES else None
    if len(words) == 2:
        for unit, scale in (words, words[::-1]):
            if scale in _SCALES and (known := UNITS.get(unit.upper())):
                return f"{_SCALES[scale]} {known}"
    return None


def header_findings(headers: Sequence[str], columns: Sequence[ColumnInfo]) -> list[Finding]:
    """Return what became of headers that SQL could not use."""
    findings: list[Finding] = []
    blank = [c.name for h, c in zip(headers, columns, strict=True) if not h.strip()]
    if blank and len(blank) < len(columns):
        findings.append(
            Finding(
                code="blank_headers",
                message=f"{len(blank)} columns have no header and are called {', '.join(blank[:EXAMPLES])}.",
                count=len(blank),
            )
        )
    seen: dict[str, int] = {}
    for header in headers:
        seen[header.strip().lower()] = seen.get(header.strip().lower(), 0) + 1
    doubled = [c for h, c in zip(headers, columns, strict=True) if h.strip() and seen[h.strip().lower()] > 1]
    if doubled:
        findings.append(
            Finding(
                code="duplicate_headers",
                message=f"Some headers occur twice; the columns are called {', '.join(c.name for c in doubled[:8])}.",
                count=len(doubled),
            )
        )
    renamed = [(h, c.name) for h, c in zip(headers, columns, strict=True) if h.strip() and h != c.name]
    if renamed:
        shown = [Example(text=f"{header} -> {name}") for header, name in renamed[:EXAMPLES]]
        findings.append(
            Finding(
                code="renamed_columns",
                severity="info",
                message=f"{len(renamed)} columns are called in lower snake case in SQL.",
                count=len(renamed),
                examples=shown,
            )
        )
    scaled = [c for c in columns if c.unit and c.unit.split()[0] in {"thousand", "million", "billion"}]
    if scaled:
        shown = [Example(text=f"{column.name}: {column.unit}") for column in scaled[:EXAMPLES]]
        message = f"{len(scaled)} columns say in their header that they count thousands or more; values are kept as they stand."
        findings.append(Finding(code="scaled_units", message=message, count=len(scaled), examples=shown))
    return findings


def placed_finding(finding: Finding, lines: LineMap) -> Finding:
    """Return a finding whose examples name pages where rows are counted by them."""
    if not lines.pages or not finding.examples:
        return finding
    return finding.model_copy(update={"examples": placed_examples(finding.examples)})


def placed_examples(examples: Sequence[Example]) -> list[Example]:
    """Return examples of a document: what is called their line is a page."""
    return [
        example if example.line is None else example.model_copy(update={"page": example.line, "line": None})
        for example in examples
    ]


def shape_findings(table: TableInfo) -> list[Finding]:
    """Return what is odd about the table as a whole."""
    if table.row_count == 0:
        return [Finding(code="no_rows", message=f"The table {table.name} has columns but no rows.")]
    return []


def reading_findings(name: str, reading: ColumnReading, staged: StagedTable, rows: int) -> list[Finding]:
    """Return what a person should know about how a text column's values were read."""
    findings: list[Finding] = []
    if reading.trusted and not reading.formats:
        return []
    if reading.values == 0 and not rows:
        return []
    if reading.values == 0:
        message = f"{name} has no values at all; it is kept as text."
        return [Finding(code="all_null", severity="info", message=message, column=name)]
    if reading.rejected is not None:
        findings.append(_kept_as_text(name, reading, staged))
    elif reading.unread:
        findings.append(_unread(name, reading, staged))
    if reading.nulls:
        message = f"{reading.nulls} values of {name} are words for a missing value and are read as such."
        findings.append(
            Finding(code="null_words", severity="info", message=message, column=name, count=reading.nulls)
        )
    findings += _ambiguity(name, reading)
    if len(reading.formats) > 1:
        ways = " and ".join(format_.label for format_ in reading.formats)
        findings.append(
            Finding(code="mixed_formats", message=f"{name} mixes {ways}; both were read.", column=name)
        )
    return findings


def _kept_as_text(name: str, reading: ColumnReading, staged: StagedTable) -> Finding:
    assert reading.rejected is not None
    if reading.has_leading_zeros and reading.rejected.family == "number":
        message = f"{name} is kept as text because some values have leading zeros, as codes do."
        return Finding(code="leading_zeros", severity="info", message=message, column=name)
    share = 1 - reading.unread_count / max(1, reading.values)
    message = (
        f"{name} is kept as text: {share:.0%} of its values look like {reading.rejected.label}, "
        f"{reading.unread_count} don't."
    )
    return Finding(
        code="kept_as_text",
        severity="info",
        message=message,
        column=name,
        count=reading.unread_count,
        examples=_examples(reading.unread, staged),
    )


def _unread(name: str, reading: ColumnReading, staged: StagedTable) -> Finding:
    format_ = reading.formats[0]
    return Finding(
        code="unread_values",
        message=f"{reading.unread_count} values of {name} can't be read as {format_.family}s "
        f"({format_.label}) and are missing in the table.",
        column=name,
        count=reading.unread_count,
        examples=_examples(reading.unread, staged),
    )


def _examples(unread: Sequence[Unread], staged: StagedTable) -> list[Example]:
    return [
        Example(text=u.text, row=u.row, line=staged.lines.line(u.row) if u.row else None)
        for u in unread[:EXAMPLES]
    ]


def _ambiguity(name: str, reading: ColumnReading) -> list[Finding]:
    """Say so where every value can be read in another way as well."""
    if not reading.formats:
        return []
    chosen = reading.formats[0]
    rival = rival_format(reading, chosen)
    if rival is None:
        return []
    read = reading.candidates[chosen]
    if chosen.family == "date":
        message = (
            f"Every value of {name} can be read day first and month first; {chosen.label} was taken. "
            "Set day_first to decide it."
        )
        return [Finding(code="ambiguous_dates", message=message, column=name, count=read)]
    if not (chosen.european or "." in chosen.label) or chosen.label.startswith("1,234.56"):
        return []
    message = f"The marks in {name} can be read as {chosen.label} or {rival.label}; {chosen.label} was taken."
    return [Finding(code="ambiguous_numbers", message=message, column=name, count=read)]
