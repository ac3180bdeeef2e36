"""What a release holds: its metadata, its reports and the evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ValidationError

from datacraft.contracts.errors import InputError
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.model_config import PROVIDERS, ModelConfig
from datacraft.contracts.release import QuestionSetRef, ReleaseMetadata
from datacraft.contracts.selection import RankedCandidate, SelectionReport
from datacraft.contracts.validation import ValidationReport
from datacraft.engines.configs.released import KEY
from datacraft.evaluation.candidates import Candidate

METHODOLOGY = (
    "composite of performance, bias, speed and reliability; paired permutation tests; ties as declared"
)


def metadata_of(
    candidate: Candidate,
    selection: SelectionReport,
    *,
    commit: str,
    question_set: QuestionSetRef,
    data_profile: str,
    at: dt.datetime,
) -> ReleaseMetadata:
    """Return the metadata of the winner's release.

    Raises:
        InputError: the candidate could not serve.
    """
    try:
        config = ModelConfig.model_validate(candidate.config)
    except ValidationError as error:
        raise InputError(
            f"{candidate.name} has no model config that can serve.",
            hint=f"Only configs of these providers can be published: {', '.join(PROVIDERS)}.",
        ) from error
    ranked = winner_of(selection)
    return ReleaseMetadata.model_validate(
        {
            "release_id": release_name(at, commit),
            "selected_model": config.model,
            "provider": config.provider,
            "hyperparameters": config.hyperparameters.model_dump(),
            "prompt": config.prompt.model_dump() if config.prompt else None,
            "strategy": config.strategy.kind,
            "composite_score": ranked.composite.value,
            "performance_score": ranked.performance.value,
            "bias_score": ranked.bias.value,
            "success_rate": 100 * (ranked.success_rate or 0.0),
            "avg_response_time": ranked.mean_latency_s,
            "deployment_ready": ranked.eligible,
            "selection_methodology": METHODOLOGY,
            "question_set": question_set,
            "data_profile": data_profile,
            "created_at": at,
            "commit": commit,
            "config_id": candidate.config_id,
            KEY: config.model_dump(mode="json"),
        }
    )


def release_name(at: dt.datetime, commit: str) -> str:
    """Return the name of a release of this time (UTC) and commit."""
    return f"{at:%Y%m%dT%H%M%SZ}_{commit}"


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
