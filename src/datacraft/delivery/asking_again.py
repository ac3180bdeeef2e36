"""Asks the model of a release, and that of what serves, the same cases again, on the data of today."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from datacraft.config import Settings
from datacraft.contracts.errors import InputError, ReleaseInvalid
from datacraft.delivery.evidence import ReleaseEvidence, result_of
from datacraft.delivery.judging import AskAgain
from datacraft.delivery.sides import Side, measured_side, questions_of
from datacraft.engines.configs import config_of_release
from datacraft.evaluation.configured import candidate_of
from datacraft.evaluation.data import DataLoader
from datacraft.evaluation.evaluator import ModelEvaluator, Progress, RunOptions
from datacraft.registry import ObjectStore
from datacraft.serving.answerers import model_access


def ask_again(
    settings: Settings, store: ObjectStore, folder: Path, *, progress: Callable[[Progress], None]
) -> AskAgain:
    """Return what asks both again; calls are kept in the folder, so that a stopped comparison goes on.

    Args:
        settings: name the data, and say how language models are reached.
        store: of the registry.
        folder: for the calls.
        progress: told of each call.
    """

    def ask(candidate: ReleaseEvidence, production: ReleaseEvidence) -> tuple[Side, Side]:
        questions, access = questions_of(store, candidate.release_id), model_access(settings)
        configs = []
        for one in (candidate, production):
            if one.metadata is None:
                raise ReleaseInvalid(f"The metadata of {one.release_id} can't be read.")
            configs.append(config_of_release(one.metadata))
        with DataLoader(settings).load(questions) as data:
            identity = f"{questions.digest()}-{data.content}"
            evaluator = ModelEvaluator(data, questions, folder / identity, progress=progress)
            candidates = [candidate_of(config, access) for config in configs]
            report, calls = evaluator.evaluate(candidates, RunOptions(split="select"))
        if not report.complete:
            raise InputError(
                f"Not every call was made: {report.stopped}.", hint="Run it again; what is finished is kept."
            )
        sides = []
        for one, asked in zip((candidate, production), candidates, strict=True):
            result = result_of(report, asked.config_id)
            assert result is not None  # it was asked
            sides.append(measured_side(one, report, result, calls))
        return sides[0], sides[1]

    return ask
