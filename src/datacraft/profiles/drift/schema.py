"""What is different about tables and columns themselves: gone, new, renamed, of another type or unit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from datacraft.contracts.drift import Finding, SchemaFinding, Severity
from datacraft.contracts.profile import ColumnKind, ColumnProfile, DataProfile, TableProfile
from datacraft.contracts.semantic import ColumnType
from datacraft.profiles.drift.columns import compare_column
from datacraft.profiles.drift.words import middle, number
from datacraft.profiles.facts import column_type
from datacraft.profiles.measuring.measure import SAME_TABLE, same_columns

_SAME_NAME = 60.0
_ALIKE = 0.1
_UNITS = (100.0, 1_000.0, 1_000_000.0)
_UNIT_TOLERANCE, _UNIT_RANGE = math.log(1.3), math.log(1.6)
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class TablePair:
    """A table in the baseline and in the current data."""

    old: TableProfile
    new: TableProfile


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """A column in the baseline and in the current data; `kind` is None where types can't be compared."""

    table: str
    old: ColumnProfile
    new: ColumnProfile
    kind: ColumnKind | None


def pair_tables(old: DataProfile, new: DataProfile) -> tuple[list[TablePair], list[SchemaFinding]]:
    """Return the tables of both, and what is to be said of the others.

    A table of another name with most of the columns of one that is gone is taken for that one: files are renamed
    more often than their content.
    """
    named = {table.name: table for table in new.tables}
    pairs = [TablePair(table, named[table.name]) for table in old.tables if table.name in named]
    gone = [table for table in old.tables if table.name not in named]
    known = {table.name for table in old.tables}
    fresh = [table for table in new.tables if table.name not in known]
    findings = []
    for table in list(gone):
        columns = {column.name for column in table.columns}
        alike = max(fresh, key=lambda other: same_columns(columns, other), default=None)
        if alike is None or same_columns(columns, alike) < SAME_TABLE:
            continue
        pairs.append(TablePair(table, alike))
        gone.remove(table)
        fresh.remove(alike)
        findings.append(_said(Finding.TABLE_RENAMED, Severity.NOTE, table.name, None, f"Table {table.name} is compared with {alike.name}, which has its columns."))  # fmt: skip
    if not pairs and old.tables:
        names = ", ".join(table.name for table in old.tables[:5])
        words = f"No table of the baseline ({names}) is there: this is another data set."
        return [], [_said(Finding.OTHER_DATA, Severity.BREAKING, None, None, words)]
    findings += [
        _said(Finding.TABLE_GONE, Severity.BREAKING, one.name, None, f"Table {one.name} is gone.")
        for one in gone
    ]
    findings += [
        _said(Finding.TABLE_NEW, Severity.NOTE, one.name, None, f"Table {one.name} is new.") for one in fresh
    ]
    return pairs, findings


def pair_columns(pair: TablePair) -> tuple[list[ColumnPair], list[SchemaFinding]]:
    """Return the columns of both tables, and what is to be said of them and of the others."""
    table = pair.old.name
    empty = _emptiness(pair)
    if empty:
        return [], empty
    named = {column.name: column for column in pair.new.columns}
    both = [(column, named[column.name]) for column in pair.old.columns if column.name in named]
    gone = [column for column in pair.old.columns if column.name not in named]
    known = {column.name for column in pair.old.columns}
    fresh = [column for column in pair.new.columns if column.name not in known]
    findings: list[SchemaFinding] = []
    for old, new in _renamed(table, gone, fresh):
        gone.remove(old)
        fresh.remove(new)
        both.append((old, new))
        findings.append(_said(Finding.COLUMN_RENAMED, Severity.BREAKING, table, old.name, f"{table}.{old.name} is called {new.name} now: its values are the same."))  # fmt: skip
    findings += [
        _said(Finding.COLUMN_GONE, Severity.BREAKING, table, one.name, f"{table}.{one.name} is gone.")
        for one in gone
    ]
    findings += [
        _said(Finding.COLUMN_NEW, Severity.NOTE, table, one.name, f"{table}.{one.name} is new.")
        for one in fresh
    ]
    for old, new in both:
        findings += _column_findings(table, old, new)
    return [ColumnPair(table, old, new, common_kind(old, new)) for old, new in both], findings


def _emptiness(pair: TablePair) -> list[SchemaFinding]:
    table = pair.old.name
    if not pair.old.rows:
        return [_said(Finding.BASELINE_EMPTY, Severity.NOTE, table, None, f"Table {table} had no rows in the baseline: nothing can be compared with it.")]  # fmt: skip
    if not pair.new.rows:
        return [_said(Finding.TABLE_EMPTY, Severity.BREAKING, table, None, f"Table {table} has no rows any more; it had {pair.old.rows:,}.")]  # fmt: skip
    return []


def common_kind(old: ColumnProfile, new: ColumnProfile) -> ColumnKind | None:
    """Return how two profiles of a column are compared; None where their types are too different for that."""
    if _family(old) != _family(new):
        return None
    kinds = [one.kind or _older_kind(one) for one in (old, new)]
    if kinds[0] is kinds[1]:
        return kinds[0]
    if ColumnKind.CATEGORY in kinds and ColumnKind.ID in kinds:
        return ColumnKind.CATEGORY
    return ColumnKind.NUMBER if ColumnKind.NUMBER in kinds else ColumnKind.OTHER


