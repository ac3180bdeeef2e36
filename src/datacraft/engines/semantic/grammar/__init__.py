"""The grammar: one module for each kind of phrase, and the reader that offers every span to them in turn."""

from datacraft.engines.semantic.grammar.reader import parse

__all__ = ["parse"]
