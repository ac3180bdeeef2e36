"""Evidence for every span of a question, and the best way to cut the question into spans.

A span may be read as names of the data, as values in it, as closed-class words, as a number, a period, a
gradable adjective or a verb; all readings of a span are kept, and the parser picks by context.
"""

from datacraft.engines.semantic.lattice.items import Item, NumberSense, ValueSense
from datacraft.engines.semantic.lattice.lattice import Lattice
from datacraft.engines.semantic.lattice.numbers import read_number
from datacraft.engines.semantic.lattice.values import Values

__all__ = ["Item", "Lattice", "NumberSense", "ValueSense", "Values", "read_number"]
