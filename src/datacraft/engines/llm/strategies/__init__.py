"""Strategies: how a language model is brought to an answer. Each is a small class, chosen in the model config.

`writing` asks for SQL or for a plan; `repair` sends back what would not do; `vote` compares several samples;
`cascade` lets the built-in engine answer what it is sure of. `build` makes them from a config.
"""

from __future__ import annotations

from typing import Protocol

from datacraft.engines.llm.asking import Asking, Correction, Drafted

__all__ = ["Strategy"]


class Strategy(Protocol):
    """A way to an answer. Used from one event loop."""

    async def answer(
        self, asking: Asking, corrections: tuple[Correction, ...] = (), sample: int = 0
    ) -> Drafted:
        """Return what the question is answered with.

        Args:
            asking: the question.
            corrections: drafts of before, with what was wrong with them.
            sample: tells samples apart that are made independently.

        Raises:
            NotAnswered: the question should not be answered as it stands.
            ModelError: the model can't be used.
        """
        ...
