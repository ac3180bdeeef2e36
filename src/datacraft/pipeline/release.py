"""What a release holds: its metadata, its reports and the evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from datacraft.contracts.errors import InputError
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.release import Hyperparameters, QuestionSetRef, ReleaseMetadata
from datacraft.contracts.selection import RankedCandidate, SelectionReport
from datacraft.contracts.validation import ValidationReport
from datacraft.evaluation.candidates import Candidate

METHODOLOGY = (
    "composite of performance, bias, speed and reliability; paired permutation tests; ties as declared"
)

PROVIDERS = frozenset({"builtin", "gemini", "vertex", "openai", "local"})
"""Who can serve. What only simulates an answer can't be published."""


def metadata_of(
    candidate: Candidate,
    selection: SelectionReport,
    *,
    commit: str,
    question_set: QuestionSetRef,
    at: dt.datetime,
) -> ReleaseMetadata:
    """Return the metadata of the winner's release.

    Raises:
        InputError: the candidate could not serve.
    """
    config = candidate.config
    provider = str(config.get("provider"))
    if provider not in PROVIDERS:
        raise InputError(
            f"{candidate.name} is of the provider {provider}, which can't serve.",
            hint=f"Only these can be published: {', '.join(sorted(PROVIDERS))}.",
        )
    ranked = winner_of(selection)
    extras = {"config_id": candidate.config_id, "parameters": config.get("parameters")}
    return ReleaseMetadata.model_validate(
        {
            "release_id": f"{at:%Y%m%dT%H%M%SZ}_{commit}",
            "selected_model": config.get("model"),
            "provider": provider,
            "hyperparameters": config.get("hyperparameters") or Hyperparameters(),
            "prompt": config.get("prompt"),
            "strategy": config.get("strategy"),
            "composite_score": ranked.composite.value,
            "performance_score": ranked.performance.value,
            "bias_score": ranked.bias.value,
            "success_rate": 100 * (ranked.success_rate or 0.0),
            "avg_response_time": ranked.mean_latency_s,
            "deployment_ready": ranked.eligible,
            "selection_methodology": METHODOLOGY,
            "question_set": question_set,
            "data_profile": None,
            "created_at": at,
            "commit": commit,
            **extras,
        }
    )


def files_of(
    metadata: ReleaseMetadata,
    selection: SelectionReport,
    evidence: Mapping[str, BaseModel],
    calls: Mapping[str, Sequence[CallRecord]],
) -> dict[str, bytes]:
    """Return the release's other files by path.

    Args:
        metadata: of the release.
        selection: who was chosen, and why.
        evidence: reports by path.
        calls: lists of calls by path.
    """
    validation = ValidationReport(
        release_id=metadata.release_id,
        deployment_ready=metadata.deployment_ready,
        floors=winner_of(selection).floors,
        created_at=metadata.created_at,
    )
    reports = {"model_selection_report.json": selection, "validation_report.json": validation, **evidence}
    found = {path: report.model_dump_json(indent=1).encode() for path, report in reports.items()}
    for path, records in calls.items():
        lines = (record.model_dump_json(exclude_defaults=True) for record in records)
        found[path] = ("\n".join(lines) + "\n").encode()
    return found


def winner_of(selection: SelectionReport) -> RankedCandidate:
    """Return the chosen candidate's place in the ranking; there must be one."""
    return next(one for one in selection.ranking if one.config_id == selection.selected)
