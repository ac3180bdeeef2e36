"""`HyperparameterTuner`: finds the config of a search space that does best on the part `tune`."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from pydantic import ValidationError

from datacraft.contracts.errors import InputError
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.policy import PerformanceWeights
from datacraft.contracts.question_set import QuestionSet
from datacraft.contracts.release import QuestionSetRef
from datacraft.contracts.search_space import SearchSpace
from datacraft.contracts.tuning import TuningBudget, TuningMethod, TuningReport
from datacraft.evaluation.candidates import Candidate
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.evaluator import ModelEvaluator, Progress
from datacraft.evaluation.tuning.calls import Calls
from datacraft.evaluation.tuning.proposing import Proposer, Tpe, at_random, on_a_grid
from datacraft.evaluation.tuning.racing import LEAST_CASES, Rules, race
from datacraft.evaluation.tuning.reporting import Tried, report_of
from datacraft.evaluation.tuning.space import Settings, configured, settings_of
from datacraft.warehouse import Warehouse


@dataclass(frozen=True)
class TuningOptions:
    """How a space is searched.

    Attributes:
        method: `grid`: all combinations; `random`; `tpe`: those that the results so far promise most of.
        trials: configs that are tried, at most, the one that is tuned left out; a grid tries all.
        cohort: of TPE: configs that race against each other, before the next are proposed.
        budget: that the race keeps to; without one, only those stop early that are surely worse.
        alpha: chance of calling the truly best config surely worse, over the whole study.
        repeats: asks of each case, for configs that can answer differently.
        concurrency: most calls at the same time.
        seed: of the order of the cases and of proposals.
        weights: of the performance score.
    """

    method: TuningMethod = "tpe"
    trials: int = 32
    cohort: int = 8
    budget: TuningBudget = field(default_factory=TuningBudget)
    alpha: float = 0.05
    repeats: int = 1
    concurrency: int | None = None
    seed: int = 0
    weights: PerformanceWeights = field(default_factory=PerformanceWeights)


class HyperparameterTuner:
    """Searches a space of model configs by races on shared cases.

    It holds only the cases of the part `tune`. What was asked is kept in the folder; a study that was stopped,
    however hard, comes to the same end when it is started again, and asks nothing twice.

    Args:
        data: that is asked about.
        question_set: the cases.
        folder: of the study's checkpoint.
        candidate_of: makes a config answer; its `config_id` is that of the config.
        variants: further data sets with the same tables, on which right answers must be right too.
        commit: of the code or configuration.
        progress: called after every finished call.
        clock: returns the present in UTC.
        seconds: returns seconds that never go back, for the budget of time.
    """

    def __init__(
        self,
        data: LoadedData,
        question_set: QuestionSet,
        folder: Path,
        candidate_of: Callable[[ModelConfig], Candidate],
        *,
        variants: Sequence[Warehouse] = (),
        commit: str = "",
        progress: Callable[[Progress], None] = lambda _: None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        cases = question_set.of("tune")
        if not cases:
            raise InputError(
                f"No case of {question_set.name} is in the part `tune`.",
                hint="Add cases; `datacraft questions stats` counts them.",
            )
        self._set = question_set.model_copy(update={"cases": cases})
        self._data = data
        self._folder = folder
        self._candidate_of = candidate_of
        self._variants = variants
        self._commit = commit
        self._progress = progress
        self._clock = clock
        self._seconds = seconds

    def tune(
        self, base: ModelConfig, space: SearchSpace, options: TuningOptions = TuningOptions()
    ) -> TuningReport:
        """Return every trial, and the best config; the base itself always takes part.

        Raises:
            InputError: nothing of the space can be tried, or the budget is smaller than one round.
            CheckpointError: the folder can't be written, or is damaged; `RunInUse`, `RunChanged` likewise.
            DataCraftError: a gold can't be run.
        """
        configured(base, settings_of(base, space))  # a part that the base lacks is told before any call
        calls = self._calls(options)
        proposer = _proposer(space, options)
        study = _Study(base, space, proposer, calls, options)
        study.run()
        return report_of(
            study.tried,
            study.best,
            calls,
            method=options.method,
            seed=options.seed,
            space=space,
            base=base,
            budget=options.budget,
            alpha=options.alpha,
            question_set=QuestionSetRef(
                name=self._set.name, version=str(self._set.version), size=len(self._set.cases)
            ),
            repeats=options.repeats,
            created_at=self._clock(),
        )

    def _calls(self, options: TuningOptions) -> Calls:
        # Chance decides on the order: what is asked first must not be what the author thought of first.
        cases = list(self._set.cases)
        Random(options.seed).shuffle(cases)
        evaluator = ModelEvaluator(
            self._data,
            self._set.model_copy(update={"cases": tuple(cases)}),
            self._folder,
            variants=self._variants,
            commit=self._commit,
            progress=self._progress,
            clock=self._clock,
        )
        return Calls(
            evaluator,
            tuple(cases),
            self._candidate_of,
            options.budget,
            weights=options.weights,
            repeats=options.repeats,
            concurrency=options.concurrency,
            seconds=self._seconds,
        )


def _proposer(space: SearchSpace, options: TuningOptions) -> Proposer:
    if options.trials < 1 or options.cohort < 1:
        raise InputError(
            "Nothing is to be tried.", hint="Allow at least one trial, in cohorts of at least one."
        )
    if options.method == "grid":
        return on_a_grid(space)
    if options.method == "random":
        return at_random(space, options.trials, options.seed)
    return Tpe(space, options.trials, options.cohort, options.seed)


class _Study:
    """Runs cohorts one after the other, each with its share of the budget; the best so far takes part in each."""

    def __init__(
        self, base: ModelConfig, space: SearchSpace, proposer: Proposer, calls: Calls, options: TuningOptions
    ) -> None:
        self._base = base
        self._proposer = proposer
        self._calls = calls
        self._rules = Rules(
            cases=len(calls.cases), spread=calls.worth.spread, alpha=options.alpha, rivals=proposer.most
        )
        first = Tried(settings_of(base, space), 0, base)
        self.tried = [first]
        self.best = first
        self._known = {base.config_id: first}

    def run(self) -> None:
        cohort = 0
        while (cohorts := self._proposer.cohorts_left) and self._calls.stopped is None:
            proposed = self._proposer.cohort()
            new = [self._made(settings, cohort) for settings in proposed]
            if cohort == 0 and all(one.config is None for one in new):
                raise InputError(
                    f"Nothing of the search space can be tried. {new[0].refusal}",
                    hint="Mend the search space, or tune another config.",
                )
            fresh = {
                id(one): one for one in new if one.config and one.standing is None and one is not self.best
            }
            racing = [self.best, *fresh.values()]
            self._calls.enter([one.config for one in racing if one.config is not None])
            affordable = self._share(cohorts)
            if cohort == 0:
                self._check(racing, affordable())
            self._race(racing, affordable)
            self._proposer.learn([one.outcome(settings) for one, settings in zip(new, proposed, strict=True)])
            # Before equals, the best so far stays.
            furthest = max(one.cases for one in racing)
            self.best = max((one for one in racing if one.cases == furthest), key=lambda one: one.mean)
            cohort += 1

    def _made(self, settings: Settings, cohort: int) -> Tried:
        """Return the trial of these settings: a known one where they make the same config."""
        try:
            config = configured(self._base, settings)
        except ValidationError as error:
            why = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
            self.tried.append(Tried(settings, cohort, None, f"No such config is possible: {why}."))
            return self.tried[-1]
        if config.config_id not in self._known:
            self._known[config.config_id] = Tried(settings, cohort, config)
            self.tried.append(self._known[config.config_id])
        return self._known[config.config_id]

    def _share(self, cohorts: int) -> Callable[[], float]:
        """Return how many cases a cohort can still ask, where as many cohorts are to have as much each."""
        before = self._calls.spent()

        def affordable() -> float:
            spent = self._calls.spent() - before
            return max(0.0, (self._calls.affordable() + spent) / cohorts - spent)

        return affordable

    def _check(self, racing: Sequence[Tried], affordable: float) -> None:
        least = min(LEAST_CASES, len(self._calls.cases))
        if affordable < len(racing) * least:
            raise InputError(
                f"The budget is smaller than one round: {len(racing)} configs on {least} cases each.",
                hint="Allow more, or try fewer configs.",
            )

    def _race(self, racing: Sequence[Tried], affordable: Callable[[], float]) -> None:
        configs = [one.config for one in racing if one.config is not None]
        standings = race(
            len(racing),
            self._rules,
            lambda running, cases: self._calls.ask([configs[one] for one in running], cases),
            affordable,
        )
        for tried, standing in zip(racing, standings, strict=True):
            if tried.standing is None or standing.cases > tried.standing.cases:
                tried.standing = standing
                if standing.beaten_by is not None:
                    tried.beaten_by = racing[standing.beaten_by]
        if self._calls.stopped is None and any(one.end == "budget" for one in standings):
            self._calls.stopped = self._calls.exhausted()
