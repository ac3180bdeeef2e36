"""Rates: how many of all things are so, asked for, ranked by, or compared."""

from __future__ import annotations

from datacraft.engines.semantic.frame import Condition, Measure, Noun, OrderSpec
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.reading.comparing import condition_after, rank_of, set_rank
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Phrase
from datacraft.engines.semantic.vocabulary import ColumnId


def read_rate(state: State, phrase: Phrase) -> None:
    """`cancellation rate by channel`, `the highest no-show rate`, `with a return rate above 10 %`."""
    assert phrase.rate is not None and phrase.rate.part is not None
    frame = state.frame
    measure = _measure(state, phrase.rate.part)
    state.modifiers(phrase)
    if phrase.rank is not None:
        rank = rank_of(state, phrase.rank)
        rank.measure, rank.adjective, rank.count_of_rows = measure, None, False
        if not state.begun and frame.question_word not in ("person", "place", "time", "thing"):
            rank.measure = None  # "the highest no-show rate by trainer": of the rates that are shown
            state.ask(measure)
        set_rank(state, rank)
    elif state.slot in ("group", "order"):
        if frame.rank is not None and frame.rank.measure is None:
            frame.rank.measure = measure
        elif frame.orders and frame.orders[-1].noun is None and frame.orders[-1].measure is None:
            frame.orders[-1].measure = measure
        else:
            frame.orders.append(OrderSpec(descending=True, measure=measure))
    elif condition_after(state, phrase, None, measure):
        return
    elif frame.rank is not None and frame.rank.measure is None and frame.rank.adjective is None:
        frame.rank.measure = measure
    else:
        state.ask(measure)
    state.slot = "modifier"


def _measure(state: State, part: Item) -> Measure:
    """Return the number of things that are so over the number of all."""
    senses = state.senses
    if part.values:
        holders = senses.holders(part)
        condition = Condition("value", values=[senses.value(part)])
    else:
        said = senses.noun(part)
        kind = _kind(state, said)
        condition = Condition(kind, noun=said, negated=part.flag_negated or kind == "null")
        holders = senses.tables_of(part)
    whole = Measure(["count"], holders)
    return Measure(["count"], holders, operator="ratio", denominator=whole, conditions=[condition], rate=True)


def _kind(state: State, said: Noun) -> str:
    if said.item.nouns[0].kind == "filter":
        return "named"
    target = said.candidates[0][0]
    flag = isinstance(target, ColumnId) and state.senses.is_flag(said.item)
    return "flag" if flag else "null"
