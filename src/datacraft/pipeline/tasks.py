"""One step at a time, for a scheduler: each call stands alone, and only references pass from one to the next.

The same functions as in `run`, each in a process of its own, perhaps on another machine: data are loaded again, and
checked to be those that the first step found; outputs go through the registry's object store, under `pipeline/`.
What is asked of candidates can be made for one of them at a time and put together afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from datacraft.config import Settings, load_settings
from datacraft.contracts.errors import InputError
from datacraft.evaluation.configured import candidates_named
from datacraft.evaluation.data import DataLoader
from datacraft.evaluation.provenance import commit_of
from datacraft.evaluation.questions import load_question_set
from datacraft.pipeline.folder import run_folder
from datacraft.pipeline.outcome import NoWinner
from datacraft.pipeline.outputs import (
    BiasFound,
    Choice,
    Evaluated,
    Published,
    Roster,
    StepOutput,
    joined_bias,
    joined_evaluations,
)
from datacraft.pipeline.place import PipelineOptions, Place
from datacraft.pipeline.steps import step_named
from datacraft.pipeline.stored import Output, OutputRef, Outputs
from datacraft.registry import ObjectStore, open_store


class TaskRequest(BaseModel):
    """What a scheduler was asked for; the same for every task of a run."""

    config: Path | None = Field(default=None, description="Settings file; null: as on the command line.")
    questions: str = Field(default="retail", description="A .yaml or .jsonl file, or a set that comes along.")
    models: list[str] = Field(default_factory=list, description="Model configs; empty: built-in variants.")
    commit: str = Field(default="", description="Of the code or configuration; empty: found here.")
    tune: bool = Field(default=True, description="Search the first candidate's parts for a better config.")
    repeats: int = Field(default=1, ge=1)
    variants: int = Field(default=0, ge=0)
    max_cost_usd: float | None = Field(
        default=None, ge=0, description="Of the calls of each step; each candidate has an equal share."
    )

    @property
    def settings(self) -> Settings:
        """The settings that hold.

        Raises:
            ConfigError: a setting is wrong.
        """
        return load_settings(self.config)


def make_step(
    request: TaskRequest, name: str, given: Sequence[OutputRef], *, candidate: str | None = None
) -> OutputRef:
    """Make a step, keep what it gives, and return a reference to it.

    Args:
        request: of the run.
        name: of the step.
        given: references to the outputs of the steps that it takes, in any order.
        candidate: config id of the one that is to be asked; None: all of the roster.

    Raises:
        InputError: something that it takes is missing, or data or questions are not what the run began with.
        DataCraftError: the step failed.
    """
    step = step_named(name)
    refs = {ref.step: ref for ref in given}
    if missing := [one for one in step.after if one not in refs]:
        raise InputError(f"The step {name} lacks what {missing[0]} gives.", hint="Make that step first.")
    outputs = _outputs(request)
    inputs = [_kept(outputs, refs[one], step_named(one).gives) for one in step.after]
    with _place(request) as place:
        if candidate is not None:
            place, inputs = _narrowed(place, inputs, candidate)
        output = step.make(place, *inputs)
    return outputs.put(name, output)


def join_parts(request: TaskRequest, parts: Sequence[OutputRef]) -> OutputRef:
    """Put together what a step gave for single candidates.

    Raises:
        InputError: the parts don't fit together, or are of a step that is not made in parts.
    """
    outputs = _outputs(request)
    names = {part.step for part in parts}
    if names == {"evaluate"}:
        evaluations = [_kept(outputs, part, Evaluated) for part in parts]
        return outputs.put("evaluate", joined_evaluations(evaluations))
    if names == {"bias"}:
        return outputs.put("bias", joined_bias([_kept(outputs, part, BiasFound) for part in parts]))
    raise InputError(f"Parts of {', '.join(sorted(names)) or 'nothing'} can't be put together.")


def contenders_of(request: TaskRequest, roster: OutputRef) -> list[str]:
    """Return the config ids of those who take part, what serves included."""
    return [one.config_id for one in _kept(_outputs(request), roster, Roster).contenders]


def require_winner(request: TaskRequest, choice: OutputRef) -> str:
    """Return the config id of the winner.

    Raises:
        NoWinner: nobody reached the floors; says which were missed.
    """
    selection = _kept(_outputs(request), choice, Choice).selection
    if selection.selected is None:
        raise NoWinner(selection)
    return selection.selected


def published_release(store: ObjectStore, ref: Mapping[str, str]) -> str:
    """Return the release that a reference to what the step `publish` gave names.

    Raises:
        InputError: it names something else, or what is gone.
    """
    try:
        known = OutputRef.model_validate(dict(ref))
    except ValidationError as error:
        raise InputError("That is no reference to a step's output.") from error
    return _kept(Outputs(store), known, Published).release_id


def sentences_of(request: TaskRequest, ref: OutputRef) -> list[str]:
    """Return what a step came to, for the scheduler's log."""
    return _kept(_outputs(request), ref, step_named(ref.step).gives).sentences()


@contextmanager
def _place(request: TaskRequest) -> Iterator[Place]:
    settings = request.settings
    question_set = load_question_set(request.questions)
    commit = request.commit or commit_of(request.config.parent if request.config else Path.cwd(), settings)
    options = PipelineOptions(request.repeats, request.variants, request.max_cost_usd, commit, request.tune)
    store = open_store(settings.registry_url, settings.gcp.project_id, endpoint=settings.registry.endpoint)
    with DataLoader(settings).load(question_set, beside=Path(request.questions).parent) as data:
        candidates = candidates_named(request.models, settings)
        yield Place(settings, data, question_set, candidates, store, options, run_folder(settings))


def _narrowed(place: Place, inputs: Sequence[StepOutput], candidate: str) -> tuple[Place, list[StepOutput]]:
    """Return place and inputs for one candidate: its own folder of calls, and its share of the money."""
    narrowed: list[StepOutput] = []
    share = 1
    for given in inputs:
        if isinstance(given, Roster):
            share = len(given.contenders)
            mine = [one for one in given.contenders if one.config_id == candidate]
            if not mine:
                raise InputError(f"The candidate {candidate} takes no part.")
            given = given.model_copy(update={"contenders": mine})
        narrowed.append(given)
    cost = place.options.max_cost_usd
    options = replace(place.options, max_cost_usd=None if cost is None else cost / share)
    return replace(place, options=options, folder=place.folder / "parts" / candidate), narrowed


def _outputs(request: TaskRequest) -> Outputs:
    settings = request.settings
    return Outputs(
        open_store(settings.registry_url, settings.gcp.project_id, endpoint=settings.registry.endpoint)
    )


def _kept(outputs: Outputs, ref: OutputRef, kind: type[Output]) -> Output:
    output = outputs.get(ref, kind)
    if output is None:
        raise InputError(f"What the step {ref.step} gave was removed.", hint="Make that step again.")
    return output
