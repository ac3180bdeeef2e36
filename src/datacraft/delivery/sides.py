"""`Side`: what one of two releases did on the cases that they are compared on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from datacraft.contracts.errors import ReleaseInvalid
from datacraft.contracts.evaluation import CandidateResult, EvaluationReport, RunIdentity
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.delivery.evidence import ReleaseEvidence, read_calls
from datacraft.registry import ObjectMissing, ObjectStore

QUESTIONS_FILE = "evaluation/questions.json"


@dataclass(frozen=True)
class Side:
    """One of two releases.

    Attributes:
        release_id: which.
        identity: of the evaluation.
        calls: on the part `select`.
        bias: score from 0 to 100; None where it is unknown.
        latency_p95_ms: None where it is unknown.
        cost_usd: of a question.
    """

    release_id: str
    identity: RunIdentity
    calls: Sequence[CallRecord]
    bias: float | None
    latency_p95_ms: float | None
    cost_usd: float

    def hits(self, cases: Sequence[Case], *, wrong: bool = False) -> Mapping[str, bool]:
        """Return for each case whether most of its repeats were right, or were shown and wrong."""
        wanted = {case.id for case in cases}
        found: dict[str, list[bool]] = {}
        for call in self.calls:
            if call.case in wanted:
                judged = call.judgement
                hit = judged.outcome == "answered" and not judged.right if wrong else judged.right
                found.setdefault(call.case, []).append(hit)
        return {case: 2 * sum(hits) > len(hits) for case, hits in found.items()}


def side_of(evidence: ReleaseEvidence, calls: Sequence[CallRecord]) -> Side | None:
    """Return a release's side by its own evaluation; None where that does not say what it did."""
    report, result = evidence.evaluation, evidence.result("select")
    if report is None or result is None or not report.complete:
        return None
    return measured_side(evidence, report, result, calls)


def measured_side(
    evidence: ReleaseEvidence, report: EvaluationReport, result: CandidateResult, calls: Sequence[CallRecord]
) -> Side:
    """Return a release's side by an evaluation; its bias is what it was published with."""
    p95 = result.latency_p95_ms
    return Side(
        evidence.release_id,
        report.identity,
        [call for call in calls if call.candidate == result.config_id],
        evidence.bias.score if evidence.bias else None,
        p95.value if p95 else None,
        result.cost_usd / max(result.calls, 1),
    )


def published_sides(
    store: ObjectStore, candidate: ReleaseEvidence, production: ReleaseEvidence
) -> tuple[Side, Side] | None:
    """Return both sides by what the releases hold; None where they were judged on other cases or data.

    Raises:
        RegistryError: the registry can't be read.
    """
    sides = []
    for one in (candidate, production):
        try:
            sides.append(side_of(one, read_calls(store, one.release_id)))
        except ReleaseInvalid:
            return None
    first, second = sides
    if first is None or second is None or first.identity != second.identity:
        return None
    return first, second


def questions_of(store: ObjectStore, release_id: str) -> QuestionSet:
    """Return the question set that a release was judged on.

    Raises:
        ReleaseInvalid: the release does not hold it, or not in a way that can be read.
        RegistryError: the registry can't be read.
    """
    place = f"models/{release_id}/{QUESTIONS_FILE}"
    try:
        return QuestionSet.model_validate_json(store.read(place).data)
    except ObjectMissing as error:
        raise ReleaseInvalid(
            f"{place} is missing, so that the cases are unknown.", hint="Evaluate and publish it again."
        ) from error
    except ValidationError as error:
        raise ReleaseInvalid(
            f"{place} can't be read: {error.errors(include_url=False)[0]['msg']}.",
            hint="Evaluate and publish it again.",
        ) from error
