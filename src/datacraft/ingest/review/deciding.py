"""Deciding on uncertain cells: what a person says becomes the cell's value, in a new version of its table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import duckdb

from datacraft import __version__
from datacraft.contracts.errors import InputError
from datacraft.contracts.semantic import ColumnType
from datacraft.ingest.report.model import IngestReport
from datacraft.ingest.store.catalogue import Part, Version
from datacraft.ingest.store.decisions import DecidedCell, write_decisions
from datacraft.ingest.store.opening import writing_store
from datacraft.ingest.store.places import (
    UncertainCell,
    part_with_values,
    take_over_places,
    uncertain_cells,
)
from datacraft.ingest.store.reading import Store
from datacraft.ingest.store.writing import LoadWriter, NewPart
from datacraft.ingest.workspace import load_workspace
from datacraft.warehouse.cache import LOADER_VERSION
from datacraft.warehouse.formats import Format, candidate_formats
from datacraft.warehouse.loading.load import staging_connection
from datacraft.warehouse.loading.quoting import literal
from datacraft.warehouse.model import ColumnInfo
from datacraft.warehouse.settings import WarehouseSettings

Verb = Literal["accept", "correct", "dismiss"]


@dataclass(frozen=True)
class Decision:
    """What a person says of a cell: it is as it was read, it is something else, or it stays empty."""

    item_id: int
    verb: Verb
    value: str | None = None


@dataclass(frozen=True)
class Reviewed:
    """What became of a table: its newest version, how many cells were decided, and how many still wait."""

    version: Version
    decided: int
    waiting: int


def decide(
    warehouse: Path,
    decisions: Sequence[Decision],
    settings: WarehouseSettings | None = None,
    *,
    who: str,
    reason: str = "",
) -> list[Reviewed]:
    """Write decisions, all or none, each table of them as one new version that says who made it and why.

    Raises:
        InputError: there is no such item, or its value does not fit its column.
        DataLoadError: the warehouse can't be opened.
    """
    started = _now()
    with (
        load_workspace(warehouse.absolute().parent) as workspace,
        closing(
            staging_connection(workspace / "work.duckdb", workspace, settings or WarehouseSettings())
        ) as connection,
        writing_store(connection, warehouse) as store,
    ):
        waiting = {cell.item_id: cell for cell in uncertain_cells(store)}
        chosen = _chosen(decisions, waiting)
        writer = LoadWriter(store, started, _now)
        reviewed: list[Reviewed] = []
        for table in sorted({cell.table for cell, _ in chosen}):
            mine = [(cell, decision) for cell, decision in chosen if cell.table == table]
            version = _filled_in(store, writer, store.require(table), mine)
            left = sum(1 for cell in waiting.values() if cell.table == table) - len(mine)
            reviewed.append(Reviewed(version, len(mine), left))
        write_decisions(store, writer.load_id, [_decided(*one, who, reason) for one in chosen])
        report = IngestReport(
            status="loaded",
            load_id=writer.load_id,
            warehouse=str(warehouse),
            started_at=started,
            code_version=__version__,
        )
        writer.finish(__version__, LOADER_VERSION, "", report.model_dump_json())
    return reviewed


def _decided(cell: UncertainCell, decision: Decision, who: str, reason: str) -> DecidedCell:
    value = cell.seen if decision.verb == "accept" else decision.value
    return DecidedCell(cell.item_id, cell.table, cell.column, decision.verb, value, who, reason)


def _chosen(
    decisions: Sequence[Decision], waiting: Mapping[int, UncertainCell]
) -> list[tuple[UncertainCell, Decision]]:
    if not decisions:
        raise InputError("Nothing waits to be decided.", hint="`datacraft data review list` shows what does.")
    chosen: dict[int, tuple[UncertainCell, Decision]] = {}
    for decision in decisions:
        if decision.item_id not in waiting:
            raise InputError(
                f"No cell {decision.item_id} waits to be decided.",
                hint="`datacraft data review list` shows those that do.",
            )
        chosen[decision.item_id] = (waiting[decision.item_id], decision)
    return list(chosen.values())


def _filled_in(
    store: Store, writer: LoadWriter, version: Version, chosen: Sequence[tuple[UncertainCell, Decision]]
) -> Version:
    parts = store.parts(version.parts)
    made: list[Part] = []
    for part in parts:
        mine = [(cell, decision) for cell, decision in chosen if cell.part_id == part.part_id]
        if not mine:
            made.append(part)
            continue
        columns = {column.name: column for column in part.columns}
        values: dict[str, dict[int, str]] = {}
        for cell, decision in mine:
            text = cell.seen if decision.verb == "accept" else decision.value
            if decision.verb != "dismiss" and text is not None:
                value = _value(store.connection, cell, columns[cell.column], text)
                values.setdefault(cell.column, {})[cell.row_id] = value
        query = part_with_values(part, values)
        new = writer.add_part(
            NewPart(part.table, part.source_id, query, part.columns, part.line_offset, part.has_lines,
                    part.contract_sha256)
        )  # fmt: skip
        take_over_places(store, part, new, {cell.item_id: decision.verb for cell, decision in mine})
        made.append(new)
    return writer.add_reviewed_version(version, made)


def _value(connection: duckdb.DuckDBPyConnection, cell: UncertainCell, column: ColumnInfo, text: str) -> str:
    """Return SQL of the value that a text is in a column.

    Raises:
        InputError: it is none of the column's type.
    """
    given = text.strip()
    if column.type is ColumnType.TEXT:
        return literal(given)
    for format_ in _formats(given, column):
        value = format_.parse(literal(given))
        row = connection.execute(f"SELECT TRY_CAST({value} AS {column.native_type}), {value}").fetchone()
        if row and row[0] is not None and (column.type is not ColumnType.INTEGER or row[0] == row[1]):
            return value
    raise InputError(
        f"{given!r} can't be the value of {cell.column} (cell {cell.item_id}), whose values are "
        f"{column.format or column.type.value}.",
        hint=f'Say what it is: datacraft data review correct {cell.item_id} "..."',
    )


def _formats(text: str, column: ColumnInfo) -> list[Format]:
    """Return the ways to read a text as the column's type, the way in which the column is written first."""
    labels = (column.format or "").split(" or ")
    numbers = {ColumnType.INTEGER, ColumnType.NUMBER}
    dates = {ColumnType.DATE, ColumnType.TIMESTAMP}
    wanted = next((kind for kind in (numbers, dates) if column.type in kind), {column.type})
    found = [f for f in candidate_formats([text], column.header, dates_only=False) if f.type in wanted]
    # An amount without the others' sign is still of their unit; a rate is a share of one.
    if column.unit == "%" and column.type in numbers:
        found = [
            replace(f, template=f"(({f.template}) / 100)") if f.unit != "%" and f.label not in labels else f
            for f in found
        ]
    european = any(
        f.european for f in candidate_formats(["1.234,56"], "", dates_only=False) if f.label in labels
    )
    return sorted(
        found, key=lambda f: (f.label not in labels, f.european is not None and f.european is not european)
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
