"""Two sides of one question: what is compared, and the part and the whole of a share."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from datacraft.contracts.plan import Arithmetic, Predicate
from datacraft.engines.semantic.aggregates import Computed
from datacraft.engines.semantic.computing import compute
from datacraft.engines.semantic.frame import Condition, Frame, Grain, Measure
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import OperatorKind
from datacraft.engines.semantic.planning.asking import counted_base
from datacraft.engines.semantic.planning.draft import Draft
from datacraft.engines.semantic.planning.outputs import grain_output
from datacraft.engines.semantic.reading.words import MOVING
from datacraft.engines.semantic.restricting import Restrictor
from datacraft.engines.semantic.scope import Scope, ref
from datacraft.engines.semantic.timespan import add_months


def split_share(frame: Frame) -> list[Condition] | None:
    """`what percentage of employees are female`: conditions of the share alone, taken out of the frame."""
    asked = next((a for a in frame.asked if a.measure is not None and a.measure.share), None)
    if asked is None or asked.measure is None:
        return None
    conditions = [c for c in frame.conditions if c.kind != "time"]
    said = _behind_verb(frame, asked.measure, conditions)
    if frame.groups:
        numerator = said or [c for c in conditions if c.part] or [c for c in conditions if _qualifies(c)]
    else:
        last = max((c.clause for c in conditions), default=0)
        apart = [c for c in conditions if c.clause == last]
        numerator = apart if len(apart) < len(conditions) else said or conditions
    frame.conditions = [c for c in frame.conditions if c not in numerator]
    frame.part = numerator
    return numerator or None


def _qualifies(condition: Condition) -> bool:
    """`shipments delivered late by carrier`, `orders with a coupon by store`: what kind of them the share is of."""
    return condition.role in ("", "with", "without", "from") and condition.kind in (
        "value", "flag", "named", "null", "state", "compare", "exists",
    )  # fmt: skip


def _behind_verb(frame: Frame, measure: Measure, conditions: list[Condition]) -> list[Condition]:
    """`of the orders from Lima, what share were late`: what is said behind "were" is the part, before it the whole."""
    counted = measure.noun.item.end if measure.noun is not None else 0
    verbs = [item for item in frame.items if item.start >= counted and _is_finite(frame, item)]
    return [c for c in conditions if verbs and c.start >= verbs[-1].start]


def _is_finite(frame: Frame, item: Item) -> bool:
    if item.operator(OperatorKind.AUXILIARY) is not None and not item.nouns:
        return True
    said = {"was", "were", "is", "are", "been", "has", "have"} & set(item.words)
    return bool(said and item.operator(OperatorKind.FILLER)) or any(
        condition.kind == "state" and condition.verb is item for condition in frame.conditions
    )


def share_of(draft: Draft, measure: Measure, whole: Computed, numerator: list[Condition]) -> Computed:
    """Return the part that meets the conditions over the whole."""
    inner = Scope(draft.context, draft.base.table)
    restrictor = Restrictor(draft.context, numerator, draft.frame.root, draft.base)
    restrictor.apply(inner)
    where: tuple[Predicate, ...] = tuple(inner.filters)
    for join in inner.joins:
        draft.scope.need(join.right)
    part = compute(draft.context, measure, counted_base(draft, measure), draft.base.table, where)
    share = Arithmetic(operator="/", left=part.expression, right=whole.expression)
    return Computed(f"share_of_{whole.name}", share, "%", whole.table)


def compare_values(draft: Draft, conditions: list[Condition]) -> None:
    """`compare East and West`, `2022 vs 2023`: group by what is compared."""
    _either_period(draft, conditions)
    averaged = any(
        a.measure is not None and a.measure.functions[:1] in (["avg"], ["median"]) for a in draft.frame.asked
    )
    listed = averaged and any(
        c.both and len(c.values) > 1 for c in conditions
    )  # "the average of boys and girls"
    grows = any(a.measure is not None and a.measure.window == "growth" for a in draft.frame.asked)
    if draft.frame.difference or (grows and len(_sides(draft.frame)) == 2):
        return
    if not (draft.frame.compare or listed):
        return
    for condition in conditions:
        column = (
            condition.values[0].chosen.column if condition.values and condition.values[0].chosen else None
        )
        if column is not None and len(condition.values) > 1 and draft.scope.need(column.table):
            draft.groups.append(draft.scope.output(column.column, ref(column)))
    if draft.frame.groups:
        return  # periods beside a group are shown side by side
    timed = [c for c in conditions if c.kind == "time" and c.span is not None]
    for condition in timed[1:]:
        condition.alternative = True
    spans = [c.span for c in timed if c.span is not None]
    if len(spans) > 1 and spans[0].unit is not None:
        draft.groups.extend(grain_output(draft, Grain(unit=spans[0].unit)))


def _either_period(draft: Draft, conditions: list[Condition]) -> None:
    """Two periods that no date lies in at once ("November plus December") are alternatives."""
    timed = [c for c in conditions if c.kind == "time" and c.span is not None and not c.negated]
    for earlier, later in pairwise(timed):
        a, b = earlier.span, later.span
        assert a is not None and b is not None
        parts = a.part is not None and a.part == b.part and not set(a.parts) & set(b.parts)
        apart = (a.end and b.start and a.end <= b.start) or (b.end and a.start and b.end <= a.start)
        if later.verb is not None and earlier.verb is not None and later.verb is not earlier.verb:
            continue  # "joined in 2021 and left in 2023": of one thing at two times
        if parts or (apart and not draft.base.virtual):
            later.alternative = True


def _sides(frame: Frame) -> list[Condition]:
    """The two sides of a comparison: two values of one condition, or two periods."""
    for condition in frame.conditions:
        if condition.kind == "value" and len(condition.values) == 2:
            return [replace(condition, values=[value], both=False) for value in condition.values]
    timed = [c for c in frame.conditions if c.kind == "time" and c.span is not None]
    grows = any(a.measure is not None and a.measure.window == "growth" for a in frame.asked)
    if grows and len(timed) == 1 and not any(a.grain is not None for a in (*frame.asked, *frame.groups)):
        return _first_and_last(timed[0])
    return timed if len(timed) == 2 else []


def _first_and_last(condition: Condition) -> list[Condition]:
    """`the growth from 2023 to 2024`: of two years (or months) in a row the one and the other."""
    span = condition.span
    if span is None or span.start is None or span.end is None or span.start.day != 1 or span.part is not None:
        return []
    if condition.verb is not None and condition.verb.verb is not None and condition.verb.verb.base in MOVING:
        first, last = add_months(span.start, 12), add_months(span.end, -12)
        years = span.start.month == span.end.month == 1 and first <= last
        ends = (replace(span, end=first), replace(span, start=last))
        return [replace(condition, span=end) for end in ends] if years else []
    for months in (12, 3, 1):
        middle = add_months(span.start, months)
        whole = months == 1 or span.start.month % months == 1
        if whole and add_months(span.start, 2 * months) == span.end:
            halves = (replace(span, end=middle), replace(span, start=middle))
            return [replace(condition, span=half) for half in halves]
    return []


def show_sides(draft: Draft, measure: Measure) -> bool:
    """`the gap between A and B`, `2023 vs 2022 by category`: one figure for each side, or their difference."""
    sides = _sides(draft.frame)
    grows = measure.window == "growth" and len(sides) == 2 and sides[0].kind == "time"
    beside = draft.frame.compare and bool(draft.frame.groups) and len(sides) == 2 and sides[0].kind == "time"
    if len(sides) != 2 or not (draft.frame.difference or grows or beside):
        return False
    if grows:
        sides.sort(key=lambda side: str(side.span.start if side.span is not None else ""))
    made: list[Computed] = []
    for side in sides:
        inner = Scope(draft.context, draft.base.table)
        Restrictor(draft.context, [replace(side, alternative=False)], draft.frame.root, draft.base).apply(
            inner
        )
        for join in inner.joins:
            draft.scope.need(join.right)
        made.append(
            compute(
                draft.context, measure, counted_base(draft, measure), draft.base.table, tuple(inner.filters)
            )
        )
    draft.scope.need(made[0].table)
    first, second = made
    if grows:
        more = Arithmetic(operator="-", left=second.expression, right=first.expression)
        growth = Arithmetic(operator="/", left=more, right=first.expression)
        draft.measures.append(draft.scope.output(f"growth_of_{first.name}", growth, unit="%"))
        return True
    if draft.frame.difference:
        expression = Arithmetic(operator="-", left=first.expression, right=second.expression)
        draft.measures.append(draft.scope.output(f"difference_of_{first.name}", expression, unit=first.unit))
        return True
    for side, computed in zip(sides, made, strict=True):
        label = side.span.label if side.span is not None else ""
        draft.measures.append(
            draft.scope.output(f"{computed.name}_{label}", computed.expression, unit=computed.unit)
        )
    return True
