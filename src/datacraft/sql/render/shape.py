"""What kind of query a plan asks for: its group keys, aggregates and sort keys, references resolved."""

from __future__ import annotations

from dataclasses import dataclass

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    ColumnRef,
    Expression,
    Order,
    OutputRef,
    Predicate,
    QueryPlan,
    Window,
)
from datacraft.sql.render.joins import JoinTree
from datacraft.sql.render.names import Names
from datacraft.sql.render.schema import SchemaView
from datacraft.sql.render.walk import holds, is_constant, replace_outputs, tables_of, walk

Slot = tuple[str, Expression]


@dataclass(frozen=True)
class Shape:
    """A plan with every reference to an output of its own replaced by that output's expression.

    `keys` are what is grouped by, with the column names they get in a derived table; `hidden_keys` as
    well, but they are not shown.
    """

    plan: QueryPlan
    outputs: tuple[Slot, ...]
    having: tuple[Predicate, ...]
    order: tuple[Order, ...]
    limit_per: tuple[Expression, ...]
    aggregates: tuple[Aggregate, ...]
    keys: tuple[Slot, ...]
    hidden_keys: tuple[Slot, ...]

    @property
    def is_grouped(self) -> bool:
        """Whether rows are aggregated."""
        return bool(self.aggregates)

    @property
    def is_list(self) -> bool:
        """Whether rows are shown, though perhaps chosen or sorted by aggregates."""
        return not any(holds(expression, Aggregate) for _, expression in self.outputs)

    @property
    def all_keys(self) -> tuple[Slot, ...]:
        """The shown and the hidden keys."""
        return self.keys + self.hidden_keys

    @property
    def has_ranking(self) -> bool:
        """Whether the limit takes more than a LIMIT clause."""
        plan = self.plan
        return plan.limit is not None and bool(self.limit_per or (plan.with_ties and self.order))


def shape_of(plan: QueryPlan, schema: SchemaView) -> Shape:
    """Work out the shape of a plan (without its `combine`).

    Raises:
        InputError: output names are not unique, or something refers to an output that there isn't.
    """
    _check_outputs(plan)
    outputs = _resolved_outputs(plan)
    expressions = dict(outputs)
    having = tuple(replace_outputs(predicate, expressions) for predicate in plan.having)
    order = tuple(replace_outputs(key, expressions) for key in plan.order)
    limit_per = tuple(_named_output(name, expressions) for name in plan.limit_per)
    order = tuple(_over_merged(key, expressions, plan) for key in order)
    nodes = [*(expression for _, expression in outputs), *having, *order]
    found = [part for part in walk(*nodes) if isinstance(part, Aggregate)]
    keys = tuple(
        (name, expression)
        for name, expression in outputs
        if not holds(expression, (Aggregate, Window)) and not is_constant(expression)
    )
    hidden = () if not found or plan.distinct else _row_keys(plan, outputs, keys, schema)
    return Shape(plan, outputs, having, order, limit_per, tuple(dict.fromkeys(found)), keys, hidden)


def _named_output(name: str, outputs: dict[str, Expression]) -> Expression:
    if name not in outputs:
        raise InputError(
            f"The plan limits rows per {name!r}, which is none of its outputs.",
            hint=f"Its outputs are: {', '.join(outputs)}.",
        )
    return outputs[name]


def _check_outputs(plan: QueryPlan) -> None:
    names = [output.name.lower() for output in plan.outputs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"The plan has two outputs called {twice[0]!r}; upper and lower case are the same to a warehouse.",
            hint="Give each output its own name.",
        )
    if plan.limit_per and plan.limit is None:
        raise InputError(
            f"The plan limits rows per {', '.join(plan.limit_per)} but does not say to how many.",
            hint="Set `limit`.",
        )


def _resolved_outputs(plan: QueryPlan) -> tuple[Slot, ...]:
    """Resolve references between this plan's outputs.

    A name that the source has too means the source's, except in a window over groups, which no longer
    sees the source's rows.
    """
    own = {output.name: output.expression for output in plan.outputs}
    from_source = {output.name for output in plan.source.outputs} if plan.source else set()
    grouped = any(holds(expression, Aggregate) for expression in own.values())
    resolved: list[Slot] = []
    for name, expression in own.items():
        if holds(expression, OutputRef):
            hidden = {name} if grouped and holds(expression, Window) else {name, *from_source}
            visible = {other: value for other, value in own.items() if other not in hidden}
            expression = replace_outputs(expression, visible)
            own[name] = expression
        resolved.append((name, expression))
    return tuple(resolved)


def _over_merged(key: Order, outputs: dict[str, Expression], plan: QueryPlan) -> Order:
    """Sort groups and distinct rows by a value that they don't show: by the best among the rows made one.

    So months that are grouped by name are sorted by their number.
    """
    found = [part for part in walk(*outputs.values()) if isinstance(part, Aggregate)]
    is_shown = key.expression in outputs.values() or is_constant(key.expression)
    if is_shown or holds(key.expression, (Aggregate, Window)) or not (found or plan.distinct):
        return key
    function = AggregateFunction.MAX if key.descending else AggregateFunction.MIN
    grain = plan.root if plan.source or not found else grain_of(found[0], plan)
    best = Aggregate(function=function, argument=key.expression, grain=grain)
    return Order(expression=best, descending=key.descending)


def _row_keys(
    plan: QueryPlan, outputs: tuple[Slot, ...], keys: tuple[Slot, ...], schema: SchemaView
) -> tuple[Slot, ...]:
    """Return the primary key of `root` when a list of its rows is filtered or sorted by aggregates.

    Two customers who share a name stay two rows of "customers with more than 10 orders". Where the
    aggregates are over the root's own rows, only the outputs can be what is grouped by.
    """
    if plan.root is None or plan.source or any(holds(expression, Aggregate) for _, expression in outputs):
        return ()
    found = [part for part in walk(*plan.having, *plan.order) if isinstance(part, Aggregate)]
    if any(grain_of(aggregate, plan) == plan.root for aggregate in found):
        return ()
    names = Names(name for name, _ in outputs)
    shown = {expression for _, expression in keys}
    columns = [ColumnRef(table=plan.root, column=name) for name in schema.table(plan.root).primary_key]
    return tuple((names.fresh(ref.column), ref) for ref in columns if ref not in shown)


def grain_of(aggregate: Aggregate, plan: QueryPlan) -> str:
    """Return the table over whose rows an aggregate is taken.

    Raises:
        InputError: it can't be told.
    """
    parts = [part for part in (aggregate.argument, aggregate.second, aggregate.weight) if part is not None]
    tables = tables_of(*parts)
    if aggregate.grain is not None:
        return aggregate.grain
    for table in tables:
        tree = JoinTree(table, plan.joins)
        if all(tree.reaches_one(other) for other in tables):
            return table
    if tables or plan.root is None:
        what = f"`{aggregate.function}` of {', '.join(tables) or 'rows'}"
        raise InputError(
            f"The plan does not say over which table's rows {what} is taken.", hint="Set `grain`."
        )
    return plan.root
