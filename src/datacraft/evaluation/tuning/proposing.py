"""Which settings to try: all of a grid, some at random, or those that a model of the results so far expects most of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from pydantic import JsonValue

from datacraft.contracts.errors import InputError
from datacraft.contracts.search_space import Choice, Range, SearchSpace
from datacraft.evaluation.tuning.space import Settings, grid_of

if TYPE_CHECKING:
    import optuna

_TRIES = 20
"""At settings that were not tried before, for each that is wanted."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What settings came to.

    Attributes:
        settings: that were tried.
        cases: that they were asked; 0 where no such config is possible.
        score: on those.
        finished: all cases were asked.
    """

    settings: Settings
    cases: int
    score: float
    finished: bool


class Proposer(Protocol):
    """Says which settings to try next; those of one cohort race against each other."""

    most: int
    """Settings in all, at most."""

    @property
    def cohorts_left(self) -> int:
        """How many cohorts are still to come, at most."""
        ...

    def cohort(self) -> list[Settings]:
        """Return the next ones, none of which were proposed before; none at the end."""
        ...

    def learn(self, outcomes: Sequence[Outcome]) -> None:
        """Take in what the last cohort came to."""
        ...


class Listed:
    """Proposes what is listed, in one cohort.

    Args:
        settings: the list.
    """

    def __init__(self, settings: Sequence[Settings]) -> None:
        self._left = list(settings)
        self.most = len(settings)

    @property
    def cohorts_left(self) -> int:
        """One, or none any more."""
        return 1 if self._left else 0

    def cohort(self) -> list[Settings]:
        """Return all of them; none the second time."""
        found, self._left = self._left, []
        return found

    def learn(self, outcomes: Sequence[Outcome]) -> None:
        """A list learns nothing."""


def on_a_grid(space: SearchSpace) -> Listed:
    """Propose every combination."""
    return Listed(grid_of(space))


def at_random(space: SearchSpace, trials: int, seed: int) -> Listed:
    """Propose combinations drawn evenly; fewer than wanted where there are no more."""
    rng = np.random.default_rng(seed)
    found: dict[str, Settings] = {}
    for _ in range(trials * _TRIES):
        if len(found) == trials:
            break
        drawn = {parameter.part: _drawn(parameter, rng) for parameter in space.parameters}
        found.setdefault(_key(drawn), drawn)
    return Listed(list(found.values()))


def _drawn(parameter: Choice | Range, rng: np.random.Generator) -> JsonValue:
    values = parameter.values if isinstance(parameter, Choice) else parameter.points()
    if values:
        return values[int(rng.integers(len(values)))]
    assert isinstance(parameter, Range)
    if parameter.log:
        return float(np.exp(rng.uniform(np.log(parameter.low), np.log(parameter.high))))
    return float(rng.uniform(parameter.low, parameter.high))


def _key(settings: Settings) -> str:
    return json.dumps(settings, sort_keys=True)


class Tpe:
    """Proposes by a tree-structured Parzen estimator (Bergstra et al. 2011; Optuna), cohort by cohort.

    The first cohort is drawn at random. Of settings that stopped early it learns how far they came.

    Args:
        space: that is searched.
        trials: in all.
        cohort: size of one cohort.
        seed: the same seed and outcomes give the same proposals.

    Raises:
        InputError: Optuna is not installed.
    """

    def __init__(self, space: SearchSpace, trials: int, cohort: int, seed: int) -> None:
        try:
            import optuna
        except ModuleNotFoundError as error:
            raise InputError(
                "Searching by TPE needs the package optuna.", hint="pip install '.[evaluate]'"
            ) from error
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=cohort)
        self._study = optuna.create_study(direction="maximize", sampler=sampler)
        self._space = space
        self._left = trials
        self._cohort = cohort
        self._asked: dict[str, optuna.Trial] = {}
        self.most = trials

    @property
    def cohorts_left(self) -> int:
        """How many are still to come."""
        return -(-self._left // self._cohort)

    def cohort(self) -> list[Settings]:
        """Return the next settings; fewer where nothing new comes to mind."""
        import optuna

        found: list[Settings] = []
        wanted = min(self._cohort, self._left)
        for _ in range(wanted * _TRIES):
            if len(found) == wanted:
                break
            trial = self._study.ask()
            settings = {parameter.part: _suggested(trial, parameter) for parameter in self._space.parameters}
            if _key(settings) in self._asked:
                self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                self._asked[_key(settings)] = trial
                found.append(settings)
        self._left -= len(found) or self._left
        return found

    def learn(self, outcomes: Sequence[Outcome]) -> None:
        """Tell the study what the cohort's settings came to."""
        import optuna

        for outcome in outcomes:
            trial = self._asked[_key(outcome.settings)]
            if outcome.finished:
                self._study.tell(trial, outcome.score)
            elif outcome.cases:
                trial.report(outcome.score, step=outcome.cases)
                self._study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            else:
                self._study.tell(trial, state=optuna.trial.TrialState.FAIL)


def _suggested(trial: optuna.Trial, parameter: Choice | Range) -> JsonValue:
    if isinstance(parameter, Choice):
        # By place: Optuna takes no structured values.
        return parameter.values[trial.suggest_categorical(parameter.part, range(len(parameter.values)))]
    if parameter.step is None:
        return trial.suggest_float(parameter.part, parameter.low, parameter.high, log=parameter.log)
    points = parameter.points()
    return points[trial.suggest_int(parameter.part, 0, len(points) - 1)]
