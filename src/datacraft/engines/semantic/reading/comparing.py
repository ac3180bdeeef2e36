"""Comparisons and ranks: what they are said of."""

from __future__ import annotations

from datacraft.engines.semantic.frame import Asked, Condition, Measure, Noun, NounPhrase, OrderSpec, Rank
from datacraft.engines.semantic.reading.figures import measure_of, ratio_conditions
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Compared, ComparedTo, Mark, Phrase, Ranked

_PASSED = {
    ("auxiliary", "be"),
    ("auxiliary", "have"),
    ("relative", "which"),
    ("preposition", "of"),
    ("filler", "filler"),
}


def condition_after(state: State, phrase: Phrase, noun: Noun | None, measure: Measure | None) -> bool:
    """Read a comparison, a missing value or a text match that is said of the phrase just read."""
    at, negated = 1, False
    while isinstance(unit := state.ahead(at), Mark) and (
        (unit.kind, unit.value) in _PASSED or (unit.kind == "negation" and unit.value == "not")
    ):
        negated = negated != (unit.kind == "negation")
        at += 1
    head = phrase.head
    senses = state.senses
    ordered = (
        measure is not None
        or senses.is_measure(head)
        or (head is not None and senses.is_time(head) and not senses.is_thing(head))
    )
    if (
        isinstance(unit, Compared)
        and unit.adjective is None
        and (ordered or (unit.operator in ("eq", "ne") and not senses.is_thing(head)))
    ):
        state.k += at
        state.negated = state.negated != negated
        condition = Condition(
            "compare",
            noun=noun,
            measure=measure,
            operator=unit.operator,
            number=unit.number,
            upper=unit.upper,
        )
        state.add(condition)
    elif (
        isinstance(unit, Mark)
        and unit.kind == "unknown"
        and unit.item.number is not None
        and not unit.item.number.ordinal
        and measure is None
        and noun is not None
        and state.slot != "target"
        and senses.is_numeric(head)
    ):
        state.k += at  # "on floor 1", "with a capacity of 20"
        state.negated = state.negated != negated
        state.add(Condition("compare", noun=noun, operator="eq", number=unit.item.number))
    elif isinstance(unit, ComparedTo) and ordered and unit.noun is None:
        state.k += at
        state.negated = state.negated != negated
        compared_to(state, unit, noun, measure)
    elif (
        isinstance(unit, Mark)
        and unit.kind == "null_check"
        and measure is None
        and (at > 1 or len(unit.item.words) > 1 or state.ahead(at + 1) is None)
    ):
        state.k += at
        state.negated = state.negated != negated
        state.add(Condition("null", noun=noun, negated=unit.value == "not_null"))
    elif isinstance(unit, Mark) and unit.kind == "text" and measure is None:
        state.k += at
        state.negated = state.negated != negated
        read_text(state, unit, noun)
    else:
        return False
    if state.slot in ("group", "order", "target"):
        state.slot = "modifier"
    return True


def read_text(state: State, mark: Mark, noun: Noun | None) -> None:
    """Add the texts that a name contains, starts or ends with."""
    assert isinstance(mark.extra, tuple)
    texts, joined = mark.extra
    negated = state.negated
    for position, text in enumerate(texts):
        state.or_next = state.or_next or (position > 0 and joined == "or")
        state.negated = negated
        state.add(Condition("text", noun=noun, operator=mark.value, text=text))
    state.negated = False


