"""A report in the order in which people read it: one list of entries, whatever it is written as."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datacraft.ingest.report.model import IngestedTable, IngestReport
from datacraft.warehouse.report import Example

HEADLINES = {
    "loaded": "Loaded",
    "unchanged": "Nothing was changed: exactly this was loaded before",
    "rejected": "Nothing was loaded: a contract does not let it in",
}


@dataclass(frozen=True)
class Entry:
    """Something that was found: how grave, what, where, and examples."""

    outcome: str
    text: str
    where: str
    examples: tuple[str, ...]


def summary_rows(report: IngestReport) -> list[list[str]]:
    """Return a row for each table: name, how, read, set aside, before, now."""
    return [
        [
            t.name,
            t.mode,
            f"{t.rows_read:,}",
            f"{t.rows_set_aside:,}",
            f"{t.rows_before:,}",
            f"{t.rows_after:,}",
        ]
        for t in report.tables
    ]


SUMMARY_HEADS = ["Table", "How", "Rows read", "Set aside", "Rows before", "Rows now"]


def entries(table: IngestedTable) -> Iterator[Entry]:
    """Yield what was found of a table: broken checks first, then how its files were read."""
    for check in table.checks:
        if check.outcome != "passed":
            yield Entry(check.outcome.replace("_", " "), check.message, "", _shown(check.examples))
    for source in table.sources:
        where = ", ".join(part for part in (source.path, source.place) if part)
        for check in source.checks:
            if check.outcome != "passed":
                yield Entry(check.outcome.replace("_", " "), check.message, where, _shown(check.examples))
    for finding in table.findings:
        yield Entry(finding.severity, finding.message, "", _shown(finding.examples))
    for source in table.sources:
        where = ", ".join(part for part in (source.path, source.place) if part)
        for finding in source.findings:
            yield Entry(finding.severity, finding.message, where, _shown(finding.examples))


def passed(table: IngestedTable) -> int:
    """Return how many checks passed."""
    return sum(1 for check in table.all_checks if check.outcome == "passed")


def _shown(examples: Sequence[Example]) -> tuple[str, ...]:
    return tuple(example.text + example.place for example in examples)
