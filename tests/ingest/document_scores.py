"""Cell by cell: what was read from a document against what stands in it."""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cell_accuracy import same
from document_corpus import DocumentTable, MadeDocument, Value

from datacraft.contracts.errors import DataCraftError
from datacraft.warehouse.loading.load import load_source, staging_connection
from datacraft.warehouse.loading.sources import identify_source
from datacraft.warehouse.loading.staged import CellPlace
from datacraft.warehouse.report import Finding
from datacraft.warehouse.settings import WarehouseSettings


@dataclass
class ReadTable:
    """A table that was read from a document."""

    name: str
    columns: list[str]
    rows: list[tuple[Any, ...]]
    places: list[list[CellPlace]]
    findings: list[Finding]


@dataclass
class DocumentScore:
    """Cells of some documents.

    Attributes:
        marked: wrong cells that are left out of the table for a person to look at, or told as mended.
        unmarked: wrong cells of which nothing is said.
        planted, found: totals that are wrong on purpose, and those of them that were told.
        false_alarms: totals told to be wrong that are right.
    """

    documents: int = 0
    cells: int = 0
    right: int = 0
    marked: int = 0
    unmarked: int = 0
    planted: int = 0
    found: int = 0
    false_alarms: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: DocumentScore) -> None:
        for name in ("documents", "cells", "right", "marked", "unmarked", "planted", "found", "false_alarms"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.faults += other.faults

    @property
    def share_right(self) -> float:
        return self.right / self.cells if self.cells else 0.0

    @property
    def share_unmarked(self) -> float:
        return self.unmarked / self.cells if self.cells else 0.0


def read_tables(path: Path) -> list[ReadTable]:
    """Read a document as loading does, and return its tables in order."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with closing(staging_connection(place / "t.duckdb", place, WarehouseSettings())) as connection:
            tables = load_source(connection, identify_source(path), place, [], WarehouseSettings())
            found: list[ReadTable] = []
            for table in tables:
                info = table.report.table
                names = [column.name for column in info.columns]
                shown = ", ".join(f'"{name}"' for name in names)
                rows = connection.execute(
                    f'SELECT {shown} FROM target.main."{info.name}" ORDER BY rowid'
                ).fetchall()
                found.append(ReadTable(info.name, names, rows, table.places or [], table.report.findings))
            return found


def score_document(made: MadeDocument) -> DocumentScore:
    """Read a document and compare it with its truth."""
    label = f"{made.kind} {made.number}"
    score = DocumentScore(documents=1)
    try:
        tables = read_tables(made.path)
    except DataCraftError as error:
        score.cells = sum(len(t.columns) * len(t.rows) for t in made.tables)
        score.marked = score.cells
        score.faults.append(f"{label}: {error.message}")
        return score
    for truth, table in zip(made.tables, tables, strict=False):
        score.add(_score(f"{label} {table.name}", truth, table))
    for truth in made.tables[len(tables) :]:
        score.cells += len(truth.columns) * len(truth.rows)
        score.unmarked += len(truth.columns) * len(truth.rows)
        score.faults.append(f"{label}: a table is missing")
    for table in tables[len(made.tables) :]:
        score.cells += len(table.columns) * len(table.rows)
        score.unmarked += len(table.columns) * len(table.rows)
        score.faults.append(f"{label}: a table too many: {table.name} {table.columns} {table.rows[:2]}")
    return score


def _score(label: str, truth: DocumentTable, table: ReadTable) -> DocumentScore:
    score = DocumentScore(cells=len(truth.columns) * len(truth.rows))
    told = {f.column for f in table.findings if f.code == "totals_mismatch"}
    score.planted = len(truth.mismatches)
    score.found = len(told & set(truth.mismatches))
    score.false_alarms = len(told - set(truth.mismatches))
    if told != set(truth.mismatches):
        score.faults.append(f"{label}: totals told {told} planted {truth.mismatches}")
    names = table.columns
    if len(table.rows) != len(truth.rows):
        score.faults.append(f"{label}: {len(table.rows)} rows instead of {len(truth.rows)}")
        surplus = max(0, len(table.rows) - len(truth.rows)) * len(names)
        score.cells += surplus
        score.unmarked += surplus
    wrong_names = [name for name in truth.columns if name not in names]
    if wrong_names:
        score.faults.append(f"{label}: no columns {wrong_names}, but {names}")
    # A header that was read wrongly is one fault for each of its cells, but shifts nothing.
    place_of = {
        name: names.index(name) if name in names else place if len(names) == len(truth.columns) else None
        for place, name in enumerate(truth.columns)
    }
    for wanted, at in _aligned(table.rows, truth):
        for name, value in zip(truth.columns, wanted, strict=True):
            place = place_of[name]
            if at is None or place is None:
                score.unmarked += 1
                continue
            got, where = table.rows[at][place], table.places[at][place] if table.places else None
            if same(_plain(got), value) and name in names:
                score.right += 1
            elif where is not None and (where.doubt or where.seen is not None):
                score.marked += 1
            else:
                score.unmarked += 1
                score.faults.append(f"{label} row {at} {name}: {got!r} instead of {value!r}")
    return score


def _plain(value: Any) -> Any:
    return value


def _aligned(rows: list[tuple[Any, ...]], truth: DocumentTable) -> list[tuple[list[Value], int | None]]:
    pairs: list[tuple[list[Value], int | None]] = []
    at = 0
    for wanted in truth.rows:
        best = at
        if len(rows) != len(truth.rows):
            near = range(at, min(at + 6, len(rows)))
            best = max(
                near,
                key=lambda i: sum(1 for v in wanted if any(same(c, v) for c in rows[i] if c is not None)),
                default=at,
            )
        pairs.append((wanted, best if best < len(rows) else None))
        at = best + 1
    return pairs
