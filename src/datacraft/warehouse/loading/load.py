"""Load sources into a new database file, with the report of how each was read inside it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import duckdb

from datacraft.contracts.errors import DataLoadError, LimitExceeded
from datacraft.warehouse.loading.build import TARGET, LoadedTable, name_table, write_table
from datacraft.warehouse.loading.columnar import read_json, read_parquet, read_xml
from datacraft.warehouse.loading.databases import read_duckdb, read_sqlite
from datacraft.warehouse.loading.delimited import open_delimited, stage_rows
from datacraft.warehouse.loading.quoting import identifier, literal
from datacraft.warehouse.loading.sources import DOCUMENTS, Source, SourceKind, skipped_source
from datacraft.warehouse.loading.spreadsheet import read_spreadsheet
from datacraft.warehouse.loading.staged import StagedTable, Staging
from datacraft.warehouse.loading.straight import write_straight
from datacraft.warehouse.loading.tidy import set_aside_what_is_no_data
from datacraft.warehouse.report import Finding, LoadReport, TableReport
from datacraft.warehouse.settings import WarehouseSettings
from datacraft.warehouse.stored import store_report


def load(
    sources: Sequence[Source],
    findings: Sequence[Finding],
    target: Path,
    settings: WarehouseSettings,
    required: frozenset[Path],
) -> LoadReport:
    """Read `sources` into a new DuckDB file at `target` and return the report, which is stored there too.

    A source in `required` was named by a person and must load; others are skipped with a finding.

    Raises:
        DataLoadError: a required source, or every source, can't be read as tables.
        LimitExceeded: loading needs more memory or disk than it may have.
    """
    skipped = list(findings)
    tables: list[TableReport] = []
    with (
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".load-") as folder,
        closing(staging_connection(target, Path(folder), settings)) as connection,
    ):
        for source in sources:
            try:
                taken = [report.table.name for report in tables]
                tables += [
                    loaded.report for loaded in load_source(connection, source, Path(folder), taken, settings)
                ]
            except DataLoadError as error:
                if source.path in required:
                    raise
                skipped.append(skipped_source(source, error))
            except duckdb.OutOfMemoryException as error:
                raise LimitExceeded(
                    f"Loading {source.path} needs more than the {settings.memory_mb} MB of memory it may use.",
                    hint="Raise the warehouse's memory limit, or convert the file to Parquet.",
                ) from error
        if not tables:
            raise DataLoadError(
                "None of the files could be read as a table.",
                hint=" ".join(f.message for f in skipped[:3]),
            )
        report = LoadReport(tables=tables, findings=skipped)
        store_report(connection, TARGET, report)
        connection.execute(f"DETACH {TARGET}")
    return report


def staging_connection(target: Path, folder: Path, settings: WarehouseSettings) -> duckdb.DuckDBPyConnection:
    """Return a connection in memory that spills into `folder`, with a new database attached as the target."""
    connection = duckdb.connect(
        config={
            "memory_limit": f"{settings.memory_mb}MB",
            "temp_directory": str(folder / "spill"),
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            **({"threads": settings.threads} if settings.threads else {}),
        }
    )
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"ATTACH {literal(str(target))} AS {TARGET}")
    return connection


def load_source(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    folder: Path,
    taken: Sequence[str],
    settings: WarehouseSettings,
    *,
    keep_unread: bool = False,
) -> list[LoadedTable]:
    """Load every table of one source into the target; none of them stays when one fails.

    (One transaction can't span the staging and the target database.)

    Args:
        connection: of `staging_connection`.
        source: the file.
        folder: for files that exist while it is read.
        taken: names of tables that the target has already.
        settings: how to read what can be read in two ways.
        keep_unread: keep the text of what could not be read, beside the tables' columns.

    Raises:
        DataLoadError: it can't be read as tables.
    """
    loaded: list[LoadedTable] = []
    names = list(taken)
    try:
        staging = Staging(connection, folder)
        if source.kind is SourceKind.DELIMITED:
            file = open_delimited(source, staging)
            straight = write_straight(file, staging, names, settings)
            if straight is not None:
                return [straight]
            tables = iter([stage_rows(file, staging)])
        else:
            tables = _read(source, staging)
        for staged in tables:
            if staged.trimmed:
                set_aside_what_is_no_data(staging, staged)
            staged.day_first = settings.day_first
            name = name_table(staged, names)
            names.append(name)
            loaded.append(write_table(connection, staged, name, keep_unread=keep_unread))
            if staged.relation.startswith('"staging_'):
                connection.execute(f"DROP TABLE {staged.relation}")
    except DataLoadError:
        for name in names[len(taken) :]:
            connection.execute(f"DROP TABLE IF EXISTS {identifier(TARGET, 'main', name)}")
        raise
    return loaded


def _read(source: Source, staging: Staging) -> Iterator[StagedTable]:
    if source.kind in DOCUMENTS:
        # What reads documents is an extra, and heavy.
        from datacraft.warehouse.documents.reader import read_document

        yield from read_document(source, staging)
        return
    match source.kind:
        case SourceKind.JSON:
            yield from read_json(source, staging)
        case SourceKind.XML:
            yield from read_xml(source, staging)
        case SourceKind.PARQUET:
            yield read_parquet(source, staging)
        case SourceKind.SPREADSHEET:
            yield from read_spreadsheet(source, staging)
        case SourceKind.DUCKDB:
            yield from read_duckdb(source, staging)
        case SourceKind.SQLITE:
            yield from read_sqlite(source, staging)
