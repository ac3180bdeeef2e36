"""What `datacraft data` does."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.ingesting import warehouse_file
from datacraft.cli.output.talk import say

if TYPE_CHECKING:
    from datacraft.config import Settings


def show_tables(settings: Settings, into: Path | None) -> None:
    """Write a line for each table: name, rows, columns, load, how, when."""
    from datacraft.ingest.store import read_store

    with read_store(warehouse_file(settings, into)) as store:
        tables = store.tables()
    for table in tables:
        when = f"{table.created_at:%Y-%m-%d %H:%M:%S}"
        typer.echo(
            f"{table.table}\t{table.row_count}\t{len(table.columns)}\t{table.load_id}\t{table.kind}\t{when}"
        )


def show_table(settings: Settings, into: Path | None, table: str) -> None:
    """Write a table's columns and sources as JSON."""
    from datacraft.ingest.store import read_store

    with read_store(warehouse_file(settings, into)) as store:
        version = store.require(table)
        parts = store.parts(version.parts)
        sources = store.sources([part.source_id for part in parts])
    shown = {
        "table": version.table,
        "rows": version.row_count,
        "load": version.load_id,
        "columns": [column.model_dump(mode="json") for column in version.columns],
        "sources": [
            {
                "path": sources[part.source_id].path,
                "place": sources[part.source_id].place,
                "sha256": sources[part.source_id].sha256,
                "load": part.load_id,
                "rows": part.row_count,
            }
            for part in parts
        ],
    }
    typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))


def show_rows(settings: Settings, into: Path | None, table: str, rows: int, where: str | None) -> None:
    """Write rows of a table with their load, file, place and line, as JSON lines."""
    from datacraft.ingest.tracing import traced_rows

    for row in traced_rows(warehouse_file(settings, into), table, most=rows, where=where):
        typer.echo(json.dumps(row, ensure_ascii=False, default=str))


def show_set_aside(settings: Settings, into: Path | None, table: str, rows: int) -> None:
    """Write rows that were kept out of a table, as JSON lines: load, source, line, reason, row."""
    from datacraft.ingest.store import read_store

    with read_store(warehouse_file(settings, into)) as store:
        store.require(table)
        found = store.set_aside(table, most=rows)
    for load, source, line, reason, content in found:
        row = {"load": load, "source": source, "line": line, "reason": reason, "row": json.loads(content)}
        typer.echo(json.dumps(row, ensure_ascii=False))


def show_history(settings: Settings, into: Path | None, table: str) -> None:
    """Write every version of a table as JSON lines."""
    from datacraft.ingest.store import read_decisions, read_store

    with read_store(warehouse_file(settings, into)) as store:
        store.require(table)
        loads = {load.load_id: load for load in store.loads()}
        for version in store.history(table):
            parts = store.parts(version.parts)
            sources = store.sources([part.source_id for part in parts])
            load = loads[version.load_id]
            entry = {
                "load": version.load_id,
                "how": version.kind,
                "restores": version.restores,
                "at": f"{load.finished_at:%Y-%m-%dT%H:%M:%SZ}",
                "rows": version.row_count,
                "code": load.code_version,
                "sources": [
                    {"path": sources[p.source_id].path, "sha256": sources[p.source_id].sha256}
                    for p in parts
                    if p.load_id == version.load_id
                ],
            }
            if version.kind == "review":
                decided = [one for one in read_decisions(store, version.load_id) if one.table == table]
                entry["decided"] = [asdict(one) for one in decided]
            typer.echo(json.dumps(entry, ensure_ascii=False))


def show_difference(
    settings: Settings, into: Path | None, table: str, first: int | None, second: int | None
) -> None:
    """Write in what two versions differ, as JSON."""
    from datacraft.contracts.errors import InputError
    from datacraft.ingest.store import difference_between, read_store

    with read_store(warehouse_file(settings, into)) as store:
        newest = store.require(table)
        history = store.history(table)
        if first is None and len(history) < 2:
            raise InputError(f"{table} was loaded only once.", hint="There is nothing to compare with.")
        earlier = history[-2] if first is None else store.version_of_load(table, first)
        later = newest if second is None else store.version_of_load(table, second)
        found = difference_between(store, earlier, later)
    typer.echo(found.model_dump_json(indent=2))


def roll_table_back(settings: Settings, into: Path | None, table: str, load_id: int | None) -> None:
    """Bring an earlier version back, and say what the table has now."""
    from datacraft.ingest.rollback import roll_back

    version = roll_back(warehouse_file(settings, into), table, load_id)
    say(f"{table} is again what it was after load {version.restores}.")
    typer.echo(f"{table}\t{version.row_count}")
