"""What is measured of a database before anything is concluded: one aggregate query per table, and values."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from datacraft.contracts.semantic import ColumnType
from datacraft.profiles.connection import Connection, DescribedConnection
from datacraft.profiles.naming import Name, Naming

EXACT_ROWS = 100_000
"""Up to this many rows distinct values are counted exactly."""
MANY_VALUES = 100
"""Up to this many distinct values all are kept, beyond it the most frequent ones."""
FEW_VALUES = 30
_GROUPABLE_DISTINCT = 50_000

Value = str | int | float | bool
_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
             "UBIGINT", "UHUGEINT"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """Measurements of one column. `values` are (value, rows), most frequent first.

    Attributes:
        sample: some of the values, where there are too many to count each.
    """

    table: str
    name: str
    words: Name
    type: ColumnType
    position: int
    rows: int
    nulls: int = 0
    distinct: int = 0
    minimum: Value | None = None
    maximum: Value | None = None
    mean_length: float = 0.0
    values: Sequence[tuple[Value, int]] = ()
    values_complete: bool = False
    sample: Sequence[Value] = ()

    @property
    def filled(self) -> int:
        """Rows that are not null."""
        return self.rows - self.nulls

    @property
    def looks_unique(self) -> bool:
        """No nulls and as many values as rows, as far as an approximate count can tell."""
        if not self.rows or self.nulls:
            return False
        return self.distinct == self.rows if self.rows <= EXACT_ROWS else self.distinct > 0.9 * self.rows


@dataclass(frozen=True, slots=True)
class TableFacts:
    """Measurements of one table."""

    name: str
    words: Name
    rows: int
    columns: Sequence[ColumnFacts] = field(default_factory=tuple)

    def column(self, name: str) -> ColumnFacts:
        """Return a column's facts.

        Raises:
            KeyError: there is no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


def quoted(identifier: str) -> str:
    """Return an identifier quoted for DuckDB, whatever it holds."""
    return exp.to_identifier(identifier, quoted=True).sql("duckdb")


def column_type(warehouse_type: str) -> ColumnType:
    """Return the contract's type of a DuckDB type name."""
    name = warehouse_type.upper()
    base = name.split("(")[0].strip()
    if name.endswith("]") or base in {"STRUCT", "MAP", "UNION", "LIST"}:
        return ColumnType.OTHER
    if base in _INTEGERS:
        return ColumnType.INTEGER
    if base == "DECIMAL":
        return ColumnType.INTEGER if name.endswith(",0)") else ColumnType.NUMBER
    if base in {"FLOAT", "DOUBLE", "REAL"}:
        return ColumnType.NUMBER
    if base in {"VARCHAR", "UUID", "ENUM", "TEXT"}:
        return ColumnType.TEXT
    if base.startswith("TIMESTAMP"):
        return ColumnType.TIMESTAMP
    if base in {"BOOLEAN", "DATE"}:
        return ColumnType(base.lower())
    return ColumnType.TIME if base.startswith("TIME") else ColumnType.OTHER


