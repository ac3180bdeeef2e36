"""Asking configs for comparison: every answer is turned into what its case adds to the score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.errors import InputError
from datacraft.contracts.estimate import Estimate
from datacraft.contracts.evaluation import RunIdentity
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.policy import PerformanceWeights
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.contracts.sensitivity import Level
from datacraft.evaluation.candidates import Candidate
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.evaluator import ModelEvaluator, Progress, RunOptions
from datacraft.evaluation.measuring.arrays import arrays_of
from datacraft.evaluation.measuring.results import performance_estimate
from datacraft.evaluation.statistics import paired_difference
from datacraft.evaluation.tuning.worth import CaseWorth

Floats = NDArray[np.float64]


class Asking:
    """Asks configs, each kind of question in a folder of its own, from which a stopped run goes on.

    Args:
        question_set: that the sets asked are named after.
        folder: of the checkpoints.
        candidate_of: makes a config answer.
        weights: of the performance score.
        concurrency: most calls at the same time.
        progress: called after every finished call.
    """

    def __init__(
        self,
        question_set: QuestionSet,
        folder: Path,
        candidate_of: Callable[[ModelConfig], Candidate],
        *,
        weights: PerformanceWeights,
        concurrency: int | None,
        progress: Callable[[Progress], None],
    ) -> None:
        self.records: dict[tuple[str, str, str], CallRecord] = {}
        self.identity: RunIdentity | None = None
        self._set = question_set
        self._folder = folder
        self._candidate_of = candidate_of
        self._weights = weights
        self._concurrency = concurrency
        self._progress = progress

    def ask(
        self,
        name: str,
        data: LoadedData,
        configs: Sequence[ModelConfig],
        cases: Sequence[Case],
        of: Sequence[Case],
    ) -> dict[str, list[CallRecord]]:
        """Return the answers by config id.

        Args:
            name: of the folder.
            data: that is asked about.
            configs: to ask.
            cases: that are asked.
            of: the set that they are from, so that others of it can join later.
        """
        questions = self._set.model_copy(update={"cases": tuple(of)})
        evaluator = ModelEvaluator(data, questions, self._folder / name, progress=self._progress)
        self.identity = self.identity or evaluator.identity
        wanted = frozenset(case.id for case in cases)
        records, _ = evaluator.ask(
            [self._candidate_of(config) for config in configs],
            RunOptions(split=None, cases=wanted, concurrency=self._concurrency),
        )
        self.records.update(((name, one.candidate, one.case), one) for one in records)
        found: dict[str, list[CallRecord]] = {config.config_id: [] for config in configs}
        for record in records:
            found[record.candidate].append(record)
        return found

    def values(self, cases: Sequence[Case], records: Sequence[CallRecord]) -> Floats:
        """Return what each case added to the score on these cases."""
        return CaseWorth.of(cases, self._weights).values(arrays_of(cases, records), len(cases))

    def score(self, cases: Sequence[Case], records: Sequence[CallRecord]) -> Estimate:
        """Return the performance on these cases."""
        rng = np.random.default_rng(0)
        found = performance_estimate(arrays_of(cases, records), self._weights, rng, len(cases))
        if found is None:
            raise InputError("No call was made.", hint="Allow some.")
        return found

    def level(
        self,
        label: str,
        before: tuple[Sequence[Case], Sequence[CallRecord]],
        after: tuple[Sequence[Case], Sequence[CallRecord]],
        example: str | None = None,
    ) -> Level:
        """Return the score after a change, and how far it moved; case by case the same was asked before."""
        values = self.values(*after)
        spread = CaseWorth.of(after[0], self._weights).spread
        change = paired_difference(values - self.values(*before), spread)
        wrong = [one for one in after[1] if one.judgement.outcome == "answered" and not one.judgement.right]
        return Level(
            label=label,
            score=float(values.mean()),
            change=change,
            wrong_shown=len(wrong) / max(len(after[1]), 1),
            example=example,
        )
