"""Which words name which part of the data: tables, columns, entities, durations, named measures and filters."""

from datacraft.engines.semantic.vocabulary.targets import (
    ColumnId,
    Duration,
    SchemaHit,
    Target,
    Thing,
    counts_already,
    words_of,
)
from datacraft.engines.semantic.vocabulary.vocabulary import Vocabulary

__all__ = ["ColumnId", "Duration", "SchemaHit", "Target", "Thing", "Vocabulary", "counts_already", "words_of"]
