"""How a proposal was read, whether it is a plan or SQL: what its columns are, its outline, and what it says.

Charts, columns and sentences are made from a `Reading` alone, so that SQL that a model wrote is shown and told as a
plan is. `plan` reads plans; `sql_facts`, `sql_outline` and `sql_words` read SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from datacraft.serving.outline import Outline
from datacraft.serving.outputs import OutputFacts
from datacraft.warehouse.model import ResultColumnInfo

__all__ = ["Reading"]


class Reading(Protocol):
    """What a proposal computes."""

    @property
    def outline(self) -> Outline:
        """What it does with its rows."""
        ...

    def facts(self, columns: Sequence[ResultColumnInfo]) -> list[OutputFacts]:
        """Return what each column of the result is.

        Args:
            columns: of the result.
        """
        ...

    def describe(self) -> str:
        """Return what was computed, as one sentence."""
        ...

    def sentence(self, told: str) -> str:
        """Return what was computed and the headline of its rows.

        Args:
            told: the headline.
        """
        ...
