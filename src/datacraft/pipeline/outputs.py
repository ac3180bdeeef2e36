"""What each step gives to later ones: typed, written as JSON, and able to say in a sentence what came out."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field

from datacraft.contracts.bias import BiasReport
from datacraft.contracts.errors import InputError
from datacraft.contracts.evaluation import EvaluationReport
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.profile import DataProfile
from datacraft.contracts.selection import SelectionReport
from datacraft.contracts.sensitivity import SensitivityReport
from datacraft.contracts.tuning import TuningReport
from datacraft.evaluation.bias.pairs import Pair


class StepOutput(BaseModel):
    """Base of what a step gives."""

    def sentences(self) -> list[str]:
        """Return what came out, for a person."""
        return []


class DataFound(StepOutput):
    """Step `data`: the data is there, can be read, and has rows."""

    content: str = Field(description="12 hex digits that name what the tables hold.")
    rows: dict[str, int | None] = Field(description="By table; null where counting would be billed.")

    def sentences(self) -> list[str]:
        """Return what the data is."""
        return [f"Data {self.content}: {', '.join(self.rows)}."]


class Profiled(StepOutput):
    """Step `profile`: what the data look like now, for the release to keep and drift to compare."""

    profile: DataProfile


class Checked(StepOutput):
    """Step `questions`: the question set is sound on this data."""

    name: str
    digest: str
    cases: int
    warnings: int

    def sentences(self) -> list[str]:
        """Return what the set is."""
        return [f"The question set {self.name} has {self.cases} sound cases."]


class Tuned(StepOutput):
    """Step `tune`: the study of the first candidate's parts; null where none was wanted, or nothing can vary."""

    report: TuningReport | None = None

    def sentences(self) -> list[str]:
        """Return what the study came to."""
        if self.report is None:
            return ["Nothing was tuned."]
        found, gain = self.report, self.report.gain
        same = found.best == found.base.config_id
        came = "none is better than what it began with" if same else f"the best is {found.best_config.title}"
        return [
            f"Tuned over {len(found.trials)} configs in {found.calls:,} of {found.calls_of_all:,} calls: {came} "
            f"({gain.value:+.1f} points, {gain.low:+.1f} to {gain.high:+.1f}, where it was tuned)."
        ]


class Contender(BaseModel):
    """A candidate that takes part."""

    name: str
    config_id: str
    config: dict[str, object]


class Roster(StepOutput):
    """Step `candidates`: who takes part, what serves today included."""

    asked: list[str] = Field(description="Config ids that were asked for.")
    contenders: list[Contender]
    incumbent: str | None = Field(description="Config id of what serves; null where nothing does.")

    def sentences(self) -> list[str]:
        """Return who takes part."""
        return [f"Candidates: {', '.join(one.name for one in self.contenders)}."]


class Evaluated(StepOutput):
    """Step `evaluate`: what the candidates did on the part `select`."""

    report: EvaluationReport
    calls: list[CallRecord]

    def of(self, config_id: str) -> list[CallRecord]:
        """Return the calls of one candidate."""
        return [call for call in self.calls if call.candidate == config_id]

    def sentences(self) -> list[str]:
        """Return how much was asked."""
        asked = len({call.case for call in self.calls})
        return [f"Evaluated {len(self.report.candidates)} candidates on {asked} cases."]


class Probed(BaseModel):
    """The bias of one candidate, what each group probe adds to its score, and questions that show it."""

    report: BiasReport
    contributions: list[float]
    pairs: list[Pair]


class BiasFound(StepOutput):
    """Step `bias`: by config id."""

    probes: int
    candidates: dict[str, Probed]

    def sentences(self) -> list[str]:
        """Return how many candidates show a bias."""
        found = sum(bool(one.report.findings) for one in self.candidates.values())
        return [f"Looked for bias with {self.probes} probes: {found} candidates show some."]


class Choice(StepOutput):
    """Step `select`: who was chosen, and why; or why nobody was."""

    selection: SelectionReport

    def sentences(self) -> list[str]:
        """Return the reasons."""
        return self.selection.reasons


class Moved(StepOutput):
    """Step `sensitivity`: what moves the winner's score; null where it was not wanted, or can't be measured."""

    report: SensitivityReport | None = None

    def sentences(self) -> list[str]:
        """Return what moves it most."""
        if self.report is None or not self.report.factors:
            return ["What moves the winner's score was not measured."]
        most = min(self.report.factors, key=lambda factor: factor.worst)
        return [f"The winner's score falls most with {most.name}: by {-most.worst:.1f} points at worst."]


class HeldOut(StepOutput):
    """Step `holdout`: the winner on the part that nobody chose by; null where it has no case."""

    report: EvaluationReport | None
    calls: list[CallRecord]
    chosen_by: float = Field(description="The winner's performance where it was chosen.")

    def sentences(self) -> list[str]:
        """Return how much worse the winner does where nobody chose by."""
        held = self.report.candidates[0].performance if self.report else None
        if held is None:
            return ["No case is held out, so that it is unknown how much of the score is luck of the choice."]
        return [
            f"On {held.n} held-out cases its performance is {held.value:.1f} ({held.low:.1f} to {held.high:.1f}); "
            f"where it was chosen it was {self.chosen_by:.1f}: "
            f"{self.chosen_by - held.value:+.1f} points of optimism."
        ]


class Saved(StepOutput):
    """Step `responses`: where the winner's answers are in the registry."""

    folder: str

    def sentences(self) -> list[str]:
        """Return where the answers are."""
        return [f"Saved the winner's answers in {self.folder}."]


class Published(StepOutput):
    """Step `publish`: the release."""

    release_id: str
    registry: str

    def sentences(self) -> list[str]:
        """Return where the release is."""
        return [f"Published {self.release_id} to {self.registry}."]


def joined_evaluations(parts: Sequence[Evaluated]) -> Evaluated:
    """Put evaluations of single candidates together, in their order.

    Raises:
        InputError: they were not made on the same data, questions and evaluator.
    """
    reports = [part.report for part in parts]
    first = reports[0]
    if any(report.identity != first.identity or report.split != first.split for report in reports):
        raise InputError(
            "The candidates were not evaluated on the same data and questions.",
            hint="Run the evaluation of all of them again.",
        )
    whole = first.model_copy(
        update={
            "complete": all(report.complete for report in reports),
            "stopped": next((report.stopped for report in reports if report.stopped), None),
            "planned_calls": sum(report.planned_calls for report in reports),
            "calls": sum(report.calls for report in reports),
            "cost_usd": sum(report.cost_usd for report in reports),
            "created_at": max(report.created_at for report in reports),
            "candidates": [one for report in reports for one in report.candidates],
        }
    )
    return Evaluated(report=whole, calls=[call for part in parts for call in part.calls])


def joined_bias(parts: Sequence[BiasFound]) -> BiasFound:
    """Put the bias of single candidates together.

    Raises:
        InputError: they were not asked the same probes.
    """
    if len({part.probes for part in parts}) > 1:
        raise InputError(
            "The candidates were not asked the same probes.", hint="Look for bias of all of them again."
        )
    found = {config_id: one for part in parts for config_id, one in part.candidates.items()}
    return BiasFound(probes=parts[0].probes, candidates=found)
