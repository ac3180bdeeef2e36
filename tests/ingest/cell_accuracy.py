"""Cell by cell: what was loaded against what should be there."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus import CorpusFile, Truth, Value

from datacraft.contracts.errors import DataCraftError
from datacraft.ingest import IngestOptions, ingest
from datacraft.ingest.report.model import IngestedTable
from datacraft.ingest.store import read_store

_UNMARKED_CODES = {
    "renamed_columns",
    "encoding",
    "like_files",
    "related_tables",
    "xml_rows",
    "fixed_width",
    "title_lines",
}
"""Findings that say how a table was read, but not that a value may be wrong."""


@dataclass
class Score:
    """Cells of some files.

    Attributes:
        wrong_unmarked: wrong cells of columns about which the report says nothing.
        faults: of the wrong ones, for people to look at.
    """

    cells: int = 0
    right: int = 0
    wrong_unmarked: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def share_right(self) -> float:
        return self.right / self.cells if self.cells else 0.0

    @property
    def share_wrong_unmarked(self) -> float:
        return self.wrong_unmarked / self.cells if self.cells else 0.0

    def add(self, other: Score) -> None:
        self.cells += other.cells
        self.right += other.right
        self.wrong_unmarked += other.wrong_unmarked
        self.faults += other.faults


def score_file(file: CorpusFile, workspace: Path) -> Score:
    """Load a file into a warehouse of its own and compare every cell of every table."""
    warehouse = workspace / f"{file.kind}_{file.number}.duckdb"
    score = Score()
    label = f"{file.kind} {file.number}"
    try:
        report = ingest([file.path], IngestOptions(warehouse))
    except DataCraftError as error:
        for truth in file.tables.values():
            score.cells += len(truth.columns) * len(truth.rows)
        score.faults.append(f"{label}: {error.message}")
        return score
    tables = {table.name: table for table in report.tables}
    for name, truth in file.tables.items():
        if name not in tables:
            missing = len(truth.columns) * len(truth.rows)
            score.cells += missing
            score.wrong_unmarked += missing
            score.faults.append(f"{label}: no table {name}, but {', '.join(tables)}")
            continue
        score.add(_score_table(f"{label} {name}", tables[name], truth, _rows(warehouse, name)))
    for name in tables.keys() - file.tables.keys():
        score.faults.append(f"{label}: a table {name} too many")
        cells = tables[name].rows_after * len(tables[name].columns)
        score.cells += cells
        score.wrong_unmarked += cells
    return score


def _rows(warehouse: Path, table: str) -> tuple[list[str], list[list[Value]]]:
    with read_store(warehouse) as store:
        version = store.require(table)
        cursor = store.connection.execute(f'SELECT * FROM store.main."{version.table}"')
        names = [column[0] for column in cursor.description or []]
        return names, [list(row) for row in cursor.fetchall()]


def _score_table(
    label: str, table: IngestedTable, truth: Truth, found: tuple[list[str], list[list[Value]]]
) -> Score:
    names, rows = found
    findings = [f for source in table.sources for f in source.findings] + table.findings
    marked = {f.column for f in findings if f.column}
    score = Score(cells=len(truth.columns) * len(truth.rows))
    if len(rows) != len(truth.rows):
        score.faults.append(f"{label}: {len(rows)} rows instead of {len(truth.rows)}")
    pairs = _aligned(rows, names, truth)
    for place, column in enumerate(truth.columns):
        if column not in names:
            score.faults.append(f"{label}: no column {column}, but {', '.join(names)}")
            score.wrong_unmarked += len(truth.rows)
            continue
        at = names.index(column)
        wrong = [
            (wanted[place], None if got is None else got[at])
            for wanted, got in pairs
            if got is None or not same(got[at], wanted[place])
        ]
        score.right += len(truth.rows) - len(wrong)
        if wrong:
            score.faults.append(
                f"{label}.{column}: {len(wrong)} wrong, such as {wrong[0][1]!r} for {wrong[0][0]!r}"
            )
            score.wrong_unmarked += 0 if column in marked else len(wrong)
    extra = [name for name in names if name not in truth.columns]
    surplus = max(0, len(rows) - len(truth.rows)) * len(names) + len(extra) * len(rows)
    if extra:
        score.faults.append(f"{label}: columns too many: {', '.join(extra)}")
    score.cells += surplus
    score.wrong_unmarked += surplus
    return score


def _aligned(
    rows: list[list[Value]], names: list[str], truth: Truth
) -> list[tuple[list[Value], list[Value] | None]]:
    """Pair each row that should be there with the one that is, in order; a row too many shifts nothing."""
    pairs: list[tuple[list[Value], list[Value] | None]] = []
    at = 0
    for wanted in truth.rows:
        best = at
        if len(rows) != len(truth.rows):
            near = range(at, min(at + 5, len(rows)))
            best = max(near, key=lambda row: _alike(rows[row], names, wanted, truth), default=at)
        pairs.append((wanted, rows[best] if best < len(rows) else None))
        at = best + 1
    return pairs


def _alike(row: Sequence[Value], names: Sequence[str], wanted: Sequence[Value], truth: Truth) -> int:
    return sum(
        1
        for column, value in zip(truth.columns, wanted, strict=True)
        if column in names and same(row[names.index(column)], value)
    )


def same(got: Value, wanted: Value) -> bool:
    """Whether a cell is right: the value and its type; a whole number may be held as a float."""
    if got is None or wanted is None:
        return got is wanted
    if isinstance(wanted, bool) or isinstance(got, bool):
        return got is wanted
    if isinstance(wanted, int | float):
        return isinstance(got, int | float) and math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(wanted, dt.date) and not isinstance(wanted, dt.datetime) and isinstance(got, dt.datetime):
        return got == dt.datetime.combine(wanted, dt.time())
    return type(got) is type(wanted) and got == wanted
