"""What single cases add to the performance score, so that configs can be compared case by case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.judgement import CallRecord, Judgement
from datacraft.contracts.policy import PerformanceWeights
from datacraft.contracts.question_set import Case
from datacraft.evaluation.measuring.arrays import CandidateArrays, arrays_of

Floats = NDArray[np.float64]

_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class CaseWorth:
    """Turns judged calls into what each case adds; the mean over all cases is the performance score.

    Attributes:
        parts: of the score, in the order of `each`.
        each: cases x parts: what a hit on a case adds.
    """

    parts: tuple[str, ...]
    each: Floats

    @classmethod
    def of(cls, cases: Sequence[Case], weights: PerformanceWeights) -> CaseWorth:
        """Return it for these cases under these weights."""
        parts = tuple(weights.shares())
        # What a case can show does not depend on what is answered, so that any answer tells.
        answers = [_any_answer(case) for case in cases]
        rates = arrays_of(cases, answers).rates
        chances = np.stack([rates[part].of for part in parts], axis=1)
        totals = chances.sum(axis=0)
        shares = np.array(list(weights.shares().values())) * (totals > 0)
        scale = 100 * len(cases) * shares / max(float(shares.sum()), 1e-12)
        return cls(parts, chances * np.divide(scale, totals, out=np.zeros_like(scale), where=totals > 0))

    @property
    def spread(self) -> float:
        """The largest difference that two configs can have on one case."""
        return float(self.each.sum(axis=1).max())

    def values(self, arrays: CandidateArrays, count: int) -> Floats:
        """Return what each of the first cases added."""
        hits = np.stack([arrays.rates[part].hits for part in self.parts], axis=1)[:count]
        of = np.stack([arrays.rates[part].of for part in self.parts], axis=1)[:count]
        rates = np.divide(hits, of, out=np.zeros_like(hits), where=of > 0)
        found: Floats = (rates * self.each[:count]).sum(axis=1)
        return found


def _any_answer(case: Case) -> CallRecord:
    judged = Judgement(outcome="answered", right=False)
    return CallRecord(candidate="", case=case.id, repeat=0, latency_ms=0, judgement=judged, at=_NEVER)
