"""Noun phrases that are asked for."""

from __future__ import annotations

from datacraft.engines.semantic.frame import Asked, Measure, Noun
from datacraft.engines.semantic.reading.comparing import condition_after, rank_of, set_rank
from datacraft.engines.semantic.reading.modifiers import place_modifier
from datacraft.engines.semantic.reading.owners import number_before, with_owner
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.times import date_behind
from datacraft.engines.semantic.reading.units import Mark, Phrase
from datacraft.engines.semantic.reading.words import LASTING


def place_target(state: State, phrase: Phrase) -> None:
    """Give a noun phrase that is asked for its part: a thing, a column, a figure, a period."""
    frame, senses = state.frame, state.senses
    if phrase.grain is not None:
        _grain_target(state, phrase)
        return
    head = phrase.head
    thing = head is not None and senses.is_thing(head) and phrase.owner is None
    if phrase.rank is not None and not phrase.functions:
        _ranked_target(state, phrase, thing)
        return
    if (
        phrase.functions
        or (state.share is not None and head is not None)
        or (state.window is not None and head is not None)
    ):
        _figure_target(state, phrase)
        return
    if head is None:
        state.modifiers(phrase)
        return
    noun = with_owner(state, phrase) if not thing else state.noun(phrase)
    if not thing and condition_after(state, phrase, noun, None):
        state.modifiers(phrase)
        return
    if phrase.number is not None:
        number_before(state, phrase)
    if phrase.rhythm is not None:
        frame.groups.append(Asked(grain=phrase.rhythm))
    called = head.words[-1] in ("name", "names")
    if state.negated and state.begun:
        place_modifier(state, phrase)
        return
    if thing and not called and (frame.root.thing is None or state.implied_root):
        frame.root.thing = noun
        frame.root.target = (
            not frame.asked or state.mark(-1, "conjunction") is not None
        ) and not _has_figure_behind(state, phrase)
        state.implied_root = False
        if frame.root.target:
            frame.asked.append(Asked(noun=noun))
    elif (
        thing and frame.root.thing is not None and senses.targets(head)[:1] == frame.root.thing.candidates[:1]
    ):
        frame.root.target = True
    else:
        frame.asked.append(Asked(noun=noun))
    root = frame.root.thing
    if not thing and noun.owner is None and root is not None and state.again:
        noun.owner = root  # "... . Names please": of what was asked about
    if phrase.distinct:
        frame.distinct = True
    state.modifiers(phrase)


def _has_figure_behind(state: State, phrase: Phrase) -> bool:
    """`ticket revenue`, `downtime hours`: the thing only says of what the figure behind it is."""
    following = state.ahead()
    return (
        isinstance(following, Phrase)
        and following.start == phrase.end
        and state.senses.is_measure(following.head)
        and not following.functions
    )


def _grain_target(state: State, phrase: Phrase) -> None:
    """`which month`, `monthly`, `orders per month`: a calendar unit is asked for, or grouped by."""
    frame = state.frame
    assert phrase.grain is not None
    item = phrase.grain.item
    adverb = item is not None and (
        item.words == ("annual",) or item.words[-1].endswith("ly") or len(item.words) > 1
    )
    lasting = _lasting_target(state, phrase)
    if lasting is not None:
        state.ask(lasting)
        state.slot = "modifier"
        return
    if phrase.functions[:1] == ["count"]:
        frame.lost.append(item.text if item is not None else "")  # "how many days": a length of time
        return
    if phrase.rank is not None:
        set_rank(state, rank_of(state, phrase.rank))
    phrase.grain.of = date_behind(state)
    asks = item is not None and item.words[0] in ("which", "what")
    if frame.asked or (adverb and not asks):
        frame.groups.append(Asked(grain=phrase.grain))
    else:
        frame.asked.append(Asked(grain=phrase.grain))
    state.modifiers(phrase)


def _lasting_target(state: State, phrase: Phrase) -> Measure | None:
    """`average days to resolve`, `total hours`: how long something took, told in that unit."""
    item = phrase.grain.item if phrase.grain is not None else None
    unit = phrase.grain.unit if phrase.grain is not None else None
    plain = phrase.functions[:1] in (["avg"], ["max"], ["min"], ["median"], ["sum"])
    if item is None or unit is None or not plain or item.words[-1] not in LASTING:
        return None
    verb = state.ahead(2)
    act = verb.value if state.mark(1, "preposition") == "to" and isinstance(verb, Mark) else ""
    candidates = state.senses.durations(act)
    if not candidates:
        return None
    functions = phrase.functions[:1]  # of "average number of days" the average
    return Measure(functions, Noun(item, candidates), window_unit=unit)


