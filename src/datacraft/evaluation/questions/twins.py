"""Cases that ask the same: in the same words, or nearly so with the same gold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from datacraft.contracts.question_set import Case

_ALIKE = 90.0
"""Token-sort ratio (0 to 100) from which two questions are near duplicates, where their golds agree."""


@dataclass(frozen=True, slots=True)
class Twin:
    """Two cases that ask the same; `identical`: in the same words."""

    first: Case
    second: Case
    identical: bool


def twins(cases: Sequence[Case]) -> Iterator[Twin]:
    """Yield pairs of cases that ask the same, in the order of the set; declared paraphrases are none."""
    from rapidfuzz import fuzz

    texts = [re.sub(r"\W+", " ", case.question).strip().casefold() for case in cases]
    golds = [frozenset(_squeezed(sql) for sql in case.gold) for case in cases]
    for first, second in combinations(range(len(cases)), 2):
        if cases[first].paraphrase_of == cases[second].id or cases[second].paraphrase_of == cases[first].id:
            continue
        if texts[first] == texts[second]:
            yield Twin(cases[first], cases[second], identical=True)
        elif golds[first] & golds[second] and fuzz.token_sort_ratio(texts[first], texts[second]) >= _ALIKE:
            yield Twin(cases[first], cases[second], identical=False)


def _squeezed(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip().casefold()
