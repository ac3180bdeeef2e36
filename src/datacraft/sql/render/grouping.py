"""Grouping: every aggregate over the rows of its own table, none of them multiplied by a join.

Aggregates with the same grain share one grouped SELECT over that table (a *unit*); several units are
named queries that are joined on the group keys. Within a unit, a table is joined plainly where each row
of the grain meets at most one row of it. Where a group key lies behind a fan-out:
- counts count the grain's key distinct, and what duplicates can't change is taken as it is;
- everything else is aggregated over the grain's rows joined with the distinct pairs of (row, group key),
  so that a row counts once in each of its groups.
Group keys are joined by INNER JOIN: rows that belong to no group are not shown as a group of their own,
and things that have no rows to aggregate are no group either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlglot import exp

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import Aggregate, AggregateFunction, ColumnRef, Expression, Predicate
from datacraft.sql.render import aggregates, bridges
from datacraft.sql.render.dialects import number
from datacraft.sql.render.joins import Edge, JoinTree
from datacraft.sql.render.names import Names, column, identifier
from datacraft.sql.render.operators import all_of
from datacraft.sql.render.rows import NoTables, TableRows
from datacraft.sql.render.scope import Context, Scope
from datacraft.sql.render.shape import Shape, Slot, grain_of
from datacraft.sql.render.stage import Stage, describe
from datacraft.sql.render.walk import tables_of


@dataclass(frozen=True)
class Unit:
    """Aggregates that one grouped SELECT over `tree.start` computes.

    `opened`: the fan-outs that group keys lie behind; `bridged`: whether they are joined as distinct
    pairs. `computes` maps the plan's aggregates to those that are computed here.
    """

    tree: JoinTree
    opened: frozenset[Edge]
    bridged: bool
    filters: tuple[Predicate, ...]
    computes: tuple[tuple[Aggregate, Aggregate], ...]


def grouped_stage(shape: Shape, context: Context) -> Stage:
    """Return a stage whose rows are the plan's groups, filtered by the plan's filters."""
    units = _units(shape, context)
    if len(units) == 1:
        return _unit_stage(units[0], shape, context)
    return _combined(units, shape, context)


def _units(shape: Shape, context: Context) -> list[Unit]:
    by_grain: dict[str, list[Aggregate]] = {}
    for aggregate in shape.aggregates:
        by_grain.setdefault(_effective_grain(aggregate, shape), []).append(aggregate)
    return [
        unit
        for grain, members in by_grain.items()
        for unit in _units_of_grain(grain, members, shape, context)
    ]


def _effective_grain(aggregate: Aggregate, shape: Shape) -> str:
    """Return the grain, checked against the aggregate's argument.

    Raises:
        InputError: rows of the grain have many values of the argument each.
    """
    grain = grain_of(aggregate, shape.plan)
    parts = [part for part in (aggregate.argument, aggregate.second, aggregate.weight) if part is not None]
    tree = JoinTree(grain, shape.plan.joins)
    many = [table for table in tables_of(*parts) if tree.branch(table) is not None]
    if not many:
        return grain
    if aggregates.is_insensitive(aggregate):
        return grain_of(aggregate.model_copy(update={"grain": None}), shape.plan)
    raise InputError(
        f"The plan takes `{aggregate.function}` of {many[0]!r} over the rows of {grain!r}, "
        "each of which has many of them.",
        hint=f"Set `grain` to {many[0]!r}, or aggregate in a source plan first.",
    )


def _units_of_grain(grain: str, members: Sequence[Aggregate], shape: Shape, context: Context) -> list[Unit]:
    tree = JoinTree(grain, shape.plan.joins)
    keys = [expression for _, expression in shape.all_keys]
    branches = dict.fromkeys(tree.branch(table) for table in tables_of(*keys))
    opened = frozenset(branch for branch in branches if branch is not None)
    filters = shape.plan.filters
    plain = Unit(tree, opened, False, filters, tuple((node, node) for node in members))
    if not opened:
        return [plain]
    has_key = len(context.schema.table(grain).primary_key) == 1
    easy = [node for node in members if aggregates.is_insensitive(node) or (_is_row_count(node) and has_key)]
    if len(easy) == len(members):
        return [plain]

    def speaks_of_group(node: Aggregate) -> bool:
        return any(tree.branch(table) in opened for table in tables_of(*node.where))

    together = [node for node in members if not speaks_of_group(node)]
    apart_easy = [node for node in easy if node not in together]
    apart = [node for node in members if node not in together and node not in easy]
    units = [Unit(tree, opened, True, filters, tuple((node, node) for node in together))] if together else []
    if apart_easy:
        units.append(replace(plain, computes=tuple((node, node) for node in apart_easy)))
    for node in apart:
        bare = node.model_copy(update={"where": ()})
        units.append(Unit(tree, opened, True, filters + node.where, ((node, bare),)))
    return units


def _is_row_count(node: Aggregate) -> bool:
    return node.function is AggregateFunction.COUNT and node.argument is None


def _unit_stage(unit: Unit, shape: Shape, context: Context) -> Stage:
    """Return the grouped SELECT of a unit."""
    grain = unit.tree.start
    keys = [expression for _, expression in shape.all_keys]
    if unit.bridged:
        rows = TableRows(context.schema, unit.tree, grain)
        pairs = bridges.bridge(shape.all_keys, unit.filters, unit.opened, Scope(context, rows))
        scope, filters = Scope(context, rows, pairs.known), pairs.filters_left
    else:
        rows = TableRows(context.schema, unit.tree, grain, opened=unit.opened)
        row_key = None
        if unit.opened and any(_is_row_count(node) for _, node in unit.computes):
            row_key = ColumnRef(table=grain, column=context.schema.table(grain).primary_key[0])
        scope, filters = Scope(context, rows, row_key=row_key), unit.filters
    for table in _grouping_tables(shape):
        if unit.tree.branch(table) is None or not unit.bridged:
            rows.drop_rows_without(table)
    stage = Stage(replace(scope, known=_computed_as(unit, scope)))
    stage.keep(scope.filters(filters))
    stage.keys = keys
    return stage


def _grouping_tables(shape: Shape) -> tuple[str, ...]:
    """Return the tables without a row of which a row belongs to no group; in a list, only the root."""
    tables = tables_of(*(expression for _, expression in shape.all_keys))
    return tuple(table for table in tables if not shape.is_list or table == shape.plan.root)


def _computed_as(unit: Unit, scope: Scope) -> dict[Expression, Callable[[], exp.Expr]]:
    """Have aggregates whose condition moved into the unit's filters written without it."""
    known = dict(scope.known)
    for asked, computed in unit.computes:
        if asked is not computed:
            known[asked] = partial(scope.expression, computed)
    return known


