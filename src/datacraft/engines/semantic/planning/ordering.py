"""In which order the rows come, and what a rank and a sort order by."""

from __future__ import annotations

from datacraft.contracts.plan import Aggregate, ColumnRef, Expression, IsNull, Order
from datacraft.contracts.semantic import Role
from datacraft.engines.semantic.aggregates import count_of
from datacraft.engines.semantic.computing import compute
from datacraft.engines.semantic.frame import OrderSpec, Rank
from datacraft.engines.semantic.periods import time_column
from datacraft.engines.semantic.planning.asking import counted_base, plural_target
from datacraft.engines.semantic.planning.draft import Draft
from datacraft.engines.semantic.ranking import rank_expression
from datacraft.engines.semantic.restricting.acts import act_route
from datacraft.engines.semantic.scope import Context, ref, snake, thing_of_column
from datacraft.engines.semantic.vocabulary import ColumnId, Thing


def default_limit(draft: Draft, rank: Rank) -> int | None:
    """Return how many a rank keeps when the question gives no number."""
    item = rank.item
    if (
        item is not None
        and item.words[0] in ("top", "bottom", "best", "worst")
        and rank.limit is None
        and rank.adjective is None
    ):
        return 10 if plural_target(draft.frame) else 1
    if rank.item is not None and plural_target(draft.frame):
        return (
            10
            if rank.adjective is not None
            and rank.measure is None
            and rank.adjective.generic is not None
            and not draft.base.virtual
            else 1
        )
    return 1


def rank_by(draft: Draft, rank: Rank) -> Expression:
    """Return what a rank orders by, and show it."""
    if (
        rank.measure is None
        and draft.measures
        and (rank.adjective is None or rank.adjective.generic is not None)
    ):
        return draft.measures[0].expression
    listed = draft.base
    first = next((a.noun for a in draft.frame.asked if a.noun is not None), None)
    if first is not None and isinstance(first.chosen, ColumnId):
        kind = thing_of_column(draft.context, first.chosen)
        counts = rank.measure is None and first.chosen.table == draft.base.table
        if draft.frame.root.thing is None or (counts and kind.virtual and not draft.frame.root.target):
            listed = kind  # "the most common reason for a visit": reasons are counted
    elif first is None and any(a.grain for a in draft.frame.asked):
        listed = Thing("period", draft.base.table, draft.base.key or "", ())
    elif first is None and draft.groups:
        listed = Thing("group", draft.base.table, "", ())
    _through_act(draft, rank, listed)
    expression = rank_expression(draft.context, rank, listed, draft.scope)
    if not isinstance(expression, ColumnRef) and first is not None and isinstance(first.chosen, ColumnId):
        named = first.chosen  # "which coupon was used the most": not the lack of one
        if draft.context.column(named).null_fraction and named.table in draft.scope.tables:
            draft.scope.filters.append(IsNull(left=ref(named), negated=True))
    draft.measures.append(draft.scope.output(_rank_name(draft.context, rank, expression), expression))
    return expression


def _through_act(draft: Draft, rank: Rank, listed: Thing) -> None:
    """`which museum has lent the most works`: over the loans, though a work has an owner of its own."""
    counted = rank.measure.noun.chosen if rank.measure is not None and rank.measure.noun is not None else None
    if not isinstance(counted, Thing) or counted.virtual or listed.virtual:
        return
    if listed.table not in draft.scope.tables:
        return
    route = act_route(draft.context, listed, counted, tuple(draft.frame.verbs))
    for edge in route or ():
        if edge.right not in draft.scope.tables:
            draft.scope.add_edge(draft.context.by_role(edge))


def _rank_name(context: Context, rank: Rank, expression: Expression) -> str:
    measure = rank.measure
    if measure is not None and measure.operator:
        return "rate" if measure.rate else measure.operator
    if measure is not None and measure.noun is not None and measure.noun.chosen is not None:
        target = measure.noun.chosen
        name = target.name if not isinstance(target, ColumnId) else target.column
        return f"number_of_{snake(name)}s" if isinstance(target, Thing) else snake(name)
    if isinstance(expression, ColumnRef):
        return expression.column
    if isinstance(expression, Aggregate) and isinstance(expression.argument, ColumnRef):
        return f"{expression.function.value}_{expression.argument.column}"
    if isinstance(expression, Aggregate) and expression.grain is not None:
        return count_of(context, context.vocabulary.things[expression.grain]).name
    return "ranked_by"


def sorts(draft: Draft) -> list[Order]:
    """Return the sorts that were asked for."""
    made: list[Order] = []
    for spec in draft.frame.orders:
        expression = _order_expression(draft, spec)
        if expression is not None:
            made.append(Order(expression=expression, descending=spec.descending))
    return made


def _order_expression(draft: Draft, spec: OrderSpec) -> Expression | None:
    if spec.measure is not None:
        computed = compute(draft.context, spec.measure, counted_base(draft, spec.measure), draft.base.table)
        for output in draft.measures:
            if output.expression == computed.expression:
                return output.expression
        draft.scope.need(computed.table)
        if (draft.dimensions and not draft.measures) or draft.groups:
            draft.measures.append(draft.scope.output(computed.name, computed.expression, unit=computed.unit))
        return computed.expression
    if spec.time_order:
        column = time_column(draft.context, draft.scope.tables, draft.frame.verbs)
        return draft.grain.expression if draft.grain else ref(column) if column is not None else None
    if spec.noun is not None:
        target = spec.noun.chosen
        return _order_by_target(draft, target)
    if spec.alphabetical and draft.scope.outputs:
        return next(
            (o.expression for o in draft.scope.outputs if o not in draft.measures),
            draft.scope.outputs[0].expression,
        )
    if draft.measures:
        return draft.measures[-1].expression
    return draft.scope.outputs[0].expression if draft.scope.outputs else None


def _order_by_target(draft: Draft, target: object) -> Expression | None:
    if isinstance(target, Thing):
        names = draft.context.names_of(target)
        shown = [o for o in draft.scope.outputs if names and o.expression == ref(names[0])]
        if shown:
            return shown[0].expression
        counted = count_of(draft.context, target)
        return (
            counted.expression
            if draft.measures
            else ref(names[0])
            if names and draft.scope.need(names[0].table)
            else None
        )
    if not isinstance(target, ColumnId):
        return draft.measures[0].expression if draft.measures else None
    for output in draft.measures:
        argument = getattr(output.expression, "argument", None)
        if argument == ref(target):
            return output.expression
    if draft.measures and draft.context.column(target).role is Role.MEASURE:
        return draft.measures[0].expression
    draft.scope.need(target.table)
    return ref(target)
