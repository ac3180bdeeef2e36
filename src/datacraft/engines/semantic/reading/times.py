"""Periods, the time between two dates, and the unit it is told in."""

from __future__ import annotations

from datacraft.contracts.plan import TimeUnit
from datacraft.engines.semantic.frame import Asked, Condition, Measure, Noun
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Compared, ComparedTo, Mark, Phrase, Ranked
from datacraft.engines.semantic.vocabulary import Duration


def read_unit(state: State, mark: Mark) -> None:
    """`in days`: the unit in which a length of time is told."""
    unit = mark.value.removesuffix("s")
    if unit in tuple(TimeUnit):
        for asked in state.frame.asked:
            if asked.measure is not None:
                asked.measure.window_unit = asked.measure.window_unit or TimeUnit(unit)


def read_duration(state: State, mark: Mark) -> None:
    """`days between A and B`: the time between two dates of each row."""
    assert isinstance(mark.extra, tuple)
    first, second = (state.senses.noun(item) for item in mark.extra)
    frame, last = state.frame, state.last_asked
    measure = Measure(["avg"])
    if (
        frame.rank is not None
        and frame.rank.measure is None
        and last is not None
        and last.noun is not None
        and state.senses.is_dimension(last.noun.item)
    ):
        measure.operator, measure.noun, measure.second = "duration", first, second
        frame.rank.measure, frame.rank.adjective = (
            measure,
            None,
        )  # "the slowest carrier from shipping to delivery"
        state.slot = "modifier"
        return
    if (
        last is not None
        and last.measure is not None
        and (
            last.measure.noun is None
            or not state.senses.is_measure(last.measure.noun.item)
            or isinstance(last.measure.noun.candidates[0][0], Duration)  # "average time between A and B"
        )
    ):
        measure = last.measure
    elif last is not None and (last.grain is not None or last.noun is not None) and len(frame.asked) == 1:
        measure.window_unit = last.grain.unit if last.grain is not None else None  # "hours between"
        frame.asked[:] = [Asked(measure=measure)]
    elif frame.rank is not None and frame.rank.measure is None and not frame.asked:
        measure.functions = ["max" if frame.rank.descending else "min"]
        if frame.rank.verb in frame.verbs:
            frame.verbs.remove(frame.rank.verb)  # "the longest wait between ..."
        frame.rank = None
        frame.asked.append(Asked(measure=measure))
    else:
        frame.asked.append(Asked(measure=measure))
    frame.groups = [g for g in frame.groups if g.grain is None or g.grain.unit is not TimeUnit.DAY]
    frame.lost = [text for text in frame.lost if text not in ("days", "hours", "weeks", "months", "day")]
    measure.operator, measure.noun, measure.second = "duration", first, second
    state.slot = "modifier"


def read_period(state: State, mark: Mark) -> None:
    """A period, and the one it may be set beside."""
    item = mark.item
    assert item.time is not None
    state.add(Condition("time", span=item.time))
    following = state.ahead(2)
    timed = isinstance(following, Mark) and following.kind == "period"
    if timed and item.time.unit is not None and state.mark(1, "conjunction") == "and":
        state.k += 1
        state.or_next = True
    elif timed and (
        state.mark(1, "compare") == "compare"
        or (state.mark(1, "preposition") == "to" and state.frame.compare)
    ):
        state.k += 1
        state.frame.compare = True
        state.or_next = True
    if state.slot in ("group", "order"):
        state.slot = "modifier"


def date_behind(state: State) -> Noun | None:
    """`by weekday of delivery`: which date the calendar unit is of."""
    follows, steps = state.ahead(2), 2
    if isinstance(near := state.ahead(), Phrase) and near.head is not None and near.head.words[0] == "of":
        follows, steps = near, 1  # "of birth", as a part of a column's name
    elif state.mark(1, "preposition") != "of":
        return None
    if isinstance(follows, Compared | ComparedTo | Ranked | None):
        return None
    item = follows.head if isinstance(follows, Phrase) else follows.item
    dates = state.senses.dates(item) if item is not None and item.time is None else ()
    if item is None or not dates:
        return None
    state.k += steps
    item.nouns = dates
    return state.senses.noun(item)