def _ranked_target(state: State, phrase: Phrase, thing: bool) -> None:
    """`largest state`, `top 5 customers`, `the highest salary`, `most orders`."""
    frame, senses = state.frame, state.senses
    assert phrase.rank is not None
    rank = rank_of(state, phrase.rank)
    head = phrase.head
    asks_which = frame.question_word in ("person", "place", "time", "thing")
    if head is not None and senses.is_measure(head) and not thing:
        noun = with_owner(state, phrase)
        if (
            (phrase.rank.adjective is not None or phrase.rank.counts)
            and not phrase.rank.time_order
            and not state.begun
            and (frame.question_word not in ("person", "place", "time"))
            and phrase.rank.limit is None
            and phrase.rank.position is None
        ):
            measure = Measure(["max" if rank.descending else "min"], noun)
            measure.adjective = rank.adjective
            if condition_after(state, phrase, None, measure):
                return
            frame.asked.append(Asked(measure=measure))
            state.slot = "target" if state.mark(1, "conjunction") else state.slot
        else:
            rank.measure = Measure([], noun)
            rank.count_of_rows = False
            set_rank(state, rank)
        state.modifiers(phrase)
        return
    if head is None:
        set_rank(state, rank)
        state.modifiers(phrase)
        return
    if phrase.rank.counts and any(asked.grain is not None for asked in frame.asked):
        rank.measure = Measure(["count"], state.noun(phrase))  # "in which month were there the most rides"
        rank.count_of_rows = False
        set_rank(state, rank)
        state.modifiers(phrase)
        return
    asked_of = state.mark(-1, "preposition") == "of" and thing and frame.root.thing is None
    if asked_of:
        noun = state.noun(phrase)  # "names of the top 3 customers"
        frame.root.thing = noun
        for asked in frame.asked:
            if asked.noun is not None and asked.noun.owner is None:
                asked.noun.owner = noun
        set_rank(state, rank)
        state.modifiers(phrase)
        return
    if state.begun and not (frame.root.thing is None and not any(a.noun for a in frame.asked)):
        state.slot = "modifier"
        place_modifier(state, phrase)
        return
    if (
        phrase.rank.counts
        and phrase.rank.adjective is None
        and phrase.rank.verb is None
        and asks_which
        and (frame.root.thing is not None or any(asked.noun is not None for asked in frame.asked))
    ):
        rank.measure = Measure(["count"], state.noun(phrase))
        rank.count_of_rows = False
        set_rank(state, rank)
        state.modifiers(phrase)
        return
    set_rank(state, rank)
    noun = state.noun(phrase) if thing else with_owner(state, phrase)
    if thing:
        frame.root.thing, frame.root.target, state.implied_root = noun, True, False
    frame.asked.append(Asked(noun=noun))
    state.modifiers(phrase)


def _figure_target(state: State, phrase: Phrase) -> None:
    """`average salary`, `how many different products`, `percentage of orders`."""
    frame = state.frame
    measure = Measure(list(phrase.functions), distinct=phrase.distinct, fraction=phrase.fraction)
    if phrase.head is not None:
        counted = phrase.functions[-1:] == ["count"]
        measure.noun = state.noun(phrase) if counted else with_owner(state, phrase)
        if (
            not measure.functions
            and state.senses.is_thing(phrase.head)
            and not state.senses.is_measure(phrase.head)
        ):
            measure.functions = ["count"]
    if phrase.rank is not None and phrase.rank.adjective is not None and phrase.rank.adjective.generic:
        measure.functions = ["max" if phrase.rank.descending else "min", *measure.functions]
    elif phrase.rank is not None:
        set_rank(state, rank_of(state, phrase.rank))
    if phrase.rhythm is not None:
        if phrase.functions[:1] and phrase.functions[0] in ("avg", "max", "min", "median"):
            measure.per_unit = phrase.rhythm
        else:
            frame.groups.append(Asked(grain=phrase.rhythm))
    last = state.last_asked
    if last is not None and last.attribute and measure.noun is not None:
        frame.asked.pop()  # "how long is the average stay"
    if (
        phrase.head is None
        and measure.functions == ["count"]
        and last is not None
        and last.noun is not None
        and state.slot == "target"
    ):
        last.measure, last.noun = Measure(["count"], last.noun), None  # "customers with ..., count"
        state.modifiers(phrase)
        return
    if condition_after(state, phrase, None, measure):
        state.share = None
        state.modifiers(phrase)
        return
    if phrase.number is not None:
        frame.soft_unread.append(phrase.number)
    counts_things = (
        phrase.functions == ["count"] and phrase.head is not None and state.senses.is_thing(phrase.head)
    )
    if counts_things and (frame.root.thing is None or state.implied_root):
        frame.root.thing, state.implied_root = measure.noun, False
    state.ask(measure)
    before = len(frame.conditions)
    state.modifiers(phrase)
    if measure.share and measure.functions == ["count"]:
        for condition in frame.conditions[before:]:
            condition.part = True
    if phrase.head is not None and state.mark(1, "conjunction") is None:
        state.slot = "modifier" if state.mark(1, "preposition") is None else state.slot
