"""A plan as a query: rows, groups, windows, order, limit and set operations, in that order."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import Aggregate, Expression, Order, OutputRef, QueryPlan, Window
from datacraft.sql.render.dialects import Dialect, number, ordered
from datacraft.sql.render.grouping import grouped_stage
from datacraft.sql.render.joins import JoinTree
from datacraft.sql.render.names import Names, column
from datacraft.sql.render.rows import NoTables, QueryRows, Rows, TableRows
from datacraft.sql.render.schema import SchemaView
from datacraft.sql.render.scope import Scope
from datacraft.sql.render.shape import Shape, Slot, shape_of
from datacraft.sql.render.stage import Stage, describe, slots_for, taken_ctes, with_ctes
from datacraft.sql.render.values import output_types
from datacraft.sql.render.walk import flatten, holds, tables_of
from datacraft.sql.render.windows import window

_SET_OPERATIONS: dict[str, type[exp.SetOperation]] = {
    "union": exp.Union,
    "intersect": exp.Intersect,
    "except": exp.Except,
}


@dataclass
class Rendering:
    """What all places of one rendering share, and the way down into plans that a plan holds."""

    schema: SchemaView
    dialect: Dialect
    names: Names

    def query(self, plan: QueryPlan) -> exp.Query:
        """Render a plan that another plan holds; it is only sorted where a limit needs that."""
        if plan.limit is None and plan.order:
            plan = plan.model_copy(update={"order": ()})
        return render_plan(plan, self)


def render_plan(plan: QueryPlan, context: Rendering) -> exp.Query:
    """Render a plan with everything that it holds."""
    if plan.combine:
        return _combined_query(plan, context)
    shape = shape_of(plan, context.schema)
    return _finished(_first_stage(shape, context), shape)


def _first_stage(shape: Shape, context: Rendering) -> Stage:
    """Return the rows or groups, before conditions on them, windows and order."""
    plan = shape.plan
    if plan.source is not None:
        stage = _over_plan(plan.source, context)
    elif shape.is_grouped:
        return grouped_stage(shape, context)
    else:
        stage = Stage(Scope(context, _listed_rows(shape, context)))
    stage.keep(stage.scope.filters(plan.filters))
    if shape.is_grouped:
        stage.keys = [expression for _, expression in shape.all_keys]
    return stage


def _over_plan(source: QueryPlan, context: Rendering) -> Stage:
    """Return a stage over the rows of another plan."""
    query = context.query(source)
    name = context.names.fresh(_source_name(source))
    return Stage(Scope(context, QueryRows(name, output_types(source, context.schema))), ctes=[(name, query)])


def _source_name(source: QueryPlan) -> str:
    if any(_is_aggregated(output.expression) for output in source.outputs):
        keys = [output.name for output in source.outputs if not _is_aggregated(output.expression)]
        return f"per_{'_and_'.join(keys)}" if 0 < len(keys) <= 2 else "totals"
    return f"chosen_{source.root}" if source.root else "chosen"


def _listed_rows(shape: Shape, context: Rendering) -> Rows:
    """Return the root's rows; tables behind a fan-out that are shown give a row per pair."""
    plan = shape.plan
    shown = [expression for _, expression in shape.outputs]
    tables = tables_of(*shown, *plan.filters, *shape.having, *shape.order)
    root = plan.root or _only_table(tables)
    if root is None:
        return NoTables()
    tree = JoinTree(root, plan.joins)
    branches = (tree.branch(table) for table in tables_of(*shown))
    opened = frozenset(branch for branch in branches if branch is not None)
    return TableRows(context.schema, tree, root, opened=opened)


def _only_table(tables: tuple[str, ...]) -> str | None:
    if len(tables) > 1:
        raise InputError(
            f"The plan uses the tables {', '.join(tables)} but does not say whose rows are listed.",
            hint="Set `root`.",
        )
    return tables[0] if tables else None


def _is_aggregated(node: Expression) -> bool:
    return holds(node, Aggregate)


def _finished(stage: Stage, shape: Shape) -> exp.Query:
    """Apply `having`, windows, `order` and `limit` to the rows or groups, and write the outputs."""
    conditions = list(flatten(shape.having))
    windowed = [item for item in conditions if holds(item, Window)]
    plain = [item for item in conditions if item not in windowed]
    stage.keep(stage.scope.computed(plain) if shape.is_grouped else stage.scope.filters(plain))
    is_distinct = shape.plan.distinct and not shape.is_grouped
    if (shape.is_grouped or is_distinct) and (shape.has_ranking or _has_windows(shape)):
        _mark_distinct(stage, is_distinct)
        slots = slots_for(shape.outputs, [*windowed, *shape.order])
        stage = stage.as_source("grouped" if shape.is_grouped else "listed", slots)
        is_distinct = False
    condition = stage.scope.computed(windowed)
    if condition is not None:
        stage.keep_windowed(condition)
    if shape.has_ranking:
        if condition is not None or _ranks_windows(shape):
            stage = stage.as_source("computed", _all_values(shape))
        stage.keep_windowed(_ranked(stage.scope, shape))
    _mark_distinct(stage, is_distinct)
    stage.project(shape.outputs)
    _sort_and_limit(stage, shape)
    return with_ctes(stage.finish(), stage.ctes)


def _mark_distinct(stage: Stage, is_distinct: bool) -> None:
    if is_distinct:
        stage.select.set("distinct", exp.Distinct())


