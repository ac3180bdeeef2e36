"""Variants of a data set: the same tables with other rows and figures, on which a lucky query is found out.

After the test suites of Zhong, Yu & Klein, "Semantic Evaluation for Text-to-SQL with Distilled Test Suites" (EMNLP
2020): a query that only happens to give the gold's rows on one database will not on several. Here rows are left
out at random and measures scaled row by row; keys, names, dates and what tables refer to stay, so that golds with
values in their filters still find something.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import duckdb
from sqlglot import exp

from datacraft.contracts.errors import InputError
from datacraft.contracts.semantic import Column, ColumnType, Role, SemanticModel, Table
from datacraft.evaluation.data import LoadedData
from datacraft.warehouse import DuckDBWarehouse, open_data

_KEPT = 70
"""Percent of the rows that stay."""


@contextmanager
def variants_of(data: LoadedData, count: int, *, seed: int = 0) -> Iterator[list[DuckDBWarehouse]]:
    """Lend `count` variants of the data; the same seed gives the same ones.

    Raises:
        InputError: the data is in a warehouse of others, which is not ours to copy.
    """
    source = data.warehouse
    if not isinstance(source, DuckDBWarehouse):
        raise InputError(
            "Variants are only made of files that DataCraft has read itself.", hint="Leave --variants out."
        )
    with ExitStack() as resources:
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="datacraft-variants-")))
        made = []
        for number in range(count):
            path = folder / f"variant_{number}.duckdb"
            _write(source, data.model, path, seed=seed + number)
            made.append(resources.enter_context(open_data([path])))
        yield made


def _write(source: DuckDBWarehouse, model: SemanticModel, path: Path, *, seed: int) -> None:
    referred = {join.right for join in model.joins if join.cardinality != "many_to_many"}
    with closing(duckdb.connect(str(path))) as variant:
        for table in model.tables:
            rows = rows_of(source, table.name)
            variant.register("source", rows)
            query = _variation(table, model, seed=seed, thin=table.name not in referred)
            variant.execute(f"CREATE TABLE {exp.to_identifier(table.name).sql('duckdb')} AS {query}")
            variant.unregister("source")


def rows_of(warehouse: DuckDBWarehouse, table: str) -> object:
    """Return all rows of a table, as DuckDB can register them elsewhere."""
    query = exp.select("*").from_(exp.to_table(table)).sql("duckdb")
    with closing(warehouse._connection.cursor()) as cursor:
        return cursor.sql(query).to_arrow_table()


def _variation(table: Table, model: SemanticModel, *, seed: int, thin: bool) -> str:
    """Return the SELECT that makes a table's variant of the rows in `source`."""
    joined = {
        name
        for join in model.joins
        for pair in join.columns
        for side, name in zip((join.left, join.right), pair, strict=True)
        if side == table.name
    }
    numbered = exp.select("*", exp.alias_("row_number() OVER ()", "row_of_source")).from_("source")
    scaled = {
        column.name: _scaled(column, seed)
        for column in table.columns
        if column.role is Role.MEASURE and column.name not in joined | set(table.primary_key)
    }
    outputs = [
        exp.alias_(scaled.get(column.name) or exp.column(column.name, quoted=True), column.name, quoted=True)
        for column in table.columns
    ]
    query = exp.select(*outputs).from_(numbered.subquery("numbered"))
    if thin:
        query = query.where(exp.LT(this=_draw(seed, "row"), expression=exp.Literal.number(_KEPT)))
    return query.sql("duckdb")


def _draw(seed: int, purpose: str) -> exp.Expression:
    """Return a number from 0 to 99 that depends on the row, the seed and the purpose."""
    hashed = exp.Anonymous(
        this="hash",
        expressions=[exp.column("row_of_source"), exp.Literal.number(seed), exp.Literal.string(purpose)],
    )
    return exp.Mod(this=hashed, expression=exp.Literal.number(100))


def _scaled(column: Column, seed: int) -> exp.Expression:
    """Return a measure times 0.5 to 1.49; whole numbers stay whole, others keep their cents."""
    named = exp.column(column.name, quoted=True)
    factor = exp.Div(
        this=exp.Add(this=_draw(seed, column.name), expression=exp.Literal.number(50)),
        expression=exp.Literal.number("100.0"),
    )
    digits = 0 if column.type is ColumnType.INTEGER else 4
    value = exp.func("round", exp.Mul(this=named, expression=exp.paren(factor)), exp.Literal.number(digits))
    return exp.cast(value, "bigint" if column.type is ColumnType.INTEGER else "double")
