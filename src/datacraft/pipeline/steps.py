"""The steps, each a plain function from what earlier steps gave to what it gives; `STEPS` is their order.

A step is made again when what it is given, or what it reads of the settings (`depends`), has changed. To add one:
write its output in `outputs`, its function here, and its line in `STEPS`; whoever uses its output names it there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from datacraft.contracts.errors import InputError
from datacraft.evaluation.bias import BiasDetector, required_probes
from datacraft.evaluation.bias.pairs import pairs_of
from datacraft.evaluation.bias.representation import representation
from datacraft.evaluation.configured import candidate_of
from datacraft.evaluation.evaluator import EVALUATOR_VERSION
from datacraft.evaluation.measuring.arrays import arrays_of
from datacraft.evaluation.provenance import code_digest
from datacraft.evaluation.questions.check import check_question_set
from datacraft.evaluation.selection import Evidence, ModelSelector
from datacraft.pipeline.incumbent import with_incumbent
from datacraft.pipeline.outputs import (
    BiasFound,
    Checked,
    Choice,
    Contender,
    DataFound,
    Evaluated,
    HeldOut,
    Moved,
    Probed,
    Profiled,
    Published,
    Roster,
    Saved,
    StepOutput,
    Tuned,
)
from datacraft.pipeline.place import Place
from datacraft.pipeline.publishing import publish, save_responses, winner_among
from datacraft.pipeline.release import winner_of
from datacraft.pipeline.tuning import calls_of_tuning, measure_sensitivity, tune, what_is_tuned
from datacraft.profiles import measuring_connection, profile_data
from datacraft.serving.answerers import model_access

_SHOWN_ERRORS = 3


def find_data(place: Place) -> DataFound:
    """Name the data, which was validated as it was loaded."""
    tables = place.data.warehouse.tables()
    return DataFound(content=place.data.content, rows={table.name: table.row_count for table in tables})


def profile(place: Place, found: DataFound) -> Profiled:
    """Measure the data.

    Raises:
        SubjectChanged: it is not what was found.
    """
    place.expect(data=found.content)
    with closing(measuring_connection(place.data.warehouse)) as connection:
        return Profiled(profile=profile_data(connection, place.clock()))


def check_questions(place: Place, found: DataFound) -> Checked:
    """Run every gold on the data.

    Raises:
        InputError: the question set has errors, so that it can judge nobody; `SubjectChanged` where the data is
            not what was found.
    """
    place.expect(data=found.content)
    asked = place.question_set
    findings = list(check_question_set(asked, place.data.warehouse))
    if errors := [finding for finding in findings if finding.is_error]:
        shown = "; ".join(str(error) for error in errors[:_SHOWN_ERRORS])
        raise InputError(
            f"The question set {asked.name} has {len(errors)} errors: {shown}.",
            hint="`datacraft questions check` shows them all.",
        )
    return Checked(name=asked.name, digest=asked.digest(), cases=len(asked.cases), warnings=len(findings))


def gather_candidates(place: Place, tuned: Tuned) -> Roster:
    """Return who takes part, with what was tuned and what serves among them.

    Raises:
        InputError: what serves can't be evaluated here.
        RegistryError: the registry can't be read.
    """
    asked = [one.config_id for one in place.candidates]
    if place.before is not None and place.before.asked == asked:
        return place.before
    candidates = list(place.candidates)
    if tuned.report is not None and tuned.report.best not in asked:
        candidates.append(candidate_of(tuned.report.best_config, model_access(place.settings)))
    taking_part, incumbent = with_incumbent(
        candidates, place.store, place.settings.channel, place.clock(), model_access(place.settings)
    )
    contenders = [
        Contender(name=one.name, config_id=one.config_id, config=dict(one.config)) for one in taking_part
    ]
    return Roster(asked=asked, contenders=contenders, incumbent=incumbent)


def evaluate(place: Place, found: DataFound, checked: Checked, roster: Roster) -> Evaluated:
    """Ask every contender of the roster the cases of the part `select`.

    Raises:
        SubjectChanged: data or questions are not what was found and checked.
    """
    place.expect(data=found.content, questions=checked.digest)
    report, calls = place.ask("evaluate", place.question_set, roster.contenders, "select")
    return Evaluated(report=report, calls=calls)


def look_for_bias(place: Place, found: DataFound, roster: Roster) -> BiasFound:
    """Ask every contender of the roster the probes, and look at what came back.

    Raises:
        InputError: the data has no groups to compare; `SubjectChanged` where it is not what was found.
    """
    place.expect(data=found.content)
    probes = required_probes(place.data)
    _, answers = place.ask("bias", probes.questions, roster.contenders, None)
    shares = representation(place.data.model, place.data.warehouse)
    detector = BiasDetector(probes, dialect=place.data.warehouse.dialect, representation=shares)
    probed: dict[str, Probed] = {}
    for one in roster.contenders:
        mine = [answer for answer in answers if answer.candidate == one.config_id]
        contributions = [float(value) for value in detector.contributions(mine)]
        probed[one.config_id] = Probed(
            report=detector.detect(one.config_id, mine),
            contributions=contributions,
            pairs=pairs_of(probes, mine, dialect=place.data.warehouse.dialect),
        )
    return BiasFound(probes=len(probes.questions.cases), candidates=probed)


def select(place: Place, roster: Roster, evaluated: Evaluated, bias: BiasFound) -> Choice:
    """Choose the best that reaches every floor, or nobody."""
    policy = place.settings.evaluation
    cases = place.question_set.of("select")
    evidence = [
        Evidence(
            one.name,
            one.config_id,
            arrays_of(cases, evaluated.of(one.config_id)),
            bias.candidates[one.config_id].report.score,
            np.array(bias.candidates[one.config_id].contributions),
        )
        for one in roster.contenders
    ]
    selector = ModelSelector(policy.selection, policy.performance, clock=place.clock)
    selection = selector.select(evidence, incumbent=roster.incumbent)
    about = {"identity": evaluated.report.identity, "question_set": evaluated.report.question_set}
    return Choice(selection=selection.model_copy(update=about))


def hold_out(place: Place, found: DataFound, checked: Checked, roster: Roster, choice: Choice) -> HeldOut:
    """Ask the winner the cases that nobody chose by.

    Raises:
        SubjectChanged: data or questions are not what was found and checked.
    """
    place.expect(data=found.content, questions=checked.digest)
    chosen_by = winner_of(choice.selection).performance.value
    if not place.question_set.of("holdout"):
        return HeldOut(report=None, calls=[], chosen_by=chosen_by)
    winner = winner_among(roster, choice)
    report, calls = place.ask("holdout", place.question_set, [winner], "holdout")
    return HeldOut(report=report, calls=calls, chosen_by=chosen_by)


@dataclass(frozen=True)
class Step:
    """A step of the pipeline.

    Attributes:
        name: by which people start from it.
        make: takes the place and the outputs of `after`, in that order.
        gives: type of its output.
        after: steps whose outputs it takes.
        depends: what else its output depends on, as plain data.
        asks: how many questions it asks of each contender; None where it asks none.
        takes: calls that it makes at most of others than the contenders.
        needs_winner: nothing is left to do where nobody was chosen.
    """

    name: str
    make: Callable[..., StepOutput]
    gives: type[StepOutput]
    after: tuple[str, ...] = ()
    depends: Callable[[Place], object] = lambda _: None
    asks: Callable[[Place], int] | None = None
    takes: Callable[[Place], int] = lambda _: 0
    needs_winner: bool = False

    def key(self, place: Place, given: Sequence[str]) -> str:
        """Return what the output is known by: equal keys, equal output.

        Args:
            place: where the step is made.
            given: digests of the outputs of `after`.
        """
        parts = json.dumps([self.name, list(given), self.depends(place)], sort_keys=True)
        return hashlib.sha256(parts.encode()).hexdigest()[:16]


def _asking(place: Place) -> object:
    weights = place.settings.evaluation.performance.model_dump(mode="json")
    return [EVALUATOR_VERSION, code_digest(), place.options.repeats, place.options.variants, weights]


def _probing(place: Place) -> object:
    return [_asking(place), required_probes(place.data).questions.digest()]


def _tuning(place: Place) -> object:
    return [_asking(place), what_is_tuned(place)]


def _competing(place: Place) -> object:
    """Return who was asked for and what serves; what tuning adds is its own step's matter."""
    roster = gather_candidates(place, Tuned())
    return [roster.asked, roster.incumbent]


