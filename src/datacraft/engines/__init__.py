"""Engines: each reads a question and proposes a plan for it; none of them runs anything.

`Engine` is all that the layers above know of them. The built-in one, which needs no model and no network,
is in `datacraft.engines.semantic`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from datacraft.contracts.proposal import Proposal, Turn

__all__ = ["Engine"]


class Engine(Protocol):
    """Reads questions about one data set. Safe to call from several threads."""

    name: str

    def propose(self, question: str, history: Sequence[Turn]) -> Proposal:
        """Return a reading of `question`.

        Args:
            question: in plain words; control characters are gone and it is not empty.
            history: the session's answered questions, oldest first; a follow-up changes the last plan.

        Raises:
            AmbiguousQuestion: two or more readings have about equal support.
            NotUnderstood: some words can't be tied to the data.
            Refused: it is no question about this data.
        """
        ...
