"""What is said of a load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from datacraft.cli.output.talk import finding_told, shown_examples

if TYPE_CHECKING:
    from datacraft.ingest import IngestReport
    from datacraft.ingest.report.model import IngestedTable


def ingest_lines(report: IngestReport) -> Iterator[str]:
    """Yield what a person should know about a load, a line each."""
    for finding in report.findings:
        yield _finding(finding_told(finding), finding.severity)
    if report.status == "unchanged":
        yield f"Load {report.load_id} has brought exactly this already; nothing was changed."
        return
    for table in report.tables:
        yield from _table_lines(table)


def _table_lines(table: IngestedTable) -> Iterator[str]:
    yield (
        f"{table.name}: {table.rows_read:,} rows read, {table.rows_before:,} before, "
        f"{table.rows_after:,} now ({table.mode})."
    )
    if table.rows_set_aside:
        yield f"  {table.rows_set_aside:,} rows were set aside: datacraft data show {table.name} --set-aside"
    if table.cells_uncertain:
        yield f"  {table.cells_uncertain:,} cells wait for you: datacraft data review list {table.name}"
    if table.contract_is_new:
        yield f"  A contract was proposed from this load: {table.contract}"
    for check in table.all_checks:
        if check.outcome != "passed":
            yield f"  {check.outcome.replace('_', ' ').capitalize()}: {check.message}{shown_examples(check.examples)}."
    for finding in table.findings:
        yield "  " + _finding(finding_told(finding), finding.severity)
    for source in table.sources:
        label = ", ".join(part for part in (source.path, source.place) if part)
        for finding in source.findings:
            yield f"  {label}: {_finding(finding_told(finding), finding.severity)}"


def _finding(text: str, severity: str) -> str:
    return f"Warning: {text}" if severity == "warning" else text
