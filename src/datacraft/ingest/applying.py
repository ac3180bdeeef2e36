"""What becomes of one table of a load: its contract is found or proposed, its rows are checked and written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.semantic import ColumnType
from datacraft.ingest.contract import contract_path, propose_contract, read_contract, write_contract
from datacraft.ingest.contract.checks import CompiledContract, compile_contract, reference_check
from datacraft.ingest.contract.model import TableContract
from datacraft.ingest.contract.text_values import text_readers
from datacraft.ingest.contract.verdict import CheckResult, TableChecker, Verdict, table_results
from datacraft.ingest.likeness import ReadTable, Target
from datacraft.ingest.options import IngestOptions
from datacraft.ingest.private import hide_in_checks, hide_in_findings, private_columns, private_findings
from datacraft.ingest.report.model import IngestedTable, SourceRead
from datacraft.ingest.store.catalogue import Part
from datacraft.ingest.store.parts import StagedRows, new_part, set_aside_sql
from datacraft.ingest.store.places import write_places
from datacraft.ingest.store.relations import rows_sql, united_columns
from datacraft.ingest.store.writing import LoadWriter
from datacraft.warehouse.loading.build import TARGET
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.loading.remarks import placed_examples
from datacraft.warehouse.model import ColumnInfo


class Rejected(DataCraftError):
    """A contract does not let the load in. Ends the transaction; `ingest` tells it in its report."""

    code = "contract_broken"
    exit_code = 10


@dataclass(frozen=True)
class TargetPlan:
    """A table to load, and by which contract.

    Attributes:
        path: of the contract; None where there are no contracts.
        proposed: the contract is made from this load.
    """

    target: Target
    contract: TableContract | None
    path: Path | None
    proposed: bool

    def keep_contract(self) -> None:
        """Write a contract that was proposed, for people to edit."""
        if self.proposed and self.path is not None and self.contract is not None:
            write_contract(self.path, self.contract)


def plan_for(connection: duckdb.DuckDBPyConnection, target: Target, options: IngestOptions) -> TargetPlan:
    """Return by which contract a table is loaded: the one on disk, else one that this load suggests."""
    if options.contracts is None:
        return TargetPlan(target, None, None, False)
    path = contract_path(options.contracts, target.name)
    contract = read_contract(path, target.name)
    if contract is not None:
        return TargetPlan(target, contract, path, False)
    columns = united_columns(table.loaded.report.table.columns for table in target.tables)
    rows = " UNION ALL BY NAME ".join(f"SELECT * FROM {_staged(table)}" for table in target.tables)
    relation = _staged(target.tables[0]) if len(target.tables) == 1 else f"({rows})"
    return TargetPlan(target, propose_contract(connection, target.name, relation, columns), path, True)


def contract_digest(table: str, options: IngestOptions) -> str:
    """Return what identifies the contract of a table as it is on disk; empty where there is none."""
    if options.contracts is None:
        return ""
    contract = read_contract(contract_path(options.contracts, table), table)
    return "" if contract is None else contract.sha256


def apply_plan(
    writer: LoadWriter, plan: TargetPlan, options: IngestOptions, now: dt.datetime
) -> IngestedTable:
    """Check and write one table. What breaks the contract so that nothing may be loaded is in the result."""
    target = plan.target
    before = writer.store.current(target.name)
    existing = None
    if options.mode == "append" and before is not None:
        existing = rows_sql(before, writer.store.parts(before.parts))
    parts: list[Part] = []
    sources: list[SourceRead] = []
    for table in target.tables:
        part, source = _apply_table(writer, plan, table, options, existing, parts)
        parts.append(part)
        sources.append(source)
    version = writer.add_version(target.name, options.mode, parts, options.key)
    rows = sum(part.row_count for part in parts)
    return IngestedTable(
        name=target.name,
        mode=options.mode,
        columns=list(version.columns),
        rows_before=before.row_count if before else 0,
        rows_after=version.row_count,
        sources=sources,
        contract=None if plan.path is None else str(plan.path),
        contract_is_new=plan.proposed,
        checks=_whole(writer, plan, options, parts, rows, now),
        findings=list(target.findings),
    )


def _apply_table(
    writer: LoadWriter,
    plan: TargetPlan,
    table: ReadTable,
    options: IngestOptions,
    existing: str | None,
    before: Sequence[Part],
) -> tuple[Part, SourceRead]:
    connection, name = writer.connection, plan.target.name
    file, info = table.file, table.loaded.report.table
    source_id = writer.add_source(file.shown, table.place, file.sha256, file.source.size)
    columns = {column.name: identifier(column.name) for column in info.columns}
    kept: tuple[ColumnInfo, ...] = tuple(info.columns)
    verdict = Verdict((), None, 0)
    if plan.contract is not None:
        readers = text_readers(connection, _staged(table), info.columns, plan.contract)
        # What the first load could not read is reported by its findings; the contract is made of the rest.
        unread = frozenset() if plan.proposed else table.loaded.unread
        compiled = compile_contract(plan.contract, info.columns, readers, unread)
        columns = {column: typed.expression for column, typed in compiled.columns.items()}
        kept = tuple(typed.info for typed in compiled.columns.values())
        verdict = _check(writer, plan.contract, compiled, table, options, _all_rows(existing, before))
    private = private_columns(connection, _staged(table), info.columns)
    rows = StagedRows(
        _staged(table), columns, kept, table.loaded.lines, table.loaded.unread, verdict.bad_rows
    )
    if verdict.bad_rows is not None:
        writer.add_set_aside(name, source_id, set_aside_sql(connection, rows))
    digest = "" if plan.contract is None else plan.contract.sha256
    part = writer.add_part(new_part(connection, name, source_id, rows, digest))
    uncertain = 0
    if table.loaded.places is not None:
        names = [column.name for column in info.columns]
        uncertain = write_places(
            writer.store, part, names, table.loaded.places, _left_out(connection, verdict)
        )
    read = SourceRead(
        path=file.shown,
        place=table.place,
        sha256=file.sha256,
        size_bytes=file.source.size,
        rows_read=info.row_count,
        rows_set_aside=verdict.bad_count,
        cells_uncertain=uncertain,
        checks=hide_in_checks(_placed(verdict.results, table), private),
        findings=hide_in_findings(table.findings, private) + private_findings(info.columns, private),
    )
    return part, read


def _left_out(connection: duckdb.DuckDBPyConnection, verdict: Verdict) -> frozenset[int]:
    if verdict.bad_rows is None:
        return frozenset()
    rows = connection.execute(f"SELECT DISTINCT row_id FROM {verdict.bad_rows}").fetchall()
    return frozenset(row_id for (row_id,) in rows)


def _placed(results: Sequence[CheckResult], table: ReadTable) -> Sequence[CheckResult]:
    """Return the results of checks with pages in their examples where the source has no lines."""
    if not table.loaded.lines.pages:
        return results
    return [result.model_copy(update={"examples": placed_examples(result.examples)}) for result in results]


def _all_rows(existing: str | None, parts: Sequence[Part]) -> str | None:
    """Return the SELECT of the rows that a new row's key must not be among."""
    selects = ([existing] if existing else []) + [f"SELECT * FROM {part.name}" for part in parts]
    return " UNION ALL BY NAME ".join(selects) if selects else None


