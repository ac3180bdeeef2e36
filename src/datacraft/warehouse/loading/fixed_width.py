"""Text whose columns stand under each other without a delimiter: found by the blanks that all lines share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.warehouse.loading.dialect import Layout, find_layout
from datacraft.warehouse.loading.encoding import TextFile
from datacraft.warehouse.loading.quoting import literal
from datacraft.warehouse.loading.staged import LineMap, Staging, trimmed_text

_SAMPLE_LINES = 1_000
_FEW_LINES = 3
_MAX_LINE_BYTES = 16 << 20
_RULE = set("-=_+ |")


@dataclass(frozen=True)
class FixedWidth:
    """Where each column starts and how wide it is (the last is open), and how the rows are laid out."""

    starts: tuple[int, ...]
    skip_lines: int
    layout: Layout

    def cut(self, line: str) -> list[str]:
        """Return the fields of a line."""
        ends = [*self.starts[1:], None]
        return [line[start:end].strip() for start, end in zip(self.starts, ends, strict=True)]


def find_fixed_width(text: str) -> FixedWidth | None:
    """Return the columns of a text; None where its lines share no blanks that cut them into at least two."""
    lines = [line.rstrip("\r") for line in text.split("\n")][:_SAMPLE_LINES]
    body = _body(lines)
    if body is None:
        return None
    first, chosen = body
    starts = _starts(chosen)
    if len(starts) < 2:
        return None
    cut = FixedWidth(tuple(starts), 0, Layout(None, len(starts), 0, []))
    kept = [(number, line) for number, line in enumerate(lines[first:], start=first) if line.strip()]
    kept = [(number, line) for number, line in kept if not set(line) <= _RULE]
    records = [cut.cut(line) for _, line in kept]
    layout = find_layout(records)
    if layout.width != len(starts):
        return None
    skip = kept[layout.first_row][0] if layout.first_row < len(kept) else len(lines)
    titles = [line.strip() for line in lines[:first] if line.strip()] + layout.titles
    return FixedWidth(tuple(starts), skip, Layout(layout.header, layout.width, layout.first_row, titles))


def _body(lines: Sequence[str]) -> tuple[int, list[str]] | None:
    """Return the first line and the lines of the table: those that go as far as most do, titles left out."""
    filled = [(number, line) for number, line in enumerate(lines) if line.strip()]
    if len(filled) < _FEW_LINES:
        return None
    lengths = sorted(len(line.rstrip()) for _, line in filled)
    usual = lengths[len(lengths) // 2]
    first = next(
        (n for n, line in filled if len(line.rstrip()) >= usual * 0.6 and "  " in line.strip()), None
    )
    if first is None:
        return None
    chosen = [line for n, line in filled if n >= first and not set(line) <= _RULE]
    regular = [line for line in chosen if len(line.rstrip()) >= usual * 0.5]
    return (first, regular) if len(regular) >= _FEW_LINES else None


def _starts(lines: Sequence[str]) -> list[int]:
    """Return where columns start: behind positions that are blank in every line."""
    width = max(len(line) for line in lines)
    blank = [
        all(position >= len(line) or line[position] == " " for line in lines) for position in range(width)
    ]
    starts = [0] if width and not blank[0] else []
    starts += [position + 1 for position in range(width - 1) if blank[position] and not blank[position + 1]]
    return _without_split_headers(starts, lines)


def _without_split_headers(starts: list[int], lines: Sequence[str]) -> list[int]:
    """Join what only a header of two words cuts: "Postal Code" over numbers that stand under one of the words."""
    header, data = lines[0], lines[1:]
    kept = list(starts)
    for place in range(len(starts) - 1, -1, -1):
        start = starts[place]
        end = starts[place + 1] if place + 1 < len(starts) else None
        if any(line[start:end].strip() for line in data):
            continue
        if place > 0 and header[start - 2 : start - 1].strip():
            kept.remove(start)
        elif end is not None and header[end - 2 : end - 1].strip() and end in kept:
            kept.remove(end)
    return kept


def stage_fixed_width(text: TextFile, found: FixedWidth, table: str, staging: Staging) -> LineMap:
    """Write the rows of a text file to a staging table; return the line of each."""
    ends = [*found.starts[1:], None]
    cells = [
        trimmed_text(
            f"substr(line, {start + 1})" if end is None else f"substr(line, {start + 1}, {end - start})"
        )
        for start, end in zip(found.starts, ends, strict=True)
    ]
    # A delimiter that no text holds gives whole lines; \x1f counts as a delimiter elsewhere.
    staging.connection.execute(
        f"CREATE TABLE {table} AS SELECT {', '.join(f'{sql} AS c{i}' for i, sql in enumerate(cells))}, number "
        f"FROM (SELECT rtrim(line, chr(13)) AS line, row_number() OVER () AS number FROM "
        f"(SELECT unnest(string_split(content, chr(10))) AS line FROM read_text({literal(str(text.path))}))) "
        f"WHERE number > {found.skip_lines} AND trim(line) <> '' "
        "AND NOT regexp_full_match(line, '[-=_+ |]+') ORDER BY number"
    )
    numbers = staging.connection.execute(f"SELECT number FROM {table} ORDER BY rowid").fetchall()
    staging.connection.execute(f"ALTER TABLE {table} DROP COLUMN number")
    return LineMap(lines=[number for (number,) in numbers])
