"""Rows of a text table or sheet that are no data: the header once more, totals, notes below. Set aside, and said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import duckdb

from datacraft.warehouse.loading.quoting import identifier, literal
from datacraft.warehouse.loading.staged import StagedTable, Staging
from datacraft.warehouse.report import EXAMPLES, Example, Finding

_LABEL_COLUMNS = 3
_TAIL_ROWS = 12
_MOST_TOTALS = 2_000
_TOTAL_WORDS = "sub-?total|grand total|total|sum|summe|zwischensumme|gesamt|gesamtsumme|insgesamt|totale|suma"
_TOTAL = re.compile(
    rf"(?:overall |report |running )?(?:{_TOTAL_WORDS})s?(?:\s*\([^)]*\))?\s*[:.]?", re.IGNORECASE
)
_NAMED_TOTAL = re.compile(rf"(?:{_TOTAL_WORDS})s?\b.*|.*\b(?:{_TOTAL_WORDS})s?\s*:?", re.IGNORECASE)
_FOOTER = re.compile(
    r"(?:source|sources|note|notes|generated|report|printed|exported|created|page|copyright|©|end of|data as of|as of|"
    r"confidential|disclaimer|prepared|legend|footnote|quelle|hinweis|stand|figures|all (?:figures|amounts)|\*|†|--+|==+|"
    r"\d+ (?:rows|records|entries|lines)|(?:rows|records|count)\b).*",
    re.IGNORECASE | re.DOTALL,
)
_LONG_NOTE = 25
_CLOSE = 0.006


@dataclass(frozen=True)
class _Row:
    """A row that may be no data. `row_id` counts from 0."""

    row_id: int
    cells: tuple[str | None, ...]

    @property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell]


def set_aside_what_is_no_data(staging: Staging, staged: StagedTable) -> None:
    """Take repeated headers, totals and notes out of a staged text table, and report each with its line."""
    connection, width = staging.connection, len(staged.columns)
    if width < 2:
        return
    columns = [column.expression for column in staged.columns]
    headers = _repeated_headers(connection, staged, columns)
    count = _count(connection, staged.relation)
    tail = _rows(connection, staged, columns, f"rowid >= {max(0, count - _TAIL_ROWS)}")
    footers = _footers(tail, columns, count - len(headers))
    ends = {row.row_id for row in footers}
    totals = _totals(connection, staged, columns, tail, ends)
    left_out = sorted({row.row_id for row in (*headers, *footers, *totals)})
    if not left_out or len(left_out) >= count:
        return
    kinds = [
        ("repeated_header", "The header stands in the data again {n}; these rows were set aside.", headers),
        ("totals_rows", "Totals were set aside: they would be counted twice. {N}.", totals),
        ("footer_rows", "Notes below the table were set aside. {N}.", footers),
    ]
    for code, message, rows in kinds:
        if rows:
            staged.findings.append(_finding(code, message, rows, staged))
    _leave_out(staging, staged, columns, left_out, count)


def may_be_no_data(staged: StagedTable, typed: AbstractSet[str]) -> list[str]:
    """Return SQL conditions of rows that may be the header once more, or a total.

    Args:
        staged: the table.
        typed: expressions of columns that hold no texts, so no words of totals.
    """
    labels = [column.expression for column in staged.columns[:_LABEL_COLUMNS]]
    conditions = [_has_total_word(label) for label in labels if label not in typed]
    same = _same_as_header(staged)
    return [*conditions, f"({same})"] if same else conditions


def notes_may_follow(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], rows: int
) -> bool:
    """Whether any of a written table's last rows is as empty as a note below a table."""
    filled = " + ".join(f"({identifier(column)} IS NOT NULL)::INTEGER" for column in columns)
    found = connection.execute(
        f"SELECT 1 FROM {table} WHERE rowid >= {max(0, rows - _TAIL_ROWS)} "
        f"AND {filled} <= {_most_filled_of_note(len(columns))} LIMIT 1"
    ).fetchone()
    return found is not None


def _repeated_headers(
    connection: duckdb.DuckDBPyConnection, staged: StagedTable, columns: Sequence[str]
) -> list[_Row]:
    same = _same_as_header(staged)
    return _rows(connection, staged, columns, same) if same else []


def _same_as_header(staged: StagedTable) -> str:
    """SQL of whether a row is the header; empty where too little is named."""
    named = [(column.expression, column.header) for column in staged.columns if column.header]
    if len(named) < 2:
        return ""
    return " AND ".join(f"lower({c}) = lower({literal(header.strip())})" for c, header in named[:50])


def _footers(tail: Sequence[_Row], columns: Sequence[str], count: int) -> list[_Row]:
    """Return the notes at the very end, looking upwards past totals until a row of data comes."""
    if len(columns) < 3 and count < 3:
        return []
    found: list[_Row] = []
    for row in reversed(tail):
        if _is_total_label(row) is not None:
            continue
        if not _is_note(row, len(columns)):
            break
        found.append(row)
    return found[::-1] if len(found) < count else []


