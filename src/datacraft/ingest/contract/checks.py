"""A contract as SQL over a table that was read: each column in its type, and a condition for each check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from datacraft.contracts.semantic import ColumnType
from datacraft.ingest.conditions import parse_condition
from datacraft.ingest.contract.model import CheckKind, ColumnContract, Reference, TableContract
from datacraft.warehouse.loading.build import unread_name
from datacraft.warehouse.loading.quoting import identifier, literal, literals
from datacraft.warehouse.model import ColumnInfo

_NATIVE = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.TIME: "TIME",
}


@dataclass(frozen=True)
class RowCheck:
    """A check of single rows.

    Attributes:
        broken: SQL that is true for a row that breaks it.
        shown: SQL of the value that is shown as an example.
    """

    name: str
    column: str | None
    what: str
    broken: str
    shown: str
    warns: bool


@dataclass(frozen=True)
class KeyCheck:
    """Columns that may not have the same values in two rows; the later row breaks it."""

    name: str
    columns: tuple[str, ...]
    warns: bool


@dataclass(frozen=True)
class Typed:
    """A column as the contract wants it: its SQL over the table that was read, and how it is kept."""

    expression: str
    info: ColumnInfo


@dataclass(frozen=True)
class CompiledContract:
    """All that is asked of the warehouse's engine about one table."""

    columns: dict[str, Typed]
    checks: tuple[RowCheck, ...]
    keys: tuple[KeyCheck, ...]
    missing: tuple[str, ...]
    others: tuple[str, ...]


def compile_contract(
    contract: TableContract,
    read: Sequence[ColumnInfo],
    readers: Mapping[str, str] | None = None,
    unread: frozenset[str] = frozenset(),
) -> CompiledContract:
    """Return the checks of a contract over the columns that were read.

    Args:
        contract: of the table.
        read: its columns, in the types that their values suggest.
        unread: columns some of whose values are of no type; what is unread lies in a column beside.
        readers: SQL that reads a text column's values as the type that the contract wants, by column.
    """
    held = {column.name: column for column in read}
    columns = {
        name: _typed(held[name], wanted, (readers or {}).get(name))
        for name, wanted in contract.columns.items()
        if name in held
    }
    others = [name for name in held if name not in contract.columns]
    columns |= {name: Typed(identifier(name), held[name]) for name in others}
    checks: list[RowCheck] = []
    keys: list[KeyCheck] = []
    for name, wanted in contract.columns.items():
        if name in held:
            checks += _column_checks(name, wanted, held[name], columns[name].expression, name in unread)
            if wanted.unique:
                keys.append(KeyCheck(f"{name} unique", (name,), "unique" in wanted.warn))
    if contract.key and all(name in held for name in contract.key):
        keys.append(KeyCheck("key", contract.key, False))
    missing = [name for name in contract.columns if name not in held]
    for rule in contract.rules:
        condition = parse_condition(rule.check, list(contract.columns))
        used = {column.name for column in condition.find_all(exp.Column)}
        if not used & set(missing):
            checks.append(_rule_check(rule.name, rule.check, rule.warn, condition, columns))
    return CompiledContract(columns, tuple(checks), tuple(keys), tuple(missing), tuple(others))


def found_rows(
    relation: str, expressions: Sequence[str], other: str, columns: Sequence[str], *, found: bool
) -> str:
    """Return the condition that the values of a row are found, or not, in `columns` of the SELECT `other`.

    The values have names of their own inside, which no column of the other table can hide.
    """
    held = ", ".join(f"{expression} AS k{number}" for number, expression in enumerate(expressions))
    filled = " AND ".join(f"k{number} IS NOT NULL" for number in range(len(expressions)))
    same = " AND ".join(f"o.{identifier(column)} = k.k{number}" for number, column in enumerate(columns))
    exists = "EXISTS" if found else "NOT EXISTS"
    return (
        f"(rowid IN (SELECT k.r FROM (SELECT rowid AS r, {held} FROM {relation}) AS k "
        f"WHERE {filled} AND {exists} (SELECT 1 FROM ({other}) AS o WHERE {same})))"
    )


def reference_check(
    reference: Reference, columns: dict[str, Typed], relation: str, found_in: str
) -> RowCheck:
    """Return the check that values are found in `found_in`, SQL of the rows of the other table."""
    expressions = [columns[here].expression for here in reference.columns]
    names = ", ".join(reference.columns)
    return RowCheck(
        name=f"{names} in {reference.table}",
        column=reference.columns[0],
        what=f"{names} not found in {reference.table}",
        broken=found_rows(relation, expressions, found_in, reference.referenced, found=False),
        shown=columns[reference.columns[0]].expression,
        warns=False,
    )


