"""`PipelineOutcome`: what a whole pipeline came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from datacraft.contracts.bias import BiasReport
from datacraft.contracts.errors import InputError
from datacraft.contracts.evaluation import EvaluationReport
from datacraft.contracts.selection import SelectionReport
from datacraft.pipeline.outputs import (
    BiasFound,
    Choice,
    Evaluated,
    HeldOut,
    Published,
    Saved,
    StepOutput,
)


class NoWinner(InputError):
    """No candidate reached the floors; says which were missed."""

    code = "no_winner"
    exit_code = 14

    def __init__(self, selection: SelectionReport) -> None:
        reasons = " ".join(selection.reasons)
        super().__init__(f"No candidate reached the floors; nothing is published. {reasons}")


@dataclass(frozen=True)
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


def outcome_of(given: Mapping[str, StepOutput]) -> PipelineOutcome:
    """Return what the outputs of the steps, up to `select` at least, come to."""
    evaluated, bias, choice = given["evaluate"], given["bias"], given["select"]
    held, saved, published = given.get("holdout"), given.get("responses"), given.get("publish")
    assert isinstance(evaluated, Evaluated)
    assert isinstance(bias, BiasFound)
    assert isinstance(choice, Choice)
    return PipelineOutcome(
        selection=choice.selection,
        evaluation=evaluated.report,
        holdout=held.report if isinstance(held, HeldOut) else None,
        bias={config_id: one.report for config_id, one in bias.candidates.items()},
        release_id=published.release_id if isinstance(published, Published) else None,
        responses=saved.folder if isinstance(saved, Saved) else None,
    )
