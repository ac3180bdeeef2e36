"""From a resolved frame to a query plan: what the question is about, what is shown, grouped, ranked, kept."""

from __future__ import annotations

from datacraft.contracts.plan import (
    ColumnRef,
    Comparison,
    Constant,
    DatePartOf,
    DateTrunc,
    InPlan,
    IsNull,
    Order,
    Predicate,
    QueryPlan,
    Window,
    WindowFunction,
)
from datacraft.engines.semantic.aggregates import CannotCompute
from datacraft.engines.semantic.frame import Frame
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.periods import time_column
from datacraft.engines.semantic.planning.asking import about_things, measured_tables, sum_up_or_list
from datacraft.engines.semantic.planning.dimensions import give_dates_their_unit, show_dimensions
from datacraft.engines.semantic.planning.draft import Draft
from datacraft.engines.semantic.planning.measures import show_measures
from datacraft.engines.semantic.planning.nested import each_period_first, each_thing_first
from datacraft.engines.semantic.planning.ordering import default_limit, rank_by, sorts
from datacraft.engines.semantic.planning.outputs import thing_outputs
from datacraft.engines.semantic.planning.own_kind import most_of_own_kind
from datacraft.engines.semantic.planning.rewriting import (
    amount_of_verb,
    average_of_rates,
    first_or_last_time,
    how_much,
    rank_of_related,
    ratio_of_rates,
    simplify,
)
from datacraft.engines.semantic.planning.sides import compare_values, split_share
from datacraft.engines.semantic.planning.subject import subject_of
from datacraft.engines.semantic.restricting import Restrictor
from datacraft.engines.semantic.saying import table_of_verb
from datacraft.engines.semantic.scope import Context, among, is_number, link, ref
from datacraft.engines.semantic.vocabulary import ColumnId


def build_plan(context: Context, frame: Frame) -> QueryPlan:
    """Return the plan that a frame asks for.

    Raises:
        CannotCompute: what was asked makes no sense on this data; the message says why.
    """
    draft = Draft(context, frame, subject_of(context, frame))
    first_or_last_time(draft)
    rank_of_related(draft)
    ratio_of_rates(context, frame)
    average_of_rates(context, frame)
    how_much(draft)
    numerator = split_share(frame)
    _deny_verb(draft)
    give_dates_their_unit(draft)
    restrictor = Restrictor(context, frame.conditions, frame.root, draft.base)
    restrictor.about_things = about_things(context, frame)
    restrictor.measured = measured_tables(frame)
    restrictor.dated = _dated(frame)
    for asked in frame.asked:
        if asked.measure is not None:
            simplify(context, asked.measure)
            amount_of_verb(context, frame, asked.measure)
    for rank in (frame.rank, frame.root.rank):
        if rank is not None and rank.measure is not None:
            simplify(context, rank.measure)
            amount_of_verb(context, frame, rank.measure)
    nested = each_thing_first(draft, restrictor) or each_period_first(draft, restrictor)
    if nested is not None:
        return nested
    most_of_own_kind(draft)
    sum_up_or_list(draft)
    compare_values(draft, frame.conditions)
    show_dimensions(draft)
    restrictor.apply(draft.scope)
    show_measures(draft, numerator)
    _apply_root_rank(draft, restrictor)
    return _finish(draft)


def _dated(frame: Frame) -> ColumnId | None:
    """`by month of delivery in 2023`: the year is that of the delivery too."""
    grains = [asked.grain for asked in (*frame.groups, *frame.asked) if asked.grain is not None]
    dates = [grain.of.chosen for grain in grains if grain.of is not None]
    return next((date for date in dates if isinstance(date, ColumnId)), None)


def _deny_verb(draft: Draft) -> None:
    """`patients not discharged`: a denied verb with nothing after it means that its date is missing."""
    verb = draft.frame.denied_verb
    if verb is None or any(c.negated for c in draft.frame.conditions):
        return
    column = time_column(draft.context, [draft.base.table], [verb], implied_only=True)
    undone = _undone_events(draft, verb) if column is None else None
    events = table_of_verb(draft.context, draft.base, verb) if column is None and undone is None else None
    if undone is not None:
        draft.scope.filters.append(undone)
    elif column is not None:
        draft.scope.filters.append(IsNull(left=ref(column)))
    elif events is not None and (found := link(draft.context, draft.base, events)) is not None:
        draft.scope.filters.append(among(*found, negated=True))
    else:
        draft.context.doubt(f"“not {verb.text}” could not be tied to the data", 0.7)