def _combined(units: Sequence[Unit], shape: Shape, context: Context) -> Stage:
    """Join the groups of several units on the keys; counts that a unit has no group for are 0."""
    keys = shape.all_keys
    names = Names([name for name, _ in shape.outputs] + [name for name, _ in shape.hidden_keys])
    rows = _JoinedUnits(context, [name for name, _ in keys])
    known: dict[Expression, Callable[[], exp.Expr]] = {}
    ctes: list[tuple[str, exp.Query]] = []
    for unit in units:
        name = context.names.fresh(f"{unit.tree.start}_totals")
        slots: list[Slot] = []
        for asked, _ in unit.computes:
            own = [output for output, expression in shape.outputs if expression == asked]
            slot = own[0] if own else names.fresh(describe(asked))
            slots.append((slot, asked))
            known[asked] = rows.reader(name, slot, zero=bool(keys) and asked.function in aggregates.COUNTS)
        stage = _unit_stage(unit, shape, context)
        stage.project([*keys, *slots])
        ctes.append((name, stage.finish()))
        rows.units.append(name)
    for slot, expression in keys:
        known[expression] = rows.key_reader(slot)
    return Stage(Scope(context, rows, known), ctes=ctes)


class _JoinedUnits(NoTables):
    """The named queries of several units, joined on their group keys."""

    def __init__(self, context: Context, keys: Sequence[str]) -> None:
        self._context = context
        self._keys = keys
        self.units: list[str] = []

    def reader(self, unit: str, slot: str, *, zero: bool) -> Callable[[], exp.Expr]:
        """Return what reads a unit's column, as 0 where the unit has no such group when `zero`."""
        if not zero:
            return lambda: column(slot, unit)
        return lambda: exp.Coalesce(this=column(slot, unit), expressions=[number(0)])

    def key_reader(self, slot: str) -> Callable[[], exp.Expr]:
        """Return what reads a group key from the first unit that has the group."""
        return lambda: self._key(slot, self.units)

    def attach(self, select: exp.Select) -> None:
        """Write FROM and a full join per further unit, or cross joins when there are no keys."""
        select.set("from_", exp.From(this=exp.Table(this=identifier(self.units[0]))))
        joins = []
        for position, unit in enumerate(self.units[1:], start=1):
            table = exp.Table(this=identifier(unit))
            if not self._keys:
                joins.append(exp.Join(this=table, kind="CROSS"))
                continue
            same = [
                self._context.dialect.same(self._key(key, self.units[:position]), column(key, unit))
                for key in self._keys
            ]
            joins.append(exp.Join(this=table, side="FULL", on=all_of(same)))
        select.set("joins", joins)

    def _key(self, slot: str, units: Sequence[str]) -> exp.Expr:
        first, *others = (column(slot, unit) for unit in units)
        return exp.Coalesce(this=first, expressions=others) if others else first
