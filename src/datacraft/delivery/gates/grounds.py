"""Gates of what a release's figures rest on: whole, known, fresh, and about the model that is released."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator

from pydantic import ValidationError

from datacraft.contracts.bias import SEVERITIES
from datacraft.contracts.gates import GatePolicy
from datacraft.contracts.model_config import HONOURED, PROVIDERS, ModelHyperparameters, PromptText
from datacraft.contracts.verdict import GateResult
from datacraft.delivery.evidence import ReleaseEvidence

_SKEW = dt.timedelta(minutes=5)
"""Clocks of two machines may differ by so much."""
_SHOWN = 3

Ground = Callable[[ReleaseEvidence, GatePolicy, dt.datetime], Iterator[str]]
"""Yields what is wrong."""


def _integrity(evidence: ReleaseEvidence, _: GatePolicy, __: dt.datetime) -> Iterator[str]:
    yield from evidence.damage
    if evidence.manifest is None:
        yield "There is no manifest."


def _schema(evidence: ReleaseEvidence, policy: GatePolicy, _: dt.datetime) -> Iterator[str]:
    optional = "evaluation/holdout.json"  # a set need not hold cases out
    for path, problem in evidence.problems.items():
        if path != optional or policy.part == "holdout" or not problem.endswith("is missing."):
            yield problem


def _model_config(evidence: ReleaseEvidence, _: GatePolicy, __: dt.datetime) -> Iterator[str]:
    metadata = evidence.metadata
    if metadata is None:
        yield "The model config is unknown."
        return
    honoured = next((HONOURED[name] for name in PROVIDERS if name == metadata.provider), None)
    if honoured is None:
        yield f"There is no provider {metadata.provider}."
        return
    try:
        given = ModelHyperparameters.model_validate(metadata.hyperparameters.model_dump()).given()
        if metadata.prompt is not None:
            PromptText.model_validate(metadata.prompt.model_dump(include={"name", "text", "sha256"}))
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False):
            yield f"{'.'.join(map(str, found['loc'])) or 'prompt'}: {found['msg']}."
        return
    for name in sorted(given.keys() - honoured):
        yield f"The provider {metadata.provider} can't honour {name}."


def _winner(evidence: ReleaseEvidence, policy: GatePolicy, _: dt.datetime) -> Iterator[str]:
    name, selection = evidence.config_id, evidence.selection
    if evidence.metadata is not None and evidence.metadata.release_id != evidence.release_id:
        yield f"The release says of itself that it is {evidence.metadata.release_id}."
    if name is None:
        yield "The metadata do not say which candidate was released (config_id)."
    if selection is None or selection.selected != name:
        yield f"The selection chose {selection.selected if selection else 'nobody known'}, and {name} was released."
    if evidence.ranked is None:
        yield f"{name} is not in the ranking."
    if evidence.result(policy.part) is None:
        yield f"{name} is not in the evaluation of the part {policy.part}."
    if evidence.bias is None or evidence.bias.config_id != name:
        yield f"There is no bias report of {name}."


def _provenance(evidence: ReleaseEvidence, policy: GatePolicy, _: dt.datetime) -> Iterator[str]:
    report, selection, metadata = evidence.report(policy.part), evidence.selection, evidence.metadata
    if report is None:
        yield f"The evaluation of the part {policy.part} is unknown."
        return
    if not report.identity.question_set.strip() or report.question_set.size < 1:
        yield "The question set is unknown."
    if not report.identity.data.strip():
        yield "The data is unknown: its digest is missing."
    if report.split != policy.part:
        yield f"The evaluation is of the part {report.split or 'all'}, not of {policy.part}."
    if metadata is None or metadata.question_set != report.question_set:
        yield "The metadata name another question set than the evaluation."
    if selection is None or selection.identity is None:
        yield "The selection does not say what it rests on."
    elif selection.identity != report.identity:
        yield "Selection and evaluation are of other data or another question set."


def _complete(evidence: ReleaseEvidence, policy: GatePolicy, _: dt.datetime) -> Iterator[str]:
    report = evidence.report(policy.part)
    if report is None or not report.complete:
        yield f"Not every planned call was made: {report.stopped if report else 'the evaluation is unknown'}."
    elif report.calls != report.planned_calls or report.calls < 1:
        yield f"{report.calls} of {report.planned_calls} planned calls were made."


def _age(evidence: ReleaseEvidence, policy: GatePolicy, now: dt.datetime) -> Iterator[str]:
    selection, report = evidence.selection, evidence.report(policy.part)
    times = {
        "The evaluation": report.created_at if report else None,
        "The selection": selection.created_at if selection else None,
    }
    for title, time in times.items():
        if time is None:
            yield f"{title} has no known time."
        elif time.tzinfo is None:
            yield f"{title} has a time without a zone."
        elif time > now + _SKEW:
            yield f"{title} is of the future ({time:%Y-%m-%d %H:%M %Z}): a clock is wrong."
        elif now - time > dt.timedelta(days=policy.max_age_days):
            yield f"{title} is {(now - time).days} days old; at most {policy.max_age_days:g} are allowed."


def _floors(evidence: ReleaseEvidence, _: GatePolicy, __: dt.datetime) -> Iterator[str]:
    validation, metadata = evidence.validation, evidence.metadata
    if validation is None or metadata is None:
        yield "The evaluation's own floors are unknown."
        return
    for floor in validation.floors:
        if not floor.passed:
            yield f"The evaluation's own floor of {floor.name} was missed."
    if not validation.floors or not (validation.deployment_ready and metadata.deployment_ready):
        yield "The evaluation does not call the release ready."


def _figures_agree(evidence: ReleaseEvidence, _: GatePolicy, __: dt.datetime) -> Iterator[str]:
    """What the metadata tell people must be what was measured."""
    metadata, ranked, result = evidence.metadata, evidence.ranked, evidence.result("select")
    if metadata is None or ranked is None or result is None or evidence.bias is None:
        yield "The metadata's figures can't be checked."
        return
    measured: dict[str, tuple[float | None, float | None]] = {
        "composite_score": (metadata.composite_score, ranked.composite.value),
        "performance_score": (
            metadata.performance_score,
            result.performance.value if result.performance else None,
        ),
        "bias_score": (metadata.bias_score, evidence.bias.score),
        "bias of the ranking": (ranked.bias.value, evidence.bias.score),
        "success_rate": (metadata.success_rate, _percent_of(result.rates.get("answered"))),
        "avg_response_time": (
            metadata.avg_response_time,
            None if result.mean_latency_ms is None else result.mean_latency_ms / 1_000,
        ),
    }
    for name, (told, found) in measured.items():
        if told is None or found is None or not math.isclose(told, found, rel_tol=1e-6, abs_tol=1e-6):
            yield f"{name} is told as {told}, and was measured as {found}."


def _percent_of(estimate: object) -> float | None:
    value = getattr(estimate, "value", None)
    return None if value is None else 100 * float(value)


def _severity(evidence: ReleaseEvidence, policy: GatePolicy, _: dt.datetime) -> Iterator[str]:
    if evidence.bias is None:
        yield "The severity of the bias is unknown."
    elif SEVERITIES.index(evidence.bias.severity) > SEVERITIES.index(policy.max_severity):
        yield f"The bias is {evidence.bias.severity}; at most {policy.max_severity} is allowed."


GROUNDS: dict[str, tuple[Ground, str]] = {
    "integrity": (_integrity, "Every file is there and as it was published."),
    "schema": (_schema, "Every report can be read."),
    "model_config": (_model_config, "The model config is one that its provider can honour."),
    "winner": (_winner, "The reports are about the candidate that was released."),
    "provenance": (_provenance, "Question set and data are known, and the same in all reports."),
    "complete": (_complete, "Every planned call was made."),
    "age": (_age, "The evidence is fresh."),
    "floors": (_floors, "The evaluation's own floors were reached."),
    "figures_agree": (_figures_agree, "The metadata tell what was measured."),
    "bias_severity": (_severity, "The severity of the bias is tolerable."),
}
"""By gate: what looks for problems, and what is said where there are none."""


def judge_ground(gate: str, evidence: ReleaseEvidence, policy: GatePolicy, now: dt.datetime) -> GateResult:
    """Let one gate look for problems."""
    look, well = GROUNDS[gate]
    problems = list(look(evidence, policy, now))
    more = f" And {len(problems) - _SHOWN} more." if len(problems) > _SHOWN else ""
    return GateResult(
        gate=gate, passed=not problems, detail=" ".join(problems[:_SHOWN]) + more if problems else well
    )
