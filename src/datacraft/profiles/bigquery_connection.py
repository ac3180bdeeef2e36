"""Measures a data set of BigQuery with the statements that measure DuckDB's tables, translated one by one.

What BigQuery counts approximately is counted so (`APPROX_COUNT_DISTINCT`, `APPROX_QUANTILES`), and no row leaves
it but those that the statements return: aggregates, and the distinct values of text columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlglot
from sqlglot import exp

from datacraft.contracts.semantic import ColumnType
from datacraft.warehouse.bigquery.warehouse import BigQueryWarehouse

_DUCKDB_TYPES = {
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DOUBLE",
    ColumnType.TEXT: "VARCHAR",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.TIME: "TIME",
    ColumnType.OTHER: "STRUCT()",
}
_UNMEASURED = frozenset({"partition_filter", "too_large"})


class BigQueryConnection:
    """A `DescribedConnection` over a BigQuery warehouse.

    Tables that are too large for the warehouse's limit of bytes, and tables that want a filter on their
    partition, are left unmeasured: they look empty, and are known by their names and types alone.
    """

    def __init__(self, warehouse: BigQueryWarehouse) -> None:
        self._warehouse = warehouse
        self._unmeasured = set(unmeasured_tables(warehouse))
        self._natives = {
            table.name: [(column.name, column.native_type) for column in table.columns]
            for table in warehouse.tables()
        }

    def described(self) -> dict[str, Sequence[tuple[str, str]]]:
        """Return (column, DuckDB type) of every table, in order."""
        return {
            table.name: [(column.name, _DUCKDB_TYPES[column.type]) for column in table.columns]
            for table in self._warehouse.tables()
        }

    def execute(self, query: str, parameters: Sequence[object] | None = None) -> BigQueryRows:
        """Translate a statement and run it.

        Raises:
            DataCraftError: BigQuery did not run it.
        """
        return BigQueryRows(self._warehouse.read(self.translated(query, parameters or ())))

    def translated(self, query: str, parameters: Sequence[object] = ()) -> str:
        """Return a statement in BigQuery's dialect, with its parameters written in."""
        tree = sqlglot.parse_one(query, read="duckdb")
        given = iter(parameters)
        tree = tree.transform(lambda node: self._translate(node, given), copy=False)
        return tree.sql("bigquery")

    def close(self) -> None:
        """Leave the warehouse open: it is not this connection's."""

    def _translate(self, node: exp.Expr, parameters: Any) -> exp.Expr:
        if isinstance(node, exp.Placeholder):
            return exp.convert(next(parameters))
        if isinstance(node, exp.TableSample):  # of a subquery, which BigQuery can't; more rows do no harm
            return node.this if node.this else node
        if isinstance(node, exp.Select) and node.args.get("sample"):
            node.set("sample", None)
        if isinstance(node, exp.Table) and node.name in self._unmeasured:
            return self._nothing_of(node.name)
        if isinstance(node, exp.Cast) and node.to.is_type("HUGEINT", "INT128"):
            node.set("to", exp.DataType.build("BIGDECIMAL"))
        if isinstance(node, exp.Anonymous):
            return _FUNCTIONS.get(node.name.lower(), _same)(node)
        if isinstance(node, (exp.PercentileCont, exp.ApproxQuantile)):
            return _quantiles(node)
        return node

    def _nothing_of(self, table: str) -> exp.Expr:
        """Return a subquery with a table's columns and no rows; it reads nothing."""
        columns = [
            exp.cast(exp.Null(), native, dialect="bigquery").as_(name, quoted=True)
            for name, native in self._natives[table]
        ]
        return exp.select(*columns).limit(0).subquery(alias=exp.to_identifier(table, quoted=True))


class BigQueryRows:
    """Rows that were read, handed out as a cursor does."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = iter(rows)

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row, or None."""
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        return list(self._rows)

    def fetchmany(self, size: int = 1) -> list[Any]:
        """Return at most `size` rows."""
        return [row for row, _ in zip(self._rows, range(size), strict=False)]


def unmeasured_tables(warehouse: BigQueryWarehouse) -> list[str]:
    """Return the tables that are not measured, since that would read too much or is not permitted."""
    return [
        report.table.name
        for report in warehouse.report.tables
        if any(finding.code in _UNMEASURED for finding in report.findings)
    ]


def _fingerprint(node: exp.Expr) -> exp.Expr:
    """`hash(a, b)`: a number made of the values, null or not."""
    values = exp.Anonymous(this="TO_JSON_STRING", expressions=[exp.Struct(expressions=node.expressions)])
    return exp.Anonymous(this="FARM_FINGERPRINT", expressions=[values])


def _finite(node: exp.Expr) -> exp.Expr:
    (number,) = node.expressions
    tests = [exp.Anonymous(this=name, expressions=[number.copy()]) for name in ("IS_INF", "IS_NAN")]
    return exp.not_(exp.or_(*tests))


def _same(node: exp.Expr) -> exp.Expr:
    return node


_FUNCTIONS = {"hash": _fingerprint, "isfinite": _finite}


def _quantiles(node: exp.Expr) -> exp.Expr:
    """Several quantiles at once, each from the same 100 approximate ones."""
    wanted = node.args.get("expression") or node.args.get("quantile")
    marks = wanted.expressions if isinstance(wanted, exp.Array) else [wanted]
    hundredths = exp.ApproxQuantiles(this=node.this, expression=exp.Literal.number(100))
    return exp.Array(
        expressions=[
            exp.Bracket(
                this=hundredths.copy(),
                expressions=[exp.Literal.number(round(float(mark.name) * 100))],
                offset=0,
                safe=False,
            )
            for mark in marks
            if mark is not None
        ]
    )
