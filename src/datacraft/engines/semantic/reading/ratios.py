"""`ratio of A to B`, `A compared with B`: what is said of each side."""

from __future__ import annotations

from datacraft.engines.semantic.frame import Asked, Measure
from datacraft.engines.semantic.reading import figures
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Mark, Phrase


def read_ratio(state: State, mark: Mark) -> None:
    """`ratio of A to B`: what is said of each side is its own; a group or a period after B is everybody's."""
    at = 1
    while state.mark(at, "preposition"):
        at += 1
    first = state.ahead(at)
    if not isinstance(first, Phrase):
        state.share = mark.item
        return
    state.k += at
    own = len(state.frame.conditions)
    measure = figures.measure_of(state, first)
    if first.bare_value and not measure.functions:
        measure.functions, measure.noun = ["count"], state.senses.holders(first.values[0].items[0])
    state.modifiers(first)
    while (unit := state.ahead()) is not None and not _between_sides(unit):
        state.k += 1
        state.slot = "modifier"
        state.read_unit(unit)
    measure.conditions = figures.ratio_conditions(state, own)
    del state.stack[1:]
    state.negated, state.role, state.verb = False, "", None
    second = state.ahead(2)
    if isinstance(second, Mark) and second.kind in ("determiner", "preposition"):
        state.k += 1
        second = state.ahead(2)
    if not isinstance(second, Phrase):
        measure.share = True
        state.frame.conditions.extend(measure.conditions)
        measure.conditions = []
        state.frame.asked.append(Asked(measure=measure))
        state.slot = "modifier"
        return
    state.k += 2
    own = len(state.frame.conditions)
    other = (
        figures.measure_of(state, second)
        if second.head is not None and not second.named
        else Measure(["count"], measure.noun)
    )
    state.modifiers(second)
    _rest_of_side(state, measure)
    other.conditions = figures.ratio_conditions(state, own)
    measure.operator, measure.denominator = "ratio", other
    state.frame.asked.append(Asked(measure=measure))
    state.slot = "modifier"


def _rest_of_side(state: State, first: Measure) -> None:
    """Read what is said of the second side alone: until a group, a period, or a place that the first side has not."""
    columns = {
        c.column for condition in first.conditions for value in condition.values for c in value.candidates
    }
    timed = any(condition.kind == "time" for condition in first.conditions)
    state.slot = "modifier"
    while (unit := state.ahead()) is not None:
        if isinstance(unit, Mark) and unit.kind in ("group", "conjunction", "filler", "order"):
            return
        if isinstance(unit, Mark) and unit.kind == "period" and not timed:
            return  # a period that only the second side has is everybody's
        if (
            isinstance(unit, Mark)
            and unit.kind == "preposition"
            and unit.value in ("in", "within", "for", "during", "at")
        ):
            after = state.ahead(2)
            said = (
                {s.column for v in after.values for i in v.items for s in i.values}
                if isinstance(after, Phrase)
                else set()
            )
            if not said & columns:
                return
        state.k += 1
        state.read_unit(unit)


def _between_sides(unit: object) -> bool:
    if not isinstance(unit, Mark):
        return False
    return (
        (unit.kind == "preposition" and unit.value == "to")
        or (unit.kind == "conjunction" and unit.value == "and")
        or unit.kind == "compare"
        or unit.item.words[:2] == ("out", "of")
    )


def read_compare(state: State, mark: Mark) -> None:
    """`compare`, `versus`, `the difference between`: what follows is set side by side."""
    if mark.value == "difference":
        figures.read_difference(state)
        return
    state.frame.compare = True
    following = state.ahead()
    if isinstance(following, Mark) and following.kind == "period":
        state.or_next = True


def read_correlation(state: State, mark: Mark) -> None:
    """`the correlation between A and B`."""
    figures.read_correlation(state)
