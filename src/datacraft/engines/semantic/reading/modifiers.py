"""Noun phrases behind what is asked for: other things, comparisons, ranks, one more column."""

from __future__ import annotations

from datacraft.engines.semantic.frame import Asked, Condition, Measure, Noun, NounPhrase
from datacraft.engines.semantic.reading.comparing import condition_after, rank_of, set_rank
from datacraft.engines.semantic.reading.figures import measure_of, summed_up_late
from datacraft.engines.semantic.reading.owners import with_owner
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Phrase


def place_modifier(state: State, phrase: Phrase) -> None:
    """Give a noun phrase behind what is asked its part."""
    frame, senses = state.frame, state.senses
    if phrase.grain is not None:
        item = phrase.grain.item
        if phrase.quantifier == "all":
            return  # "over all years"
        if phrase.rank is not None and frame.rank is None and not phrase.functions:
            frame.lost.append(item.text if item else "")
        if item is not None and (item.words[-1].endswith("ly") or len(item.words) > 1):
            frame.groups.append(Asked(grain=phrase.grain))
        elif item is not None:
            frame.lost.append(item.text)
        return
    head = phrase.head
    if head is None:
        if phrase.functions:
            _late_function(state, phrase)
        state.modifiers(phrase)
        return
    thing = senses.is_thing(head) and phrase.owner is None
    introduced = (
        phrase.possessive or state.role == "with" or state.mark(-1, "conjunction") in ("and", "comma", "stop")
    )
    if phrase.rank is not None:
        _ranked_modifier(state, phrase, thing)
        return
    if phrase.functions:
        measure = measure_of(state, phrase)
        if condition_after(state, phrase, None, measure):
            state.modifiers(phrase)
            return
        if frame.rank is not None and frame.rank.measure is None and frame.rank.adjective is None:
            frame.rank.measure = measure
        else:
            frame.asked.append(Asked(measure=measure))
        state.modifiers(phrase)
        return
    noun = with_owner(state, phrase)
    said_of = not thing or state.mark(1, "text") is not None
    if said_of and condition_after(state, phrase, noun, None):
        state.modifiers(phrase)
        return
    if thing:
        _related(state, phrase, noun)
        return
    if state.negated:
        state.negated = False
        frame.denied_verb = None
        state.add(Condition("null", noun=noun, operator="none"))
        return
    if (
        frame.rank is not None
        and frame.rank.measure is None
        and frame.rank.adjective is None
        and senses.is_measure(head)
    ):
        frame.rank.measure = Measure([], noun)
        return
    if (
        phrase.number is not None
        and phrase.number.number is not None
        and (senses.is_measure(head) or senses.is_dimension(head))
    ):
        kind = "compare" if senses.is_measure(head) else "count"
        state.add(
            Condition(kind, noun=noun, operator="eq", number=phrase.number.number, both=kind == "count")
        )
        return
    if phrase.determiner == "same":
        state.related(noun, same=True)
        return
    tied = state.verb is not None or state.role == "with"
    if phrase.determiner in ("a", "some") and tied and not senses.is_measure(head):
        state.modifiers(phrase)
        state.add(
            Condition("null", noun=noun, negated=True, operator="some")
        )  # "conversions that used a coupon"
        return
    if phrase.values or phrase.states:
        state.modifiers(phrase)
    frame.asked.append(Asked(noun=noun, stray=not introduced))


def _late_function(state: State, phrase: Phrase) -> None:

    function = phrase.functions[0]
    if function == "count" and state.last_asked is not None and state.last_asked.noun is not None:
        state.last_asked.measure, state.last_asked.noun = Measure(["count"], state.last_asked.noun), None
    elif not summed_up_late(state, function) and not state.frame.asked:
        state.frame.asked.append(Asked(measure=Measure(list(phrase.functions))))


def _related(state: State, phrase: Phrase, noun: Noun) -> None:
    """Another thing in the question: one it is tied to, or the thing itself once more."""
    frame = state.frame
    if (
        (frame.root.thing is None or (state.implied_root and state.verb is None))
        and not state.negated
        and state.role != "by"
    ):
        frame.root.thing, state.implied_root = noun, False
        state.modifiers(phrase)
        return
    if phrase.number is not None and phrase.number.number is not None and not state.negated:
        related = NounPhrase(noun, role=state.role)
        state.add(Condition("count", noun=noun, operator="eq", number=phrase.number.number, phrase=related))
        state.open(related)
        state.modifiers(phrase)
        return
    if not state.negated and phrase.determiner not in ("same", "other") and _is_open(state, noun):
        state.modifiers(phrase)
        return
    if state.negated:
        _close(state, noun)
    before = len(state.stack)
    state.related(noun, all_of=phrase.quantifier == "all", same=phrase.determiner == "same")
    state.modifiers(phrase)
    if phrase.quantifier == "both" and state.mark(1, "conjunction") == "and":
        del state.stack[before:]  # "both a lead and a sale": the second is said of the same as the first


def _close(state: State, noun: Noun) -> None:
    """`a life policy but no health policy`: the second is denied of whoever has the first."""
    names = {target for target, _ in noun.candidates[:1]}
    for position, phrase in enumerate(state.stack[1:], start=1):
        if phrase.thing is not None and names & {target for target, _ in phrase.thing.candidates[:1]}:
            del state.stack[position:]
            return


def _is_open(state: State, noun: Noun) -> bool:
    """Whether the noun only repeats a thing that is open already ("... of these employees")."""
    names = {target for target, _ in noun.candidates[:1]}
    for position, phrase in enumerate(state.stack):
        if phrase.thing is not None and names & {target for target, _ in phrase.thing.candidates[:1]}:
            del state.stack[position + 1 :]
            return True
    return False


def _ranked_modifier(state: State, phrase: Phrase, thing: bool) -> None:
    """`with the most orders`, `in the largest state`, `the highest salary` behind what is asked for."""
    frame, senses = state.frame, state.senses
    assert phrase.rank is not None and phrase.head is not None
    rank = rank_of(state, phrase.rank)
    noun = state.noun(phrase)
    if phrase.functions or (senses.is_measure(phrase.head) and not thing):
        rank.measure = Measure(list(phrase.functions), noun)
        rank.count_of_rows = False
    elif phrase.rank.counts and phrase.rank.adjective is None and phrase.rank.verb is None:
        counted = thing or phrase.distinct or not senses.is_measure(phrase.head)
        rank.measure = Measure(["count"] if counted else [], noun, distinct=phrase.distinct)
        rank.count_of_rows = False
    elif not thing and not senses.is_dimension(phrase.head):
        rank.measure = Measure([], noun)
    elif (thing and frame.root.thing is not None and state.role != "") or (thing and state.verb is not None):
        related = NounPhrase(noun, role=state.role, rank=rank, verbs=(state.verb,) if state.verb else ())
        rank.stack = (related,)
        state.open(related)
        state.add(Condition("exists", stack=tuple(state.stack[:-1]), phrase=related))
        state.modifiers(phrase)
        return
    elif thing and frame.root.thing is None:
        frame.root.thing, frame.root.rank = noun, rank
        rank.stack = (frame.root,)
        state.modifiers(phrase)
        return
    elif senses.is_time(phrase.head) or not thing:
        rank.measure = Measure([], noun)
        rank.count_of_rows = False
    state.modifiers(phrase)
    inner = state.stack[-1]
    if len(state.stack) > 1 and inner.rank is None:
        rank.stack = tuple(state.stack)
    set_rank(state, rank)
