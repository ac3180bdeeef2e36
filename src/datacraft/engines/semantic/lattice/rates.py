"""Rates: "cancellation rate", "no-show rate", "cash share": how many of all are so.

What the rate is of stands before the word: a value, a state, or an act whose outcome the data holds as a value,
as a yes or no, or as a date that may be missing. A rate that the data has a column for is left to its name.
"""

from __future__ import annotations

from dataclasses import replace

from datacraft.contracts.semantic import Role
from datacraft.engines.semantic.lattice.items import Item
from datacraft.engines.semantic.lexicon import Lexicon, lemma
from datacraft.engines.semantic.vocabulary import ColumnId, SchemaHit, Vocabulary, words_of

_RATES = frozenset({"rate", "rates"})
_SHARES = frozenset({"share", "shares", "percentage", "percentages", "proportion", "quota", "ratio"})
_SURE = 0.85


def join_rates(items: list[Item], vocabulary: Vocabulary, lexicon: Lexicon) -> list[Item]:
    """Return the spans, with what a rate is of and the word "rate" as one span."""
    made: list[Item] = []
    for item in items:
        before = made[-1] if made else None
        part = _part_of_rate(before, item, vocabulary, lexicon) if before is not None else None
        if before is None or part is None:
            made.append(item)
            continue
        text = f"{before.text} {item.text}"
        made[-1] = Item(before.start, item.end, text, (*before.words, *item.words), part=part)
    return made


def _part_of_rate(before: Item, item: Item, vocabulary: Vocabulary, lexicon: Lexicon) -> Item | None:
    """Return what a rate is of, with the reading that makes it a part of all; None where it is no such rate."""
    rate, share = bool(_RATES & set(item.words)), bool(_SHARES & set(item.words))
    if len(item.words) > 1 or not (rate or share) or before.end != item.start or before.quoted:
        return None
    if _has_a_column(before, item, vocabulary):
        return None
    sure = before.values and before.values[0].score >= _SURE
    if sure and not (before.nouns and before.nouns[0].score > before.values[0].score):
        return replace(before, nouns=())
    stated = tuple(hit for hit in before.nouns if hit.score >= 0.6 and _is_state(hit, vocabulary))
    if stated:
        return replace(before, nouns=stated, values=())
    if not rate or len(before.words) > 1:
        return None
    if before.acts:
        return replace(before, nouns=(), values=before.acts)
    outcomes = _outcomes(before.words[0], vocabulary, lexicon)
    return replace(before, nouns=outcomes, values=()) if outcomes else None


def _has_a_column(before: Item, item: Item, vocabulary: Vocabulary) -> bool:
    """`interest rate`: a column whose name holds both words."""
    said = {lemma(before.words[-1]), lemma(item.words[-1])}
    hits = vocabulary.lookup((lemma(before.words[-1]), lemma(item.words[-1])))
    columns = [t for t in (vocabulary.targets[h.target] for h in item.nouns) if isinstance(t, ColumnId)]
    return any(hit.score >= 0.8 for hit in hits) or any(said <= set(words_of(c.column)) for c in columns)


def _is_state(hit: SchemaHit, vocabulary: Vocabulary) -> bool:
    target = vocabulary.targets[hit.target]
    return hit.kind == "filter" or (
        isinstance(target, ColumnId) and vocabulary.columns[target].role is Role.FLAG
    )


def _outcomes(word: str, vocabulary: Vocabulary, lexicon: Lexicon) -> tuple[SchemaHit, ...]:
    """`attendance`: a yes or no that is named after the act (`attended`), else its date where it may be missing."""
    family = {lemma(kin) for kin in lexicon.kin(word)} | set(lexicon.kin(word))
    flags: list[SchemaHit] = []
    dates: list[SchemaHit] = []
    for index, target in enumerate(vocabulary.targets):
        if not isinstance(target, ColumnId) or not family & set(words_of(target.column)):
            continue
        column = vocabulary.columns[target]
        if column.role is Role.FLAG:
            flags.append(SchemaHit("column", index, 0.9))
        elif column.role is Role.TIME and column.null_fraction:
            dates.append(SchemaHit("column", index, 0.9))
    return tuple(flags or dates)
