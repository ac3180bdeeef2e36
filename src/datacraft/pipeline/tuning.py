"""The step `tune`: the parts of the first candidate's config are searched for a better one."""

from __future__ import annotations

from pydantic import ValidationError

from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.tuning import TuningBudget
from datacraft.evaluation.configured import candidate_of
from datacraft.evaluation.tuning import HyperparameterTuner, TuningOptions, usual_space
from datacraft.pipeline.outputs import Checked, DataFound, Tuned
from datacraft.pipeline.place import Place
from datacraft.serving.answerers import model_access

TRIALS = 8
"""Configs that are tried beside the one that tuning begins with."""


def tune(place: Place, found: DataFound, checked: Checked) -> Tuned:
    """Search the parts of the first candidate's config for a better one, on the part `tune`.

    Raises:
        SubjectChanged: data or questions are not what was found and checked.
        InputError: the budget is smaller than one round.
    """
    place.expect(data=found.content, questions=checked.digest)
    base = tuned_config(place)
    if base is None:
        return Tuned()
    access = model_access(place.settings)
    tuner = HyperparameterTuner(
        place.data,
        place.question_set,
        place.calls_folder("tune"),
        lambda config: candidate_of(config, access),
        commit=place.options.commit,
        progress=place.progress,
        clock=place.clock,
    )
    options = TuningOptions(
        trials=TRIALS,
        budget=TuningBudget(max_cost_usd=place.options.max_cost_usd),
        repeats=place.options.repeats,
        weights=place.settings.evaluation.performance,
    )
    return Tuned(report=tuner.tune(base, usual_space(base), options))


def tuned_config(place: Place) -> ModelConfig | None:
    """Return the config whose parts are searched; None where nothing is to be tuned."""
    if not place.options.tune or not place.candidates or not place.question_set.of("tune"):
        return None
    try:
        base = ModelConfig.model_validate(place.candidates[0].config)
    except ValidationError:  # what only simulates has no parts
        return None
    return base if usual_space(base).parameters else None


def what_is_tuned(place: Place) -> object:
    """Return what the study depends on, as plain data."""
    base = tuned_config(place)
    return [TRIALS, base.config_id if base else None, place.options.max_cost_usd]


def calls_of_tuning(place: Place) -> int:
    """Return how many calls the study takes at most."""
    if tuned_config(place) is None:
        return 0
    return (TRIALS + 1) * len(place.question_set.of("tune")) * place.options.repeats
