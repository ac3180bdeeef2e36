"""`Scope`: one place in the SQL where expressions are written, and what is known there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlglot import exp

from datacraft.contracts.plan import ColumnRef, Expression, Order, Predicate, QueryPlan
from datacraft.contracts.semantic import ColumnType
from datacraft.sql.render import conditions, expressions
from datacraft.sql.render.dialects import Dialect
from datacraft.sql.render.names import Names
from datacraft.sql.render.rows import Rows
from datacraft.sql.render.schema import SchemaView
from datacraft.sql.render.values import type_of


class Context(Protocol):
    """What all places of one rendering share."""

    schema: SchemaView
    dialect: Dialect
    names: Names

    def query(self, plan: QueryPlan) -> exp.Query:
        """Render another plan whose order of rows does not matter."""


@dataclass(frozen=True)
class Scope:
    """Writes plan expressions as SQL over `rows`.

    `known` are expressions that have been computed already and are columns here. `row_key`, where set,
    identifies a row of the grain among rows that a fan-out has multiplied: counts count it.
    """

    context: Context
    rows: Rows
    known: Mapping[Expression, Callable[[], exp.Expr]] = field(default_factory=dict)
    row_key: ColumnRef | None = None

    def over(self, rows: Rows) -> Scope:
        """Return a scope over other rows, in which nothing is known yet."""
        return replace(self, rows=rows, known={}, row_key=None)

    def expression(self, node: Expression) -> exp.Expr:
        """Write an expression."""
        known = self.known.get(node) if self.known else None
        return known() if known is not None else expressions.write(node, self)

    def window_order(self, keys: Iterable[Order]) -> list[exp.Ordered]:
        """Write the sort keys of a window, nulls last either way."""
        order = self.context.dialect.window_order
        return [part for key in keys for part in order(self.expression(key.expression), key.descending)]

    def window_keys(self, nodes: Iterable[Expression]) -> list[exp.Expr]:
        """Write what a window is partitioned by."""
        key = self.context.dialect.window_key
        return [key(self.expression(node), self.type_of(node)) for node in nodes]

    def filters(self, predicates: Iterable[Predicate]) -> exp.Expr | None:
        """Write conditions that rows must meet to be kept at all; None when there are none."""
        return conditions.write_all(predicates, self, keep_rows=False)

    def condition(self, predicates: Iterable[Predicate]) -> exp.Expr | None:
        """Write conditions that are only asked of rows, all of which are kept; None when there are none."""
        return conditions.write_all(predicates, self, keep_rows=True)

    def computed(self, predicates: Iterable[Predicate]) -> exp.Expr | None:
        """Write conditions on what has been computed from the rows: aggregates, keys and windows."""
        return conditions.write_computed(predicates, self)

    def type_of(self, node: Expression) -> ColumnType | None:
        """Return the type of an expression."""
        return type_of(node, self.context.schema, self.rows.types)