def _is_note(row: _Row, width: int) -> bool:
    filled = row.filled
    if not filled or len(filled) > _most_filled_of_note(width) or not row.cells[0]:
        return False
    text = filled[0].strip()
    if _FOOTER.fullmatch(text):
        return True
    return len(text) >= _LONG_NOTE and text.count(" ") >= 3


def _most_filled_of_note(width: int) -> int:
    return max(1, width // 3)


def _is_total_label(row: _Row) -> bool | None:
    """Return True for a label that can only be a total, False for one that may be, None for none."""
    for cell in row.cells[:_LABEL_COLUMNS]:
        if cell is None:
            continue
        text = cell.strip()
        if _TOTAL.fullmatch(text):
            return True
        if len(text) <= 60 and _NAMED_TOTAL.fullmatch(text):
            return False
    return None


def _totals(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedTable,
    columns: Sequence[str],
    tail: Sequence[_Row],
    ends: set[int],
) -> list[_Row]:
    """Return the rows that are called a total and are one: at the end, or equal to the sum of rows above."""
    named = " OR ".join(_has_total_word(c) for c in columns[:_LABEL_COLUMNS])
    candidates = [
        row
        for row in _rows(connection, staged, columns, f"({named})", limit=_MOST_TOTALS)
        if _is_total_label(row) is not None
    ]
    if not candidates:
        return []
    last = {row.row_id for row in candidates} | ends
    at_end: set[int] = set()
    for row in reversed(tail):
        if row.row_id not in last:
            break
        at_end.add(row.row_id)
    found: list[_Row] = []
    previous = -1
    for row in candidates:
        few = len(row.filled) <= max(2, (len(columns) + 1) * 3 // 4)
        sums = few and _is_sum(connection, staged, columns, row, previous, [r.row_id for r in found])
        if sums or (row.row_id in at_end and few and _is_total_label(row)):
            found.append(row)
            previous = row.row_id
    return found


def _is_sum(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedTable,
    columns: Sequence[str],
    row: _Row,
    previous: int,
    totals: Sequence[int],
) -> bool:
    """Whether some number of the row is the sum of those above it: since the last total, or all that are none."""
    numbers = [(c, value) for c, cell in zip(columns, row.cells, strict=True) if (value := _number(cell))]
    if not numbers:
        return False
    excluded = f" AND rowid NOT IN ({', '.join(map(str, totals))})" if totals else ""
    for start in {previous, -1}:
        sums = ", ".join(f"sum({_sql_number(c)})" for c, _ in numbers)
        found = connection.execute(
            f"SELECT {sums} FROM {staged.relation} WHERE rowid > {start} AND rowid < {row.row_id}{excluded}"
        ).fetchone()
        for (_, value), total in zip(numbers, found or (), strict=False):
            if total is not None and abs(total - value) <= max(_CLOSE, abs(value) * 1e-9):
                return True
    return False


def _has_total_word(column: str) -> str:
    return f"regexp_matches(lower({column}), '\\b({_TOTAL_WORDS})')"


def _number(cell: str | None) -> float | None:
    digits = re.sub(r"[^0-9.\-]", "", cell or "")
    try:
        return float(digits) or None
    except ValueError:
        return None


def _sql_number(column: str) -> str:
    """SQL that takes a text's digits for a number, by the same rule as `_number`: good enough to compare sums."""
    return f"TRY_CAST(regexp_replace({column}, '[^0-9.\\-]', '', 'g') AS DOUBLE)"


def _rows(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedTable,
    columns: Sequence[str],
    condition: str,
    limit: int = 10_000,
) -> list[_Row]:
    rows = connection.execute(
        f"SELECT rowid, * FROM {staged.relation} WHERE {condition} ORDER BY rowid LIMIT {limit}"
    ).fetchall()
    return [_Row(row[0], tuple(row[1:])) for row in rows]


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0


def _finding(code: str, message: str, rows: Sequence[_Row], staged: StagedTable) -> Finding:
    times = "once" if len(rows) == 1 else f"{len(rows):,} times"
    number = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
    return Finding(
        code=code,
        message=message.format(n=times, N=number),
        count=len(rows),
        examples=[
            Example(
                text=" | ".join(row.filled)[:160], row=row.row_id + 1, line=staged.lines.line(row.row_id + 1)
            )
            for row in rows[:EXAMPLES]
        ],
    )


def _leave_out(
    staging: Staging, staged: StagedTable, columns: Sequence[str], left_out: Sequence[int], rows: int
) -> None:
    table = staging.new_table()
    chosen = ", ".join(map(str, left_out))
    staging.connection.execute(
        f"CREATE TABLE {table} AS SELECT {', '.join(columns)} FROM {staged.relation} "
        f"WHERE rowid NOT IN ({chosen}) ORDER BY rowid"
    )
    staging.connection.execute(f"DROP TABLE {staged.relation}")
    staged.relation = table
    staged.lines = staged.lines.without(left_out, rows)