def _undone_events(draft: Draft, verb: Item) -> Predicate | None:
    """`patients not discharged`, where their stays have the date: those with a stay that has none."""
    context, base = draft.context, draft.base
    for name in context.graph.near(base.table, 2)[1:]:
        column = time_column(context, [name], [verb], implied_only=True)
        found = link(context, base, name) if column is not None else None
        if column is not None and found is not None and context.column(column).null_fraction:
            found[1].filters.append(IsNull(left=ref(column)))
            return among(*found)
    return None


def _apply_root_rank(draft: Draft, restrictor: Restrictor) -> None:
    rank = draft.frame.root.rank
    if rank is None:
        return
    key = draft.context.key_of(draft.base)
    if key is None:
        raise CannotCompute(f"{draft.base.name} has no single key")
    plan = restrictor.keys_of_first(draft.base, rank, draft.frame.root)
    draft.scope.filters.append(InPlan(left=ref(key), plan=plan))


def _finish(draft: Draft) -> QueryPlan:
    frame = draft.frame
    order: list[Order] = []
    limit: int | None = None
    ties = False
    limit_per: tuple[str, ...] = ()
    rank = frame.rank
    if rank is not None:
        expression = rank_by(draft, rank)
        order.append(Order(expression=expression, descending=rank.descending))
        limit = rank.limit if rank.limit is not None else default_limit(draft, rank)
        ties = limit == 1
        if rank.position is not None:
            place = Window(function=WindowFunction.RANK, order_by=(order[0],))
            draft.scope.having.append(
                Comparison(left=place, operator="=", right=Constant(value=rank.position))
            )
            limit, ties = None, False
        if draft.groups and draft.dimensions and limit is not None:
            limit_per = tuple(group.name for group in draft.groups)
    order.extend(sorts(draft))
    if not order and draft.grain is not None:
        order.append(Order(expression=draft.grain.expression))
    elif not order and draft.measures and (draft.groups or draft.dimensions):
        order.append(Order(expression=draft.measures[-1].expression, descending=True))
    if not draft.scope.outputs:
        draft.dimensions.extend(thing_outputs(draft, draft.base))
    _put_in_order(draft)
    return draft.scope.plan(
        order=tuple(order), limit=limit, with_ties=ties, limit_per=limit_per,
        distinct=_distinct(draft), notes=tuple(draft.context.notes),
    )  # fmt: skip


def _put_in_order(draft: Draft) -> None:
    """Groups first, then what is listed, then figures."""
    ranked = {id(o): 0 for o in draft.groups} | {
        id(o): 1 for o in draft.dimensions if all(o is not g for g in draft.groups)
    }
    draft.scope.outputs.sort(key=lambda output: ranked.get(id(output), 2))


def _distinct(draft: Draft) -> bool:
    if any(not isinstance(o.expression, ColumnRef | DateTrunc | DatePartOf) for o in draft.scope.outputs):
        return False
    if draft.frame.distinct or draft.base.virtual:
        return True
    table = draft.context.model.table(draft.base.table)
    names = {*table.label, *table.primary_key}
    shown = [o.expression for o in draft.scope.outputs]
    if any(getattr(e, "table", "") == draft.base.table and getattr(e, "column", "") in names for e in shown):
        return False
    numeric = any(
        isinstance(e, type(ref(ColumnId("", ""))))
        and is_number(draft.context.column(ColumnId(e.table, e.column)))
        for e in shown
    )
    kinds = not draft.frame.root.target and draft.frame.question_word == "thing" and _lists_kinds(draft)
    return not numeric and (kinds or draft.frame.root.thing is None or bool(draft.scope.joins))


def _lists_kinds(draft: Draft) -> bool:
    """`which countries do our guests come from`: each of several kinds once."""
    listed = [asked.noun for asked in draft.frame.asked if asked.noun is not None]
    return bool(listed) and all(noun.item.words[-1].endswith("s") for noun in listed)