def _choosing(place: Place) -> object:
    return place.settings.evaluation.model_dump(mode="json")


def _publishing(place: Place) -> object:
    return [place.store.url, place.options.commit]


STEPS: tuple[Step, ...] = (
    Step("data", find_data, DataFound, depends=lambda place: place.data.content),
    Step("profile", profile, Profiled, after=("data",)),
    Step(
        "questions",
        check_questions,
        Checked,
        after=("data",),
        depends=lambda place: place.question_set.digest(),
    ),
    Step("tune", tune, Tuned, after=("data", "questions"), depends=_tuning, takes=calls_of_tuning),
    Step(
        "candidates",
        gather_candidates,
        Roster,
        after=("tune",),
        depends=_competing,
    ),
    Step(
        "evaluate",
        evaluate,
        Evaluated,
        after=("data", "questions", "candidates"),
        depends=_asking,
        asks=lambda place: len(place.question_set.of("select")),
    ),
    Step(
        "bias",
        look_for_bias,
        BiasFound,
        after=("data", "candidates"),
        depends=_probing,
        asks=lambda place: len(required_probes(place.data).questions.cases),
    ),
    Step("select", select, Choice, after=("candidates", "evaluate", "bias"), depends=_choosing),
    Step(
        "sensitivity",
        measure_sensitivity,
        Moved,
        after=("data", "questions", "candidates", "select"),
        depends=_tuning,
        needs_winner=True,
    ),
    Step(
        "holdout",
        hold_out,
        HeldOut,
        after=("data", "questions", "candidates", "select"),
        depends=_asking,
        asks=lambda place: len(place.question_set.of("holdout")),
        needs_winner=True,
    ),
    Step(
        "responses",
        save_responses,
        Saved,
        after=("profile", "candidates", "evaluate", "select", "holdout"),
        depends=_publishing,
        needs_winner=True,
    ),
    Step(
        "publish",
        publish,
        Published,
        after=("profile", "tune", "candidates", "evaluate", "bias", "select", "sensitivity", "holdout"),
        depends=_publishing,
        needs_winner=True,
    ),
)


def step_named(name: str) -> Step:
    """Return a step.

    Raises:
        InputError: there is none of this name.
    """
    for step in STEPS:
        if step.name == name:
            return step
    raise InputError(
        f"There is no step {name!r}.", hint=f"Steps are {', '.join(step.name for step in STEPS)}."
    )
