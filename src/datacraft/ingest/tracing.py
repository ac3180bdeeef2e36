"""Where rows come from: each with its load, file, place in the file and line."""

from __future__ import annotations

from pathlib import Path

import duckdb
from sqlglot import exp

from datacraft.contracts.answer import Cell
from datacraft.contracts.errors import InputError
from datacraft.ingest.conditions import parse_condition
from datacraft.ingest.store.opening import read_store
from datacraft.ingest.store.places import paged_parts
from datacraft.ingest.store.relations import lineage_sql
from datacraft.warehouse.native import contract_rows


def traced_rows(warehouse: Path, table: str, *, most: int, where: str | None = None) -> list[dict[str, Cell]]:
    """Return some rows of a table, each with `_load`, `_source`, `_place` and `_line` in front.

    Raises:
        InputError: there is no such table, or the condition is not one over its columns.
    """
    with read_store(warehouse) as store:
        version = store.require(table)
        parts = store.parts(version.parts)
        rows = lineage_sql(version, parts, paged_parts(store, parts))
        columns = [column.name for column in version.columns]
        condition = exp.true() if where is None else parse_condition(where, columns)
        try:
            cursor = store.connection.execute(
                f"SELECT * FROM ({rows}) WHERE {condition.sql('duckdb')} LIMIT {most}"
            )
            fetched = cursor.fetchall()
        except duckdb.Error as error:
            raise InputError(
                f"The condition can't be used: {str(error).splitlines()[0]}", hint="Compare like with like."
            ) from error
        described = cursor.description or []
        names = [str(column[0]) for column in described]
        cells = contract_rows(fetched, [str(column[1]) for column in described])
    return [dict(zip(names, row, strict=True)) for row in cells]
