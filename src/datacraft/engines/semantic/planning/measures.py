"""The figures of a result: aggregates, shares of the total, windows over time, the most extreme group."""

from __future__ import annotations

from datacraft.contracts.plan import Arithmetic, Order, Output, TimeUnit, Window, WindowFunction
from datacraft.engines.semantic.aggregates import CannotCompute, Computed, count_of
from datacraft.engines.semantic.computing import compute
from datacraft.engines.semantic.frame import Condition, Grain, Measure, Rank
from datacraft.engines.semantic.planning.asking import counted_base, natural_unit
from datacraft.engines.semantic.planning.draft import Draft
from datacraft.engines.semantic.planning.outputs import grain_output
from datacraft.engines.semantic.planning.sides import share_of, show_sides
from datacraft.engines.semantic.timespan import add_months
from datacraft.engines.semantic.vocabulary import Thing


def show_measures(draft: Draft, numerator: list[Condition] | None) -> None:
    """Put the figures into the draft; a group without one is counted."""
    frame = draft.frame
    for asked in frame.asked:
        if asked.measure is not None:
            _show_measure(draft, asked.measure, numerator)
    _set_off(draft)
    if not draft.measures and (frame.compare or frame.groups or frame.distribution):
        counted = count_of(draft.context, draft.base)
        if draft.groups and draft.dimensions and not frame.distribution and frame.rank is None:
            draft.dimensions = [d for d in draft.dimensions if d in draft.groups] or draft.dimensions
            return
        if frame.rank is not None:
            return
        draft.dimensions = (
            [d for d in draft.dimensions if d in draft.groups] if draft.groups else draft.dimensions
        )
        draft.scope.outputs = [o for o in draft.scope.outputs if o in draft.groups or o in draft.dimensions]
        draft.measures.append(draft.scope.output(counted.name, counted.expression))


def _set_off(draft: Draft) -> None:
    """`the difference between the highest and the lowest price`: the one figure less the other."""
    figures = [asked.measure for asked in draft.frame.asked if asked.measure is not None]
    if not draft.frame.difference or not len(figures) == len(draft.measures) == 2:
        return
    first, second = draft.measures
    less = Arithmetic(operator="-", left=first.expression, right=second.expression)
    draft.scope.outputs[:] = [o for o in draft.scope.outputs if o is not first and o is not second]
    draft.measures[:] = [draft.scope.output(f"{first.name}_less_{second.name}", less, unit=first.unit)]


def _show_measure(draft: Draft, measure: Measure, numerator: list[Condition] | None) -> None:
    if len(measure.functions) > 1 or (measure.functions in (["max"], ["min"]) and _thing_measured(measure)):
        _show_extreme(draft, measure)
        return
    if show_sides(draft, measure):
        return
    if measure.share and draft.frame.rank is not None:
        draft.context.doubt("a share of the first few could not be worked out", 0.9)
    computed = compute(draft.context, measure, counted_base(draft, measure), draft.base.table)
    if not draft.scope.need(computed.table):
        raise CannotCompute(f"nothing connects {draft.base.name} and {computed.name.replace('_', ' ')}")
    below = measure.denominator.noun.chosen if measure.denominator and measure.denominator.noun else None
    if below is not None and draft.groups:
        draft.scope.need(below.table)  # without a group both sides stand alone
    if measure.share and numerator is not None:
        computed = share_of(draft, measure, computed, numerator)
    expression = computed.expression
    if (
        isinstance(expression, Arithmetic)
        and expression.operator == "/"
        and expression.left == expression.right
    ):
        # "the ratio of ... in each state to all": the part of the whole
        measure.share, computed = True, Computed("share", expression.left, None, computed.table)
    output = draft.scope.output(computed.name, computed.expression, unit=computed.unit)
    if measure.window:
        output = _windowed(draft, measure, output)
    elif measure.share and numerator is None:
        inside = tuple(
            output.expression
            for asked, output in zip(draft.frame.groups, draft.groups, strict=False)
            if asked.within
        )
        share = Window(function=WindowFunction.SHARE, argument=computed.expression, partition_by=inside)
        draft.measures.append(output)
        output = draft.scope.output(f"share_of_{computed.name}", share, unit="%")
    draft.measures.append(output)


def _thing_measured(measure: Measure) -> bool:
    return measure.noun is not None and isinstance(measure.noun.chosen, Thing)


def _show_extreme(draft: Draft, measure: Measure) -> None:
    """`highest average salary`: the group with the most extreme value; alone, an aggregate of aggregates."""
    outer, inner = measure.functions[0], measure.functions[1:]
    plain = Measure(inner, measure.noun, distinct=measure.distinct, fraction=measure.fraction)
    computed = compute(draft.context, plain, counted_base(draft, plain), draft.base.table)
    draft.scope.need(computed.table)
    output = draft.scope.output(computed.name, computed.expression, unit=computed.unit)
    draft.measures.append(output)
    if outer in ("max", "min") and (draft.groups or draft.dimensions) and draft.frame.rank is None:
        draft.frame.rank = Rank(outer == "max", limit=1, measure=plain)
    elif outer not in ("sum", "count") and outer not in ("max", "min"):
        raise CannotCompute(
            f"the {outer} of {computed.name.replace('_', ' ')} needs something to take it per"
        )


def _unit_of_change(draft: Draft, measure: Measure) -> TimeUnit | None:
    """`how did sales change from 2022 to 2023`: from the one year to the other, not through all their months."""
    spans = [c.span for c in draft.frame.conditions if c.span is not None]
    if measure.window != "change" or len(spans) != 1 or spans[0].start is None or spans[0].end is None:
        return None
    first = spans[0].start
    two = first.day == 1 and first.month == 1 and add_months(first, 24) == spans[0].end
    return TimeUnit.YEAR if two else None


def _windowed(draft: Draft, measure: Measure, output: Output) -> Output:
    if draft.grain is None:
        unit = measure.window_unit or _unit_of_change(draft, measure) or natural_unit(draft.frame)
        made = grain_output(draft, Grain(unit=unit))
        draft.groups.extend(made)
        draft.scope.outputs.remove(made[0])
        draft.scope.outputs.insert(0, made[0])
    assert draft.grain is not None
    others = tuple(o.expression for o in (*draft.groups, *draft.dimensions) if o is not draft.grain)
    function = (
        WindowFunction(measure.window) if measure.window in tuple(WindowFunction) else WindowFunction.GROWTH
    )
    size = measure.window_size or (3 if function is WindowFunction.MOVING_AVERAGE else None)
    window = Window(
        function=function, argument=output.expression, partition_by=others,
        order_by=(Order(expression=draft.grain.expression),), size=size,
    )  # fmt: skip
    draft.measures.append(output)
    if function is WindowFunction.MOVING_AVERAGE and measure.window_size is None:
        draft.context.note("The moving average is taken over 3 rows.")
    return draft.scope.output(
        f"{measure.window}_of_{output.name}",
        window,
        unit="%" if function is WindowFunction.GROWTH else output.unit,
    )
