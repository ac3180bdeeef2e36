"""Noun phrases: what each of them is in the question, by the slot that the reader is in."""

from __future__ import annotations

from datacraft.engines.semantic.frame import Asked, Grain, Measure, OrderSpec
from datacraft.engines.semantic.reading.comparing import rank_of, read_counted, set_rank
from datacraft.engines.semantic.reading.figures import measure_of
from datacraft.engines.semantic.reading.modifiers import place_modifier
from datacraft.engines.semantic.reading.owners import number_before, with_owner
from datacraft.engines.semantic.reading.rates import read_rate
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.targets import place_target
from datacraft.engines.semantic.reading.times import date_behind
from datacraft.engines.semantic.reading.units import Mark, Phrase


def place(state: State, phrase: Phrase) -> None:
    """Give a noun phrase its part, by the slot that the reader is in."""
    if phrase.rate is not None:
        read_rate(state, phrase)
        return
    if phrase.count is not None:
        if state.slot == "target" and not state.begun:
            state.slot = "modifier"
        read_counted(state, phrase)
        return
    if phrase.named or phrase.bare_value:
        _value_phrase(state, phrase)
        return
    if (
        phrase.head is None
        and phrase.grain is None
        and (phrase.flags or phrase.states)
        and not phrase.functions
    ):
        if phrase.rank is not None:  # "the most emergencies": of the things that are so
            rank = rank_of(state, phrase.rank)
            flags = [flag for flag in phrase.flags if flag.nouns]
            if phrase.rank.counts and flags:
                rank.measure = Measure(["count"], state.senses.tables_of(flags[0]))
                rank.count_of_rows = False
            set_rank(state, rank)
        state.modifiers(phrase)
        return
    if state.slot == "order":
        _order(state, phrase)
    elif state.slot == "group":
        _group(state, phrase)
    elif state.slot == "target":
        place_target(state, phrase)
    else:
        place_modifier(state, phrase)


def _value_phrase(state: State, phrase: Phrase) -> None:
    """Values, with or without the noun that names their column."""
    counted = phrase.functions[:1] == ["count"]
    if counted and state.slot == "target":
        holders = state.senses.holders(phrase.values[0].items[0]) if phrase.bare_value else None
        if holders is not None and (state.frame.root.thing is None or state.implied_root):
            state.frame.root.thing, state.implied_root = holders, False
        state.ask(Measure(["count"], holders))  # "how many women": the things that the value is said of
    elif phrase.functions:
        state.ask(Measure(list(phrase.functions), fraction=phrase.fraction))
    elif _names_its_things(state, phrase):
        holders = state.senses.holders(phrase.values[0].items[0])
        state.frame.root.thing, state.frame.root.target, state.implied_root = holders, True, False
        state.frame.asked.append(Asked(noun=holders))
    if state.slot in ("group", "order"):
        state.slot = "modifier"
    if phrase.rank is not None:
        set_rank(state, rank_of(state, phrase.rank))
    if phrase.number is not None:
        number_before(state, phrase)
    state.modifiers(phrase)
    if state.slot == "target" and (counted or phrase.functions):
        state.slot = "modifier"


def _names_its_things(state: State, phrase: Phrase) -> bool:
    """`companies that gave money`: a value in the plural, of which something is said, stands for those that have it."""
    listed = phrase.values[0]
    said_more = any(state.mark(1, kind) is not None for kind in ("relative", "preposition", "negation"))
    first = state.slot == "target" and not state.begun and not state.frame.conditions
    item = listed.items[0]
    several = len(listed.items) == 1 and item.text.islower() and item.words[-1].endswith("s")
    return first and phrase.bare_value and phrase.rank is None and several and said_more


