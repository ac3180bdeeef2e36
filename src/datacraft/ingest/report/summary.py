"""The report as Markdown, for a pull request or a chat."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.ingest.report.model import IngestReport
from datacraft.ingest.report.told import HEADLINES, SUMMARY_HEADS, entries, passed, summary_rows


def summary(report: IngestReport) -> str:
    """Return the report as Markdown."""
    lines = [f"# {HEADLINES[report.status]}", ""]
    if report.tables:
        lines += [_row(SUMMARY_HEADS), _row(["---"] * len(SUMMARY_HEADS))]
        lines += [_row(row) for row in summary_rows(report)] + [""]
    lines += [f"- {finding.severity}: {_plain(finding.message)}" for finding in report.findings]
    for table in report.tables:
        lines += [f"## {table.name}", "", f"{passed(table):,} checks passed.", ""]
        for entry in entries(table):
            where = f" ({_plain(entry.where)})" if entry.where else ""
            shown = "; ".join(f"`{_plain(example).replace('`', chr(39))}`" for example in entry.examples)
            lines.append(
                f"- **{entry.outcome}**: {_plain(entry.text)}{where}" + (f": {shown}" if shown else "")
            )
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_plain(cell).replace("|", "\\|") for cell in cells) + " |"


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;")
