"""What drifted, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacraft.contracts.drift import Band

if TYPE_CHECKING:
    from datacraft.contracts.drift import DriftReport

_MOST = 10


def drift_table(report: DriftReport) -> str:
    """Return the verdict with its score, a line per finding and per column that moved."""
    lines = [f"{report.verdict}\t{report.score:.2f}"]
    lines += [f"{one.severity.value}\t\t{one.words}" for one in report.findings]
    moved = [one for one in report.columns if one.band in {Band.DRIFTED, Band.POSSIBLE}]
    lines += [
        f"{one.band.value}\t{one.score:.2f}\t{one.table}.{one.column}: {one.words}" for one in moved[:_MOST]
    ]
    if len(moved) > _MOST:
        lines.append(f"\t\t{len(moved) - _MOST} more columns moved")
    return "\n".join(lines)
