"""How a delimited text file, or a sheet's grid, is laid out: delimiter, quotes, title lines, header, width."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_DELIMITERS = [",", ";", "\t", "|", "^", "~", "\x1f", "\x01"]
_NUMBER = re.compile(r"[-+(]?\s?[$€£¥]?\s?\d[\d.,'\s]*%?\)?|[-+]?\d*\.\d+([eE][-+]?\d+)?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?|\d{1,2}[- ][A-Za-z]{3,9}[- ]\d{2,4}")
_YEAR = re.compile(r"(19|20)\d\d")
_TITLE_LINES = 30
_SAMPLE_RECORDS = 500


@dataclass(frozen=True)
class Layout:
    """Where the rows of a grid start and what heads them. `header` is None where there is no header row."""

    header: list[str] | None
    width: int
    first_row: int
    titles: list[str]


@dataclass(frozen=True)
class Dialect:
    """How to cut a text file into records of fields."""

    delimiter: str
    quote: str
    backslash: bool
    skip_lines: int
    layout: Layout
    consistency: float


def sniff(text: str, *, prefer: str) -> Dialect:
    """Decide the dialect from the file's first lines; `prefer` wins a tie (a .tsv prefers the tab)."""
    skip = 0
    if declared := re.match(r"sep=(.)\r?\n", text):  # what Excel writes and reads in front of a CSV
        text, skip, prefer = text[declared.end() :], 1, declared.group(1)
    lines = [line for line in text.splitlines() if line.strip()][: _SAMPLE_RECORDS * 2]
    quote = _quote(lines)
    delimiter = prefer if skip else _delimiter(lines, quote, prefer)
    backslash = f"\\{quote}" in text and f"{quote}{quote}{quote}" not in text
    records, ends = _records(text, delimiter, quote, backslash)
    layout = find_layout(records)
    line = ends[layout.first_row - 1] if layout.first_row and ends else 0
    whole = [
        text_line for text_line in text.splitlines()[line:] if text_line and text_line.count(quote) % 2 == 0
    ]
    rows = list(read_fields(whole, delimiter, quote, backslash))
    consistency = sum(1 for row in rows if len(row) == layout.width) / len(rows) if rows else 1.0
    return Dialect(delimiter, quote, backslash, skip + line, layout, consistency)


def read_fields(lines: Iterable[str], delimiter: str, quote: str, backslash: bool) -> csv._reader:  # type: ignore[name-defined]
    """Return the standard library's reader for this dialect."""
    return csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=quote,
        doublequote=not backslash,
        escapechar="\\" if backslash else None,
    )


def _records(text: str, delimiter: str, quote: str, backslash: bool) -> tuple[list[list[str]], list[int]]:
    """Return the first records and the number of lines read when each ended."""
    records: list[list[str]] = []
    ends: list[int] = []
    reader = read_fields(io.StringIO(text, newline=""), delimiter, quote, backslash)
    try:
        for record in reader:
            records.append(record)
            ends.append(reader.line_num)
            if len(records) >= _SAMPLE_RECORDS:
                break
    except csv.Error:
        pass_on = [line.split(delimiter) for line in text.splitlines()[:_SAMPLE_RECORDS]]
        return pass_on, list(range(1, len(pass_on) + 1))
    return records, ends


def _quote(lines: list[str]) -> str:
    """The double quote, unless fields are wrapped in single quotes and never in double ones."""
    single = sum(1 for line in lines if re.search(r"(^|[,;\t|])'[^']*'([,;\t|]|$)", line))
    return "'" if single > 0.5 * len(lines) and not any('"' in line for line in lines) else '"'


def _delimiter(lines: list[str], quote: str, prefer: str) -> str:
    """Choose the delimiter that cuts the lines into equal numbers of fields most consistently."""
    even = [line for line in lines if line.count(quote) % 2 == 0] or lines
    best, best_score = prefer, 0.0
    for delimiter in sorted(_DELIMITERS, key=lambda d: d != prefer):
        if not any(delimiter in line for line in even):
            continue
        widths = Counter(len(row) for row in read_fields(even, delimiter, quote, False))
        width, count = widths.most_common(1)[0]
        if width < 2:
            continue
        share = count / len(even)
        head: list[str] = next(iter(read_fields(even[:1], delimiter, quote, False)), [])
        # A decimal comma also cuts every row alike, but not the header.
        score = share * (1.0 if abs(len(head) - width) <= 1 else 0.85) + min(width, 20) * 0.002
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best


def find_layout(records: Sequence[Sequence[str]]) -> Layout:
    """Find the title lines, the header and the width of a grid of text cells.

    `first_row` is the index of the first data row.
    """
    filled = [sum(1 for cell in record if cell.strip()) for record in records]
    widths = Counter(len(record) for record, cells in zip(records, filled, strict=True) if cells)
    if not widths:
        return Layout(None, 0, len(records), [])
    top = max(widths.values())
    usual = [w for w, count in widths.items() if count == top]
    typical = sorted(cells for cells in filled if cells)[sum(1 for c in filled if c) // 2]
    start = 0
    while start < min(len(records), _TITLE_LINES) and _is_title(filled[start], typical):
        start += 1
    if start == min(len(records), _TITLE_LINES):
        start = 0
    width = len(records[start]) if len(records[start]) in usual else max(usual)
    titles = [" ".join(cell for cell in record if cell.strip()) for record in records[:start]]
    titles = [title for title in titles if title]
    first, rest = records[start], [r for r in records[start + 1 :] if any(cell.strip() for cell in r)]
    if not _is_header(first, rest):
        return Layout(None, max(width, 1), start, titles)
    header = [cell.strip() for cell in first]
    while len(header) > width and not header[-1]:
        header.pop()
    width = max(width, len(header))
    return Layout(header + [""] * (width - len(header)), width, start + 1, titles)


def _is_title(filled: int, typical: int) -> bool:
    return filled == 0 or (typical >= 3 and filled <= typical // 3) or (typical == 2 and filled == 0)


def _is_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Vote by column: text above typed values speaks for a header, like above like against it."""
    cells = [cell.strip() for cell in first]
    if not rest:
        return not any(_class(cell) for cell in cells)
    votes = 0.0
    for i, cell in enumerate(cells):
        below = [row[i].strip() for row in rest[:200] if i < len(row) and row[i].strip()]
        if not below:
            continue
        classes = Counter(_class(value) for value in below)
        usual, count = classes.most_common(1)[0]
        own = _class(cell)
        if count < 0.7 * len(below):
            continue
        if usual and cell and not own:
            votes += 1
        elif usual and own == usual:
            all_years = all(_YEAR.fullmatch(value) for value in below)
            votes -= 0 if _YEAR.fullmatch(cell) and not all_years else 1
        elif not usual and own:
            votes += 0 if _YEAR.fullmatch(cell) else -0.5
        elif cell and len(below) >= 3 and cell in below:
            votes -= 0.5
    return votes >= 0


def _class(cell: str) -> str:
    """Say what a cell looks like; an empty string for text."""
    if _NUMBER.fullmatch(cell):
        return "number"
    if _DATE.fullmatch(cell):
        return "date"
    return ""