def compared_to(state: State, unit: ComparedTo, noun: Noun | None, measure: Measure | None) -> None:
    """Add a comparison with an aggregate, a named thing, or another column; what follows may be that."""
    if unit.noun is not None and noun is None and measure is None:
        named = state.senses.noun(unit.noun)
        if state.senses.is_thing(unit.noun) and not state.senses.is_measure(unit.noun):
            measure = Measure(["count"], named)
        else:
            noun = named
    condition = Condition(
        "compare", noun=noun, measure=measure, operator=unit.operator, adjective=unit.adjective
    )
    follows = state.ahead()
    if unit.function:
        condition.other = Measure([unit.function])
        if isinstance(follows, Phrase) and follows.bare_value and not follows.functions:
            before = len(state.frame.conditions)  # "more than the average oil painting": of those alone
            state.modifiers(follows)
            condition.other.conditions = ratio_conditions(state, before)
            state.k += 1
        if (
            isinstance(follows, Phrase)
            and follows.head is not None
            and not follows.named
            and not follows.functions
        ):
            condition.other.noun = state.noun(follows)
            if noun is None and measure is None and state.senses.is_measure(follows.head):
                condition.noun = condition.other.noun  # "above average salary"
            state.k += 1
        condition.other.per = _of_its_own(state)
        follows = state.ahead(2) if condition.other.noun is not None else None
        if state.mark(1, "preposition") == "of" and isinstance(follows, Phrase):
            state.k += 2  # "the average price of all products"
    elif isinstance(follows, Phrase) and follows.bare_value:
        condition.reference = state.senses.value(follows.values[0].items[0])
        state.k += 1
    elif isinstance(follows, Phrase) and follows.named and follows.values:
        condition.reference = state.senses.value(
            follows.values[0].items[0],
            state.senses.noun(follows.values[0].hint) if follows.values[0].hint else None,
        )
        state.k += 1
    elif isinstance(follows, Phrase) and follows.functions:
        condition.other = measure_of(state, follows)
        state.k += 1
    elif isinstance(follows, Phrase) and follows.head is not None:
        condition.other = Measure([], state.noun(follows))
        state.k += 1
    else:
        state.frame.lost.append(unit.item.text if unit.item is not None else "than")
        return
    if (
        condition.noun is None
        and condition.measure is None
        and condition.adjective is None
        and state.verb is None
    ):
        bare = bare_figure(state)
        if bare is not None:
            condition.noun = bare
    state.add(condition)


def _of_its_own(state: State) -> Noun | None:
    """`above the average of their city`, `for its product line`: among which of its kind each is compared."""
    phrase = state.ahead(2)
    if state.mark(1, "preposition") not in ("of", "for", "in", "within", "at", "among"):
        return None
    if not isinstance(phrase, Phrase) or phrase.head is None or phrase.values or phrase.functions:
        return None
    if not (phrase.possessive or phrase.determiner == "same") or state.senses.is_measure(phrase.head):
        return None
    state.k += 2
    return state.noun(phrase)


def bare_figure(state: State) -> Noun | None:
    """Return the one bare number that was asked for, and forget it: `sales over 500`, `balance above average`."""
    last = state.last_asked
    if last is None or last.noun is None or len(state.frame.asked) != 1 or state.slot != "target":
        return None
    if not state.senses.is_measure(last.noun.item):
        return None
    state.frame.asked.clear()
    return last.noun


def read_compared(state: State, unit: Compared) -> None:
    """A comparison with a number that no noun stands beside: by adjective, by verb, or of the thing's own measure."""
    noun = bare_figure(state) if unit.adjective is None else None
    after = state.ahead(2)
    if (
        noun is None
        and unit.adjective is None
        and state.mark(1, "preposition") in ("in", "of")
        and isinstance(after, Phrase)
        and state.senses.is_measure(after.head)
        and not after.functions
    ):
        noun = state.noun(after)  # "more than 5,000 in sales"
        state.k += 2
    if noun is None and unit.unit_item is not None and state.senses.names(unit.unit_item) >= 0.9:
        noun = state.senses.noun(unit.unit_item)  # "lasted 75 minutes", where the data has minutes
    if state.slot == "target":
        state.slot = "modifier"
    if unit.unit in ("time", "times", "occasions"):
        state.add(Condition("times", operator=unit.operator, number=unit.number, upper=unit.upper))
        return
    condition = Condition(
        "compare",
        noun=noun,
        operator=unit.operator,
        number=unit.number,
        upper=unit.upper,
        adjective=unit.adjective,
    )
    condition.unit = unit.unit
    state.add(condition)


