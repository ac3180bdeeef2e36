"""What is said of a load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from datacraft.cli.output.talk import finding_told

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
    for finding in table.findings:
        yield "  " + _finding(finding_told(finding), finding.severity)
    for source in table.sources:
        label = ", ".join(part for part in (source.path, source.place) if part)
        for finding in source.findings:
            yield f"  {label}: {_finding(finding_told(finding), finding.severity)}"


def _finding(text: str, severity: str) -> str:
    return f"Warning: {text}" if severity == "warning" else text
