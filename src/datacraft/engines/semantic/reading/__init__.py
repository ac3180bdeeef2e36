"""From the spans of a question to its frame, in two steps.

`chunks` puts spans together that belong together wherever they stand: noun phrases with what modifies them, numbers
with what they are compared by, ranks, periods. `assemble` then gives every such unit its part in the question.
"""

from datacraft.engines.semantic.reading.assemble import read

__all__ = ["read"]
