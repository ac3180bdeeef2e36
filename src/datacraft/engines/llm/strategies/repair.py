"""`Repair`: a draft that was refused, failed or gave an absurd result goes back to the model with the reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from datacraft.contracts.errors import DataCraftError, QueryFailed
from datacraft.engines.llm.asking import Asking, Correction, Drafted
from datacraft.engines.llm.diagnosis import Diagnosis
from datacraft.engines.llm.strategies import Strategy


@dataclass(frozen=True)
class Repair:
    """Wraps a strategy.

    Attributes:
        of: makes the drafts.
        attempts: drafts after the first one, at most.
        diagnosis: says what is wrong with a draft.
    """

    of: Strategy
    attempts: int
    diagnosis: Diagnosis

    async def answer(
        self, asking: Asking, corrections: tuple[Correction, ...] = (), sample: int = 0
    ) -> Drafted:
        """Return the first draft that nothing is wrong with, else the last usable one; see `Strategy`.

        Raises:
            UnsafeQuery, QueryFailed, LimitExceeded: every draft was refused or failed.
        """
        tried: set[str] = set()
        usable: Drafted | None = None
        failure: DataCraftError | None = None
        for repairs in range(self.attempts + 1):
            drafted = replace(await self.of.answer(asking, corrections, sample), repairs=repairs)
            if drafted.refusal is not None:
                return drafted
            problem = self.diagnosis.problem(drafted, await asking.attempt(drafted))
            if problem is None:
                return drafted
            if problem.error is None:
                usable = replace(drafted, notes=(*drafted.notes, problem.note))
            failure = problem.error
            if str(drafted.body) in tried:  # the same mistake again would be made for ever
                break
            tried.add(str(drafted.body))
            corrections = (*corrections, Correction(drafted.said, problem.complaint))
        if usable is None:
            raise _failure(failure, repairs)
        return usable


def _failure(error: DataCraftError | None, repairs: int) -> DataCraftError:
    """Return why the last draft failed, with how many were tried."""
    if error is None:
        return QueryFailed("The query could not be run.")
    if repairs:
        error.message = f"{error.message} {repairs + 1} drafts of the model were tried."
    return error
