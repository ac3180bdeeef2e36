"""The report in Markdown, for CI and mail."""

from __future__ import annotations

from datacraft.contracts.drift import LINE, Band, DriftReport
from datacraft.evaluation.reports.summary import plain

_MOST = 12


def markdown(report: DriftReport) -> str:
    """Return the verdict, the findings and the columns that moved."""
    blocks = [
        f"## Drift: {report.verdict}",
        f"**{plain(report.words)}** Score {report.score:.2f}, drift from {LINE:g} on; {report.baseline.rows:,} rows before, "
        f"{report.current.rows:,} now.",
    ]
    if report.findings:
        blocks.append("\n".join(f"- {one.severity.value}: {plain(one.words)}" for one in report.findings))
    moved = [one for one in report.columns if one.band in {Band.DRIFTED, Band.POSSIBLE}]
    if moved:
        lines = ["| column | | score | what changed |", "| --- | --- | --- | --- |"]
        lines += [
            f"| {plain(one.table)}.{plain(one.column)} | {one.band.value} | {one.score:.2f} | {plain(one.words)} |"
            for one in moved[:_MOST]
        ]
        blocks.append("\n".join(lines))
        if len(moved) > _MOST:
            blocks.append(f"{len(moved) - _MOST} more columns moved.")
    return "\n\n".join(blocks) + "\n"
