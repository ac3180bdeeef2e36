"""`compare_profiles`: two profiles in, one report out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from datacraft.contracts.drift import (
    LINE,
    Band,
    ColumnDrift,
    DriftReport,
    Finding,
    SchemaFinding,
    Severity,
    Side,
)
from datacraft.contracts.profile import DataProfile
from datacraft.profiles.drift.columns import Compared, compare_column, scored
from datacraft.profiles.drift.relations import relation_findings
from datacraft.profiles.drift.schema import pair_columns, pair_tables

ALPHA = 0.01
WEIGHTS = {Severity.NOTE: 0.0, Severity.SERIOUS: 0.5, Severity.BREAKING: 1.0}
"""What a finding adds to the score of all: what breaks answers is drift, whatever the statistics say."""
_NO_COMPARISON = {Finding.OTHER_DATA, Finding.BASELINE_EMPTY}
_ORDER = list(reversed(Severity))


def compare_profiles(
    baseline: DataProfile,
    current: DataProfile,
    *,
    now: dt.datetime | None = None,
    alpha: float = ALPHA,
    names: tuple[str, str] = ("", ""),
) -> DriftReport:
    """Compare two profiles; best where the current one was measured like the baseline.

    Args:
        baseline: what the data were.
        current: what they are.
        now: when they were compared, by default now; UTC.
        alpha: chance of any false alarm over all columns, where nothing changed.
        names: what to call the two.
    """
    pairs, findings = pair_tables(baseline, current)
    compared: list[Compared] = []
    same_hash = baseline.hashed_by is not None and baseline.hashed_by == current.hashed_by
    for pair in pairs:
        columns, found = pair_columns(pair)
        findings += [*found, *relation_findings(pair.old, pair.new, alpha)]
        compared += [
            compare_column(one.table, one.old, one.new, one.kind, same_hash=same_hash)
            for one in columns
            if one.kind is not None
        ]
    columns_found = scored(compared, alpha)
    findings.sort(key=lambda one: (_ORDER.index(one.severity), one.table or "", one.column or ""))
    score = _score(columns_found, findings)
    verdict = "drifted" if score >= LINE else "steady"
    if not columns_found and (not pairs or any(one.finding in _NO_COMPARISON for one in findings)):
        verdict = "unknown"
    return DriftReport.model_validate(
        {
            "created_at": now or dt.datetime.now(dt.UTC),
            "baseline": _side(baseline, names[0]),
            "current": _side(current, names[1]),
            "alpha": alpha,
            "score": score,
            "verdict": verdict,
            "words": _words(verdict, columns_found, findings),
            "columns": columns_found,
            "findings": findings,
        }
    )


def _side(profile: DataProfile, name: str) -> Side:
    rows = sum(table.rows for table in profile.tables)
    return Side(name=name, created_at=profile.created_at, data_hash=profile.data_hash, rows=rows)


def _score(columns: Sequence[ColumnDrift], findings: Sequence[SchemaFinding]) -> float:
    scores = [column.score for column in columns] + [WEIGHTS[one.severity] for one in findings]
    return max(scores, default=0.0)


def _words(verdict: str, columns: Sequence[ColumnDrift], findings: Sequence[SchemaFinding]) -> str:
    grave = [one for one in findings if WEIGHTS[one.severity] >= LINE]
    if verdict == "unknown":
        return findings[0].words if findings else "There is nothing to compare."
    drifted = [column for column in columns if column.band is Band.DRIFTED]
    if verdict == "drifted":
        said = [one.words.rstrip(".") for one in grave[:2]]
        said += [f"{column.table}.{column.column}: {column.words}" for column in drifted[: 3 - len(said)]]
        more = len(grave) + len(drifted) - len(said)
        return "; ".join(said) + (f"; and {more} more" if more > 0 else "") + "."
    possible = [column.column for column in columns if column.band is Band.POSSIBLE]
    watched = f"; to be watched: {', '.join(possible[:5])}" if possible else ""
    return f"The data are as they were in {len(columns)} columns{watched}."