def read_counted(state: State, phrase: Phrase) -> None:
    """`more than 10 orders`, `at least 2 different regions`, `over 500 sales`: how many, or how much."""
    count = phrase.count
    assert count is not None
    senses = state.senses
    holders = senses.holders(phrase.values[0].items[0]) if phrase.bare_value else None
    if holders is not None:
        _count_related(state, phrase, holders, count)
        return
    assert phrase.head is not None
    noun = state.noun(phrase)
    if phrase.functions and phrase.functions != ["count"]:
        state.add(
            Condition(
                "compare",
                measure=measure_of(state, phrase),
                operator=count.operator,
                number=count.number,
                upper=count.upper,
            )
        )
        return
    if senses.is_thing(phrase.head) and not (senses.is_measure(phrase.head) and not phrase.distinct):
        _count_related(state, phrase, noun, count)
        return
    if senses.is_measure(phrase.head):
        state.add(
            Condition("compare", noun=noun, operator=count.operator, number=count.number, upper=count.upper)
        )
        state.modifiers(phrase)
        return
    state.add(
        Condition(
            "count", noun=noun, operator=count.operator, number=count.number, upper=count.upper, both=True
        )
    )
    state.modifiers(phrase)


def _count_related(state: State, phrase: Phrase, noun: Noun, count: Compared) -> None:
    """Add that so many related things must be there, and open them for what is said of them."""
    related = NounPhrase(noun, role=state.role)
    condition = Condition(
        "count",
        noun=noun,
        operator=count.operator,
        number=count.number,
        upper=count.upper,
        phrase=related,
        both=phrase.distinct,
    )
    state.add(condition)
    state.open(related)
    state.outcome(noun)
    state.modifiers(phrase)


def rank_of(state: State, ranked: Ranked) -> Rank:
    """Return a rank as the frame keeps it."""
    rank = Rank(
        ranked.descending, ranked.limit, ranked.position, adjective=ranked.adjective, count_of_rows=ranked.counts,
        time_order=ranked.time_order, item=ranked.item, verb=ranked.verb, stack=tuple(state.stack),
    )  # fmt: skip
    if ranked.verb is not None:
        state.frame.verbs.append(ranked.verb)
    return rank


def set_rank(state: State, rank: Rank) -> None:
    """Make this the question's rank; one that was begun before ("top 5 ... by") is completed by it."""
    earlier = state.frame.rank
    if earlier is not None and earlier.measure is None and earlier.adjective is None:
        earlier.measure = rank.measure
        earlier.adjective = rank.adjective
        earlier.count_of_rows = rank.count_of_rows
        earlier.verb = rank.verb or earlier.verb
        if earlier.limit is None:
            earlier.limit = rank.limit
        if rank.adjective is not None or rank.count_of_rows:
            earlier.descending = rank.descending
        return
    if earlier is not None and rank.measure is None and rank.adjective is None and rank.limit is not None:
        earlier.limit = rank.limit  # "... Show the top 3"
        return
    if earlier is not None and earlier.item is not None:
        state.frame.lost.append(earlier.item.text)
    state.frame.rank = rank


def read_rank(state: State, ranked: Ranked) -> None:
    """A rank with no noun behind it: `sold the most`, `is the largest`, `order by the highest`."""
    rank = rank_of(state, ranked)
    if rank.measure is None and rank.adjective is None and rank.verb is None:
        rank.verb = state.verb
    follows = state.ahead()
    other = state.ahead(2)
    if (
        state.mark(1, "conjunction") == "and"
        and isinstance(other, Phrase)
        and other.rank is not None
        and other.head is not None
        and state.senses.is_measure(other.head)
    ):
        noun = state.noun(other)  # "the lowest and the highest price"
        for way in (ranked, other.rank):
            state.frame.asked.append(Asked(measure=Measure(["max" if way.descending else "min"], noun)))
        state.k += 2
        return
    if state.slot == "order":
        state.frame.orders.append(OrderSpec(descending=ranked.descending))
        return
    if isinstance(follows, Phrase) and follows.bare_value and state.slot == "target":
        state.frame.rank = rank
        return
    set_rank(state, rank)