def _order(state: State, phrase: Phrase) -> None:
    state.modifiers(phrase)
    if phrase.functions or phrase.counted or phrase.rank is not None:
        spec = OrderSpec(measure=measure_of(state, phrase))
        if phrase.rank is not None:
            spec = OrderSpec(
                descending=phrase.rank.descending, noun=state.noun(phrase) if phrase.head else None
            )
    elif phrase.grain is not None:
        spec = OrderSpec(time_order=True)
    else:
        spec = OrderSpec(noun=state.noun(phrase))
    pending = state.frame.orders
    if (
        pending
        and pending[-1].noun is None
        and pending[-1].measure is None
        and not pending[-1].alphabetical
        and not pending[-1].time_order
    ):
        spec.descending = pending.pop().descending
    state.frame.orders.append(spec)


def _group(state: State, phrase: Phrase) -> None:
    """One thing to group by; or, after "by", the measure that ranks or is shown."""
    mark = state.group_mark
    by = mark is not None and mark.value == "by"
    figure = (
        bool(phrase.functions)
        or phrase.counted
        or (state.senses.is_measure(phrase.head) and phrase.head is not None)
    )
    if by and figure and _by_measure(state, phrase, mark):
        return
    if phrase.rank is not None and phrase.grain is None and phrase.head is not None and not figure:
        state.slot = "modifier"
        place_modifier(state, phrase)
        return
    rate = mark is not None and mark.item.words == ("per",)
    last = state.last_asked
    if (
        rate
        and phrase.head is not None
        and state.senses.is_thing(phrase.head)
        and last is not None
        and last.measure is not None
        and last.measure.functions[:1]
        and last.measure.functions[0] in ("avg", "max", "min", "median")
    ):
        last.measure.per = state.noun(phrase)
        state.slot = "modifier"
        return
    for listed in phrase.values:
        state.values(listed)
    state.slot = "group"
    if phrase.grain is not None:
        phrase.grain.of = date_behind(state)
        state.frame.groups.append(Asked(grain=phrase.grain))
    elif (grain := _unit_behind(state, phrase)) is not None:
        state.frame.groups.append(Asked(grain=grain))
    elif phrase.head is not None:
        noun = with_owner(state, phrase)
        within = mark is not None and "within" in mark.item.words
        state.frame.groups.append(Asked(noun=noun, rate=rate, within=within))
    if not (state.mark(1, "conjunction") in ("and", "comma") or state.mark(1, "group")):
        state.slot = "modifier"


def _unit_behind(state: State, phrase: Phrase) -> Grain | None:
    """`by check-in month`, `per hire year`: the date that is named before its unit."""
    unit = state.ahead()
    if not isinstance(unit, Phrase) or unit.grain is None or unit.start != phrase.end or phrase.head is None:
        return None
    dates = state.senses.dates(phrase.head)
    if not dates:
        return None
    state.k += 1
    phrase.head.nouns = dates
    unit.grain.of = state.senses.noun(phrase.head)
    return unit.grain


def _by_measure(state: State, phrase: Phrase, mark: Mark | None) -> bool:
    frame = state.frame
    state.modifiers(phrase)
    measure = measure_of(state, phrase)
    last = state.last_asked
    if mark is not None and mark.item.words == ("per",):
        ranked = frame.rank.measure if frame.rank is not None else None
        if ranked is not None and ranked.noun is not None and not ranked.functions and not ranked.operator:
            ranked.operator, ranked.functions = "ratio", ["sum"]  # "the highest cost per click"
            ranked.denominator = Measure(["sum"], measure.noun)
            state.slot = "modifier"
            return True
        if last is None or (
            last.measure is None and (last.noun is None or not state.senses.is_measure(last.noun.item))
        ):
            return False
        if last.measure is None:
            last.measure, last.noun = Measure([], last.noun), None
        assert last.measure is not None
        last.measure.operator, last.measure.functions = "ratio", ["sum"]
        last.measure.denominator = Measure(["sum"], measure.noun)
    elif frame.rank is not None and frame.rank.measure is None:
        frame.rank.measure = measure
    elif frame.ranking or any(asked.measure is not None for asked in frame.asked):
        frame.orders.append(OrderSpec(descending=True, measure=measure))
    elif frame.orders and frame.orders[-1].noun is None and frame.orders[-1].measure is None:
        frame.orders[-1].measure = measure
    else:
        frame.asked.append(Asked(measure=measure))
    state.slot = "modifier"
    return True
