"""How many cases a set has, by part and by slice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.contracts.question_set import SPLITS, Case, QuestionSet, Split


@dataclass(frozen=True, slots=True)
class SliceCount:
    """Cases of one slice, by part."""

    dimension: str
    value: str
    counts: dict[Split, int]

    @property
    def total(self) -> int:
        """Cases of all parts."""
        return sum(self.counts.values())


def slice_counts(question_set: QuestionSet) -> list[SliceCount]:
    """Return the counts of every slice, by dimension, the largest first; the first one is the whole set."""
    found: dict[tuple[str, str], list[Case]] = {}
    for case in question_set.cases:
        for dimension, values in case.slices().items():
            for value in values:
                found.setdefault((dimension, value), []).append(case)
    counted = [_count(dimension, value, cases) for (dimension, value), cases in found.items()]
    counted.sort(key=lambda item: (item.dimension, -item.total, item.value))
    return [_count("all", "", question_set.cases), *counted]


def _count(dimension: str, value: str, cases: Sequence[Case]) -> SliceCount:
    counts = Counter(case.split for case in cases)
    return SliceCount(dimension, value, {split: counts[split] for split in SPLITS})
