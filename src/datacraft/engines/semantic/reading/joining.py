"""Conjunctions, relatives, prepositions, auxiliaries: they move the reader between slots."""

from __future__ import annotations

from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Mark, Phrase

_OPENS_MODIFIER = frozenset({"in", "with", "for", "from", "to", "at", "on", "within", "by", "among", "about", "between", "during", "than", "against", "over", "under"})  # fmt: skip


def read_conjunction(state: State, mark: Mark) -> None:
    """`and` goes on with what is shown, or starts another restriction."""
    word, following = mark.value, state.ahead()
    if word == "or":
        state.or_next = True
        return
    if word == "but":
        state.clause += 1
        return
    if word == "stop" or (word == "comma" and state.begun and _only_names_follow(state)):
        state.slot = "target"
        state.again = True
        state.clause += 1
        state.verb, state.role = None, ""
        del state.stack[1:]
        return
    if following is None:
        return
    if state.slot in ("group", "order"):
        goes_on = (
            isinstance(following, Phrase)
            and (following.head is not None or following.grain is not None)
            and not following.values
            and not following.functions
            and following.rank is None
            and not state.senses.is_measure(following.head)
        )
        if goes_on or (isinstance(following, Mark) and following.kind in ("group", "determiner")):
            return
        state.slot = "modifier"
    if word == "and":
        state.clause += 1
    asks_again = (
        (isinstance(following, Mark) and following.kind in ("question_word", "lead_in", "question_attribute"))
        or (isinstance(following, Phrase) and following.count is None and (
            following.possessive or following.functions[:1] in (["count"], ["sum"], ["avg"], ["count_distinct"])
        ))
    )  # fmt: skip
    if asks_again and state.slot == "modifier":
        state.slot = "target"
        del state.stack[1:]


_BETWEEN_NAMES = frozenset({"conjunction", "filler", "lead_in", "determiner", "pronoun", "quantifier"})


def _only_names_follow(state: State) -> bool:
    """Whether all that is left names columns to show, or wishes politely: "..., name and city please"."""
    at, found = 1, False
    while (unit := state.ahead(at)) is not None:
        if isinstance(unit, Phrase):
            if not _names_a_column(state, unit) and not (unit.head is None and unit.functions == ["count"]):
                return False
            found = True
        elif not (isinstance(unit, Mark) and unit.kind in _BETWEEN_NAMES):
            return False
        at += 1
    return found


def _names_a_column(state: State, phrase: Phrase) -> bool:
    head = phrase.head
    if head is None or phrase.named or phrase.values or phrase.count or phrase.rank or phrase.functions:
        return False
    return not state.senses.is_thing(head) and not state.senses.is_flag(head)


def read_relative(state: State, mark: Mark) -> None:
    """`that`, `whose`: a clause of its own begins."""
    if state.begun:
        state.slot = "modifier"
    state.role = ""
    state.clause += 1


def read_preposition(state: State, mark: Mark) -> None:
    """`in`, `with`, `from`: what follows restricts, in that role."""
    if mark.value in _OPENS_MODIFIER and (state.begun or state.frame.distribution or state.implied_root):
        state.slot = "modifier"
    state.role = mark.value


def read_auxiliary(state: State, mark: Mark) -> None:
    """`are`, `have`: what is asked has been named, the rest restricts it."""
    if state.begun:
        state.slot = "modifier"
