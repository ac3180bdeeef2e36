"""What a study came to, as its report."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

import numpy as np

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.release import QuestionSetRef
from datacraft.contracts.search_space import SearchSpace
from datacraft.contracts.tuning import Trial, TrialEnd, TuningBudget, TuningMethod, TuningReport
from datacraft.evaluation.measuring.arrays import arrays_of
from datacraft.evaluation.measuring.results import performance_estimate
from datacraft.evaluation.statistics import paired_difference
from datacraft.evaluation.tuning.calls import Calls
from datacraft.evaluation.tuning.importance import importance_of
from datacraft.evaluation.tuning.proposing import Outcome
from datacraft.evaluation.tuning.racing import Standing
from datacraft.evaluation.tuning.space import Settings


@dataclass
class Tried:
    """A trial while the study runs.

    Attributes:
        settings: that were proposed.
        cohort: that they raced in first.
        config: that they make; None where none is possible.
        refusal: why not.
        standing: where it came to.
        beaten_by: who it is surely worse than.
    """

    settings: Settings
    cohort: int
    config: ModelConfig | None
    refusal: str = ""
    standing: Standing | None = None
    beaten_by: Tried | None = None

    @property
    def cases(self) -> int:
        """That it was asked."""
        return self.standing.cases if self.standing else 0

    @property
    def mean(self) -> float:
        """Score on those."""
        return self.standing.mean if self.standing and self.cases else -math.inf

    def outcome(self, settings: Settings) -> Outcome:
        """Return what these settings, which make the same config, came to."""
        finished = self.standing is not None and self.standing.end == "finished"
        return Outcome(settings, self.cases, self.mean, finished)


class StudyFacts(TypedDict):
    """What a report says of the study itself."""

    method: TuningMethod
    seed: int
    space: SearchSpace
    base: ModelConfig
    budget: TuningBudget
    alpha: float
    question_set: QuestionSetRef
    repeats: int
    created_at: dt.datetime


def report_of(tried: Sequence[Tried], best: Tried, calls: Calls, **facts: Unpack[StudyFacts]) -> TuningReport:
    """Return the report; the first of the trials is the base.

    Args:
        tried: every trial.
        best: the one that was ahead at the end.
        calls: that were made.
        facts: of the study itself.
    """
    trials = [_trial(number, one, best, calls, facts["alpha"]) for number, one in enumerate(tried)]
    assert best.config is not None
    return TuningReport(
        **facts,
        identity=calls.identity,
        split="tune",
        weights=calls.weights,
        cases=len(calls.cases),
        calls=len(calls.records),
        calls_of_all=calls.of_all([one.config for one in tried if one.config is not None]),
        cost_usd=calls.cost_usd,
        complete=calls.stopped is None,
        stopped=calls.stopped,
        best=best.config.config_id,
        best_config=best.config,
        gain=_gain(best, tried[0], calls),
        importance=_importance(facts["space"], tried, calls),
        trials=trials,
    )


def _trial(number: int, one: Tried, best: Tried, calls: Calls, alpha: float) -> Trial:
    config_id = one.config.config_id if one.config else None
    end: TrialEnd = one.standing.end if one.standing else "invalid"
    asked = calls.cases[: one.cases]
    known = {case.id for case in asked}
    records = [record for record in calls.of(config_id) if record.case in known] if config_id else []
    score = None
    if config_id and records:
        rng = np.random.default_rng(int(hashlib.sha256(config_id.encode()).hexdigest()[:16], 16))
        score = performance_estimate(arrays_of(asked, records), calls.weights, rng, len(asked))
    return Trial(
        number=number,
        config_id=config_id,
        name=one.config.title if one.config else "",
        settings=dict(one.settings),
        cohort=one.cohort,
        cases=one.cases,
        calls=len(records),
        score=score,
        projected=_projected(one, best, calls),
        end=end,
        reason=_reason(one, end, alpha),
        beaten_by=one.beaten_by.config.config_id if one.beaten_by and one.beaten_by.config else None,
    )


def _projected(one: Tried, best: Tried, calls: Calls) -> float | None:
    if one.config is None or best.config is None or not one.cases:
        return None
    shared = min(one.cases, best.cases)
    theirs = calls.values(best.config.config_id, best.cases)
    distance = calls.values(one.config.config_id, shared).mean() - theirs[:shared].mean()
    return float(min(100.0, max(0.0, theirs.mean() + distance)))


def _reason(one: Tried, end: TrialEnd, alpha: float) -> str:
    if end == "finished":
        return f"All {one.cases} cases were asked."
    if end == "surely_worse" and one.beaten_by and one.beaten_by.config:
        return (
            f"After {one.cases} cases it was surely worse than {one.beaten_by.config.title}; the chance of "
            f"stopping the truly best config so is at most {alpha:.0%} in the whole study."
        )
    if end == "outranked":
        return f"After {one.cases} cases it was behind, and the budget was for fewer configs."
    if end == "budget":
        return f"The budget ended after {one.cases} cases."
    return one.refusal


def _gain(best: Tried, base: Tried, calls: Calls) -> Estimate:
    assert best.config is not None
    assert base.config is not None
    count = min(best.cases, base.cases)
    if best is base or count == 0:
        return Estimate(value=0.0, low=0.0, high=0.0, n=count)
    gaps = calls.values(best.config.config_id, count) - calls.values(base.config.config_id, count)
    return paired_difference(gaps, calls.worth.spread)


def _importance(space: SearchSpace, tried: Sequence[Tried], calls: Calls) -> dict[str, float]:
    raced = [one for one in tried if one.cases]
    shared = min((one.cases for one in raced), default=0)
    means = [calls.values(one.config.config_id, shared).mean() for one in raced if one.config is not None]
    return importance_of(space, [one.settings for one in raced], np.array(means))
