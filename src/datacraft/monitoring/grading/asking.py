"""Asking production's own config the graded cases, on the data of today."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datacraft.config import Settings
from datacraft.contracts.errors import MetricsUnavailable
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.monitoring import GradedCase, Grading
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.contracts.release import ReleaseMetadata
from datacraft.engines.configs import config_of_release
from datacraft.evaluation.configured import candidate_of
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.evaluator import ModelEvaluator, RunOptions
from datacraft.serving.answerers import model_access

_FREE = ("builtin", "local")


@dataclass(frozen=True, slots=True)
class Costs:
    """What grading costs.

    Attributes:
        free: nobody charges for answers of the model.
        usd: as much as the same cases cost when the release was evaluated.
    """

    free: bool
    usd: float


def costs_of(metadata: ReleaseMetadata, cases: Sequence[Case], evaluated: Mapping[str, CallRecord]) -> Costs:
    """Return what grading cases costs.

    Raises:
        ReleaseInvalid: the release's config can't be read.
    """
    usd = sum(evaluated[case.id].usage.cost_usd for case in cases if case.id in evaluated)
    return Costs(config_of_release(metadata).provider in _FREE, usd)


def grade(
    settings: Settings,
    data: LoadedData,
    metadata: ReleaseMetadata,
    question_set: QuestionSet,
    cases: Sequence[Case],
    now: dt.datetime,
) -> Grading:
    """Ask the model of a release cases and judge its answers by their rows.

    It answers alone, as when it was evaluated: answers of its fallbacks are not its own.

    Args:
        settings: say how language models are reached.
        data: that is asked about.
        metadata: of the release.
        question_set: that the cases are of.
        cases: to ask.
        now: UTC, for the grading.

    Raises:
        DataCraftError: the model can't be asked, or a gold can't be run on these data.
    """
    candidate = candidate_of(config_of_release(metadata), model_access(settings))
    with tempfile.TemporaryDirectory(prefix="datacraft-graded-") as folder:
        evaluator = ModelEvaluator(data, question_set, Path(folder), clock=lambda: now)
        options = RunOptions(split=None, cases=frozenset(case.id for case in cases))
        calls, stopped = evaluator.ask([candidate], options)
    if stopped:
        raise MetricsUnavailable(f"The graded cases were not all asked: {stopped}.", hint="Run it again.")
    answered = {call.case: call for call in calls}
    return Grading(
        at=now,
        channel=settings.channel,
        release_id=metadata.release_id or "",
        question_set=f"{question_set.name} {question_set.version}",
        cost_usd=sum(call.usage.cost_usd for call in calls),
        cases=tuple(_graded(answered[case.id]) for case in cases),
    )


def _graded(call: CallRecord) -> GradedCase:
    judgement = call.judgement
    return GradedCase(
        case=call.case,
        right=judgement.right,
        outcome=judgement.outcome,
        confidence=call.confidence,
        mistake=judgement.mistakes[0].kind if judgement.mistakes else None,
    )