def _sort_and_limit(stage: Stage, shape: Shape) -> None:
    keys = _final_order(shape)
    if keys:
        stage.select.set("order", exp.Order(expressions=[_sort_key(key, shape, stage.scope) for key in keys]))
    if shape.plan.limit is not None and not shape.has_ranking:
        stage.limit(shape.plan.limit)


def _has_windows(shape: Shape) -> bool:
    values = [expression for _, expression in shape.outputs]
    return any(holds(node, Window) for node in (*values, *shape.having, *shape.order))


def _ranks_windows(shape: Shape) -> bool:
    """Whether rows are ranked by windows, which have to be computed before then."""
    return any(holds(node, Window) for node in (*shape.order, *shape.limit_per))


def _all_values(shape: Shape) -> list[Slot]:
    """Return the outputs, and the sort keys that are not among them."""
    shown = [expression for _, expression in shape.outputs]
    names = Names(name for name, _ in shape.outputs)
    hidden = dict.fromkeys(key.expression for key in shape.order if key.expression not in shown)
    return [*shape.outputs, *((names.fresh(describe(expression)), expression) for expression in hidden)]


def _ranked(scope: Scope, shape: Shape) -> exp.Expr:
    """Return the condition that a row is among the first `limit`, of its kind where `limit_per` says so."""
    plan = shape.plan
    ties = plan.with_ties and bool(shape.order)
    order = shape.order if ties else (*shape.order, *_tie_breakers(shape))
    partition = scope.window_keys(shape.limit_per)
    position = window(exp.Rank() if ties else exp.RowNumber(), partition, scope.window_order(order))
    return exp.LTE(this=position, expression=number(plan.limit or 1))


def _final_order(shape: Shape) -> tuple[Order, ...]:
    """Return the order of the result: groups of `limit_per` together, and ties always in the same order."""
    asked = [key.expression for key in shape.order]
    groups = [Order(expression=expression) for expression in shape.limit_per if expression not in asked]
    order = (*groups, *shape.order)
    return (*order, *_tie_breakers(shape)) if shape.plan.limit is not None and order else order


def _tie_breakers(shape: Shape) -> tuple[Order, ...]:
    """Return what decides between rows that `order` leaves equal, so that a limit always keeps the same.

    These are the outputs that are not aggregated: rows that are equal in those as well look the same.
    """
    used = {key.expression for key in shape.order} | set(shape.limit_per)
    return tuple(Order(expression=key) for _, key in shape.keys if key not in used)


def _sort_key(key: Order, shape: Shape, scope: Scope) -> exp.Ordered:
    for name, expression in shape.outputs:
        if expression == key.expression:
            return ordered(column(name), key.descending)
    return ordered(scope.expression(key.expression), key.descending)


def _combined_query(plan: QueryPlan, context: Rendering) -> exp.Query:
    """Render set operations; order and limit apply to the whole."""
    names = [output.name for output in plan.outputs]
    bare = {"combine": (), "order": (), "limit": None, "limit_per": (), "with_ties": False}
    result = render_plan(plan.model_copy(update=bare), context)
    ctes = taken_ctes(result)
    for operation in plan.combine:
        if len(operation.plan.outputs) != len(names):
            raise InputError(
                f"The plan's `{operation.operator}` combines {len(names)} outputs with "
                f"{len(operation.plan.outputs)}.",
                hint="Give both sides the same number of outputs.",
            )
        other = context.query(operation.plan)
        ctes += taken_ctes(other)
        kind = _SET_OPERATIONS[operation.operator]
        result = kind(this=_operand(result), expression=_operand(other), distinct=True)
    if ctes:
        result.set("with_", exp.With(expressions=ctes))
    if not plan.order and plan.limit is None:
        return result
    return _sorted_whole(result, plan, context)


def _operand(query: exp.Query) -> exp.Query:
    """Return a side of a set operation, in parentheses unless it is a plain SELECT."""
    is_plain = isinstance(query, exp.Select) and not (query.args.get("order") or query.args.get("limit"))
    return query if is_plain else exp.Subquery(this=query)


def _sorted_whole(query: exp.Query, plan: QueryPlan, context: Rendering) -> exp.Query:
    """Sort and limit the rows of a set operation, which are known by the plan's output names alone."""
    resolved = shape_of(plan.model_copy(update={"combine": ()}), context.schema)
    references = {expression: OutputRef(name=name) for name, expression in resolved.outputs}

    def reference(expression: Expression) -> Expression:
        if expression not in references:
            raise InputError(
                "The plan sorts combined rows by something that is not an output.",
                hint="Sort by an output, or add one.",
            )
        return references[expression]

    shape = Shape(
        plan=plan,
        outputs=tuple((name, OutputRef(name=name)) for name, _ in resolved.outputs),
        having=(),
        order=tuple(
            Order(expression=reference(key.expression), descending=key.descending) for key in resolved.order
        ),
        limit_per=tuple(reference(expression) for expression in resolved.limit_per),
        aggregates=(),
        keys=tuple((name, OutputRef(name=name)) for name, _ in resolved.outputs),
        hidden_keys=(),
    )
    if shape.has_ranking:
        name = context.names.fresh("combined")
        rows = QueryRows(name, output_types(plan, context.schema))
        return _finished(Stage(Scope(context, rows), ctes=[(name, query)]), shape)
    scope = Scope(context, NoTables())
    keys = [_sort_key(key, shape, scope) for key in _final_order(shape)]
    if keys:
        query.set("order", exp.Order(expressions=keys))
    if plan.limit is not None:
        query.set("limit", exp.Limit(expression=number(plan.limit)))
    return query
