"""From a `QueryPlan` to SQL: `render` builds a sqlglot tree and writes it in DuckDB's or BigQuery's dialect.

The package knows nothing of questions and runs nothing. What lives where: `shape` resolves a plan's
references, `plans` puts the clauses together, `grouping` and `bridges` keep aggregates from being
multiplied by joins, `conditions` makes semi-joins, `dialects` holds what the two dialects write differently.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from datacraft.contracts.plan import QueryPlan
from datacraft.sql.render.dialects import dialect_named
from datacraft.sql.render.names import Names
from datacraft.sql.render.plans import Rendering, render_plan
from datacraft.sql.render.schema import SchemaView, TableView

__all__ = ["RenderedQuery", "SchemaView", "TableView", "render"]


@dataclass(frozen=True)
class RenderedQuery:
    """A query as a tree and as text, in the same dialect."""

    expression: exp.Query
    sql: str
    dialect: str


def render(plan: QueryPlan, *, schema: SchemaView, dialect: str = "duckdb") -> RenderedQuery:
    """Render a plan as SQL.

    Args:
        plan: what to compute.
        schema: the tables that the plan may name.
        dialect: `duckdb` or `bigquery`.

    Raises:
        InputError: the plan contradicts itself or the schema; the message names what is missing.
    """
    context = Rendering(schema, dialect_named(dialect), Names(schema.tables))
    query = render_plan(plan, context)
    return RenderedQuery(query, query.sql(dialect=dialect, pretty=True), dialect)
