"""`run_pipeline`: from candidates and a question set to a published release, or to the reasons why there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from datacraft.config import Settings
from datacraft.contracts.bias import BiasReport
from datacraft.contracts.errors import InputError
from datacraft.contracts.evaluation import EvaluationReport
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import QuestionSet
from datacraft.contracts.selection import SelectionReport
from datacraft.evaluation.bias import BiasDetector, probes_of
from datacraft.evaluation.bias.representation import representation
from datacraft.evaluation.candidates import Candidate
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.evaluator import ModelEvaluator, Progress, RunOptions
from datacraft.evaluation.judging.variants import variants_of
from datacraft.evaluation.measuring.arrays import arrays_of
from datacraft.evaluation.questions.check import check_question_set
from datacraft.evaluation.responses import ResponseSaver
from datacraft.evaluation.selection import Evidence, ModelSelector
from datacraft.pipeline.incumbent import with_incumbent
from datacraft.pipeline.release import files_of, metadata_of, winner_of
from datacraft.registry import ObjectStore, publish_release
from datacraft.serving.answerers import model_access

_SHOWN_ERRORS = 3


@dataclass(frozen=True)
class PipelineOptions:
    """How a pipeline runs.

    Attributes:
        repeats: asks of each case, for candidates that can answer differently.
        variants: of the data, on which right answers must be right too.
        max_cost_usd: of the calls of each step.
        commit: of the code or configuration.
    """

    repeats: int = 1
    variants: int = 0
    max_cost_usd: float | None = None
    commit: str = ""


@dataclass
class PipelineOutcome:
    """What a pipeline came to.

    Attributes:
        selection: who was chosen, and why.
        evaluation: on the part `select`.
        holdout: the winner on the part that nobody chose by; None where it has no case.
        bias: of each candidate, by config id.
        release_id: of what was published; None where nobody reached the floors.
        responses: folder of the winner's answers in the registry.
    """

    selection: SelectionReport
    evaluation: EvaluationReport
    holdout: EvaluationReport | None = None
    bias: dict[str, BiasReport] = field(default_factory=dict)
    release_id: str | None = None
    responses: str | None = None


def run_pipeline(
    settings: Settings,
    data: LoadedData,
    question_set: QuestionSet,
    candidates: Sequence[Candidate],
    store: ObjectStore,
    options: PipelineOptions,
    *,
    say: Callable[[str], None] = lambda _: None,
    progress: Callable[[Progress], None] = lambda _: None,
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> PipelineOutcome:
    """Choose among the candidates and publish the winner; nothing is published where nobody reaches the floors.

    Args:
        settings: weights, floors, channel, and where calls are kept.
        data: that is asked about.
        question_set: the cases.
        candidates: that take part; what serves joins them.
        store: of the registry.
        options: of this run.
        say: told what each step came to.
        progress: told of each call.
        clock: returns the present in UTC.

    Raises:
        InputError: the question set has errors, or there is nothing to run.
        RegistryError: the registry can't be read or written.
        CheckpointError: the state folder can't be written.
    """
    _check(question_set, data, say)
    taking_part, incumbent = with_incumbent(
        candidates, store, settings.channel, clock(), model_access(settings)
    )
    folder = settings.state_dir / "pipeline" / f"{question_set.digest()}-{data.content}-{options.variants}"
    asking = _Asking(settings, data, options, folder, progress, clock)
    evaluation, records = asking.ask("select", question_set, taking_part, RunOptions(split="select"))
    say(f"Evaluated {len(taking_part)} candidates on {len(question_set.of('select'))} cases.")
    bias, evidence = _evidence(asking, question_set, taking_part, records, say)
    selector = ModelSelector(settings.evaluation.selection, settings.evaluation.performance, clock=clock)
    selection = selector.select(evidence, incumbent=incumbent).model_copy(
        update={"identity": evaluation.identity, "question_set": evaluation.question_set}
    )
    for reason in selection.reasons:
        say(reason)
    outcome = PipelineOutcome(selection, evaluation, bias=bias)
    winner = next((one for one in taking_part if one.config_id == selection.selected), None)
    if winner is not None:
        _publish(asking, outcome, winner, question_set, records, store)
        say(_optimism(outcome))
        say(f"Published {outcome.release_id} to {store.url}.")
    return outcome


def _optimism(outcome: PipelineOutcome) -> str:
    """Return how much worse the winner does where nobody chose by, as a sentence."""
    chosen = winner_of(outcome.selection).performance
    held = outcome.holdout.candidates[0].performance if outcome.holdout is not None else None
    if held is None:
        return "No case is held out, so that it is unknown how much of the score is luck of the choice."
    return (
        f"On {held.n} held-out cases its performance is {held.value:.1f} ({held.low:.1f} to {held.high:.1f}); "
        f"where it was chosen it was {chosen.value:.1f}: {chosen.value - held.value:+.1f} points of optimism."
    )


def _check(question_set: QuestionSet, data: LoadedData, say: Callable[[str], None]) -> None:
    errors = [found for found in check_question_set(question_set, data.warehouse) if found.is_error]
    if errors:
        shown = "; ".join(str(error) for error in errors[:_SHOWN_ERRORS])
        raise InputError(
            f"The question set {question_set.name} has {len(errors)} errors: {shown}.",
            hint="`datacraft questions check` shows them all.",
        )
    say(f"The question set {question_set.name} has {len(question_set.cases)} sound cases.")


@dataclass(frozen=True)
class _Asking:
    """Asks candidates, each kind of question in a folder of its own."""

    settings: Settings
    data: LoadedData
    options: PipelineOptions
    folder: Path
    progress: Callable[[Progress], None]
    clock: Callable[[], dt.datetime]

    def ask(
        self, name: str, question_set: QuestionSet, candidates: Sequence[Candidate], run: RunOptions
    ) -> tuple[EvaluationReport, list[CallRecord]]:
        """Make the calls that are not made yet.

        Raises:
            InputError: the budget ended before all were made: a choice by chance of the order is none.
        """
        with ExitStack() as resources:
            count = self.options.variants
            variants = resources.enter_context(variants_of(self.data, count)) if count else []
            evaluator = ModelEvaluator(
                self.data,
                question_set,
                self.folder / name,
                variants=variants,
                commit=self.options.commit,
                progress=self.progress,
                clock=self.clock,
            )
            complete = RunOptions(
                split=run.split,
                repeats=self.options.repeats,
                max_cost_usd=self.options.max_cost_usd,
                weights=self.settings.evaluation.performance,
            )
            report, records = evaluator.evaluate(candidates, complete)
        if not report.complete:
            raise InputError(
                f"The step {name} ended before all calls were made: {report.stopped}.",
                hint="Allow more; what is finished is kept.",
            )
        return report, records


def _evidence(
    asking: _Asking,
    question_set: QuestionSet,
    candidates: Sequence[Candidate],
    records: Sequence[CallRecord],
    say: Callable[[str], None],
) -> tuple[dict[str, BiasReport], list[Evidence]]:
    """Return the bias of each candidate, and all that the selector weighs."""
    probes = probes_of(asking.data)
    if probes is None:
        raise InputError(
            "The data has no groups to compare, so that bias can't be looked for.",
            hint="Give at least one column of groups the role `dimension` in semantic.yaml.",
        )
    _, answers = asking.ask("bias", probes.questions, candidates, RunOptions(split=None))
    shares = representation(asking.data.model, asking.data.warehouse)
    detector = BiasDetector(probes, dialect=asking.data.warehouse.dialect, representation=shares)
    cases = question_set.of("select")
    bias: dict[str, BiasReport] = {}
    evidence: list[Evidence] = []
    for one in candidates:
        mine = [answer for answer in answers if answer.candidate == one.config_id]
        bias[one.config_id] = detector.detect(one.config_id, mine)
        judged = [record for record in records if record.candidate == one.config_id]
        evidence.append(
            Evidence(
                one.name,
                one.config_id,
                arrays_of(cases, judged),
                bias[one.config_id].score,
                detector.contributions(mine),
            )
        )
    found = sum(bool(report.findings) for report in bias.values())
    say(f"Looked for bias with {len(probes.questions.cases)} probes: {found} candidates show some.")
    return bias, evidence


def _publish(
    asking: _Asking,
    outcome: PipelineOutcome,
    winner: Candidate,
    question_set: QuestionSet,
    records: Sequence[CallRecord],
    store: ObjectStore,
) -> None:
    """Ask the winner what nobody chose by, save its answers and publish it."""
    mine = [record for record in records if record.candidate == winner.config_id]
    calls = {"evaluation/calls.jsonl": mine}
    evidence: dict[str, BaseModel] = {"evaluation/evaluation.json": outcome.evaluation}
    for config_id, report in outcome.bias.items():
        evidence[f"bias/{config_id}.json"] = report
    if question_set.of("holdout"):
        outcome.holdout, held = asking.ask("holdout", question_set, [winner], RunOptions(split="holdout"))
        calls["evaluation/holdout_calls.jsonl"] = held
        evidence["evaluation/holdout.json"] = outcome.holdout
    at = asking.clock()
    metadata = metadata_of(
        winner,
        outcome.selection,
        commit=asking.options.commit,
        question_set=outcome.evaluation.question_set,
        at=at,
    )
    cases = {case.id: case for case in question_set.cases}
    saver = ResponseSaver(store)
    outcome.responses = saver.save(
        metadata.selected_model, cases, mine, at=at, release_id=metadata.release_id
    )
    publish_release(store, metadata, files_of(metadata, outcome.selection, evidence, calls))
    outcome.release_id = metadata.release_id