def _typed(read: ColumnInfo, wanted: ColumnContract, reader: str | None) -> Typed:
    """Return a column in the contract's type; values that don't fit it become null, and break a check."""
    name = identifier(read.name)
    native = _NATIVE.get(wanted.type, read.native_type)
    if wanted.type is read.type:
        return Typed(name, read)
    info = read.model_copy(update={"type": wanted.type, "native_type": native})
    if reader is not None:
        return Typed(f"TRY_CAST({reader} AS {native})", info)
    if wanted.type is ColumnType.INTEGER and read.type is ColumnType.NUMBER:
        return Typed(f"CASE WHEN {name} = trunc({name}) THEN TRY_CAST({name} AS {native}) END", info)
    if wanted.type is ColumnType.INTEGER and read.type is ColumnType.TEXT:  # a cast would round 1.5
        return Typed(
            f"CASE WHEN regexp_full_match({name}, '[-+]?[0-9]+') THEN TRY_CAST({name} AS {native}) END", info
        )
    if wanted.type is ColumnType.DATE and read.type is ColumnType.TIMESTAMP:
        return Typed(f"CASE WHEN {name} = date_trunc('day', {name}) THEN CAST({name} AS DATE) END", info)
    return Typed(f"TRY_CAST({name} AS {native})", info)


def _column_checks(
    name: str, wanted: ColumnContract, read: ColumnInfo, typed: str, unread: bool
) -> list[RowCheck]:
    raw = identifier(name)
    left = identifier(unread_name(name))
    native = _NATIVE.get(wanted.type, read.native_type)
    found: list[RowCheck] = []

    def add(kind: CheckKind, what: str, broken: str) -> None:
        shown = f"coalesce(CAST({raw} AS VARCHAR), {left})" if unread else raw
        found.append(RowCheck(f"{name} {kind}", name, what, broken, shown, kind in wanted.warn))

    if unread:
        add("type", f"{name} is no {wanted.type.value}", f"({left} IS NOT NULL)")
    if typed != raw:
        add("type", f"{name} is no {wanted.type.value}", f"({raw} IS NOT NULL AND {typed} IS NULL)")
    if wanted.required:
        broken = f"({raw} IS NULL AND {left} IS NULL)" if unread else f"({raw} IS NULL)"
        add("required", f"{name} is missing", broken)
    bounds = []
    if wanted.minimum is not None:
        bounds.append(f"{typed} < CAST({literal(str(wanted.minimum))} AS {native})")
    if wanted.maximum is not None:
        bounds.append(f"{typed} > CAST({literal(str(wanted.maximum))} AS {native})")
    if bounds:
        low = "" if wanted.minimum is None else f" from {wanted.minimum}"
        high = "" if wanted.maximum is None else f" to {wanted.maximum}"
        add("range", f"{name} is not{low}{high}", f"coalesce({' OR '.join(bounds)}, false)")
    if wanted.allowed:
        values = literals(_text(value) for value in wanted.allowed)
        add(
            "allowed",
            f"{name} is none of the allowed values",
            f"coalesce(CAST({typed} AS VARCHAR) NOT IN ({values}), false)",
        )
    if wanted.pattern is not None:
        pattern = literal(wanted.pattern)
        add(
            "pattern",
            f"{name} does not match {wanted.pattern}",
            f"coalesce(NOT regexp_full_match(CAST({typed} AS VARCHAR), {pattern}), false)",
        )
    return found


def _rule_check(
    name: str, text: str, warns: bool, condition: exp.Expression, columns: dict[str, Typed]
) -> RowCheck:
    used = list(dict.fromkeys(column.name for column in condition.find_all(exp.Column)))
    # The condition's columns are the contract's, so they are replaced by what makes them of what was read.
    inner = ", ".join(f"{columns[c].expression} AS {identifier(c)}" for c in used) or "1 AS one"
    holds = f"(SELECT {condition.sql('duckdb')} FROM (SELECT {inner}))"
    if all(columns[c].expression == identifier(c) for c in used):
        holds = f"({condition.sql('duckdb')})"
    shown = "concat_ws(', ', " + ", ".join(columns[c].expression for c in used) + ")" if used else "''"
    return RowCheck(name, None, f"not {text}", f"coalesce(NOT {holds}, false)", shown, warns)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