def _check(
    writer: LoadWriter,
    contract: TableContract,
    compiled: CompiledContract,
    table: ReadTable,
    options: IngestOptions,
    existing: str | None,
) -> Verdict:
    relation = _staged(table)
    checks = list(compiled.checks)
    for reference in contract.references:
        other = writer.store.require(reference.table)
        found_in = rows_sql(other, writer.store.parts(other.parts))
        if all(column in compiled.columns for column in reference.columns):
            checks.append(reference_check(reference, compiled.columns, relation, found_in))
    lines = table.loaded.lines
    on_violation = options.on_violation or contract.on_violation
    checker = TableChecker(writer.connection, relation, lambda row: lines.line(row + 1), on_violation)
    return checker.check(compiled, checks, existing)


def _whole(
    writer: LoadWriter,
    plan: TargetPlan,
    options: IngestOptions,
    parts: Sequence[Part],
    rows: int,
    now: dt.datetime,
) -> list[CheckResult]:
    """Return the checks of the load as a whole; a column is missing where no source has it."""
    contract = plan.contract
    if contract is None:
        return []
    if options.on_violation is not None:
        contract = contract.model_copy(update={"on_violation": options.on_violation})
    united = united_columns(part.columns for part in parts)
    newest = None
    if contract.freshness is not None:
        newest = _newest(writer, contract.freshness.column, parts)
    return table_results(contract, compile_contract(contract, united), rows, newest, now)


def _newest(writer: LoadWriter, column: str, parts: Sequence[Part]) -> dt.datetime | None:
    newest: dt.datetime | None = None
    for part in parts:
        types = {held.name: held.type for held in part.columns}
        if types.get(column) not in {ColumnType.DATE, ColumnType.TIMESTAMP}:
            continue
        row = writer.connection.execute(
            f"SELECT CAST(max({identifier(column)}) AS TIMESTAMP) FROM {part.name}"
        ).fetchone()
        if row and row[0] is not None:
            found = row[0].replace(tzinfo=dt.UTC)
            newest = found if newest is None else max(newest, found)
    return newest


def _staged(table: ReadTable) -> str:
    return identifier(TARGET, "main", table.staged_name)
