"""Noun phrases behind what is asked for: other things, comparisons, ranks, one more column."""

from __future__ import annotations

from datacraft.engines.semantic.frame import Asked, Condition, Measure, Noun, NounPhrase
from datacraft.engines.semantic.lattice import NumberSense
from datacraft.engines.semantic.reading.comparing import condition_after, rank_of, set_rank
from datacraft.engines.semantic.reading.figures import measure_of, summed_up_late
from datacraft.engines.semantic.reading.owners import with_owner
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.times import date_behind
from datacraft.engines.semantic.reading.units import Phrase
from datacraft.engines.semantic.reading.words import KINDS, LASTING

_TAKING = frozenset({"take", "last", "need", "require", "run"})


def place_modifier(state: State, phrase: Phrase) -> None:
    """Give a noun phrase behind what is asked its part."""
    if phrase.grain is not None:
        _grain(state, phrase)
        return
    head = phrase.head
    if head is None:
        if phrase.functions:
            _late_function(state, phrase)
        state.modifiers(phrase)
        return
    thing = state.senses.is_thing(head) and phrase.owner is None
    if phrase.rank is not None:
        _ranked_modifier(state, phrase, thing)
        return
    if phrase.functions:
        _figure(state, phrase)
        return
    if _only_names_values(state, phrase):
        state.modifiers(phrase)
        return
    introduced = _introduced(state, phrase)
    noun = with_owner(state, phrase)
    said_of = not thing or state.mark(1, "text") is not None
    if said_of and condition_after(state, phrase, noun, None):
        state.modifiers(phrase)
    elif thing:
        _related(state, phrase, noun)
    else:
        _column(state, phrase, noun, introduced)


def _only_names_values(state: State, phrase: Phrase) -> bool:
    """`with gold status`, where the data calls it a level: the word behind a value only says what kind it is."""
    head = phrase.head
    if head is None or not phrase.values or head.start != phrase.values[-1].items[-1].end:
        return False
    return head.words[-1] in KINDS and not state.senses.is_thing(head)


def _introduced(state: State, phrase: Phrase) -> bool:
    """Whether a small word says that one more column is asked for, and does not only stand there."""
    joined = state.mark(-1, "conjunction") in ("and", "comma", "stop")
    return phrase.possessive or state.role == "with" or joined


def _grain(state: State, phrase: Phrase) -> None:
    """`monthly`, `day of the week`: something to group by; a bare unit is not."""
    frame = state.frame
    item = phrase.grain.item if phrase.grain is not None else None
    taking = state.verb is not None and state.verb.verb is not None and state.verb.verb.base in _TAKING
    if item is not None and taking and item.words[-1] in LASTING and not item.words[-1].endswith("s"):
        state.add(Condition("compare", operator="eq", number=NumberSense(1), unit=item.words[-1]))
        return
    if phrase.quantifier == "all":
        return  # "over all years"
    if phrase.rank is not None and frame.rank is None and not phrase.functions:
        frame.lost.append(item.text if item else "")
    if (
        item is not None
        and phrase.grain is not None
        and (item.words[-1].endswith("ly") or len(item.words) > 1)
    ):
        phrase.grain.of = date_behind(state)
        frame.groups.append(Asked(grain=phrase.grain))
    elif item is not None:
        frame.lost.append(item.text)


def _figure(state: State, phrase: Phrase) -> None:
    """`with average rating above 4`, `and total sales`: a condition, what a rank is by, or one more figure."""
    frame = state.frame
    measure = measure_of(state, phrase)
    if condition_after(state, phrase, None, measure):
        state.modifiers(phrase)
        return
    if frame.rank is not None and frame.rank.measure is None and frame.rank.adjective is None:
        frame.rank.measure = measure
    else:
        frame.asked.append(Asked(measure=measure))
    state.modifiers(phrase)


def _column(state: State, phrase: Phrase, noun: Noun, introduced: bool) -> None:
    """A column: missing or there, what a rank is by, so many of it, the same as another's, or one more to show."""
    frame, senses = state.frame, state.senses
    measured = senses.is_measure(noun.item)
    tied = state.verb is not None or state.role == "with" or state.mark(-1, "auxiliary") == "have"
    if state.negated:
        state.negated = False
        frame.denied_verb = None
        state.add(Condition("null", noun=noun, operator="none"))
    elif frame.rank is not None and frame.rank.measure is None and frame.rank.adjective is None and measured:
        frame.rank.measure = Measure([], noun)
    elif (number := _number(phrase)) is not None and (measured or senses.is_dimension(noun.item)):
        kind = "compare" if measured else "count"
        state.add(Condition(kind, noun=noun, operator="eq", number=number, both=kind == "count"))
    elif measured and _some_of(state, phrase):
        state.add(Condition("compare", noun=noun, operator="gt", number=NumberSense(0)))
    elif phrase.determiner == "same":
        state.related(noun, same=True)
    elif phrase.determiner in ("a", "some") and tied and not measured:
        state.modifiers(phrase)  # "conversions that used a coupon"
        state.add(Condition("null", noun=noun, negated=True, operator="some"))
    else:
        if phrase.values or phrase.states:
            state.modifiers(phrase)
        frame.asked.append(Asked(noun=noun, stray=not introduced))


def _some_of(state: State, phrase: Phrase) -> bool:
    """`tenants with pets`: more than none, where the data says 0 of those that have none."""
    plain = phrase.determiner in ("", "a", "some") and not phrase.possessive and phrase.quantifier == ""
    joined = state.mark(1, "conjunction") is not None or state.mark(-1, "conjunction") is not None
    return (
        state.role == "with"
        and plain
        and not joined
        and state.frame.root.target
        and phrase.head is not None
        and state.senses.is_count(phrase.head)
    )


def _number(phrase: Phrase) -> NumberSense | None:
    return phrase.number.number if phrase.number is not None else None


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
    if state.role == "with" and phrase.possessive and frame.root.target and not state.negated:
        frame.asked.append(Asked(noun=noun))  # "doctors with their specialties"
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