def plain(value: object) -> Value | None:
    """Return a database value as a JSON value; dates and times as ISO 8601 text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    return str(value)


def list_columns(connection: Connection) -> dict[str, list[tuple[str, str]]]:
    """Return (column, DuckDB type) of every table and view of the main schema, in order."""
    if isinstance(connection, DescribedConnection):
        return {table: list(columns) for table, columns in connection.described().items()}
    found = connection.execute(
        "SELECT t.table_name, c.column_name, c.data_type FROM information_schema.tables t "
        "JOIN information_schema.columns c USING (table_catalog, table_schema, table_name) "
        "WHERE t.table_schema = 'main' AND t.table_catalog = current_database() "
        "ORDER BY t.table_name, c.ordinal_position"
    ).fetchall()
    tables: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in found:
        tables.setdefault(table, []).append((column, kind))
    return tables


def read_facts(connection: Connection) -> list[TableFacts]:
    """Measure every table and view of the main schema."""
    tables = list_columns(connection)
    naming = Naming({table: [column for column, _ in columns] for table, columns in tables.items()})
    return [_table_facts(connection, naming, table, columns) for table, columns in tables.items()]


def _table_facts(
    connection: Connection, naming: Naming, table: str, columns: Sequence[tuple[str, str]]
) -> TableFacts:
    source = quoted(table)
    counted = connection.execute(f"SELECT count(*) FROM {source}").fetchone()
    rows = int(counted[0]) if counted else 0
    facts: list[ColumnFacts] = []
    for start in range(0, len(columns), 100):  # a thousand columns make too wide a query
        facts.extend(_measure(connection, naming, table, rows, start, columns[start : start + 100]))
    measured = tuple(_with_values(connection, column) for column in facts)
    return TableFacts(table, naming.table(table), rows, measured)


def _measure(
    connection: Connection,
    naming: Naming,
    table: str,
    rows: int,
    start: int,
    columns: Sequence[tuple[str, str]],
) -> Iterable[ColumnFacts]:
    distinct = "count(DISTINCT {0})" if rows <= EXACT_ROWS else "approx_count_distinct({0})"
    parts: list[str] = []
    kinds = [column_type(kind) for _, kind in columns]
    for (column, _), kind in zip(columns, kinds, strict=True):
        name = quoted(column)
        comparable = kind is not ColumnType.OTHER
        parts.append(f"count({name})")
        parts.append(distinct.format(name) if comparable else "NULL")
        parts.extend((f"min({name})", f"max({name})") if comparable else ("NULL", "NULL"))
        parts.append(f"avg(length({name}::VARCHAR))" if kind is ColumnType.TEXT else "NULL")
    row = connection.execute(f"SELECT {', '.join(parts)} FROM {quoted(table)}").fetchone()
    assert row is not None  # an aggregate without groups has exactly one row
    for offset, ((column, _), kind) in enumerate(zip(columns, kinds, strict=True)):
        count, different, low, high, length = row[offset * 5 : offset * 5 + 5]
        yield ColumnFacts(
            table, column, naming.column(table, column), kind, start + offset, rows, rows - count,
            min(int(different or 0), count), plain(low), plain(high), float(length or 0.0),
        )  # fmt: skip


def _may_be_private(column: ColumnFacts) -> bool:
    """Texts, and whole numbers as long as those of payment cards."""
    if column.type is ColumnType.INTEGER:
        return isinstance(column.minimum, int) and column.minimum >= 10**12
    return column.type is ColumnType.TEXT


def _sample(connection: Connection, column: ColumnFacts) -> Sequence[Value]:
    name = quoted(column.name)
    found = connection.execute(
        f"SELECT {name} FROM {quoted(column.table)} WHERE {name} IS NOT NULL LIMIT {MANY_VALUES}"
    ).fetchall()
    return tuple(value for (raw,) in found if (value := plain(raw)) is not None)


def _with_values(connection: Connection, column: ColumnFacts) -> ColumnFacts:
    """Add the values, where there are few enough to be worth grouping by."""
    kept = column.type in {ColumnType.TEXT, ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.NUMBER}
    if not kept or not column.filled:
        return column
    if column.distinct > _GROUPABLE_DISTINCT:
        return replace(column, sample=_sample(connection, column)) if _may_be_private(column) else column
    if column.type is ColumnType.NUMBER and column.distinct > MANY_VALUES:
        return column
    name = quoted(column.name)
    found = connection.execute(
        f"SELECT {name}, count(*) FROM {quoted(column.table)} WHERE {name} IS NOT NULL "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MANY_VALUES + 1}"
    ).fetchall()
    values = [(value, int(count)) for raw, count in found if (value := plain(raw)) is not None]
    complete = len(found) <= MANY_VALUES
    return ColumnFacts(
        column.table, column.name, column.words, column.type, column.position, column.rows, column.nulls,
        len(found) if complete else column.distinct, column.minimum, column.maximum, column.mean_length,
        tuple(values if complete else values[:FEW_VALUES]), complete,
    )  # fmt: skip
