"""Bridges: the distinct pairs of a row and its group keys, for keys behind a fan-out.

An order with three lines in one category belongs to that category once. Joined with the distinct pairs of
(order, category), its amount is summed once per category, whatever the number of lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import Expression, Predicate
from datacraft.sql.render.joins import Edge
from datacraft.sql.render.names import Names, column, identifier, named
from datacraft.sql.render.operators import all_of
from datacraft.sql.render.rows import TableRows
from datacraft.sql.render.scope import Scope
from datacraft.sql.render.shape import Slot
from datacraft.sql.render.walk import flatten, tables_of


@dataclass(frozen=True)
class Bridged:
    """Group keys that are columns of bridges, and the filters that are not part of a bridge."""

    known: dict[Expression, Callable[[], exp.Expr]]
    filters_left: tuple[Predicate, ...]


def bridge(
    keys: Sequence[Slot], filters: Sequence[Predicate], opened: frozenset[Edge], scope: Scope
) -> Bridged:
    """Join the bridges for `keys` to the rows of `scope`, which must be tables.

    Filters behind the same fan-outs speak of the rows that give the keys, and so belong to the bridges.

    Raises:
        InputError: a bridge must start at a table that has no primary key.
    """
    rows = scope.rows
    if not isinstance(rows, TableRows):
        raise TypeError("only joined tables have fan-outs")
    tree = rows.tree

    def branches(*nodes: Expression | Predicate) -> set[Edge | None]:
        return {tree.branch(table) for table in tables_of(*nodes)}

    bridged = [(name, key) for name, key in keys if branches(key) & opened]
    conditions = list(flatten(filters))
    inside = [item for item in conditions if branches(item) & opened]
    left = tuple(item for item in conditions if item not in inside)
    nodes = [key for _, key in bridged] + inside
    known: dict[Expression, Callable[[], exp.Expr]] = {}
    if all(len(branches(node)) == 1 for node in nodes):
        for branch in sorted(opened, key=lambda edge: (edge.near, edge.far)):
            own_keys = [(name, key) for name, key in bridged if branches(key) == {branch}]
            own_filters = [item for item in inside if branches(item) == {branch}]
            _add(scope, rows, branch.far, branch.near, branch.columns, own_keys, own_filters, known)
    else:
        key_columns = scope.context.schema.table(tree.start).primary_key
        if not key_columns:
            raise InputError(
                f"The table {tree.start!r} has no primary key, which is needed to count each row of it once.",
                hint="Name its key in the semantic model, or group by columns of one table.",
            )
        pairs = tuple((name, name) for name in key_columns)
        _add(scope, rows, tree.start, tree.start, pairs, bridged, inside, known, opened=opened)
    return Bridged(known, left)


def _add(
    scope: Scope,
    rows: TableRows,
    start: str,
    near: str,
    pairs: Sequence[tuple[str, str]],
    keys: Sequence[Slot],
    filters: Sequence[Predicate],
    known: dict[Expression, Callable[[], exp.Expr]],
    opened: frozenset[Edge] | None = None,
) -> None:
    """Join one derived table of distinct (columns that join it, keys)."""
    tree = rows.tree
    if opened is None:
        opened = frozenset(edge for edge in (tree.branch(start),) if edge is not None)
    inner = scope.over(TableRows(rows.schema, tree, start, opened=opened))
    taken = Names(name for name, _ in keys)
    joined = [(near_column, far_column, taken.fresh(far_column)) for near_column, far_column in pairs]
    select = exp.Select(distinct=exp.Distinct())
    for table in tables_of(*(key for _, key in keys)):
        inner.rows.drop_rows_without(table)
    columns = [named(column(far_column, start), slot) for _, far_column, slot in joined]
    columns += [named(inner.expression(key), name) for name, key in keys]
    select.set("expressions", columns)
    condition = inner.filters(filters)
    if condition is not None:
        select.set("where", exp.Where(this=condition))
    inner.rows.attach(select)
    alias = scope.context.names.fresh("_".join([near, *(name for name, _ in keys)]))
    on = [
        exp.EQ(this=column(near_column, near), expression=column(slot, alias))
        for near_column, _, slot in joined
    ]
    derived = exp.Subquery(this=select, alias=exp.TableAlias(this=identifier(alias)))
    rows.add_join(near, exp.Join(this=derived, on=all_of(on)))
    for name, key in keys:
        known[key] = _reader(name, alias)


def _reader(name: str, alias: str) -> Callable[[], exp.Expr]:
    return lambda: column(name, alias)
