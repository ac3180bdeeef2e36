"""`SensitivityAnalysis`: asks a config on the part `tune`, moved, reworded and on less data, and reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from datacraft.contracts.errors import InputError
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.policy import PerformanceWeights
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.contracts.release import QuestionSetRef
from datacraft.contracts.search_space import SearchSpace, label_of
from datacraft.contracts.sensitivity import ElementaryEffects, Factor, Level, SensitivityReport
from datacraft.evaluation.candidates import Candidate
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.evaluator import Progress
from datacraft.evaluation.sensitivity.asking import Asking
from datacraft.evaluation.sensitivity.sampling import subsampled
from datacraft.evaluation.sensitivity.screening import MorrisDesign, one_at_a_time
from datacraft.evaluation.sensitivity.wording import reworded, wordings


@dataclass(frozen=True)
class SensitivityOptions:
    """What is moved, and how many calls that may take.

    Attributes:
        most_cases: of the part `tune`, drawn by chance; None: all.
        paths: of Morris' design, each with one config more than the space has parts; 0: none.
        shares: of the rows of the data.
        seed: of all that is drawn.
        concurrency: most calls at the same time.
        weights: of the performance score.
    """

    most_cases: int | None = 80
    paths: int = 4
    shares: tuple[float, ...] = (0.5, 0.1)
    seed: int = 0
    concurrency: int | None = None
    weights: PerformanceWeights = field(default_factory=PerformanceWeights)


class SensitivityAnalysis:
    """Measures what moves a config's score; what was asked is kept in the folder, and not asked again.

    Args:
        data: that is asked about.
        question_set: the cases, of which it holds the part `tune` alone.
        folder: of the checkpoints.
        candidate_of: makes a config answer; its `config_id` is that of the config.
        progress: called after every finished call.
        clock: returns the present in UTC.
    """

    def __init__(
        self,
        data: LoadedData,
        question_set: QuestionSet,
        folder: Path,
        candidate_of: Callable[[ModelConfig], Candidate],
        *,
        progress: Callable[[Progress], None] = lambda _: None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        cases = question_set.of("tune")
        if not cases:
            raise InputError(
                f"No case of {question_set.name} is in the part `tune`.",
                hint="Add cases; `datacraft questions stats` counts them.",
            )
        self._data = data
        self._set = question_set.model_copy(update={"cases": cases})
        self._folder = folder
        self._candidate_of = candidate_of
        self._progress = progress
        self._clock = clock

    def measure(
        self,
        config: ModelConfig,
        space: SearchSpace | None = None,
        options: SensitivityOptions = SensitivityOptions(),
    ) -> SensitivityReport:
        """Return what moves the config's score; without a space, its parts stay as they are.

        Raises:
            InputError: the space varies what the config lacks, or a share of the data is no rows.
            CheckpointError: the folder can't be written, or is damaged.
            DataCraftError: a gold can't be run.
        """
        cases = list(self._set.cases)
        Random(options.seed).shuffle(cases)
        asking = Asking(
            self._set.model_copy(update={"cases": tuple(cases)}),
            self._folder,
            self._candidate_of,
            weights=options.weights,
            concurrency=options.concurrency,
            progress=self._progress,
        )
        run = _Run(asking, self._data, config, cases, options)
        factors = [*run.wordings(), *run.paraphrases(), *run.sizes()]
        effects: list[ElementaryEffects] = []
        if space is not None:
            factors += run.parts(space)
            effects = run.effects(space)
        assert asking.identity is not None
        return SensitivityReport(
            config=config,
            identity=asking.identity,
            question_set=QuestionSetRef(
                name=self._set.name, version=str(self._set.version), size=len(self._set.cases)
            ),
            split="tune",
            weights=options.weights,
            cases=len(run.cases),
            calls=len(asking.records),
            cost_usd=sum(record.usage.cost_usd for record in asking.records.values()),
            score=asking.score(run.cases, run.base),
            factors=sorted(factors, key=lambda factor: factor.worst - factor.best),
            effects=effects,
            created_at=self._clock(),
        )


class _Run:
    """One analysis of one config."""

    def __init__(
        self,
        asking: Asking,
        data: LoadedData,
        config: ModelConfig,
        all_cases: Sequence[Case],
        options: SensitivityOptions,
    ) -> None:
        self._asking = asking
        self._data = data
        self._config = config
        self._all = all_cases
        self._options = options
        self.cases = all_cases[: options.most_cases]
        self.base = self._asked("as_it_is", [config], self.cases)[config.config_id]

    def parts(self, space: SearchSpace) -> list[Factor]:
        """Move one part of the config at a time."""
        moved = one_at_a_time(self._config, space)
        if not moved:
            return []
        distinct = {one.config.config_id: one.config for one in moved}
        answers = self._asked("as_it_is", list(distinct.values()), self.cases)
        levels: dict[str, list[Level]] = {}
        for one in moved:
            after = (self.cases, answers[one.config.config_id])
            level = self._asking.level(label_of(one.value), (self.cases, self.base), after)
            levels.setdefault(one.part, []).append(level)
        return [Factor(name=part, kind="config", levels=tuple(found)) for part, found in levels.items()]

    def effects(self, space: SearchSpace) -> list[ElementaryEffects]:
        """Move all parts, by Morris' design."""
        if self._options.paths == 0:
            return []
        design = MorrisDesign(self._config, space, paths=self._options.paths, seed=self._options.seed)
        distinct = {one.config_id: one for one in design.configs}
        if not distinct:
            return []
        answers = self._asked("as_it_is", list(distinct.values()), self.cases)
        scores = [
            float(self._asking.values(self.cases, answers[one.config_id]).mean()) for one in design.configs
        ]
        return design.effects(scores)

    def wordings(self) -> list[Factor]:
        """Ask the same in other letters."""
        levels: dict[str, list[Level]] = {}
        for (name, label), change in wordings(self._options.seed).items():
            suffix = f"{name}-{label}".replace(" ", "-")
            made = [(case, reworded(case, suffix, change)) for case in self._all]
            changed = {case.id: new for case, new in made if new is not None}
            before = [case for case in self.cases if case.id in changed]
            if not before:
                continue
            after = [changed[case.id] for case in before]
            # With the originals, so that a candidate does not find them among its examples.
            all_of = [*self._all, *changed.values()]
            answers = self._asking.ask(suffix, self._data, [self._config], after, all_of)
            level = self._asking.level(
                label,
                (before, self.base),
                (after, answers[self._config.config_id]),
                example=after[0].question,
            )
            levels.setdefault(name, []).append(level)
        return [Factor(name=name, kind="wording", levels=tuple(found)) for name, found in levels.items()]

    def paraphrases(self) -> list[Factor]:
        """Ask the set's own paraphrases, each against its original."""
        known = {case.id: case for case in self.cases}
        others = [case for case in self._all if case.paraphrase_of in known]
        if not others:
            return []
        originals = [known[str(case.paraphrase_of)] for case in others]
        # An original stands as often as it has paraphrases, each time under the id of one.
        twins = [
            original.model_copy(update={"id": other.id})
            for original, other in zip(originals, others, strict=True)
        ]
        by_case = {record.case: record for record in self.base}
        before = [
            by_case[original.id].model_copy(update={"case": other.id})
            for original, other in zip(originals, others, strict=True)
        ]
        answers = self._asked("as_it_is", [self._config], others)[self._config.config_id]
        level = self._asking.level(
            "other words", (twins, before), (others, answers), example=others[0].question
        )
        return [Factor(name="paraphrase", kind="wording", levels=(level,))]

    def sizes(self) -> list[Factor]:
        """Ask about a part of the rows."""
        levels = []
        for share in self._options.shares:
            with subsampled(self._data, share, seed=self._options.seed) as less:
                answers = self._asking.ask(
                    f"rows-{share:g}-{self._options.seed}", less, [self._config], self.cases, self._all
                )
            after = (self.cases, answers[self._config.config_id])
            levels.append(self._asking.level(f"{share:.0%} of the rows", (self.cases, self.base), after))
        return [Factor(name="data size", kind="data", levels=tuple(levels))] if levels else []

    def _asked(
        self, name: str, configs: Sequence[ModelConfig], cases: Sequence[Case]
    ) -> dict[str, list[CallRecord]]:
        return self._asking.ask(name, self._data, configs, cases, self._all)
