"""The built-in engine: a question in plain English becomes a typed query plan, with no language model.

The path: `tokens` -> `lattice` (evidence for every span) -> `reading` (a `frame`: what is asked, restricted,
grouped, ranked) -> `resolve` (one meaning for every mention, by search) -> `planning` (the plan). What people's
words mean in general English lives in `lexicon`; what the data's names mean in `vocabulary`. Every content
word must be accounted for, or the question is not answered (after PRECISE, Popescu et al., IUI 2003).
"""

from datacraft.engines.semantic.engine import SemanticEngine

__all__ = ["SemanticEngine"]
