"""Which column a gradable adjective measures: of "long" the length."""

from __future__ import annotations

from datacraft.engines.semantic.lexicon import AdjectiveSense
from datacraft.engines.semantic.scope import Context, is_date, is_number
from datacraft.engines.semantic.vocabulary import ColumnId, words_of

_DATE_WORDS = frozenset(
    {
        "date",
        "year",
        "time",
        "age",
        "birth",
        "birthday",
        "day",
        "founding",
        "release",
        "start",
        "opened",
        "opening",
        "founded",
        "established",
        "built",
        "construction",
    }
)


def adjective_column(
    context: Context, adjective: AdjectiveSense, tables: list[str]
) -> tuple[ColumnId, bool] | None:
    """Return (column, whether up) that an adjective measures on the first table that has one."""
    for table in tables:
        best: tuple[float, ColumnId, bool] | None = None
        for rank, (noun, way) in enumerate(adjective.attributes):
            for hit in context.vocabulary.lookup(tuple(noun.split())):
                target = context.vocabulary.targets[hit.target]
                if not isinstance(target, ColumnId) or target.table != table:
                    continue
                info = context.column(target)
                if not (is_number(info) or is_date(info) or info.time_part == "year"):
                    continue
                if is_date(info) and not set(words_of(noun)) & _DATE_WORDS:
                    continue
                score = hit.score - 0.02 * rank
                if hit.score >= 0.5 and (best is None or score > best[0]):
                    best = (score, target, way == "up")
        if best is not None:
            return best[1], best[2]
    return None
