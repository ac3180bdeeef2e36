"""Parquet, JSON and XML files, through DuckDB's own readers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.loading.encoding import as_utf8
from datacraft.warehouse.loading.nested import flat_columns
from datacraft.warehouse.loading.quoting import identifier, literal
from datacraft.warehouse.loading.related import with_related
from datacraft.warehouse.loading.sources import Source
from datacraft.warehouse.loading.staged import LineMap, RawColumn, StagedTable, Staging
from datacraft.warehouse.loading.xml_records import write_records
from datacraft.warehouse.report import EXAMPLES, Example, Finding

_MAX_OBJECT_BYTES = 256 << 20


def read_parquet(source: Source, staging: Staging) -> StagedTable:
    """Refer to a Parquet file; it is read when the table is written.

    Raises:
        DataLoadError: the file is damaged.
    """
    relation = f"read_parquet({literal(str(source.path))}, hive_partitioning = false)"
    try:
        columns = flat_columns(staging.connection, relation)
    except duckdb.Error as error:
        raise DataLoadError(
            f"{source.path} can't be read as Parquet: {_first_line(error)}",
            hint="The file is damaged or was not written to its end; export it again.",
        ) from error
    return StagedTable(source.stem, str(source.path), relation, columns, typing="dates")


def read_json(source: Source, staging: Staging) -> Iterator[StagedTable]:
    """Stage a JSON file: an array of objects, one object per line, or an object that holds one such array.

    Lists inside the objects become tables of their own, each row with the key of its object.

    Raises:
        DataLoadError: it is not JSON, or holds no objects.
    """
    text = as_utf8(source.path, staging.workspace)
    table = staging.new_table()
    findings = list(text.findings)
    unread = 0
    try:
        _stage_json(staging, table, text.path)
    except duckdb.Error as error:
        sound = staging.workspace / "sound.jsonl"
        finding = _sound_lines(text.path, sound)
        if finding is None:
            raise DataLoadError(
                f"{source.path} can't be read as JSON: {_first_line(error)}",
                hint="It should be an array of objects, or one object per line.",
            ) from error
        findings.append(finding)
        unread = finding.count or 0
        _stage_json(staging, table, sound)
    columns = _records(staging, table)
    staged = StagedTable(source.stem, str(source.path), table, columns, findings=findings, rows_unread=unread)
    rows = staging.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    if rows and rows[0] == text.line_ends:
        staged.lines = LineMap(offset=0)
    yield from with_related(staged, staging)


def read_xml(source: Source, staging: Staging) -> Iterator[StagedTable]:
    """Stage an XML file: a row for each of the elements that repeat, related tables for lists inside them.

    Raises:
        DataLoadError: it is no XML, declares entities, or nothing in it repeats.
    """
    records = write_records(source.path, staging.workspace / "records.jsonl")
    table = staging.new_table()
    try:
        _stage_json(staging, table, records.path)
    except duckdb.Error as error:
        raise DataLoadError(
            f"{source.path} can't be read as rows: {_first_line(error)}", hint="Export it as CSV or JSON."
        ) from error
    message = f"Each element {records.element} is a row."
    staged = StagedTable(
        source.stem,
        str(source.path),
        table,
        flat_columns(staging.connection, table),
        findings=[Finding(code="xml_rows", severity="info", message=message, count=len(records.lines))],
        lines=LineMap(lines=records.lines),
    )
    yield from with_related(staged, staging)


def _stage_json(staging: Staging, table: str, path: Path) -> None:
    staging.connection.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM read_json({literal(str(path))}, sample_size = -1, "
        f"union_by_name = true, maximum_object_size = {_MAX_OBJECT_BYTES}, map_inference_threshold = -1, hive_partitioning = false)"
    )


def _records(staging: Staging, table: str) -> list[RawColumn]:
    """Return the table's columns; an object around one array of objects gives way to that array."""
    connection = staging.connection
    described = connection.execute(f"DESCRIBE {table}").fetchall()
    arrays = [row[0] for row in described if row[1].startswith("STRUCT") and row[1].endswith(")[]")]
    rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    if len(arrays) == 1 and rows and rows[0] == 1:
        connection.execute(
            f"CREATE OR REPLACE TABLE {table} AS "
            f"SELECT unnest(x) FROM (SELECT unnest({identifier(arrays[0])}) AS x FROM {table})"
        )
    return flat_columns(connection, table)


def _sound_lines(path: Path, target: Path) -> Finding | None:
    """Copy the lines that hold a JSON object; None where the file is not one object per line."""
    bad: list[Example] = []
    good = count = 0
    with path.open(encoding="utf-8-sig") as lines, target.open("w", encoding="utf-8") as out:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                sound = isinstance(json.loads(line), dict)
            except ValueError:
                sound = False
            if sound:
                good += 1
                out.write(line.rstrip("\n") + "\n")
            else:
                count += 1
                bad.append(Example(text=line.strip()[:160], line=number))
                del bad[EXAMPLES:]
    if good <= count:
        return None
    message = f"{count} lines are not JSON objects and were not read."
    return Finding(code="unread_rows", message=message, count=count, examples=bad)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
