"""The steps `tune` and `sensitivity`: a better config is searched, and what moves the winner's score is measured."""

from __future__ import annotations

from pydantic import ValidationError

from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.tuning import TuningBudget
from datacraft.evaluation.configured import candidate_of
from datacraft.evaluation.sensitivity import SensitivityAnalysis, SensitivityOptions
from datacraft.evaluation.tuning import HyperparameterTuner, TuningOptions, usual_space
from datacraft.pipeline.outputs import Checked, Choice, DataFound, Moved, Roster, Tuned
from datacraft.pipeline.place import Place
from datacraft.pipeline.publishing import winner_among
from datacraft.serving.answerers import model_access

_SHARES = (0.5, 0.1)  # of the rows
_LEAST_ROWS = 20  # with fewer left of a table, other results say nothing of the config

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


def measure_sensitivity(
    place: Place, found: DataFound, checked: Checked, roster: Roster, choice: Choice
) -> Moved:
    """Measure what moves the winner's score: its parts, how a question is worded, how much data there is.

    Only a winner that works on this machine is asked: it takes a few hundred calls.

    Raises:
        SubjectChanged: data or questions are not what was found and checked.
    """
    place.expect(data=found.content, questions=checked.digest)
    winner = place.candidate(winner_among(roster, choice))
    if not (place.options.tune and winner.local and place.question_set.of("tune")):
        return Moved()
    try:
        config = ModelConfig.model_validate(winner.config)
    except ValidationError:  # what only simulates has no parts
        return Moved()
    access = model_access(place.settings)
    analysis = SensitivityAnalysis(
        place.data,
        place.question_set,
        place.calls_folder("sensitivity"),
        lambda changed: candidate_of(changed, access),
        progress=place.progress,
        clock=place.clock,
    )
    fewest = min((count for count in found.rows.values() if count is not None), default=0)
    options = SensitivityOptions(
        shares=tuple(share for share in _SHARES if share * fewest >= _LEAST_ROWS),
        weights=place.settings.evaluation.performance,
    )
    return Moved(report=analysis.measure(config, usual_space(config), options))