def _older_kind(profile: ColumnProfile) -> ColumnKind:
    if column_type(profile.type) in {ColumnType.DATE, ColumnType.TIMESTAMP}:
        return ColumnKind.TIME
    if profile.bin_edges:
        return ColumnKind.NUMBER
    return ColumnKind.CATEGORY if profile.top_values else ColumnKind.OTHER


def _family(profile: ColumnProfile) -> str:
    kind = column_type(profile.type)
    if kind in {ColumnType.INTEGER, ColumnType.NUMBER}:
        return "number"
    return "time" if kind in {ColumnType.DATE, ColumnType.TIMESTAMP} else kind.value


def _renamed(
    table: str, gone: Sequence[ColumnProfile], fresh: Sequence[ColumnProfile]
) -> Iterator[tuple[ColumnProfile, ColumnProfile]]:
    """Give columns that are gone with new ones that hold the same: by name and content, the surest first."""
    candidates = []
    for old in gone:
        for new in fresh:
            kind = common_kind(old, new)
            if kind is None or kind is ColumnKind.OTHER:
                continue
            effect = compare_column(table, old, new, kind).effect
            named = ratio(old.name.lower(), new.name.lower())
            telling = kind is ColumnKind.CATEGORY and set(old.top_values) & set(new.top_values)
            alone = len(gone) == len(fresh) == 1 and kind is ColumnKind.NUMBER
            if effect < _ALIKE and (named >= _SAME_NAME or telling or alone):
                candidates.append((named / 100 - effect, old, new))
    taken: set[str] = set()
    for _, old, new in sorted(candidates, key=lambda found: -found[0]):
        if not {f"-{old.name}", f"+{new.name}"} & taken:
            taken |= {f"-{old.name}", f"+{new.name}"}
            yield old, new


def _column_findings(table: str, old: ColumnProfile, new: ColumnProfile) -> Iterator[SchemaFinding]:
    name = f"{table}.{old.name}"
    if old.type != new.type:
        severity = Severity.NOTE if _family(old) == _family(new) else Severity.BREAKING
        yield _said(
            Finding.TYPE_CHANGED, severity, table, old.name, f"{name} was {old.type} and is {new.type} now."
        )
    if old.nulls < old.rows and new.nulls == new.rows:
        yield _said(Finding.NO_VALUES, Severity.SERIOUS, table, old.name, f"{name} has no values any more.")
    elif old.distinct > 1 and new.distinct == 1 and not new.nulls and new.rows > 1:
        shown = next(iter(new.top_values), "") or new.minimum
        value = (
            ""
            if new.sensitive or shown is None
            else f": {number(shown) if isinstance(shown, float) else shown}"
        )
        yield _said(
            Finding.ONE_VALUE, Severity.NOTE, table, old.name, f"{name} has one value only now{value}."
        )
    if new.not_finite and not old.not_finite:
        yield _said(Finding.NOT_FINITE, Severity.SERIOUS, table, old.name, f"{name} has {new.not_finite:,} values that are infinite or not a number.")  # fmt: skip
    factor = unit_jump(old, new)
    if factor is not None:
        times = f"{factor:,.0f} times" if factor > 1 else f"1/{1 / factor:,.0f} of"
        yield _said(Finding.UNIT_JUMP, Severity.SERIOUS, table, old.name, f"{name} is {times} what it was, in every part: its unit seems to have changed.")  # fmt: skip
    ends = old.maximum, new.maximum
    if (
        common_kind(old, new) is ColumnKind.TIME
        and all(end is not None for end in ends)
        and _before(ends[1], ends[0])
    ):
        yield _said(Finding.TIME_BACKWARDS, Severity.NOTE, table, old.name, f"{name} ends at {ends[1]}, before the baseline did ({ends[0]}).")  # fmt: skip


def _before(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one < other
    return isinstance(one, str) and isinstance(other, str) and one < other


def unit_jump(old: ColumnProfile, new: ColumnProfile) -> float | None:
    """Return the factor of a hundred, a thousand or a million by which all quantiles moved alike; None for none."""
    if (
        common_kind(old, new) is not ColumnKind.NUMBER
        or min(sum(old.bin_counts), sum(new.bin_counts)) < _FEWEST
    ):
        return None
    steps = []
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        before, now = middle(old, share), middle(new, share)
        if before is not None and now is not None and before * now > 0:
            steps.append(math.log(now / before))
    if len(steps) < 3 or max(steps) - min(steps) > _UNIT_RANGE:
        return None
    typical = sorted(steps)[len(steps) // 2]
    for unit in _UNITS:
        for factor in (unit, 1 / unit):
            if abs(typical - math.log(factor)) <= _UNIT_TOLERANCE:
                return factor
    return None


def _said(
    finding: Finding, severity: Severity, table: str | None, column: str | None, words: str
) -> SchemaFinding:
    return SchemaFinding(finding=finding, severity=severity, table=table, column=column, words=words)
