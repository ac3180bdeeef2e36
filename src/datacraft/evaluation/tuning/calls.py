"""The calls of a study: made by the evaluator, counted against the budget, turned into what cases add."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.evaluation import RunIdentity
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.policy import PerformanceWeights
from datacraft.contracts.question_set import Case
from datacraft.contracts.tuning import TuningBudget
from datacraft.evaluation.candidates import Candidate
from datacraft.evaluation.evaluator import ModelEvaluator, RunOptions
from datacraft.evaluation.measuring.arrays import arrays_of
from datacraft.evaluation.running.checkpoint import CallKey, key_of
from datacraft.evaluation.tuning.worth import CaseWorth

Floats = NDArray[np.float64]


class Calls:
    """Asks configs cases, within a budget. What was asked by an earlier start counts, and is not asked again.

    Args:
        evaluator: holds the cases in this order.
        cases: all of them.
        candidate_of: makes a config answer.
        budget: of the study.
        weights: of the performance score.
        repeats: asks of each case, for configs that can answer differently.
        concurrency: most calls at the same time.
        seconds: returns seconds that never go back.
    """

    def __init__(
        self,
        evaluator: ModelEvaluator,
        cases: tuple[Case, ...],
        candidate_of: Callable[[ModelConfig], Candidate],
        budget: TuningBudget,
        *,
        weights: PerformanceWeights,
        repeats: int,
        concurrency: int | None,
        seconds: Callable[[], float],
    ) -> None:
        self.cases = cases
        self.weights = weights
        self.worth = CaseWorth.of(cases, weights)
        self.stopped: str | None = None
        self.records: dict[CallKey, CallRecord] = {}
        self._evaluator = evaluator
        self._candidate_of = candidate_of
        self._budget = budget
        self._repeats = repeats
        self._concurrency = concurrency
        self._seconds = seconds
        self._started = seconds()
        self._candidates: dict[str, Candidate] = {}

    @property
    def identity(self) -> RunIdentity:
        """What the results hold for."""
        return self._evaluator.identity

    @property
    def cost_usd(self) -> float:
        """Of all calls so far."""
        return math.fsum(record.usage.cost_usd for record in self.records.values())

    def of(self, config_id: str) -> list[CallRecord]:
        """Return the calls of a config."""
        return [record for record in self.records.values() if record.candidate == config_id]

    def enter(self, configs: Sequence[ModelConfig]) -> None:
        """Make candidates of configs that are to be asked, so that it is known what a case of them takes."""
        for config in configs:
            self._candidate(config)

    def spent(self) -> float:
        """Return how many cases were asked in all, of one config each."""
        return len(self.records) / self._asks_of_a_case()

    def affordable(self) -> float:
        """Return how many cases can still be asked in all; calls to come are reckoned like those so far."""
        return max(0.0, min(self._left().values(), default=math.inf)) / self._asks_of_a_case()

    def exhausted(self) -> str:
        """Return which limit of the budget ends the study, as a sentence without its point."""
        left = self._left()
        return min(left, key=lambda name: left[name])

    def of_all(self, configs: Sequence[ModelConfig]) -> int:
        """Return how many calls asking every config every case takes."""
        candidates = [self._candidate(config) for config in configs]
        return len(self.cases) * sum(self._repeats if one.varies else 1 for one in candidates)

    def _left(self) -> dict[str, float]:
        """Return how many calls each limit still allows."""
        made, budget = len(self.records), self._budget
        left: dict[str, float] = {}
        if budget.max_calls is not None:
            left[f"the {budget.max_calls:,} calls that are allowed don't take it further"] = (
                budget.max_calls - made
            )
        if budget.max_cost_usd is not None and self.cost_usd > 0:
            money = (budget.max_cost_usd - self.cost_usd) / (self.cost_usd / made)
            left[f"the ${budget.max_cost_usd:g} that are allowed don't take it further"] = money
        if budget.max_seconds is not None and made:
            passed = self._seconds() - self._started
            left[f"the {budget.max_seconds:,.0f} seconds are over"] = (budget.max_seconds - passed) / max(
                passed / made, 1e-9
            )
        return left

    def _asks_of_a_case(self) -> int:
        return self._repeats if any(one.varies for one in self._candidates.values()) else 1

    def ask(self, configs: Sequence[ModelConfig], count: int) -> Floats:
        """Return configs x cases: what each of the first cases adds; fewer cases where the budget ended."""
        candidates = [self._candidate(config) for config in configs]
        asked = self.cases[:count]
        records, stopped = self._evaluator.ask(
            candidates,
            RunOptions(
                split=None,
                cases=frozenset(case.id for case in asked),
                repeats=self._repeats,
                concurrency=self._concurrency,
                max_cost_usd=self._budget.max_cost_usd,
                max_seconds=self._left_s(),
            ),
        )
        self.records.update((key_of(record), record) for record in records)
        self.stopped = stopped
        complete = self._complete(candidates, asked)
        return np.stack([self.values(candidate.config_id, complete) for candidate in candidates])

    def values(self, config_id: str, count: int) -> Floats:
        """Return what each of the first cases added to a config's score."""
        return self.worth.values(arrays_of(self.cases, self.of(config_id)), count)

    def _candidate(self, config: ModelConfig) -> Candidate:
        if config.config_id not in self._candidates:
            made = self._candidate_of(config)
            if made.config_id != config.config_id:
                raise ValueError(f"the candidate of {config.config_id} calls itself {made.config_id}")
            self._candidates[config.config_id] = made
        return self._candidates[config.config_id]

    def _left_s(self) -> float | None:
        if self._budget.max_seconds is None:
            return None
        return max(0.0, self._budget.max_seconds - (self._seconds() - self._started))

    def _complete(self, candidates: Sequence[Candidate], asked: Sequence[Case]) -> int:
        """Return how many of the first cases all of the candidates were asked as often as planned."""
        for place, case in enumerate(asked):
            for one in candidates:
                for repeat in range(self._repeats if one.varies else 1):
                    if (one.config_id, case.id, repeat) not in self.records:
                        return place
        return len(asked)
