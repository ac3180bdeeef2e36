"""Where a question lacks its verb: a word that may be a noun or a verb is the verb there."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import OperatorKind as K
from datacraft.engines.semantic.reading.numbers import Numbers
from datacraft.engines.semantic.reading.ranks import Ranks
from datacraft.engines.semantic.reading.units import Mark, Phrase, Unit


def needs_verb(items: Sequence[Item], units: Sequence[Unit], numbers: Numbers, ranks: Ranks, i: int) -> bool:
    """`which department pays the most`: behind a subject that has no verb yet, and before what goes with one."""
    before, item, following = units[-1], items[i], items[i + 1] if i + 1 < len(items) else None
    if not isinstance(before, Phrase) or before.head is None or before.end != item.start or item.values:
        return False
    asks = before.functions[:1] == ["count"] or any(
        isinstance(unit, Mark) and unit.kind in ("question_word", "relative") for unit in units
    )
    if not asks or any(isinstance(unit, Mark) and unit.kind in ("verb", "auxiliary") for unit in units[-3:]):
        return False
    if any(
        later.operator(K.AUXILIARY) or (later.verb and not later.nouns and not later.operators)
        for later in items[i + 1 :]
    ):
        return False
    at = i + 1
    while following is not None and following.operator(K.DETERMINER) and not following.nouns:
        at += 1
        following = items[at] if at < len(items) else None
    return following is not None and bool(
        ranks.ranked(at) or numbers.compared(at) or (at > i + 1 and following.nouns)
    )
