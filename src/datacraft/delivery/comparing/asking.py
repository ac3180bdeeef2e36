"""Asking the models of releases again, on the questions and the data of today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from datacraft.config import Settings
from datacraft.contracts.errors import ReleaseInvalid
from datacraft.contracts.question_set import QuestionSet
from datacraft.delivery.comparing.sides import AskAgain, NotComparable, Side
from datacraft.delivery.evidence import ReleaseEvidence
from datacraft.engines.configs import config_of_release
from datacraft.evaluation.bias import BiasDetector, required_probes
from datacraft.evaluation.configured import candidate_of
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.evaluator import ModelEvaluator, Progress, RunOptions
from datacraft.evaluation.provenance import code_digest
from datacraft.serving.answerers import model_access


def asks_again(
    settings: Settings,
    data: LoadedData,
    question_set: QuestionSet,
    folder: Path,
    *,
    options: RunOptions,
    progress: Callable[[Progress], None] = lambda _: None,
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> AskAgain:
    """Return what asks the model of a release; calls are kept in the folder, so that what was stopped goes on.

    Args:
        settings: that hold.
        data: that is asked about.
        question_set: whose part of `options` is asked.
        folder: of the calls.
        options: of the runs.
        progress: told of each call.
        clock: returns the present in UTC.
    """

    def ask(release: ReleaseEvidence) -> Side:
        if release.metadata is None:
            raise ReleaseInvalid(
                f"The model config of {release.release_id} can't be read.", hint="Publish it again."
            )
        candidate = candidate_of(config_of_release(release.metadata), model_access(settings))
        place = folder / f"{question_set.digest()}-{data.content}-{code_digest()}"
        evaluator = ModelEvaluator(data, question_set, place / "cases", progress=progress, clock=clock)
        calls, stopped = evaluator.ask([candidate], options)
        probes = required_probes(data)
        prober = ModelEvaluator(data, probes.questions, place / "bias", progress=progress, clock=clock)
        answers, probing_stopped = prober.ask([candidate], _all_of(options))
        if stopped or probing_stopped:
            raise NotComparable(
                f"{candidate.name} was not asked everything: {stopped or probing_stopped}.",
                hint="Run it again with a larger budget; what is finished is kept.",
            )
        bias = BiasDetector(probes, dialect=data.warehouse.dialect).detect(candidate.config_id, answers)
        return Side(
            candidate.config_id, evaluator.identity, question_set.of(options.split), tuple(calls), bias
        )

    return ask


def _all_of(options: RunOptions) -> RunOptions:
    """Return the options for probes, all of which are asked: they have no parts of their own."""
    return RunOptions(
        split=None,
        repeats=options.repeats,
        concurrency=options.concurrency,
        max_cost_usd=options.max_cost_usd,
    )
