"""Which of the tables that were read belong together: the monthly files of a folder are one table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.ingest.files import FoundFile
from datacraft.warehouse.loading.build import LoadedTable
from datacraft.warehouse.loading.names import clean_name
from datacraft.warehouse.report import EXAMPLES, Example, Finding

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
_MONTH = re.compile(
    rf"(?:{_MONTHS}|january|february|march|april|june|july|august|september|october|november|december)"
)
_COUNTED = re.compile(r"(?:\d+|q[1-4]|h[12]|[wvfk]\d+|fy\d*|part|page|copy|week|month|kw\d*)")
_ALIKE = 0.5
_MANY_COLUMNS = 4


@dataclass(frozen=True)
class ReadTable:
    """A table as it lies in the staging database, and the file that it is from."""

    file: FoundFile
    loaded: LoadedTable

    @property
    def staged_name(self) -> str:
        """Return its name in the staging database."""
        return self.loaded.report.table.name

    @property
    def columns(self) -> frozenset[str]:
        """Return the names of its columns."""
        return frozenset(column.name for column in self.loaded.report.table.columns)

    @property
    def findings(self) -> list[Finding]:
        """Return how it was read, in which a file that was unpacked has the name that a person knows."""
        path, shown = str(self.file.source.path), self.file.shown
        return [
            finding.model_copy(update={"message": finding.message.replace(path, shown)})
            for finding in self.loaded.report.findings
        ]

    @property
    def place(self) -> str:
        """Return the sheet or table in the file; empty where the file is one table."""
        _, found, place = self.loaded.report.table.source.partition(str(self.file.source.path) + ", ")
        return place if found else ""


@dataclass(frozen=True)
class Target:
    """A table of the warehouse, and what will be loaded into it."""

    name: str
    tables: tuple[ReadTable, ...]
    findings: tuple[Finding, ...] = ()


def targets_of(tables: Sequence[ReadTable], name: str | None) -> list[Target]:
    """Return which tables the warehouse gets.

    Tables of one folder, archive or workbook with the same columns, or alike in name and most columns, are one.

    Args:
        tables: that were read.
        name: what the only table is called; None: what its files are called.
    """
    if name is not None:
        return [_target(name, tables)]
    groups: list[list[ReadTable]] = []
    for table in tables:
        home = next((group for group in groups if _belongs(table, group[0])), None)
        if home is None:
            groups.append([table])
        else:
            home.append(table)
    targets: list[Target] = []
    for group in groups:
        wished = group[0].staged_name if len(group) == 1 else _common_name(group)
        taken = {target.name for target in targets} | {g[0].staged_name for g in groups if g is not group}
        targets.append(_target(wished if wished not in taken else group[0].staged_name, group))
    return targets


def _belongs(table: ReadTable, other: ReadTable) -> bool:
    if table.loaded.family or other.loaded.family:
        return table.loaded.family == other.loaded.family
    one_workbook = table.file is other.file
    if not one_workbook and (not table.file.group or table.file.group != other.file.group):
        return False
    if table.loaded.report.table.primary_key or table.loaded.report.table.foreign_keys:
        return False  # of a database, which knows its tables
    alike_names = _stem(table.staged_name) == _stem(other.staged_name)
    if table.columns == other.columns:
        return alike_names or len(table.columns) >= _MANY_COLUMNS
    common = len(table.columns & other.columns) / len(table.columns | other.columns)
    return alike_names and common >= _ALIKE


def _stem(name: str) -> str:
    """Return a name without what counts: dates, months, numbers."""
    words = [w for w in name.split("_") if w and not _MONTH.fullmatch(w) and not _COUNTED.fullmatch(w)]
    return "_".join(words)


def _common_name(group: Sequence[ReadTable]) -> str:
    if group[0].loaded.family:
        return group[0].loaded.family
    stems = {_stem(table.staged_name) for table in group}
    if len(stems) == 1 and (stem := stems.pop()):
        return stem
    words = [stem.split("_") for stem in {_stem(table.staged_name) for table in group}]
    first = [word for word in words[0] if all(word in other for other in words)]
    if first:
        return "_".join(first)
    folder = group[0].file.group.rstrip("/").rsplit("/", 1)[-1]
    return clean_name(re.sub(r"\.(zip|tar|tgz|gz|bz2|xz)\b", "", folder), group[0].staged_name)


def _target(name: str, tables: Sequence[ReadTable]) -> Target:
    if len(tables) == 1:
        return Target(name, tuple(tables))
    shown = [Example(text=_label(table)) for table in tables[:EXAMPLES]]
    message = f"{len(tables)} files or sheets with like columns became the one table {name}."
    findings = [
        Finding(code="like_files", severity="info", message=message, count=len(tables), examples=shown)
    ]
    every = frozenset().union(*(table.columns for table in tables))
    for column in sorted(every):
        without = [table for table in tables if column not in table.columns]
        if without:
            findings.append(
                Finding(
                    code="missing_column",
                    message=f"{column} is not in {len(without)} of the {len(tables)} files; it is empty in their rows.",
                    column=column,
                    count=len(without),
                    examples=[Example(text=_label(table)) for table in without[:EXAMPLES]],
                )
            )
    return Target(name, tuple(tables), tuple(findings))


def _label(table: ReadTable) -> str:
    return ", ".join(part for part in (table.file.shown, table.place) if part)
