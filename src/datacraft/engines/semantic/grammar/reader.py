"""From the spans of a question to a `Frame`: a left-to-right reader with one place of look-ahead or a few.

The reader is always in one slot: what is asked for (`target`), what restricts it (`modifier`), what it is
grouped by (`group`) or sorted by (`order`). Each span is offered to the readers in turn; whatever none of
them takes is kept as unread, and a question with unread content words is not answered.
"""

from __future__ import annotations

from datacraft.engines.semantic import conditions, measures
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Frame,
)
from datacraft.engines.semantic.grammar import (
    comparisons,
    figures,
    groups,
    nouns,
    openers,
    people,
    ranks,
    ratios,
    sorting,
    times,
    values,
    verbs,
)
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import Lexicon
from datacraft.engines.semantic.vocabulary import Vocabulary


def parse(items: list[Item], vocabulary: Vocabulary, lexicon: Lexicon) -> Frame:
    """Read every span once; the frame tells what was asked and which spans were left unread."""
    cursor = Cursor(items, vocabulary, lexicon)
    cursor.read_one = lambda: read_one(cursor)
    while cursor.item is not None:
        read_one(cursor)
    cursor.frame.dangling = cursor.negated and cursor.frame.denied_verb is None
    _average_of_counts(cursor.frame)
    _give_number_to_rank(cursor.frame)
    _give_owner(cursor.frame)
    return cursor.frame


def _average_of_counts(frame: Frame) -> None:
    """`on average, how many lines are there on an order`: one count for each order, then their average."""
    averages = [
        a
        for a in frame.asked
        if a.measure is not None and a.measure.functions == ["avg"] and a.measure.noun is None
    ]
    counts = [
        a
        for a in frame.asked
        if a.measure is not None and a.measure.functions == ["count"] and a.measure.noun is not None
    ]
    if len(averages) != 1 or len(counts) != 1 or averages[0].measure is None or counts[0].measure is None:
        return
    phrase = next((p for p in frame.phrases if p.thing is not None), None)
    per = phrase.thing if phrase is not None else frame.root.thing
    if per is None or per is counts[0].measure.noun:
        return
    frame.asked.remove(averages[0])
    counts[0].measure.functions = ["avg", "count"]
    counts[0].measure.per = per
    frame.conditions = [c for c in frame.conditions if c.phrase is not phrase or phrase is None]
    frame.phrases = [p for p in frame.phrases if p is not phrase]


def _give_owner(frame: Frame) -> None:
    """`titles of the three longest films`: said of the root, wherever in the phrase it stood."""
    for asked in frame.asked:
        noun = asked.noun
        if noun is None or noun.owner is not None or frame.root.thing is None or noun is frame.root.thing:
            continue
        following = next((item for item in frame.items if item.start == noun.item.end), None)
        if following is not None and following.operator(K.PREPOSITION) == "of":
            noun.owner = frame.root.thing


def _give_number_to_rank(frame: Frame) -> None:
    """`which three customers ... the most profit`: the number before the thing cuts the ranking."""
    if frame.rank is None or frame.rank.limit is not None:
        return
    for item in frame.soft_unread:
        if item.number is not None and not item.number.unit and not item.used:
            frame.rank.limit = int(item.number.value)
            item.used = True
            return


_SOFT = frozenset(
    [
        "money",
        "down",
        "out",
        "up",
        "off",
        "away",
        "everywhere",
        "anything",
        "everything",
        "something",
        "strongly",
        "us",
        "here",
        "total",
        "overall",
        "altogether",
        "new",
        "exact",
        "full",
        "complete",
        "whole",
        "entire",
        "typically",
        "currently",
        "still",
        "now",
        "also",
        "too",
    ]
)


_WHOLES = frozenset(
    [
        "hospital",
        "company",
        "fleet",
        "bank",
        "school",
        "university",
        "organisation",
        "organization",
        "firm",
        "business",
        "shop",
        "store",
        "chain",
        "network",
        "system",
        "database",
        "dataset",
        "portfolio",
        "catalogue",
        "catalog",
        "inventory",
        "institution",
        "enterprise",
        "data",
        "table",
        "file",
        "list",
    ]
)


def _leave_unread(cursor: Cursor) -> None:
    item = cursor.items[cursor.i]
    cursor.i += 1
    if (item.words[0] in _SOFT and len(item.words) == 1) or item.operator(K.PRONOUN):
        return
    before = cursor.items[cursor.i - 2] if cursor.i > 1 else None
    if (
        item.words[-1] in _WHOLES
        and before is not None
        and before.words[-1] in ("the", "our", "this", "your", "in")
    ):
        return  # "in the hospital": everything there is
    if item.number is not None and not item.nouns and not item.values:
        cursor.frame.soft_unread.append(item)  # a superlative may still claim it: "5 least sold ..."
    elif not item.operators or item.nouns or item.values:
        cursor.frame.unread.append(item)


def read_one(cursor: Cursor) -> None:
    """Offer the next span to every reader; keep it as unread where none takes it."""
    before = cursor.i
    _step(cursor)
    if cursor.i == before:
        _leave_unread(cursor)


def _step(cursor: Cursor) -> None:
    for reader in (
        openers.read_why_not,
        times.read_unit_of_time,
        comparisons.read_more_than,
        values.read_capital_value,
        ranks.read_ordinal,
        times.read_date_difference,
        times.read_once,
        openers.read_lead,
        openers.read_question_word,
        sorting.read_order,
        figures.read_compare,
        ratios.read_ratio,
        measures.read_share,
        figures.read_correlation,
        sorting.read_distribution,
        figures.read_window_phrase,
        comparisons.read_average_comparison,
        ranks.read_superlative_phrase,
        ranks.read_limit_phrase,
        times.read_period,
        groups.read_group,
        times.read_grain_phrase,
        values.read_named_value,
        comparisons.read_null_phrase,
        figures.read_measure_phrase,
        comparisons.read_count_comparison,
        comparisons.read_text_phrase,
        people.read_nobody,
        conditions.read_negation,
        nouns.read_noun_phrase,
        values.read_value_phrase,
        comparisons.read_comparative,
        verbs.read_undone,
        verbs.read_verb,
        openers.read_small_word,
    ):
        if reader(cursor):
            return
