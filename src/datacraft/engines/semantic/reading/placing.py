"""Noun phrases: what each of them is in the question."""

from __future__ import annotations

from datacraft.engines.semantic.frame import (
    Asked,
    Condition,
    Grain,
    Measure,
    Noun,
    NounPhrase,
    OrderSpec,
    Rank,
)
from datacraft.engines.semantic.reading.comparing import condition_after, rank_of, read_counted, set_rank
from datacraft.engines.semantic.reading.figures import measure_of
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Compared, ComparedTo, Mark, Phrase

_ORDERED_BY = frozenset({"rank", "order", "sort", "list", "arrange"})


def place(state: State, phrase: Phrase) -> None:
    """Give a noun phrase its part, by the slot that the reader is in."""
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
        state.modifiers(phrase)
        return
    if state.slot == "order":
        _order(state, phrase)
    elif state.slot == "group":
        _group(state, phrase)
    elif state.slot == "target":
        _target(state, phrase)
    else:
        _modifier(state, phrase)


def _value_phrase(state: State, phrase: Phrase) -> None:
    """Values, with or without the noun that names their column."""
    counted = phrase.functions[:1] == ["count"]
    if counted and state.slot == "target":
        state.ask(Measure(["count"]))  # "how many women": the things that the value is said of
    elif phrase.functions:
        state.ask(Measure(list(phrase.functions), fraction=phrase.fraction))
    if state.slot in ("group", "order"):
        state.slot = "modifier"
    if phrase.rank is not None:
        set_rank(state, rank_of(state, phrase.rank))
    if phrase.number is not None:
        _number_before(state, phrase)
    state.modifiers(phrase)
    if state.slot == "target" and (counted or phrase.functions):
        state.slot = "modifier"


def _number_before(state: State, phrase: Phrase) -> None:
    """`which three customers`, `5 products with the highest`: how many of them; a rank says by what."""
    item = phrase.number
    assert item is not None and item.number is not None
    if state.frame.rank is not None and state.frame.rank.limit is None:
        state.frame.rank.limit = int(item.number.value)
    else:
        state.frame.soft_unread.append(item)


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
        _modifier(state, phrase)
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
        state.frame.groups.append(Asked(grain=phrase.grain))
    elif phrase.head is not None:
        noun = _with_owner(state, phrase)
        within = mark is not None and "within" in mark.item.words
        state.frame.groups.append(Asked(noun=noun, rate=rate, within=within))
    if not (state.mark(1, "conjunction") in ("and", "comma") or state.mark(1, "group")):
        state.slot = "modifier"


def _by_measure(state: State, phrase: Phrase, mark: Mark | None) -> bool:
    frame = state.frame
    state.modifiers(phrase)
    measure = measure_of(state, phrase)
    last = state.last_asked
    if mark is not None and mark.item.words == ("per",):
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


def _with_owner(state: State, phrase: Phrase) -> Noun:
    """Read the thing behind "of", where the head is said of it: `name of the employee`."""
    noun = state.noun(phrase)
    follows = state.ahead(2)
    if (
        state.mark(1, "preposition") == "of" and isinstance(follows, Phrase) and follows.head is not None
        and not follows.named and follows.rank is None and not follows.functions and not follows.values and follows.count is None
        and state.senses.is_thing(follows.head) and not state.senses.is_thing(phrase.head)
    ):  # fmt: skip
        state.k += 2
        noun.owner = state.noun(follows)
        state.modifiers(follows)
        if state.frame.root.thing is None or state.implied_root:
            state.frame.root.thing = noun.owner
            state.implied_root = False
    return noun


# What is asked for


def _target(state: State, phrase: Phrase) -> None:
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
    noun = _with_owner(state, phrase) if not thing else state.noun(phrase)
    if not thing and condition_after(state, phrase, noun, None):
        state.modifiers(phrase)
        return
    if phrase.number is not None:
        _number_before(state, phrase)
    if phrase.rhythm is not None:
        frame.groups.append(Asked(grain=phrase.rhythm))
    called = head.words[-1] in ("name", "names")
    if state.negated and state.begun:
        _modifier(state, phrase)
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
    if phrase.quantifier == "all":
        frame.show_all = True
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
    if phrase.functions[:1] == ["count"]:
        frame.lost.append(item.text if item is not None else "")  # "how many days": a length of time
        return
    if phrase.rank is not None:
        set_rank(state, rank_of(state, phrase.rank))
    asks = item is not None and item.words[0] in ("which", "what")
    if frame.asked or (adverb and not asks):
        frame.groups.append(Asked(grain=phrase.grain))
    else:
        frame.asked.append(Asked(grain=phrase.grain))
    state.modifiers(phrase)


def _ranked_target(state: State, phrase: Phrase, thing: bool) -> None:
    """`largest state`, `top 5 customers`, `the highest salary`, `most orders`."""
    frame, senses = state.frame, state.senses
    assert phrase.rank is not None
    rank = rank_of(state, phrase.rank)
    head = phrase.head
    asks_which = frame.question_word in ("person", "place", "time", "thing")
    if head is not None and senses.is_measure(head) and not thing:
        noun = _with_owner(state, phrase)
        if (
            (phrase.rank.adjective is not None or phrase.rank.counts)
            and not phrase.rank.time_order
            and not state.begun
            and (frame.question_word not in ("person", "place", "time"))
            and phrase.rank.limit is None
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
        _modifier(state, phrase)
        return
    if (
        phrase.rank.counts
        and phrase.rank.adjective is None
        and phrase.rank.verb is None
        and asks_which
        and frame.root.thing is not None
    ):
        rank.measure = Measure(["count"], state.noun(phrase))
        rank.count_of_rows = False
        set_rank(state, rank)
        state.modifiers(phrase)
        return
    set_rank(state, rank)
    noun = state.noun(phrase) if thing else _with_owner(state, phrase)
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
        measure.noun = state.noun(phrase) if counted else _with_owner(state, phrase)
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
    state.modifiers(phrase)
    if phrase.head is not None and state.mark(1, "conjunction") is None:
        state.slot = "modifier" if state.mark(1, "preposition") is None else state.slot


# What restricts it


def _modifier(state: State, phrase: Phrase) -> None:
    frame, senses = state.frame, state.senses
    if phrase.grain is not None:
        item = phrase.grain.item
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
    noun = _with_owner(state, phrase)
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
    from datacraft.engines.semantic.reading.figures import summed_up_late

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


__all__ = ["Compared", "ComparedTo", "Grain", "Rank", "place"]
