"""`run_pipeline`: the steps in their order, in this process; each is made only if something it is made of changed."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from datacraft.config import Settings
from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.contracts.question_set import QuestionSet
from datacraft.evaluation.candidates import Candidate
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.evaluator import Progress
from datacraft.pipeline.folder import (
    Request,
    RunFolder,
    RunFolderError,
    RunState,
    RunStatus,
    StepRecord,
    read_state,
    run_folder,
)
from datacraft.pipeline.outcome import PipelineOutcome, outcome_of
from datacraft.pipeline.outputs import StepOutput
from datacraft.pipeline.place import PipelineOptions, Place
from datacraft.pipeline.standing import outputs_in, without_competing_with_itself
from datacraft.pipeline.steps import STEPS, Step, step_named
from datacraft.pipeline.stored import OutputRef, Outputs
from datacraft.registry import ObjectStore


def run_pipeline(
    settings: Settings,
    data: LoadedData,
    question_set: QuestionSet,
    candidates: Sequence[Candidate],
    store: ObjectStore,
    options: PipelineOptions,
    *,
    start: str | None = None,
    resume: bool = False,
    request: Request | None = None,
    say: Callable[[str], None] = lambda _: None,
    progress: Callable[[Progress], None] = lambda _: None,
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> PipelineOutcome:
    """Choose among the candidates and publish the winner; nothing is published where nobody reaches the floors.

    Args:
        settings: weights, floors, channel, and the state folder, where outputs and calls are kept.
        data: that is asked about.
        question_set: the cases.
        candidates: that take part; what serves joins them.
        store: of the registry.
        options: of this run.
        start: this step and all after it are made again, even if nothing has changed.
        resume: go on with the last run: data and questions must be what they were then.
        request: what was asked for, for a later `resume`.
        say: told what each step came to.
        progress: told of each call.
        clock: returns the present in UTC.

    Raises:
        InputError: the question set has errors, or there is nothing to run; `SubjectChanged` where a run that
            is gone on with began with other data; `RunInUse` where another process is at work.
        OutputDamaged: what an earlier run kept is not what it was.
        RunFolderError: the state folder can't be written; so `CheckpointError` for calls.
        RegistryError: the registry can't be read or written.
    """
    first = STEPS.index(step_named(start)) if start else len(STEPS)
    path = run_folder(settings)
    with RunFolder(path) as folder:
        known = read_state(path)
        place = Place(settings, data, question_set, candidates, store, options, path, progress, clock)
        if resume:
            _check_same_subject(known, place)
        outputs = outputs_in(settings)
        if known is not None and not (start and first <= STEPS.index(step_named("select"))):
            place = without_competing_with_itself(place, known, outputs)
        state = RunState(
            request=request or Request(),
            question_set=question_set.digest(),
            data=data.content,
            commit=options.commit,
            status="running",
            started_at=clock(),
            steps=known.steps if known is not None else {},
        )
        return _Run(place, folder, state, outputs, say).make_all(first)


def _check_same_subject(known: RunState | None, place: Place) -> None:
    if known is None:
        raise InputError(
            f"No pipeline has run in {place.folder}.", hint="Start one with `datacraft pipeline run`."
        )
    place.expect(data=known.data, questions=known.question_set)


@dataclass
class _Run:
    """A run at work: what its steps gave so far, and its state on disk."""

    place: Place
    folder: RunFolder
    state: RunState
    outputs: Outputs
    say: Callable[[str], None]
    given: dict[str, StepOutput] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    def make_all(self, first: int) -> PipelineOutcome:
        """Make the steps that have to be made, those from `first` on in any case; keep the state after each."""
        self.folder.write(self.state)
        status: RunStatus = "stopped"
        try:
            for position, step in enumerate(STEPS):
                if step.needs_winner and outcome_of(self.given).selection.selected is None:
                    self.state.steps.pop(step.name, None)
                else:
                    self._give(step, again=position >= first)
            outcome = outcome_of(self.given)
            self.state.current = None
            self.state.release_id = outcome.release_id
            status = "no_winner" if outcome.release_id is None else "done"
        except DataCraftError:
            status = "failed"
            raise
        finally:
            self.state.status = status
            self._write_at_last(status)
        return outcome

    def _write_at_last(self, status: RunStatus) -> None:
        """Keep how the run ended; where that fails too, the error that ended it is the one to be told."""
        try:
            self.folder.write(self.state)
        except RunFolderError:
            if status in ("done", "no_winner"):
                raise

    def _give(self, step: Step, *, again: bool) -> None:
        """Take the step's output as it is kept, or make it; whatever is in the way is written into the state."""
        self.state.current = step.name
        began = time.monotonic()
        try:
            key = step.key(self.place, [self.digests[name] for name in step.after])
            output = None if again else self._kept(step, key)
            note = "" if output is None else " (As before.)"
            if output is None:
                self.folder.write(self.state)
                output = self._made(step, key)
                self.folder.write(self.state)
        except BaseException as raised:
            error = raised.message if isinstance(raised, DataCraftError) else "It was stopped."
            self.state.steps[step.name] = self._record("", None, began, error)
            raise
        self.given[step.name] = output
        for sentence in output.sentences():
            self.say(sentence + note)

    def _kept(self, step: Step, key: str) -> StepOutput | None:
        known = self.state.steps.get(step.name)
        if known is None or known.digest is None or known.key != key:
            return None
        self.digests[step.name] = known.digest
        return self.outputs.get(OutputRef(step=step.name, digest=known.digest), step.gives)

    def _made(self, step: Step, key: str) -> StepOutput:
        began = time.monotonic()
        output = step.make(self.place, *(self.given[name] for name in step.after))
        digest = self.digests[step.name] = self.outputs.put(step.name, output).digest
        self.state.steps[step.name] = self._record(key, digest, began)
        return output

    def _record(self, key: str, digest: str | None, began: float, error: str | None = None) -> StepRecord:
        seconds = round(time.monotonic() - began, 3)
        return StepRecord(key=key, digest=digest, seconds=seconds, at=self.place.clock(), error=error)
