"""Give every unit of a question its part: the frame that comes out says what is asked, restricted, grouped, ranked."""

from __future__ import annotations

from collections.abc import Callable

from datacraft.engines.semantic.frame import Asked, Frame, Measure
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import Lexicon
from datacraft.engines.semantic.reading import figures
from datacraft.engines.semantic.reading.asking import (
    read_lead_in,
    read_question_attribute,
    read_question_word,
)
from datacraft.engines.semantic.reading.chunks import Chunker
from datacraft.engines.semantic.reading.comparing import compared_to, read_compared, read_rank
from datacraft.engines.semantic.reading.joining import (
    read_auxiliary,
    read_conjunction,
    read_preposition,
    read_relative,
)
from datacraft.engines.semantic.reading.linking import read_group, read_negation, read_verb
from datacraft.engines.semantic.reading.placing import place
from datacraft.engines.semantic.reading.quantifying import (
    read_aggregation,
    read_distinct,
    read_null_check,
    read_pronoun,
    read_quantifier,
    read_symbol,
    read_text_alone,
    read_unknown,
)
from datacraft.engines.semantic.reading.ratios import read_compare, read_correlation, read_ratio
from datacraft.engines.semantic.reading.senses import Senses
from datacraft.engines.semantic.reading.sorting import read_chart, read_distribution, read_order, read_trend
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.times import read_duration, read_period, read_unit
from datacraft.engines.semantic.reading.together import average_of_counts, count_each, share_noun
from datacraft.engines.semantic.reading.units import Compared, ComparedTo, Mark, Phrase, Ranked, Unit
from datacraft.engines.semantic.vocabulary import Vocabulary


def read(items: list[Item], vocabulary: Vocabulary, lexicon: Lexicon) -> Frame:
    """Read every span once; the frame tells what was asked, and which spans were left unread."""
    senses = Senses(vocabulary, lexicon)
    units = Chunker(items, senses, lexicon).run()
    for item in items:
        item.used = True
    state = State(units, items, senses)
    state.read_unit = lambda unit: _read_unit(state, unit)
    while state.k < len(units):
        state.read_unit(units[state.k])
        state.k += 1
    _finish(state)
    return state.frame


def _read_unit(state: State, unit: Unit) -> None:
    if isinstance(unit, Phrase):
        place(state, unit)
        state.role = ""
    elif isinstance(unit, Compared):
        read_compared(state, unit)
    elif isinstance(unit, ComparedTo):
        if state.slot == "target" and state.begun:
            state.slot = "modifier"
        compared_to(state, unit, None, None)
    elif isinstance(unit, Ranked):
        read_rank(state, unit)
    else:
        _MARKS.get(unit.kind, _ignored)(state, unit)


def _finish(state: State) -> None:
    frame = state.frame
    _set_side_by_side(state)
    frame.dangling = state.negated and frame.denied_verb is None
    if state.share is not None:
        last = state.last_asked
        if last is not None and last.measure is not None:
            last.measure.share = True
        elif frame.root.thing is not None:
            frame.asked = [a for a in frame.asked if a.noun is not frame.root.thing]
            frame.asked.append(Asked(measure=Measure(["count"], frame.root.thing, share=True)))
        else:
            frame.asked.append(Asked(measure=Measure(share=True)))
    if state.window is not None:
        measure = next((a.measure for a in frame.asked if a.measure is not None), None)
        if measure is None:
            measure = Measure()
            frame.asked.append(Asked(measure=measure))
        figures.put_window(state, measure)
    if frame.rank is not None and frame.rank.limit is None:
        for item in frame.soft_unread:
            if item.number is not None:
                frame.rank.limit = int(item.number.value)
                frame.soft_unread.remove(item)
                break
    for item in frame.soft_unread:
        item.used = False
    for item in frame.unread:
        item.used = False
    average_of_counts(frame)
    count_each(frame)
    share_noun(frame)


def _ignored(state: State, mark: Mark) -> None:
    """A word that adds nothing."""


def _lost(state: State, mark: Mark) -> None:
    state.frame.lost.append(mark.item.text)


def _lost_ending(state: State, mark: Mark) -> None:
    if mark.value != "contains":
        state.frame.lost.append(mark.item.text)


def _contrast(state: State, mark: Mark) -> None:
    state.contrasts.append(mark.item)


def _set_side_by_side(state: State) -> None:
    """`is the rating higher in Lisbon or in Paris`, `who sold more, Ann or Bob`: the two are set side by side."""
    frame = state.frame
    either = any(c.kind == "value" and len(c.values) > 1 and not c.both for c in frame.conditions)
    if state.contrasts and either and not any("than" in item.words for item in frame.items):
        frame.compare = True
        frame.rank = None if frame.rank is not None and frame.rank.item in state.contrasts else frame.rank
        return
    for item in state.contrasts:
        if item.adjective is not None and not item.operators:
            frame.unread.append(item)
        else:
            frame.lost.append(item.text)


_MARKS: dict[str, Callable[[State, Mark], None]] = {
    "lead_in": read_lead_in, "question_word": read_question_word, "question_attribute": read_question_attribute, "order": read_order,
    "chart": read_chart, "distribution": read_distribution, "trend": read_trend, "share": figures.read_share, "ratio": read_ratio,
    "compare": read_compare, "correlation": read_correlation, "window": figures.read_window, "unit": read_unit,
    "duration": read_duration, "period": read_period, "group": read_group, "negation": read_negation, "verb": read_verb,
    "conjunction": read_conjunction, "relative": read_relative, "preposition": read_preposition, "auxiliary": read_auxiliary,
    "quantifier": read_quantifier, "pronoun": read_pronoun, "distinct": read_distinct, "aggregation": read_aggregation,
    "null_check": read_null_check, "text": read_text_alone, "symbol": read_symbol, "unknown": read_unknown, "comparison": _lost,
    "comparative_count": _contrast, "superlative_count": _lost, "comparison_suffix": _lost, "arithmetic": _lost,
    "limit": _lost, "time_comparison": _lost, "text_match": _lost_ending,
}  # fmt: skip
