"""Where the rows of a SELECT come from: joined tables, another plan's rows, or nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import Protocol

from pydantic import BaseModel
from sqlglot import exp

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import ColumnRef, OutputRef
from datacraft.sql.render.joins import Edge, JoinTree
from datacraft.sql.render.names import column, identifier
from datacraft.sql.render.operators import all_of
from datacraft.sql.render.schema import SchemaView
from datacraft.sql.render.values import OutputTypes
from datacraft.sql.render.walk import tables_of


class Rows(Protocol):
    """What the names in an expression stand for in one SELECT, and the FROM clause that brings them."""

    types: OutputTypes

    def column(self, ref: ColumnRef) -> exp.Expr:
        """Return a table's column as it reads here."""

    def output(self, ref: OutputRef) -> exp.Expr:
        """Return an output of the source plan as it reads here."""

    def closed_branches(self, node: BaseModel) -> list[Edge]:
        """Return the fan-outs that `node` would need and that must not be joined here."""

    def drop_rows_without(self, table: str) -> None:
        """Note that a row that meets no row of `table` is not wanted."""

    def attach(self, select: exp.Select) -> None:
        """Write FROM and JOIN; to be called when everything else has been rendered."""


def _unknown_output(name: str, known: OutputTypes) -> InputError:
    return InputError(
        f"The plan refers to an output {name!r}, which is neither its own nor its source's.",
        hint=f"Outputs of the source: {', '.join(known) or 'there is no source'}.",
    )


class NoTables:
    """A SELECT over nothing: constants and single values of other plans."""

    types: OutputTypes = MappingProxyType({})

    def column(self, ref: ColumnRef) -> exp.Expr:
        """Refuse: there are no columns."""
        raise InputError(
            f"The plan uses {ref.table}.{ref.column}, but it is neither grouped by nor aggregated there.",
            hint="Make it an output, or aggregate it.",
        )

    def output(self, ref: OutputRef) -> exp.Expr:
        """Refuse: there is no source."""
        raise _unknown_output(ref.name, self.types)

    def closed_branches(self, node: BaseModel) -> list[Edge]:
        """Return none: there are no joins."""
        return []

    def drop_rows_without(self, table: str) -> None:
        """Do nothing: there are no joins."""

    def attach(self, select: exp.Select) -> None:
        """Leave FROM out."""


class QueryRows(NoTables):
    """The rows of a named query, whose columns are a source plan's outputs."""

    def __init__(self, name: str, types: OutputTypes) -> None:
        self._name = name
        self.types = types

    def column(self, ref: ColumnRef) -> exp.Expr:
        """Refuse: tables are out of sight behind the query."""
        raise InputError(
            f"The plan reads {ref.table}.{ref.column}, but takes its rows from a source plan.",
            hint="Make the column an output of the source and refer to that.",
        )

    def output(self, ref: OutputRef) -> exp.Expr:
        """Return the query's column."""
        if ref.name not in self.types:
            raise _unknown_output(ref.name, self.types)
        return column(ref.name, self._name)

    def attach(self, select: exp.Select) -> None:
        """Write FROM."""
        select.set("from_", exp.From(this=exp.Table(this=identifier(self._name))))


class TableRows:
    """The rows of `start` with the tables that are used, joined along a tree.

    Tables that each row meets at most once are joined as soon as a column of theirs is rendered; tables
    behind a fan-out only when that fan-out is one of `opened`. Inside a semi-join, `outer` are the rows
    around it.
    """

    types: OutputTypes = MappingProxyType({})

    def __init__(
        self,
        schema: SchemaView,
        tree: JoinTree,
        start: str,
        *,
        opened: frozenset[Edge] = frozenset(),
        outer: Rows | None = None,
    ) -> None:
        self.schema = schema
        self.tree = tree
        self.start = start
        self.opened = opened
        self._outer = outer
        self._inner: dict[str, bool] = {}  # the joined tables; whether rows that meet none are dropped
        self._extra: list[exp.Join] = []
        schema.table(start)

    def column(self, ref: ColumnRef) -> exp.Expr:
        """Return the column, qualified by its table, and have the table joined."""
        self.schema.type_of(ref.table, ref.column)
        if self._outer is not None and not self._is_inside(ref.table):
            return self._outer.column(ref)
        self.need(ref.table)
        return column(ref.column, ref.table)

    def output(self, ref: OutputRef) -> exp.Expr:
        """Refuse: tables have no outputs."""
        raise _unknown_output(ref.name, self.types)

    def closed_branches(self, node: BaseModel) -> list[Edge]:
        """Return the fan-outs on the way to the tables that `node` reads, except the opened ones."""
        if self._outer is not None:
            return []
        branches = dict.fromkeys(self.tree.branch(table) for table in tables_of(node))
        return [branch for branch in branches if branch is not None and branch not in self.opened]

    def need(self, table: str) -> None:
        """Have a table joined, with everything on the way to it."""
        if table == self.start or table in self._inner:
            return
        step = self.tree.step(table)
        if step.branch is not None and step.branch not in self.opened:
            raise InputError(
                f"The plan takes {table!r} for a single row per row of {self.start!r}, but there are many.",
                hint=f"Aggregate over the rows of {table!r} (its grain), or filter by a condition on it.",
            )
        self.need(step.edge.near)
        self._inner[table] = step.edge.fan_out or (step.branch is not None and self.start == self.tree.start)

    def drop_rows_without(self, table: str) -> None:
        """Join `table` and what leads to it by INNER JOIN."""
        if self._outer is not None and not self._is_inside(table):
            return
        self.need(table)
        while table != self.start:
            self._inner[table] = True
            table = self.tree.step(table).edge.near

    def add_join(self, near: str, join: exp.Join) -> None:
        """Have something that is no table joined, after the table `near`."""
        self.need(near)
        self._extra.append(join)

    def attach(self, select: exp.Select) -> None:
        """Write FROM and JOIN, each table after the one that it is joined to."""
        select.set("from_", exp.From(this=exp.Table(this=identifier(self.start))))
        joins = [self._join(table, inner) for table, inner in self._inner.items()]
        if joins or self._extra:
            select.set("joins", joins + self._extra)

    def _is_inside(self, table: str) -> bool:
        return table == self.start or self.tree.branch(table) in self.opened

    def _join(self, table: str, inner: bool) -> exp.Join:
        edge = self.tree.step(table).edge
        pairs = [
            exp.EQ(this=column(near, edge.near), expression=column(far, edge.far))
            for near, far in edge.columns
        ]
        on = all_of(pairs)
        target = exp.Table(this=identifier(table))
        return exp.Join(this=target, on=on) if inner else exp.Join(this=target, side="LEFT", on=on)
