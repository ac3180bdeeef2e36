"""`Place`: what a pipeline works on and with; and how it asks candidates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from datacraft.config import Settings
from datacraft.contracts.errors import InputError
from datacraft.contracts.evaluation import EvaluationReport
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import QuestionSet, Split
from datacraft.evaluation.candidates import Candidate
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.evaluator import ModelEvaluator, Progress, RunOptions
from datacraft.evaluation.judging.variants import variants_of
from datacraft.evaluation.provenance import code_digest
from datacraft.pipeline.incumbent import candidate_of_config
from datacraft.pipeline.outputs import Contender, Roster
from datacraft.registry import ObjectStore
from datacraft.serving.answerers import model_access

_START_AGAIN = (
    "Bring back what it was, or start again with `datacraft pipeline run`; nothing is lost by that."
)


class SubjectChanged(InputError):
    """Data or questions are not what the run began with, so that its parts would not fit together."""

    code = "subject_changed"


@dataclass(frozen=True)
class PipelineOptions:
    """How a pipeline runs.

    Attributes:
        repeats: asks of each case, for candidates that can answer differently.
        variants: of the data, on which right answers must be right too.
        max_cost_usd: of the calls of each step.
        commit: of the code or configuration.
        tune: search the first candidate's parts for a better config, which then takes part.
    """

    repeats: int = 1
    variants: int = 0
    max_cost_usd: float | None = None
    commit: str = ""
    tune: bool = False


@dataclass(frozen=True)
class Place:
    """What the steps share; what they give to each other goes through their inputs and outputs.

    Attributes:
        settings: weights, floors and channel.
        data: that is asked about.
        question_set: the cases.
        candidates: that take part; what serves joins them.
        store: of the registry.
        options: of this run.
        folder: where calls are kept as they are made.
        progress: told of each call.
        clock: returns the present in UTC.
        before: the roster that what serves was chosen from, where nothing has changed since: what a run has
            published does not compete with itself when the run is repeated.
    """

    settings: Settings
    data: LoadedData
    question_set: QuestionSet
    candidates: Sequence[Candidate]
    store: ObjectStore
    options: PipelineOptions
    folder: Path
    progress: Callable[[Progress], None] = lambda _: None
    clock: Callable[[], dt.datetime] = field(default=lambda: dt.datetime.now(dt.UTC))
    before: Roster | None = None

    def expect(self, *, data: str, questions: str | None = None) -> None:
        """Check that the data, and the questions, are still what an earlier step saw.

        Raises:
            SubjectChanged: they are not.
        """
        now = self.question_set.digest()
        if self.data.content != data:
            raise SubjectChanged(
                f"The data has changed since this run began: it was {data} and is {self.data.content}.",
                hint=_START_AGAIN,
            )
        if questions not in (None, now):
            raise SubjectChanged(
                f"The questions have changed since this run began: they were {questions} and are {now}.",
                hint=_START_AGAIN,
            )

    def candidate(self, contender: Contender) -> Candidate:
        """Return a contender as a candidate that can be asked.

        Raises:
            InputError: it can't be evaluated here.
        """
        known = {one.config_id: one for one in self.candidates}
        return known.get(contender.config_id) or candidate_of_config(
            contender.config, contender.name, model_access(self.settings)
        )

    def calls_folder(self, name: str) -> Path:
        """Return where the calls of this name are kept; other data, questions or code have another folder."""
        identity = f"{self.question_set.digest()}-{self.data.content}-{self.options.variants}-{code_digest()}"
        return self.folder / "calls" / identity / name

    def ask(
        self, name: str, question_set: QuestionSet, contenders: Sequence[Contender], split: Split | None
    ) -> tuple[EvaluationReport, list[CallRecord]]:
        """Make the calls that are not made yet; return figures and calls of all of them.

        Raises:
            InputError: the budget ended before all were made: a choice by chance of the order is none.
            CheckpointError: the folder can't be written, or is damaged.
        """
        with ExitStack() as resources:
            count = self.options.variants
            variants = resources.enter_context(variants_of(self.data, count)) if count else []
            evaluator = ModelEvaluator(
                self.data,
                question_set,
                self.calls_folder(name),
                variants=variants,
                commit=self.options.commit,
                progress=self.progress,
                clock=self.clock,
            )
            run = RunOptions(
                split=split,
                repeats=self.options.repeats,
                max_cost_usd=self.options.max_cost_usd,
                weights=self.settings.evaluation.performance,
            )
            report, records = evaluator.evaluate([self.candidate(one) for one in contenders], run)
        if not report.complete:
            raise InputError(
                f"The step {name} ended before all calls were made: {report.stopped}.",
                hint="Allow more; what is finished is kept.",
            )
        return report, records
