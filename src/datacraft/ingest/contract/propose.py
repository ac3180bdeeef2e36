"""A first contract, from the first load: firm where the data leaves little doubt, else only warning.

Types, columns without gaps and keys are firm. What the next load may well extend (ranges, sets of values,
patterns, the order of dates) only warns until a person makes it firm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from datacraft.contracts.semantic import ColumnType
from datacraft.ingest.contract.model import CheckKind, ColumnContract, RowBounds, RowRule, TableContract
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.model import ColumnInfo

_FEW_ROWS = 10
_MOST_ALLOWED = 12
_ROWS_PER_VALUE = 20
_SHAPES = 2_000
_ID_WORDS = {"id", "key", "code", "no", "number", "nr", "sku", "uuid", "iban", "isbn"}
_FIRST_DATES = {"order", "start", "begin", "from", "created", "opened", "hired", "issued", "invoice", "birth"}
_LATER_DATES = {"ship", "shipped", "end", "to", "until", "closed", "due", "delivery", "delivered", "paid", "left",
                "finished", "updated", "return", "returned", "departure"}  # fmt: skip
_COLUMNS_AT_ONCE = 50


def propose_contract(
    connection: duckdb.DuckDBPyConnection, table: str, relation: str, columns: Sequence[ColumnInfo]
) -> TableContract:
    """Return a contract that the rows of `relation` fulfil."""
    rows = _number(connection, f"SELECT count(*) FROM {relation}")
    facts = _facts(connection, relation, columns)
    proposed: dict[str, ColumnContract] = {}
    key: tuple[str, ...] = ()
    for column in columns:
        filled, distinct, low = facts[column.name]
        whole = rows >= _FEW_ROWS and filled == rows
        if not key and whole and _names_id(column.name) and distinct > 0.9 * rows:
            twins = _number(connection, f"SELECT count(DISTINCT {identifier(column.name)}) FROM {relation}")
            key = (column.name,) if twins == rows else ()
        proposed[column.name] = _column(connection, relation, column, rows, distinct, low, required=whole)
    return TableContract(
        table=table,
        key=key,
        columns=proposed,
        rows=RowBounds(minimum=1 if rows else None),
        rules=tuple(_date_rules(connection, relation, columns)) if rows >= _FEW_ROWS else (),
    )


def _facts(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[ColumnInfo]
) -> dict[str, tuple[int, int, float | None]]:
    """Return of each column: values, about how many different ones, and the least number."""
    facts: dict[str, tuple[int, int, float | None]] = {}
    for start in range(0, len(columns), _COLUMNS_AT_ONCE):
        some = columns[start : start + _COLUMNS_AT_ONCE]
        parts: list[str] = []
        for column in some:
            name = identifier(column.name)
            number = column.type in {ColumnType.INTEGER, ColumnType.NUMBER}
            parts += [f"count({name})", f"approx_count_distinct({name})"]
            parts.append(f"CAST(min({name}) AS DOUBLE)" if number else "NULL")
        row = connection.execute(f"SELECT {', '.join(parts)} FROM {relation}").fetchone() or ()
        for place, column in enumerate(some):
            filled, distinct, low = row[place * 3 : place * 3 + 3]
            facts[column.name] = (int(filled), int(distinct), low)
    return facts


def _column(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    column: ColumnInfo,
    rows: int,
    distinct: int,
    low: float | None,
    *,
    required: bool,
) -> ColumnContract:
    warn: list[CheckKind] = []
    allowed: tuple[str, ...] = ()
    pattern = None
    name = identifier(column.name)
    if column.type is ColumnType.TEXT and rows:
        if _names_id(column.name):
            pattern = _shape(connection, relation, name)
        elif distinct <= _MOST_ALLOWED and rows >= _ROWS_PER_VALUE * max(distinct, 1):
            found = connection.execute(
                f"SELECT DISTINCT {name} FROM {relation} WHERE {name} IS NOT NULL ORDER BY 1"
            ).fetchall()
            allowed = tuple(value for (value,) in found)
    minimum = 0 if low is not None and low >= 0 and not _names_id(column.name) else None
    for kind, used in (("range", minimum is not None), ("allowed", allowed), ("pattern", pattern)):
        if used:
            warn.append(kind)  # type: ignore[arg-type]
    return ColumnContract(
        type=column.type, required=required, minimum=minimum, allowed=allowed, pattern=pattern,
        warn=tuple(warn),
    )  # fmt: skip


def _names_id(name: str) -> bool:
    return name.rsplit("_", 1)[-1] in _ID_WORDS


def _shape(connection: duckdb.DuckDBPyConnection, relation: str, name: str) -> str | None:
    """Return the pattern of a column of codes, such as `[A-Z]{2}-[0-9]+`, where all of them share one."""
    values = connection.execute(
        f"SELECT {name} FROM {relation} WHERE {name} IS NOT NULL LIMIT {_SHAPES}"
    ).fetchall()
    shapes = {
        re.sub(r"[A-Z]+", "A", re.sub(r"[a-z]+", "a", re.sub(r"[0-9]+", "9", value))) for (value,) in values
    }
    if len(values) < _FEW_ROWS or len(shapes) != 1 or len(shape := shapes.pop()) < 2:
        return None
    classes = {"9": "[0-9]+", "A": "[A-Z]+", "a": "[a-z]+"}
    pattern = "".join(classes.get(character) or re.escape(character) for character in shape)
    broken = _number(connection, f"SELECT count(*) FROM {relation} WHERE NOT regexp_full_match({name}, '{pattern}')") if (
        "'" not in pattern
    ) else 1  # fmt: skip
    return None if broken else pattern


def _date_rules(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[ColumnInfo]
) -> list[RowRule]:
    """Return that one date is never before another, where their names say so and every row agrees."""
    dates = [c.name for c in columns if c.type in {ColumnType.DATE, ColumnType.TIMESTAMP}]
    rules: list[RowRule] = []
    for first in dates:
        for later in dates:
            if first == later or not set(first.split("_")) & _FIRST_DATES:
                continue
            if not set(later.split("_")) & _LATER_DATES:
                continue
            a, b = identifier(first), identifier(later)
            row = connection.execute(
                f"SELECT count(*) FILTER ({b} < {a}), count(*) FILTER ({b} >= {a}) FROM {relation}"
            ).fetchone()
            if row and row[0] == 0 and row[1] >= _FEW_ROWS:
                rule = f"{later}_not_before_{first}"
                rules.append(RowRule(name=rule, check=f"{later} >= {first}", warn=True))
    return rules


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
