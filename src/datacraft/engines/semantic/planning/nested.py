"""One value for each thing or each period first, then a figure over those values."""

from __future__ import annotations

from datacraft.contracts.plan import Aggregate, AggregateFunction, Output, OutputRef, QueryPlan
from datacraft.engines.semantic.aggregates import FUNCTIONS, PREFIX, CannotCompute, default_function
from datacraft.engines.semantic.computing import compute
from datacraft.engines.semantic.frame import Asked, Measure
from datacraft.engines.semantic.planning.draft import Draft
from datacraft.engines.semantic.planning.outputs import grain_output, noun_outputs
from datacraft.engines.semantic.restricting import Restrictor
from datacraft.engines.semantic.scope import Context, Scope, ref, snake
from datacraft.engines.semantic.vocabulary import ColumnId, Duration, Thing

_NAMED = 0.84  # the column's own name, or that without its unit


def each_thing_first(draft: Draft, restrictor: Restrictor) -> QueryPlan | None:
    """Return the plan of an outer figure over one value for each thing, None where none is asked for."""
    for asked in draft.frame.asked:
        if asked.measure is not None and asked.measure.per is not None:
            per = asked.measure.per.chosen
            measured = asked.measure.noun.chosen if asked.measure.noun is not None else None
            if (
                isinstance(per, Thing)
                and not per.virtual
                and isinstance(measured, ColumnId)
                and measured.table == per.table
            ):
                asked.measure.per = None  # "profit per order line" is the profit of each row
                continue
            summed = isinstance(measured, ColumnId) and default_function(draft.context, measured) == "sum"
            one = len(asked.measure.functions) == 1
            kept = isinstance(per, Thing) and not per.virtual and _by_its_name(asked.measure)
            if isinstance(measured, Duration) or (
                isinstance(measured, ColumnId) and one and (not summed or kept)
            ):
                draft.frame.groups.append(Asked(noun=asked.measure.per))
                asked.measure.per = None  # "average freight cost per carrier": of the rows of each
                continue
            for group in draft.frame.groups:
                if group.noun is not None:
                    draft.groups.extend(noun_outputs(draft, group.noun))
                elif group.grain is not None:
                    draft.groups.extend(grain_output(draft, group.grain))
            restrictor.apply(draft.scope)
            return _per_thing(
                draft.context, asked.measure, draft.base, draft.base.table, draft.scope, draft.groups
            )
    return None


def _by_its_name(measure: Measure) -> bool:
    """Whether a figure is called as its column is: what each row holds, not a total ("revenue") of many."""
    noun = measure.noun
    score = next((s for target, s in noun.candidates if target == noun.chosen), 0.0) if noun else 0.0
    return score >= _NAMED


def each_period_first(draft: Draft, restrictor: Restrictor) -> QueryPlan | None:
    """`average monthly revenue`: one value for each month, then the average of them."""
    measure = next(
        (a.measure for a in draft.frame.asked if a.measure is not None and a.measure.per_unit is not None),
        None,
    )
    if measure is None or measure.per_unit is None:
        return None
    inner = Measure(measure.functions[1:], measure.noun)
    computed = compute(draft.context, inner, draft.base, draft.base.table)
    draft.scope.need(computed.table)
    period = grain_output(draft, measure.per_unit)[0]
    for group in draft.frame.groups:
        if group.noun is not None:
            draft.groups.extend(noun_outputs(draft, group.noun))
    restrictor.apply(draft.scope)
    value = draft.scope.output(computed.name, computed.expression, unit=computed.unit)
    kept = tuple(
        Output(name=g.name, label=g.label, unit=g.unit, expression=OutputRef(name=g.name))
        for g in draft.groups
    )
    function = AggregateFunction(measure.functions[0])
    name = f"{function.value}_{computed.name}_per_{period.name}"
    outer = Output(
        name=name,
        unit=computed.unit,
        expression=Aggregate(function=function, argument=OutputRef(name=value.name)),
    )
    return QueryPlan(source=draft.scope.plan(), outputs=(*kept, outer), notes=tuple(draft.context.notes))


def _per_thing(
    context: Context, measure: Measure, base: Thing | None, table: str, filters: Scope, groups: list[Output]
) -> QueryPlan:
    """`average number of visits per patient`: one value per thing, then the outer function over them."""
    assert measure.per is not None
    per = measure.per.chosen
    inner = Measure(
        measure.functions[1:] or _inner_functions(context, measure), measure.noun, distinct=measure.distinct
    )
    computed = compute(context, inner, base, table)
    scope = filters
    scope.need(computed.table)
    key = context.key_of(per) if isinstance(per, Thing) else per if isinstance(per, ColumnId) else None
    if key is None or not scope.need(key.table):
        raise CannotCompute("there is no way to tell which belongs to which")
    scope.output(key.column, ref(key))
    value = scope.output(computed.name, computed.expression, unit=computed.unit)
    kept = tuple(
        Output(name=g.name, label=g.label, unit=g.unit, expression=OutputRef(name=g.name)) for g in groups
    )
    outer = measure.functions[0]
    name = f"{PREFIX.get(outer, outer)}_{computed.name}_per_{snake(getattr(per, 'name', key.column))}"
    result = Output(
        name=snake(name), label=name.replace("_", " "), unit=computed.unit,
        expression=Aggregate(function=FUNCTIONS[outer], argument=OutputRef(name=value.name)),
    )  # fmt: skip
    return QueryPlan(source=scope.plan(), outputs=(*kept, result))


def _inner_functions(context: Context, measure: Measure) -> list[str]:
    if measure.noun is not None and isinstance(measure.noun.chosen, ColumnId):
        return [default_function(context, measure.noun.chosen)]
    return ["count"]
