"""Engines: each reads a question and proposes a plan or SQL for it.

`Engine` is all that the layers above know of them. The built-in one, which needs no model and no network, is in
`datacraft.engines.semantic`; language models are asked by `datacraft.engines.llm`, which is told of the data what
`datacraft.engines.linking` finds to matter; `datacraft.engines.configs` reads model configs. An engine runs nothing
itself: what it wants to try goes through the `Trial` that it is given, past the guard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from datacraft.contracts.answer import Cell
from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.proposal import Proposal, Turn
from datacraft.contracts.usage import Usage

__all__ = ["Draft", "Engine", "Notice", "Stage", "Trial", "Tried", "unheard"]

Draft = QueryPlan | str
"""A plan, or SQL."""

Stage = Literal["linking", "asking", "trying"]
Notice = Callable[[Stage], None]
"""Is told what an engine does next; may be called from another thread."""


@dataclass(frozen=True)
class Tried:
    """What came of a draft.

    Attributes:
        sql: as it was run, or would have been.
        columns: names of the result's.
        rows: of the result, up to the row limit.
        error: why there is no result; None where there is one.
    """

    sql: str | None
    columns: tuple[str, ...] = ()
    rows: Sequence[Sequence[Cell]] = ()
    error: DataCraftError | None = None


class Trial(Protocol):
    """Tries drafts of one question: past the guard, on the data, within limits. Safe to use from several threads.

    Attributes:
        usage: what the question has cost so far; engines that call models add to it, whatever comes of it.
    """

    usage: Usage

    def run(self, draft: Draft) -> Tried:
        """Run a draft; whatever is wrong with it is in the result's `error`. Equal drafts are run once."""
        ...


def unheard(stage: Stage) -> None:
    """Tell nobody."""


class Engine(Protocol):
    """Reads questions about one data set. Safe to call from several threads.

    Attributes:
        name: of the model.
        patient: proposing takes seconds, so that whoever waits wants to be told of the stages.
    """

    name: str
    patient: bool

    def propose(
        self, question: str, history: Sequence[Turn], trial: Trial | None = None, notice: Notice = unheard
    ) -> Proposal:
        """Return a reading of `question`.

        Args:
            question: in plain words; control characters are gone and it is not empty.
            history: the session's answered questions, oldest first; a follow-up changes the last one.
            trial: where drafts can be tried; an engine that needs one says so.
            notice: is told of the stages.

        Raises:
            AmbiguousQuestion: two or more readings have about equal support.
            NotUnderstood: some words can't be tied to the data.
            Refused: it is no question about this data.
            ModelError: a language model can't be used.
        """
        ...
